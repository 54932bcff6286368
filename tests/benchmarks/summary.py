"""How long `/api/summary` and the other addresses take over HTTP; p95 of a summary should stay below 60 ms."""

import random
import time
from datetime import date, timedelta
from typing import Any

import httpx

from tests.benchmarks._served import served

ROUNDS = 40
TARGET = 60
AT_MOST = 12


def main() -> None:
    """Print p50 and p95 of every question on every level."""
    with served() as client:
        city = client.get("/api/city").json()
        today = date.fromisoformat(city["now"][:10]) + timedelta(days=1)
        year = f"from={today - timedelta(days=365)}&to={today}"
        month = f"from={today - timedelta(days=30)}&to={today}"
        questions = {
            "year": year,
            "all time": "",
            "30 days": month,
            "year, one status": f"{year}&status=closed",
            "year, one branch": f"{year}&category={city['categories'][0]['code']}",
            "year, one channel": f"{year}&channel={city['channels'][0]['id']}",
        }
        print(f"\n{'question':45}{'p50 ms':>8}{'p95 ms':>8}{'bytes':>9}{'sent':>8}")
        sample = units(client, city)
        for title, query in questions.items():
            for level, codes in sample.items():
                told(client, f"{title}, {level}", [f"/api/summary?unit={code}&{query}" for code in codes], TARGET)
        for title, address in others(city, year, month).items():
            told(client, title, [address])


def units(client: httpx.Client, city: dict[str, Any]) -> dict[str, list[str]]:
    """Return some units of every level, always the same ones."""
    chance = random.Random(1)  # noqa: S311 - a sample, not a secret
    found, codes = {}, [str(city["code"])]
    while codes:
        place = client.get(f"/api/units/{codes[0]}").json()
        found[place["level"]] = codes
        below = [child["code"] for code in codes for child in client.get(f"/api/units/{code}").json()["children"]]
        codes = chance.sample(below, min(AT_MOST, len(below)))
    return found


def others(city: dict[str, Any], year: str, month: str) -> dict[str, str]:
    """Return the other questions a page asks."""
    west, south, east, north = city["bounds"]
    whole = f"bbox={west},{south},{east},{north}&zoom=9"
    return {
        "city": "/api/city",
        "layers": "/api/layers",
        "sources": "/api/sources",
        "incidents, first page": f"/api/incidents?{year}&limit=20",
        "points, incidents of a year": f"/api/points/incidents.geojson?{whole}&{year}",
        "points, incidents of 30 days": f"/api/points/incidents.geojson?{whole}&{month}",
        "points, cameras": f"/api/points/cameras.geojson?{whole}",
        "polygons of the city's children, kept": f"/api/units/{city['code']}/children.geobuf?v={city['version']}",
        "polygons of the city's children, made anew": f"/api/units/{city['code']}/children.geobuf",
    }


def told(client: httpx.Client, title: str, addresses: list[str], target: float | None = None) -> None:
    """Ask the addresses in turn and print one line."""
    times = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        answer = client.get(addresses[number % len(addresses)])
        times.append((time.perf_counter() - began) * 1000)
        answer.raise_for_status()
    times.sort()
    middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
    over = "  over" if target and late > target else ""
    sent = answer.headers.get("content-length", "")
    print(f"{title:45}{middle:8.1f}{late:8.1f}{len(answer.content):9,}{sent:>8}{over}", flush=True)


if __name__ == "__main__":
    main()
