"""`/api/export/…`: files of exactly what the filter means, read back by other people's readers."""

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pyogrio
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, text

from dashboard.app import create_app
from dashboard.takeaway.exports import AT_ONCE
from dashboard.takeaway.files import FORMATS as KNOWN
from layers.pack import City
from layers.settings import Settings
from tests.dashboard.conftest import Client
from tests.filling import fill

WEST = "990101000000"
FORMATS = ("csv", "xlsx", "geojson", "gpkg")
FILTERS = (
    "",
    f"unit={WEST}",
    "unit=990101001001001&status=closed",
    "from=2025-03-01&to=2025-03-20",
    "from=2025-03-01T08:00:00%2B08:00&category=order&channel=app",
    "q=case 1&category=order",
    "bbox=121.5,29.8,121.54,29.82&source=hotline",
    "status=reported&status=accepted",
    "q=nothing is called this",
)


def rows(content: bytes, ending: str, folder: Path) -> list[dict[str, Any]]:
    """Read a file back: each row by the names its format has."""
    if ending == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    if ending == "geojson":
        return [feature["properties"] for feature in json.loads(content)["features"]]
    if ending == "xlsx":
        head, *lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        return [dict(zip(map(str, head), line, strict=True)) for line in lines]
    file = folder / "read.gpkg"
    file.write_bytes(content)
    found = pyogrio.read_dataframe(file)
    return list(found.to_dict("records"))


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("query", FILTERS)
def test_a_file_has_as_many_rows_as_the_summary_counts(client: Client, query: str, ending: str, tmp_path: Path) -> None:
    answer = client.get(f"/api/export/incidents.{ending}?{query}")
    total = client.json(f"/api/summary?{query}")["total"]
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-total-rows"] == str(total)
    found = rows(answer.content, ending, tmp_path)
    assert len(found) == total
    key = "key" if ending in {"geojson", "gpkg"} else "编号"
    assert len({row[key] for row in found}) == total


@pytest.mark.parametrize("ending", FORMATS)
def test_features_and_units_are_all_there(client: Client, ending: str, tmp_path: Path) -> None:
    cameras = client.get(f"/api/export/cameras.{ending}?unit={WEST}&language=en")
    held = {layer["id"]: layer["count"] for layer in client.json(f"/api/layers?unit={WEST}")}
    found = rows(cameras.content, ending, tmp_path)
    assert len(found) == held["cameras"] > 0
    assert {row.get("Status", row.get("status_name")) for row in found} == {"Online", "Offline"}
    assert "secret" not in found[0]
    units = client.get(f"/api/export/units.{ending}?language=en")
    summary = client.json("/api/summary")
    totals = [row["total" if "total" in row else "Incidents"] for row in rows(units.content, ending, tmp_path)]
    assert [int(n) for n in totals] == sorted((child["total"] for child in summary["children"]), reverse=True)
    lowest = client.json("/api/city")["levels"][-1]["id"]
    cells = client.get(f"/api/export/units.{ending}?language=en&status=closed&level={lowest}")
    values = client.json(f"/api/indicators/count/values?status=closed&level={lowest}")["values"]
    totals = [row["total" if "total" in row else "Incidents"] for row in rows(cells.content, ending, tmp_path)]
    assert cells.headers["x-total-rows"] == str(len(values))
    assert [int(n) for n in totals] == sorted(values, reverse=True), "all units of a level, as the map shows them"


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("query", ["", f"unit={WEST}&status=closed"])
def test_the_unplaced_alone_are_those_of_their_list(client: Client, query: str, ending: str, tmp_path: Path) -> None:
    answer = client.get(f"/api/export/incidents.{ending}?{query}&unplaced=true&language=en")
    listed = client.json(f"/api/incidents?{query}&unplaced=true&limit=500")["incidents"]
    assert answer.headers["x-total-rows"] == str(len(listed)) == str(client.json(f"/api/summary?{query}")["unplaced"])
    key = "key" if ending in {"geojson", "gpkg"} else "Number"
    assert [row[key] for row in rows(answer.content, ending, tmp_path)] == [item["key"] for item in listed] != []
    if ending == "geojson":
        said = dict(json.loads(answer.content)["notes"])
        assert said["Unplaced"] == "Incidents that belong here but to none of the units below"
        assert said["Address"].endswith("unplaced=true")


def test_a_layer_of_incidents_is_those_of_its_source(client: Client, tmp_path: Path) -> None:
    found = rows(client.get("/api/export/hotline.geojson").content, "geojson", tmp_path)
    assert len(found) == client.json("/api/summary?source=hotline")["total"]
    assert {row["source"] for row in found} == {"hotline"}


def test_unplaced_rows_are_rows_without_a_geometry(client: Client, tmp_path: Path) -> None:
    content = client.get("/api/export/incidents.gpkg").content
    file = tmp_path / "incidents.gpkg"
    file.write_bytes(content)
    frame = pyogrio.read_dataframe(file)
    features = json.loads(client.get("/api/export/incidents.geojson").content)["features"]
    without = sum(feature["geometry"] is None for feature in features)
    assert without == int(frame.geometry.isna().sum()) > 0
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.dropna().geom_type.unique().tolist() == ["Point"]


def test_times_are_the_citys_and_real_dates_in_a_workbook(client: Client, tmp_path: Path) -> None:
    query = "q=H12&language=en"
    (record,) = client.json("/api/incidents?q=H12")["incidents"]
    local = datetime.fromisoformat(record["reported_at"])
    (line,) = rows(client.get(f"/api/export/incidents.csv?{query}").content, "csv", tmp_path)
    assert line["Reported"] == f"{local:%Y-%m-%d %H:%M:%S}"
    (cells,) = rows(client.get(f"/api/export/incidents.xlsx?{query}").content, "xlsx", tmp_path)
    assert cells["Reported"] == local.replace(tzinfo=None)
    (feature,) = rows(client.get(f"/api/export/incidents.geojson?{query}").content, "geojson", tmp_path)
    assert feature["reported_at"] == local.isoformat()
    (row,) = rows(client.get(f"/api/export/incidents.gpkg?{query}").content, "gpkg", tmp_path)
    assert row["reported_at"].to_pydatetime() == local
    assert row["reported_at"].utcoffset() is not None
    names = (line["Category"], line["Status"], line["Unit code"], line["Source code"])
    assert names == (
        record["category_name_en"],
        record["status"].capitalize(),
        record["unit"]["code"],
        record["source"],
    )


@pytest.fixture
def hostile(engine: Engine, city: City, empty_client: Client) -> Client:
    """A client of a city where people wrote formulas into the titles."""
    fill(engine, city, incidents=6)
    wicked = ["=1+1", "+86 574", "-2", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\uff1d1+1\n<b>,“逗号”</b>"]
    with engine.begin() as connection:
        for number, title in enumerate(wicked, start=1):
            connection.execute(
                text("UPDATE incident SET title = :title WHERE key = :key"), {"title": title, "key": f"H{number}"}
            )
    return empty_client


def test_text_that_looks_like_a_formula_stays_text(hostile: Client, tmp_path: Path) -> None:
    plain = {row["key"]: row["title"] for row in rows(_got(hostile, "geojson"), "geojson", tmp_path)}
    assert plain["H1"] == "=1+1"
    for ending, query in (("xlsx", ""), ("csv", "text=verbatim"), ("gpkg", "")):
        found = rows(_got(hostile, ending, query), ending, tmp_path)
        assert {row.get("编号", row.get("key")): row.get("标题", row.get("title")) for row in found} == plain
    guarded = {row["编号"]: row["标题"] for row in rows(_got(hostile, "csv"), "csv", tmp_path)}
    assert guarded == {key: f"'{title}" for key, title in plain.items()}
    book = tmp_path / "book.xlsx"
    book.write_bytes(_got(hostile, "xlsx"))
    assert formulas(book) == 0


def formulas(book: Path) -> int:
    """Return how many cells of a workbook hold a formula."""
    with zipfile.ZipFile(book) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
        return sum(parts.read(name).count(b"<f>") for name in sheets)


def _got(client: Client, ending: str, query: str = "") -> bytes:
    answer = client.get(f"/api/export/incidents.{ending}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.content


def test_a_workbook_says_what_it_is_and_who_may_have_it(client: Client) -> None:
    content = _got(client, "xlsx", f"unit={WEST}&status=closed&from=2025-03-01&language=en")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(1).to_python()
    said = "\n".join(" ".join(map(str, line)) for line in sheet)
    for words in ("Closed", "2025-03-01", WEST, "Asia/Shanghai", "share level: restricted", "share level: shared"):
        assert words in said
    for language, owner in (("zh", "公安局"), ("en", "Police")):
        content = client.get(f"/api/export/cameras.geojson?unit={WEST}&language={language}").content
        assert any(f"· {owner} ·" in text for _, text in json.loads(content)["notes"])


def test_a_file_is_called_after_what_it_is(client: Client) -> None:
    answer = client.get(f"/api/export/incidents.csv?unit={WEST}&from=2025-03-01&to=2025-03-20")
    said = answer.headers["content-disposition"]
    name = httpx.QueryParams("n=" + said.partition("filename*=UTF-8''")[2])["n"]
    assert name.startswith("方城市-")
    assert "-事件-20250301-20250319-" in name
    assert name.endswith(".csv")
    assert said.isascii()
    assert answer.content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/api/export/fountains.csv", 404, "no layer has the id 'fountains'; known: cameras, hotline, incidents"),
        ("/api/export/incidents.csv?unit=7", 400, "no unit has the id '7'"),
        ("/api/export/incidents.pdf", 400, "ending"),
        ("/api/export/incidents.csv?status=lost", 400, "no status has the id 'lost'"),
        ("/api/export/units.csv?unplaced=true", 400, "only incidents can be asked for so"),
        ("/api/export/units.csv?level=moon", 400, "no level has the id 'moon'"),
        ("/api/export/units.csv?level=city", 400, "it must be below city"),
        ("/api/export/incidents.csv?level=city", 400, "only units and the map can be asked for so"),
        ("/api/export/jobs/unheard-of", 404, "no export has the id 'unheard-of'"),
    ],
)
def test_what_cannot_be_exported_is_refused_with_a_sentence(
    client: Client, address: str, status: int, sentence: str
) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert sentence in answer.json()["detail"]


def test_a_workbook_refuses_more_rows_than_a_sheet_holds(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KNOWN, "xlsx", replace(KNOWN["xlsx"], most=100))
    answer = client.get("/api/export/incidents.xlsx")
    assert answer.status_code == 400
    assert "take csv or gpkg" in answer.json()["detail"]


def test_an_export_tells_how_far_it_is(client: Client) -> None:
    total = client.json("/api/summary")["total"]
    assert client.get("/api/export/incidents.xlsx?job=my-own-name").status_code == 200
    found = client.json("/api/export/jobs/my-own-name")
    assert found == {"state": "done", "rows": total, "total": total, "detail": None}


@pytest.fixture
def own_client(filled_url: str, city: City) -> Iterator[Client]:
    """A client whose exports nobody else asks for."""
    made = Client(create_app(Settings(city=city.folder), city, filled_url))
    yield made
    made.close()


def test_no_more_exports_run_at_once_than_the_machine_can_bear(own_client: Client) -> None:
    async def asked() -> list[httpx.Response]:
        wanted = (own_client.http.get("/api/export/incidents.xlsx") for _ in range(AT_ONCE + 2))
        return await asyncio.gather(*wanted)

    answers = own_client.loop.run_until_complete(asked())
    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(refused) == 2
    assert refused[0].headers["retry-after"] == "10"
    assert "exports are running" in refused[0].json()["detail"]
    assert own_client.get("/api/export/incidents.csv").status_code == 200


def test_a_client_that_leaves_ends_its_export(own_client: Client) -> None:
    """Take one piece and hang up, as a server tells an application."""
    sent: list[int] = []

    async def hang_up() -> None:
        gone = asyncio.Event()

        async def receive() -> dict[str, object]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:  # noqa: ANN401 - what ASGI sends
            sent.append(len(message.get("body", b"")))
            if sent[-1]:
                gone.set()
                await asyncio.sleep(0)

        address = "/api/export/incidents.csv"
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "path": address,
            "raw_path": address.encode(),
            "query_string": b"job=somebody-left",
            "headers": [],
            "scheme": "http",
            "server": ("onemap.test", 80),
            "client": ("127.0.0.1", 1),
            "root_path": "",
        }
        await own_client.app(scope, receive, send)

    own_client.loop.run_until_complete(hang_up())
    found = own_client.json("/api/export/jobs/somebody-left")
    assert found["state"] == "ended"
    assert found["rows"] < found["total"]
    engine = own_client.app.state.exports.engine
    with engine.connect() as connection:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
        assert connection.execute(text(asked)).scalar() == 0
