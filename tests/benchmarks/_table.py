"""A table of what was measured: milliseconds, bytes, and what of it is over its target."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TypeVar

import httpx

TARGETS = {
    "summary": (50, 15, None),
    "points": (50, None, 25_000),
    "fields": (1000, None, None),
    "values": (None, None, 105_000),
}
"""What p95 should stay below: milliseconds of an answer and of its SQL, bytes sent."""


@dataclass
class Line:
    """One line of the table: milliseconds of answers, of the database alone, of its processor alone, and bytes."""

    http: list[float] = field(default_factory=list)
    sql: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    refused: int = 0
    """How often the server gave up."""

    def answered(self, answer: httpx.Response, milliseconds: float) -> None:
        """Note an answer, or that there was none."""
        self.http.append(milliseconds)
        if answer.is_success:
            self.sent.append(int(answer.headers.get("content-length") or len(answer.content)))
        else:
            self.refused += 1


Table = dict[str, Line]
Answer = TypeVar("Answer")


def timed(do: Callable[[], Answer]) -> tuple[Answer, float]:
    """Return what is found, and the milliseconds it took."""
    began = time.perf_counter()
    found = do()
    return found, (time.perf_counter() - began) * 1000


def p95(numbers: Sequence[float]) -> float:
    """Return what 95 of a hundred do not exceed."""
    return sorted(numbers)[min(int(len(numbers) * 0.95), len(numbers) - 1)]


def told(rows: int, table: Table) -> None:
    """Print what was measured at one size, and what is over its target."""
    heads = "".join(f"{head:>9}" for head in ("p50 ms", "p95 ms", "SQL p50", "SQL p95", "CPU p95"))
    print(f"\n{f'{rows:,} incidents':40}{heads}{'bytes p95':>11}")
    for name, line in table.items():
        http = f"{median(line.http):9.1f}{p95(line.http):9.1f}" if line.http else " " * 18
        sql = f"{median(line.sql):9.1f}{p95(line.sql):9.1f}" if line.sql else " " * 18
        work = f"{p95(line.work):9.1f}" if line.work else " " * 9
        sent = f"{p95(line.sent):11,.0f}" if line.sent else " " * 11
        print(f"{name:40}{http}{sql}{work}{sent}{over(name, line)}", flush=True)
    ours = {name.partition(":")[0]: median(line.sql or line.http) for name, line in table.items() if "ours" in name}
    for name in TARGETS:
        print(slowest(name, table), end="")
    for name, line in table.items():
        if (asked := name.partition(":")[0]) in ours and "ours" not in name:
            print(f"{name:40}{median(line.sql or line.http) / ours[asked]:9.1f} × ours")


def slowest(name: str, table: Table) -> str:
    """Say how far the answers of a kind are from their target, and which of them take longest."""
    aim = TARGETS[name][0]
    kinds = {other: p95(line.http) for other, line in table.items() if other.startswith(f"{name}, ") and line.http}
    if aim is None or not kinds:
        return ""
    worst = max(kinds, key=lambda other: kinds[other])
    return f"{name}: p95 {p95(table[name].http):,.0f} ms of {aim:,}; slowest is {worst}, {kinds[worst]:,.0f} ms\n"


def over(name: str, line: Line) -> str:
    """Say which targets a line of the table misses."""
    http, sql, sent = TARGETS.get(name.partition(",")[0], (None, None, None))
    missed = [
        f"{aim} {unit}"
        for numbers, aim, unit in ((line.http, http, "ms"), (line.sql, sql, "ms of SQL"), (line.sent, sent, "bytes"))
        if numbers and aim and p95(numbers) > aim
    ]
    missed += [f"refused {line.refused} times"] if line.refused else []
    return f"  over {', '.join(missed)}" if missed else ""


def grown(tables: Mapping[int, Table]) -> None:
    """Print how many times as much the largest size takes as the smallest: medians of answers, or of the database."""
    (least, small), *_, (most, large) = sorted(tables.items())
    print(f"\n{f'{least:,} → {most:,} incidents':40}{'p50':>9}{'SQL p50':>9}{'CPU p95':>9}  {most / least:g}× as many")
    for name in (name for name in small if name in large):
        times = [
            f"{median(after) / median(before):8.1f}×" if before and after else " " * 9
            for before, after in ((small[name].http, large[name].http), (small[name].sql, large[name].sql))
        ]
        if small[name].work and large[name].work:
            times.append(f"{p95(large[name].work) / p95(small[name].work):8.1f}×")
        print(f"{name:40}{''.join(times)}")
