"""How long `/api/search` and `/api/around` take over HTTP; p95 of either should stay below 100 ms."""

from tests.benchmarks._served import served
from tests.benchmarks.summary import told

TARGET = 100


def main() -> None:
    """Print p50 and p95 of what people type, and of circles where most incidents are."""
    with served() as client:
        busiest = client.get("/api/incidents?limit=50").json()["incidents"]
        spots = [(item["lon"], item["lat"]) for item in busiest if item["lon"] is not None][:12]
        camera = client.get("/api/search?q=33&limit=50").json()["results"][-1]["code"]
        typed = {
            "initials of a unit": ["yzq", "xsx", "nmjd", "spz"],
            "pinyin of a unit, unfinished": ["yinzh", "xiangsh", "zhenha", "dongli"],
            "parts of names of units": ["鄞州", "江厦 第3网格", "石浦", "网格"],
            "a code from its beginning": ["330203", camera[:8], camera],
            "an incident's number": [busiest[0]["key"], busiest[0]["key"][:8], busiest[0]["key"][:2]],
            "part of a feature's name": ["学院路", "中学", "消防栓", "没有这个"],
            "a coordinate": ["121.55,29.87", "29°52'12\" 121°33'", "gcj02 121.55 29.87", "3305678.1 40649000"],
        }
        print(f"\n{'question':45}{'p50 ms':>8}{'p95 ms':>8}{'bytes':>9}{'sent':>8}")
        for title, words in typed.items():
            told(client, title, [f"/api/search?q={word}" for word in words], TARGET)
        for metres in (200, 500, 1000):
            circles = [f"/api/around?lon={lon}&lat={lat}&metres={metres}" for lon, lat in spots]
            told(client, f"around, {metres} m, all time", circles, TARGET)


if __name__ == "__main__":
    main()
