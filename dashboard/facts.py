"""What the page is told of its city once: names, levels, layers and choices, as `onemap.city` has them."""

from typing import Any

from dashboard.leaflet import RAMPS
from dashboard.looks import CHOICES
from dashboard.symbols import SHAPES, styled
from layers import indicators
from layers.indicators import Needs
from layers.pack import City
from layers.parts import Title
from layers.words import STATUSES, status_code


def drawing(city: City) -> list[str]:
    """Return the layers from the top of the drawing to its bottom: what happens, then points, lines and polygons."""
    over = ("point", "line", "polygon")
    layers = sorted(
        city.layers.values(),
        key=lambda layer: (layer.incidents is None, over.index(layer.geometry), layer.order, layer.id),
    )
    return [layer.id for layer in layers]


def facts(city: City) -> dict[str, Any]:
    """Return what the browser must know of the city before it can ask anything, and to name what it is answered."""
    return {
        "code": city.spec.code,
        "time_zone": city.spec.time_zone,
        "levels": [level.id for level in city.levels],
        "level_titles": {level.id: named(level.title) for level in city.levels},
        "indicators": [
            {
                "id": item.id,
                **named(item.title),
                "summed": item.needs is Needs.COUNTS,
                "played": item.needs in {Needs.COUNTS, Needs.SIZES},
                "digits": item.digits,
                "sign": item.sign,
            }
            for item in indicators.offered(city).values()
        ],
        "drawing": drawing(city),
        "shapes": SHAPES,
        "ramps": RAMPS,
        "looks": {name: list(values) for name, values in CHOICES.items()},
        "layers": [
            {
                "id": layer.id,
                **named(layer.title),
                "shown": layer.shown,
                "label": layer.label,
                "incidents": layer.incidents,
                "geometry": layer.geometry,
                "style": styled(layer, city),
                "fields": [
                    {
                        "id": field.id,
                        **named(field.title),
                        "type": field.type,
                        "values": {value: named(title) for value, title in field.values.items()},
                    }
                    for field in layer.fields
                ],
            }
            for layer in city.layers.values()
        ],
        "categories": [{"code": code, **named(node.title)} for code, node in city.categories.items()],
        "statuses": [{"code": status_code(status), **named(title)} for status, title in STATUSES.items()],
        "channels": [{"id": channel.id, **named(channel.title)} for channel in city.spec.channels],
        "sources": [{"id": source.id, **named(source.title)} for source in city.sources.values()],
    }


def named(title: Title) -> dict[str, str]:
    """Return a title as the API spells names."""
    return {"name": title.zh, "name_en": title.en}
