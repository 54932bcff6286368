"""What is measured: one module per claim, each with a `main`; `make bench` runs them all."""
