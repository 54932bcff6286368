"""Services: a real HTTP server and real databases, asked page by page, refusing, stumbling, growing."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import create_engine, text

from etl import files, pages
from etl.readers import fetcher, reader
from layers.errors import SourceDataError, UnreachableError
from layers.pack import City
from layers.specs import SourceSpec
from tests.etl.readers.samples import spec
from tests.etl.town import Town

SINCE = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
Asked = dict[str, str]
Answer = tuple[int, dict[str, str], bytes]


class Service:
    """An HTTP server whose answers a test writes, and what it was asked."""

    def __init__(self) -> None:
        """Answer nothing yet."""
        self.asked: list[Asked] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[Asked], Any] = lambda _: []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append(dict(parse_qsl(urlsplit(self.path).query)))
                service.headers.append(dict(self.headers))
                found = service.answer(service.asked[-1])
                status, headers, body = found if isinstance(found, tuple) else (200, {}, json.dumps(found).encode())
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/records"

    def refuse(self, *answers: Answer) -> None:
        """Give these answers first."""
        left, well = list(answers), self.answer
        self.answer = lambda asked: left.pop(0) if left else well(asked)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pages, "PAUSE", 0.01)
    made = Service()
    running = threading.Thread(target=made.server.serve_forever)
    running.start()
    yield made
    made.server.shutdown()
    running.join()
    made.server.server_close()


def fetched(
    folder: Path,
    *,
    since: datetime | None = None,
    name: str = "http-json",
    **keys: Any,  # noqa: ANN401 - any key
) -> list[dict[str, Any]]:
    asked = spec(name, **keys)
    file = folder / "answer.jsonl"
    fetcher(name)(file, name="service", spec=asked, since=since)
    return [row for rows in reader(name)(file, name="service", spec=asked) for row in rows.columns.to_pylist()]


def test_one_answer_is_taken_as_it_is(service: Service, tmp_path: Path) -> None:
    service.answer = lambda _: {"data": [{"id": 1}, {"id": 2}]}
    assert fetched(tmp_path, url=f"{service.url}?kind=a", records="data") == [{"id": 1}, {"id": 2}]
    assert service.asked == [{"kind": "a"}]


def test_socrata_is_asked_page_by_page_in_an_order_that_stays(service: Service, tmp_path: Path) -> None:
    rows = [{"id": number} for number in range(25)]
    # It gives ten at a time at most, whatever it is asked for.
    service.answer = lambda asked: rows[int(asked["$offset"]) :][: min(int(asked["$limit"]), 10)]
    assert fetched(tmp_path, url=service.url, paging="socrata", page=12) == rows
    assert [asked["$offset"] for asked in service.asked] == ["0", "10", "20", "25"]
    assert {asked["$order"] for asked in service.asked} == {":id"}


def test_only_what_is_newer_is_asked_for(service: Service, tmp_path: Path) -> None:
    asked = spec("http-json", url=service.url, paging="socrata", since="created_date")
    fetcher("http-json")(tmp_path / "a.jsonl", name="service", spec=asked, since=SINCE)
    assert service.asked[-1]["$where"] == "created_date >= '2026-06-01T08:30:00'"
    asked = spec("http-json", url=service.url, paging="open311", since="start_date")
    fetcher("http-json")(tmp_path / "a.jsonl", name="service", spec=asked, since=SINCE)
    assert service.asked[-1]["start_date"] == "2026-06-01T08:30:00+00:00"
    fetcher("http-json")(tmp_path / "a.jsonl", name="service", spec=asked, since=None)
    assert "start_date" not in service.asked[-1]


@pytest.mark.parametrize(("stubborn", "page"), [(False, 2), (True, 3), (True, 9)])
def test_open311_is_asked_until_a_page_is_empty_or_all_is_there_again(
    service: Service, tmp_path: Path, *, stubborn: bool, page: int
) -> None:
    rows = [{"service_request_id": str(number), "lat": 40.7, "long": -74.0} for number in range(5)]

    def answer(asked: Asked) -> list[dict[str, Any]]:
        return rows if stubborn else rows[(int(asked["page"]) - 1) * page : int(asked["page"]) * page]

    service.answer = answer
    assert fetched(tmp_path, url=service.url, paging="open311", page=page) == rows


@pytest.mark.parametrize("paging", ["socrata", "open311"])
def test_a_service_that_gives_its_first_page_again_is_not_taken_for_all(
    service: Service, tmp_path: Path, paging: str
) -> None:
    service.answer = lambda _: [{"id": 1}, {"id": 2}]
    message = "page 2 has the 2 records of the page before it again; there may be more: ask for all at once"
    with pytest.raises(SourceDataError, match=message):
        fetched(tmp_path, url=service.url, paging=paging, page=2)


def test_a_record_that_two_pages_share_comes_once(service: Service, tmp_path: Path) -> None:
    service.answer = lambda asked: {"1": [{"id": 1}, {"id": 2}], "2": [{"id": 2}, {"id": 3}]}.get(asked["page"], [])
    assert fetched(tmp_path, url=service.url, paging="open311") == [{"id": 1}, {"id": 2}, {"id": 3}]


def test_a_service_that_stumbles_is_asked_again(service: Service, tmp_path: Path) -> None:
    service.answer = lambda _: [{"id": 1}]
    service.refuse((503, {}, b""), (429, {"Retry-After": "0"}, b""), (200, {"Content-Length": "99"}, b"[{"))
    assert fetched(tmp_path, url=service.url) == [{"id": 1}]
    assert len(service.asked) == 4


@pytest.mark.parametrize(
    ("answer", "times", "message"),
    [
        ((500, {}, b""), 5, "service: it answered 500, 5 times; try again later, or mend read.url"),
        ((403, {}, b""), 1, "service: it answered 403 Forbidden; mend read.url or the settings in read.headers"),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), 1, "service: it answered 302 Found; mend read.url"),
        ((200, {}, b"<html>"), 1, "service: no JSON: Expecting value"),
        ((200, {}, b"[" * 100_000), 1, "service: no JSON: maximum recursion depth exceeded"),
        ((200, {}, b'{"error": 1}'), 1, "no list of records at 'the top'; name the keys on the way to the list"),
    ],
)
def test_a_service_that_refuses_is_explained(
    service: Service, tmp_path: Path, answer: Answer, times: int, message: str
) -> None:
    service.answer = lambda _: answer
    with pytest.raises(SourceDataError) as raised:
        fetched(tmp_path, url=service.url)
    assert message in str(raised.value)
    assert len(service.asked) == times
    assert list(tmp_path.iterdir()) == []


def test_a_page_without_end_is_given_up(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LARGEST", 1 << 20)
    service.answer = lambda _: [{"id": "x" * 1000}] * 3000
    with pytest.raises(SourceDataError, match=r"a page is larger than 1 MiB; ask for less by read.page"):
        fetched(tmp_path, url=service.url)


def test_a_token_comes_from_a_setting(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"X-App-Token": "ONEMAP_SOURCE_TOKEN"}
    with pytest.raises(SourceDataError, match=r"ONEMAP_SOURCE_TOKEN is not set; set it where onemap runs"):
        fetched(tmp_path, url=service.url, headers=headers)
    monkeypatch.setenv("ONEMAP_SOURCE_TOKEN", "secret")
    fetched(tmp_path, url=service.url, headers=headers)
    assert service.headers[-1]["X-App-Token"] == "secret"


def test_no_answer_at_all_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAUSE", 0.0)
    with pytest.raises(SourceDataError, match=r"service: .*, 5 times; try again later, or mend read.url"):
        fetched(tmp_path, url="http://127.0.0.1:1/")


def source(city: City, **read: Any) -> SourceSpec:  # noqa: ANN401 - any key of `read`
    plain = city.sources["cameras"].model_dump()
    return SourceSpec.model_validate(plain | {"read": read})


def test_an_answer_is_kept_where_no_pattern_finds_it(service: Service, town: Town) -> None:
    service.answer = lambda _: [{"id": 1}]
    asked = source(town.city, format="http-json", url=f"{service.url}?token=1")
    (found,) = files.find(asked, city=town.city, inbox=town.inbox)
    assert found.name == service.url
    with pytest.raises(SourceDataError, match=r"no file '\*\*/\*\.jsonl'"):
        files.find(source(town.city, format="json", path="**/*.jsonl"), city=town.city, inbox=town.inbox)


def test_a_question_to_another_database_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"sqlite:///{tmp_path / 'theirs.db'}"
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE cases (id integer, title text, changed text)"))
        connection.execute(text("INSERT INTO cases VALUES (1, '甲', '2026-05-01'), (2, '乙', '2026-06-02')"))
    engine.dispose()
    monkeypatch.setenv("ONEMAP_SOURCE_TEST", address)
    query = "SELECT id, title FROM cases ORDER BY id"
    assert fetched(tmp_path, name="sql", query=query) == [{"id": 1, "title": "甲"}, {"id": 2, "title": "乙"}]
    newer = "SELECT id FROM cases WHERE changed >= :since"
    assert fetched(tmp_path, name="sql", query=newer, since=None) == [{"id": 1}, {"id": 2}]
    asked = spec("sql", query=newer)
    fetcher("sql")(tmp_path / "a.jsonl", name="sql", spec=asked, since=SINCE)
    assert (tmp_path / "a.jsonl").read_text() == '{"id": 2}\n'


def test_the_types_of_postgresql_become_numbers_and_text(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONEMAP_SOURCE_TEST", database_url.replace("postgresql:", "postgresql+psycopg:"))
    query = (
        "SELECT 1 AS n, 1.50 AS d, timestamptz '2026-06-01 00:30Z' AT TIME ZONE 'UTC' AS t, date '2026-06-01' AS day"
    )
    (row,) = fetched(tmp_path, name="sql", query=query)
    assert row == {"n": 1, "d": '"1.50"', "t": "2026-06-01T00:30:00", "day": "2026-06-01"}


@pytest.mark.parametrize(
    ("address", "query", "message"),
    [
        (None, "SELECT 1", "ONEMAP_SOURCE_TEST is not set; set it to an address such as postgresql+psycopg://"),
        ("sqlite:///:memory:", "SELECT * FROM absent", "the database refused: no such table: absent"),
        ("sqlite:///:memory:", "SELECT 1 AS a, 2 AS a", "columns named alike: ['a']; name them apart by AS"),
        ("oops://user:pass1234@x", "SELECT 1", "is no address that SQLAlchemy can use (NoSuchModuleError)"),
        (
            "postgresql+psycopg://u:pass1234@127.0.0.1:1/x",
            "SELECT 1",
            "the database does not answer: connection failed",
        ),
    ],
)
def test_a_database_that_refuses_is_explained_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str | None, query: str, message: str
) -> None:
    monkeypatch.delenv("ONEMAP_SOURCE_TEST", raising=False)
    if address:
        monkeypatch.setenv("ONEMAP_SOURCE_TEST", address)
    with pytest.raises(SourceDataError) as raised:
        fetched(tmp_path, name="sql", query=query)
    assert message in str(raised.value)
    assert "pass1234" not in str(raised.value)
    # What may pass is tried again by the schedule.
    assert isinstance(raised.value, UnreachableError) == ("does not answer" in message)
