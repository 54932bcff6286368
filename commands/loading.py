"""`onemap init`, `load`, `sources`, `loads`, `rejects`, `check`: how rows get in and what became of them."""
