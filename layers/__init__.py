"""What is where, and how to ask: city pack, tables, questions. Knows nobody above it."""
