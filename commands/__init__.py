"""The `onemap` command, one module per kind of chore."""
