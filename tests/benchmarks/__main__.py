"""Run every benchmark of the folder, or those named."""

import sys
from importlib import import_module
from pkgutil import iter_modules

from tests import benchmarks


def main() -> None:
    """Run the benchmarks in the order of their names."""
    chosen = sys.argv[1:] or [module.name for module in iter_modules(benchmarks.__path__)]
    for name in chosen:
        if not name.startswith("_"):
            import_module(f"{benchmarks.__name__}.{name}").main()


if __name__ == "__main__":
    main()
