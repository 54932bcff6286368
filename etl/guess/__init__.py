"""A file that nobody has described yet, looked at: what a first TOML could say about it, and why.

`opening` finds out how the file opens, within the sandbox; everything else is plain functions on the columns that the
sandboxed reader then hands on: `places`, `times`, `kinds` and `fields` guess one thing each, `draft` puts a source and
its layer together, `toml` writes them with the reason above each key.
"""
