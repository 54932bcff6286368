"""Due sources loaded without a person: jobs kept in PostgreSQL, each load in a process that may be ended."""
