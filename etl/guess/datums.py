"""In which datum coordinates are: what fits the units, and what only the owner can tell."""

import numpy as np

from etl.fields import Floats
from etl.guess.belonging import Codes
from etl.guess.ground import Ground
from etl.guess.guess import Guess
from etl.place import shift_to_wgs84
from etl.suspicion.projections import projections
from layers.datum import EAST, NORTH, SOUTH, WEST
from layers.specs import PlaceSpec

TITLES = {"4326": "WGS 84", "gcj02": "GCJ-02", "bd09": "BD-09"}
FITS = 0.95
TIMES = 3
LEAST = 5
"""How many times as many places, and how many more, lie in a wrong unit when a datum is taken for a worse one."""
TRIED = 300
"""Places tried in every projected system of the region."""
SHOWN = 5
ASK = "ask the owner which it is"


def degrees(x: Floats, y: Floats) -> bool:
    """Say whether most of these can be degrees, longitude first."""
    there = np.isfinite(x) & np.isfinite(y)
    fits = there & (np.abs(x) <= 180) & (np.abs(y) <= 90)  # noqa: PLR2004 - degrees
    return bool(there.any() and np.count_nonzero(fits) >= FITS * np.count_nonzero(there))


def datum(
    x: Floats, y: Floats, *, codes: Codes | None, declared: str | None, ground: Ground | None
) -> dict[str, Guess]:
    """Return the datum, as a comment where nothing but the usual speaks for it."""
    if declared is not None and not degrees(x, y):
        return {"datum": Guess(_code(declared), f"the file itself says {declared}; nothing to add", off=True)}
    if not degrees(x, y):
        return _projected(x, y, codes, ground)
    said = f"the file itself says {declared}" if declared else "degrees"
    if not _in_china(x, y):
        why = f"{said}; left out it is {declared or 'WGS 84'}"
        return {"datum": Guess(_code(declared), why, "sure" if declared else "likely", off=True)}
    if ground is None:
        why = f"{said}, but in China they may be GCJ-02 or BD-09 all the same, some 500 m and 1 km off; {ASK}"
        return {"datum": Guess("gcj02", why, "unsure", off=True)}
    return _chinese(x, y, codes, declared=declared, ground=ground)


def spots(x: Floats, y: Floats, declared: str | None) -> list[tuple[Floats, Floats]]:
    """Return the places in WGS 84, once for each datum that they may be in; none where only trying all would tell."""
    if declared is None and not degrees(x, y):
        return []
    if degrees(x, y) and _in_china(x, y):
        return list(_as_each(x, y).values())
    return [shift_to_wgs84(PlaceSpec(), declared)(x, y)]


def _as_each(x: Floats, y: Floats) -> dict[str, tuple[Floats, Floats]]:
    return {name: shift_to_wgs84(PlaceSpec(datum=name), None)(x, y) for name in TITLES}


def _chinese(x: Floats, y: Floats, codes: Codes | None, *, declared: str | None, ground: Ground) -> dict[str, Guess]:
    said = f"the file itself says {declared}" if declared else "degrees"
    shifted = _as_each(x, y)
    inside = {name: ground.share(*places) for name, places in shifted.items()}
    if codes is not None:
        agree = {name: ground.agree(*places, codes) for name, places in shifted.items()}
        asked = sum(code is not None for code in codes)
        wrong = {name: (1 - share) * asked for name, share in agree.items()}
        best, second = sorted(wrong.values())[:2]
        winner = min(wrong, key=wrong.__getitem__)
        why = f"{said}; how many places lie in the unit that their row names: {_shares(agree)}"
        if second - best < LEAST or second < TIMES * best:
            return {"datum": Guess(winner, f"{why}; too close to tell, {ASK}", "unsure", off=True)}
        return {"datum": Guess(winner, why, "likely", off=winner == "4326" and declared is not None)}
    why = f"{said}; no column names a unit to compare with; how many places lie in the city: {_shares(inside)}; {ASK}"
    return {"datum": Guess("gcj02", why, "unsure", off=True)}


def _projected(x: Floats, y: Floats, codes: Codes | None, ground: Ground | None) -> dict[str, Guess]:
    """Try every projected system of the city's region; several may fit within metres."""
    if ground is None:
        why = f"the values are no degrees, so a projected system; {ASK} and write its EPSG code"
        return {"datum": Guess("4547", why, "unsure", off=True)}
    x, y, codes = x[:TRIED], y[:TRIED], codes[:TRIED] if codes else None
    fits = projections(x, y, ground.stamp)
    if not fits:
        why = f"the values are no degrees, and no EPSG system of the region puts them into the city; {ASK}"
        return {"datum": Guess("4547", why, "unsure", off=True)}
    right = {code: round(_agree(code, x, y, codes, ground), 2) for code in fits}
    alike = [code for code in fits if right[code] == max(right.values())]
    others = "".join(f", {code} ({fits[code]})" for code in alike[1:SHOWN])
    more = f"; so they do as{others[1:]}, metres or a kilometre off: ask the owner" if others else ""
    why = f"the values are no degrees; as EPSG:{alike[0]} ({fits[alike[0]]}) they lie in the city{more}"
    return {"datum": Guess(alike[0], why, "likely" if others else "sure")}


def _agree(code: str, x: Floats, y: Floats, codes: Codes | None, ground: Ground) -> float:
    return ground.agree(*shift_to_wgs84(PlaceSpec(datum=code), None)(x, y), codes) if codes else 0


def exchanged(x: Floats, y: Floats, ground: Ground | None) -> bool:
    """Say whether places in metres lie in the city only with their axes exchanged: surveyors call the northing x."""
    if ground is None or degrees(x, y):
        return False
    x, y = x[:TRIED], y[:TRIED]
    return not projections(x, y, ground.stamp) and bool(projections(y, x, ground.stamp))


def _shares(shares: dict[str, float]) -> str:
    return ", ".join(f"{share:.1%} as {TITLES[name]}" for name, share in shares.items())


def _in_china(x: Floats, y: Floats) -> bool:
    there = np.isfinite(x) & np.isfinite(y) & ((x != 0) | (y != 0))
    lon, lat = np.median(x[there]), np.median(y[there])
    return bool(WEST <= lon <= EAST and SOUTH <= lat <= NORTH)


def _code(declared: str | None) -> str:
    code = (declared or "4326").rpartition(":")[2]
    return code if code.isdigit() else "4326"
