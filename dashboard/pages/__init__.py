"""How panels are arranged: one page per module."""
