"""What must be known to read a file: what the filter means in words, how recent the data is, whose it is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import shapely

from dashboard.clauses import clause
from dashboard.takeaway.tables import Order, Table
from dashboard.takeaway.titles import TITLES, told
from dashboard.texts import TEXTS
from dashboard.words import say
from layers import sources
from layers.coordinates import ELLIPSOID
from layers.pack import City
from layers.words import STATUSES, status_code

Note = tuple[str, str]


def notes(order: Order, table: Table) -> list[Note]:
    """Return labels and texts, in the order to be read."""
    language, city = order.language, order.city
    said = [*order.asked.pairs(), *([("unplaced", "true")] if order.unplaced else [])]
    said += [("level", city.levels[order.rank].id)] if order.rank else []
    found = [
        (told("contents", language), f"{city.spec.name.text(language)} · {table.title.text(language)}"),
        (told("scope", language), place(order)),
        *conditions(order),
        (told("rows", language), f"{table.total:,}"),
        *table.remarks,
        (told("made_at", language), moment(order.now, city.time_zone)),
        (told("times", language), told("times_said", language, zone=city.spec.time_zone)),
        (told("degrees", language), told("degrees_said", language)),
        *origins(order, table.sources),
        (told("address_of", language), f"?{urlencode(said)}"),
    ]
    if city.spec.generated:
        found.append((told("generated", language), city.spec.generated.text(language)))
    return found


def place(order: Order) -> str:
    """Return the order's unit by name and code."""
    name = (order.language == "en" and order.of.name_en) or order.of.name
    return f"{name} ({order.of.code})"


def conditions(order: Order) -> list[Note]:
    """Return every condition of the filter but the unit, in words; several of one kind in one line."""
    called = names(order.city, order.language)
    found: dict[str, list[str]] = {}
    for key, value in order.asked.pairs():
        if key != "unit":
            found.setdefault(key, []).append(_words(key, value, order, called))
    if order.unplaced:
        found["unplaced"] = [told("unplaced_here", order.language)]
    if not found:
        return [(told("active_filters", order.language), told("no_condition", order.language))]
    joined = "、" if order.language == "zh" else ", "
    return [(_label(key, order.language), joined.join(values)) for key, values in found.items()]


def _words(key: str, value: str, order: Order, called: Mapping[str, Mapping[str, str]]) -> str:
    if key == "where":
        return clause(value, order.city, order.language)
    if key == "within":
        return outline(value, order.language)
    if key == "circle" and order.asked.circle:
        lon, lat, metres = order.asked.circle
        return told("round", order.language, metres=f"{metres:,.0f}", lon=f"{lon:.4f}", lat=f"{lat:.4f}")
    return called.get(key, {}).get(value, value)


def outline(wkt: str, language: str) -> str:
    """Return how large a polygon of longitudes and latitudes is, and where; its corners stand in the address."""
    shape = shapely.from_wkt(wkt)
    area = f"{abs(ELLIPSOID.geometry_area_perimeter(shape)[0]) / 1e6:,.2f}"
    corners = shapely.get_num_coordinates(shape) - shapely.get_num_geometries(shape)
    middle = shape.representative_point()
    return told("outline", language, n=corners, area=area, lon=f"{middle.x:.4f}", lat=f"{middle.y:.4f}")


def names(city: City, language: str) -> dict[str, dict[str, str]]:
    """Return what people call each value of each filter."""
    return {
        "category": {code: node.title.text(language) for code, node in city.categories.items()},
        "status": {status_code(status): words.text(language) for status, words in STATUSES.items()},
        "source": {code: spec.title.text(language) for code, spec in city.sources.items()},
        "channel": {choice.id: choice.title.text(language) for choice in city.spec.channels},
        "weekday": {str(day): say(f"weekday_{day}", language) for day in range(1, 8)},
    }


def origins(order: Order, codes: Sequence[str]) -> Iterator[Note]:
    """Tell of each source its owner, how recent its data is, and who may have it.

    Who may take rows of a restricted source away is not asked yet, since nobody has to say who they are; what is told
    here is where that question will be put.
    """
    reached = {row.code: row.reached for row in order.connection.execute(sources.last_loads())}
    for code in codes:
        spec, at = order.city.sources.get(code), reached.get(code)
        said = [told("data_of", order.language), moment(at, order.city.time_zone) if at else "—"]
        text = " ".join(said)
        if spec:
            level = told(f"share_{spec.share}", order.language)
            text = f"{spec.title.text(order.language)} · {spec.owner.text(order.language)} · {text} · " + told(
                "share_level", order.language, level=level
            )
        yield told("source", order.language), text if spec else f"{code} · {text}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as the city's clocks show it, to the minute."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _label(key: str, language: str) -> str:
    return told(key, language) if key in TITLES or key in TEXTS else key
