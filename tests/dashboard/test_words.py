"""Texts in both languages, and numbers and times as people write them."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dashboard import looks
from dashboard.panels import table
from dashboard.texts import TEXTS
from dashboard.words import ago, count, moment, say, share
from layers import periods, steps
from layers.clauses import COMPARISONS, EITHER, ORDER

HERE = Path(__file__).resolve().parents[2] / "dashboard"
COUNTED = re.compile(r"\{(n|rows|total|kinds|units)\} (?:more |other )*(\w+s)\b")
BLANK = re.compile(r"\{\w+\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_text_is_there_in_both_languages_with_the_same_blanks() -> None:
    for key, (zh, en) in TEXTS.items():
        assert zh.strip(), key
        assert en.strip(), key
        assert sorted(BLANK.findall(zh)) == sorted(BLANK.findall(en)), key
        assert not CHINESE.search(en), key


def test_english_knows_one_of_everything_that_is_counted() -> None:
    # A sheet never holds one row.
    assert {key for key, (_, en) in TEXTS.items() if COUNTED.search(en)} == {"take_full"}


def test_every_text_that_scripts_ask_for_is_there() -> None:
    scripts = "".join(file.read_text(encoding="utf-8") for file in (HERE / "assets").glob("*.js"))
    asked = set(re.findall(r"""\b(?:text|say)\("(\w+)"[,)]""", scripts))
    assert asked
    assert asked - set(TEXTS) == set()


def test_every_text_that_panels_ask_for_is_there() -> None:
    files = [*HERE.glob("*.py"), *HERE.glob("panels/*.py"), *HERE.glob("pages/*.py")]
    asked = {key for file in files for key in re.findall(r"""\bsay\("(\w+)",""", file.read_text(encoding="utf-8"))}
    assert asked - set(TEXTS) == set()


def test_no_text_waits_in_vain() -> None:
    files = [file for kind in ("*.py", "panels/*.py", "pages/*.py", "assets/*.js") for file in HERE.glob(kind)]
    code = "".join(file.read_text(encoding="utf-8") for file in files if file.name != "texts.py")
    made = {
        *(f"{period}_long" for period in ("today", "7d", "30d", "1y", "all")),
        *(f"sort_{sort}" for sort in (*looks.SORTS, *looks.MOVES)),
        *(f"strip_{tab}" for tab in looks.STRIPS),
        *(f"{key}_{size}" for key in ("each", "play_by") for size in steps.SIZES),
        *(f"grid_{word}" for word in table.GRID_WORDS),
        *(f"against_{period}" for period in ("none", *periods.WAYS, "day")),
        *(f"ramp_{ramp}" for ramp in ("cyan", "violet", "green")),
        *(f"drawn_{way}" for way in ("points", "heat")),
        *(f"by_{group}" for group in looks.GROUPS),
        *(f"share_{share}" for share in ("open", "shared", "restricted")),
        *(f"base_map_{fault}" for fault in ("fails", "partly")),
        *(f"weekday_{day}" for day in range(1, 8)),
        *(f"{comparison}_time" for comparison in ORDER),
        *(f"is_{comparison}" for comparison in EITHER),
        *(comparison for kind in COMPARISONS.values() for comparison in kind),
    }
    named = {key for key in TEXTS if re.search(rf"""["']{key}["']|\b{key}: ["']""", code)}
    spoken = named | made | {"ago_now", "ago_m", "ago_h", "ago_d"}
    assert set(TEXTS) - spoken == {"fold_left", "fold_right"}


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        (0, "zh", "0"),
        (1_284, "zh", "1,284"),
        (99_999, "zh", "99,999"),
        (100_000, "zh", "10.0万"),
        (188_204, "zh", "18.8万"),
        (188_204, "en", "188,204"),
        (123_456_789, "zh", "1.2亿"),
    ],
)
def test_a_chinese_reader_counts_in_ten_thousands(value: int, language: str, text: str) -> None:
    assert count(value, language) == text


def test_a_part_of_nothing_is_a_dash() -> None:
    assert share(0, 0) == "—"
    assert share(1, 8) == "12.5%"


def test_moments_are_those_of_the_city() -> None:
    assert moment("2026-11-22T21:17:40+00:00", ZoneInfo("Asia/Shanghai")) == "2026-11-23 05:17"
    assert moment(None, ZoneInfo("Asia/Shanghai")) == "—"


@pytest.mark.parametrize(("minutes", "text"), [(0.2, "刚刚"), (41, "41 分钟前"), (150, "2 小时前"), (3000, "2 天前")])
def test_ages_are_rough(minutes: float, text: str) -> None:
    assert ago(minutes, "zh") == text


def test_blanks_are_filled() -> None:
    assert say("incidents_n", "en", n="1") == "1 incident"
    assert [say("incidents_n", "en", n=n) for n in ("0", "1,001", 2)] == [
        "0 incidents",
        "1,001 incidents",
        "2 incidents",
    ]
    assert say("around_others", "en", n="1,204", kinds=1) == "1,204 more of 1 other kind"
    assert say("kinds_chart", "en", name="A [b|c]", n=1, months=2) == "A [b|c]: 1 incident in 2 months"
    assert say("page_of", "en", first=1, last=20, total=50) == "1–20 of 50"
