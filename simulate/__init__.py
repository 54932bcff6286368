"""A made-up city in the shapes departments really send, from a fixed seed and a pack's `simulation.toml`."""
