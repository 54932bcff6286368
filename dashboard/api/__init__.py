"""Addresses for programs: one module per resource, each with a `router`; the folder is the registry."""
