"""What people see: the API and the pages on top of it."""
