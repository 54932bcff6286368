"""Files that nobody vouches for, read in a process of their own.

Every format goes this way, CSV too: its parser is C++ that was not written for enemies, to copy columns between
processes costs little, and the next piece is parsed while the last one is loaded. A reading process has no network,
may open the one file and nothing else (where the system offers it), and uses no more memory and time than a file of
that size may need; however it ends, the loader says so in a sentence and goes on.

`reading` is the loader's side, `parent` starts what `nursery` is, `child` runs within, `limits` are its walls, `wire`
is what passes through them.
"""
