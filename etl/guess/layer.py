"""The layer on which a new source is seen."""

import re

import pyarrow.compute as pc

from etl.guess import toml
from etl.guess.columns import Column
from etl.guess.feeding import Fed
from etl.guess.guess import Guess
from etl.guess.looking import Looked
from etl.guess.names import title_of
from etl.guess.words import folded

THEMES = {
    "things": r".*(camera|摄像|监控|hydrant|消火栓|light|路灯|sensor|井盖|设施|设备|stop sign|signal|pole).*",
    "people": r".*(worker|staff|person|people|网格员|人员|志愿者|党员).*",
    "organisations": r".*(company|compan|firm|organi[sz]ation|企业|公司|机构|商户|店).*",
}
CODES = r".*(编码|编号|代码|\bcode\b|\bid\b|zip).*"
DIGITS = 10
"""As many make no number that people calculate with."""


def layer(looked: Looked, fed: Fed, *, layer_id: str, feeds: str, head: list[str]) -> str:
    """Return the text of a layer that shows what a source keeps."""
    title = title_of(looked.file.name)
    about = {
        "id": Guess(layer_id),
        "theme": _theme(title, feeds),
        "title": Guess({"zh": title, "en": title}, "what people read; the file's name so far", "unsure"),
        "order": Guess(90, "position in the panel"),
        "shown": Guess(
            value=True, why="on the map as soon as the page opens, so that you see it; false once there is much"
        ),
    }
    if feeds == "incidents":
        about["incidents"] = Guess(layer_id)
    else:
        if (geometry := looked.sample.geometry or "point") != "point":
            about["geometry"] = Guess(geometry, "what most of the file's shapes are")
        if "name" in fed.entries:
            about["label"] = Guess("name")
    text = toml.document({"": about}, head=head)
    return text + "".join(_shown(name, column, timed=name in fed.timed) for name, column in fed.others.items())


def _shown(name: str, column: Column, *, timed: bool) -> str:
    kind = "time" if timed else "number" if column.numeric and not _coded(column) else "text"
    title = toml.value({"zh": column.name, "en": column.name})
    lines = ["", "[[fields]]", f"id = {toml.value(name)}", f"title = {title}"]
    return "\n".join([*lines, *([f'type = "{kind}"'] if kind != "text" else [])]) + "\n"


def _coded(column: Column) -> bool:
    """Say whether numbers are codes: no sums of them mean anything."""
    longest: int = pc.max(pc.utf8_length(column.text)).as_py() or 0
    padded = pc.any(pc.match_substring_regex(column.text, r"^0\d")).as_py()
    return bool(padded) or longest >= DIGITS or re.fullmatch(CODES, folded(column.name)) is not None


def _theme(title: str, feeds: str) -> Guess:
    if feeds == "incidents":
        return Guess("events", "incidents are events")
    known = next((theme for theme, words in THEMES.items() if re.fullmatch(words, title.casefold())), None)
    if known:
        return Guess(known, "by what the file is called", "likely")
    return Guess("places", "one of people, places, things, events, organisations", "unsure")
