"""How rows get in: readers, place, checks, stamp, load."""
