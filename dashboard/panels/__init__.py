"""What floats over the map: one panel per module, found by looking into this folder."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from dash import Dash

from layers.pack import City


class Panel(Protocol):
    """What every module here offers beside its `Ids` and `layout`."""

    def register(self, app: Dash, city: City) -> None:
        """Wire the panel: what moves, what it moves."""


def panels() -> list[Panel]:
    """Return every panel of this folder, by name."""
    return [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
