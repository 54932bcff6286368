"""How texts, numbers and moments are written in Chinese and in English."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dashboard.texts import TEXTS

Language = Literal["zh", "en"]
COUNTED = re.compile(r"(\{(\w+)\}[^{}\[\]]*)\[(\w+)\|(\w+)\]")
TEN_THOUSAND = 10_000
SHORTEN_FROM = 100_000
HUNDRED_MILLION = 100_000_000


def say(key: str, language: str, **values: object) -> str:
    """Return a text in a language, with its blanks filled."""
    return filled(TEXTS[key][language == "en"], values)


def filled(text: str, values: Mapping[str, object]) -> str:
    """Return a text with its blanks filled; `{n} [row|rows]` is the first word for 1, else the second."""
    return COUNTED.sub(lambda found: f"{found[1]}{found[3 if str(values[found[2]]) == '1' else 4]}", text).format(
        **values
    )


def name(thing: Mapping[str, Any], language: str) -> str:
    """Return the name of anything that has one in both languages."""
    return str((language == "en" and thing.get("name_en")) or thing.get("name") or thing.get("code") or "")


def count(value: float, language: str) -> str:
    """Return a count as people of that language say it: 18.8万 where a Chinese reader would lose the zeros."""
    if language == "zh" and value >= HUNDRED_MILLION:
        return f"{value / HUNDRED_MILLION:.1f}亿"
    if language == "zh" and value >= SHORTEN_FROM:
        return f"{value / TEN_THOUSAND:.1f}万"
    return f"{value:,.0f}"


def share(part: float, whole: float) -> str:
    """Return a part in per cent, or a dash of nothing."""
    return f"{100 * part / whole:.1f}%" if whole else "—"


def moment(value: str | None, zone: ZoneInfo) -> str:
    """Return an instant as the city's clocks show it, to the minute."""
    return datetime.fromisoformat(value).astimezone(zone).strftime("%Y-%m-%d %H:%M") if value else "—"


def ago(minutes: float, language: str) -> str:
    """Return how long ago something was, roughly."""
    for limit, size, key in ((1, 1, "ago_now"), (60, 1, "ago_m"), (1440, 60, "ago_h")):
        if minutes < limit:
            return say(key, language, n=int(minutes // size))
    return say("ago_d", language, n=int(minutes // 1440))


def period(view: Mapping[str, Any], language: str) -> str:
    """Return a view's period in words, or its first and last day."""
    if view["period"] == "custom":
        return f"{view.get('first_day') or '…'} – {view.get('last_day') or '…'}"
    return say(f"{view['period']}_long", language)
