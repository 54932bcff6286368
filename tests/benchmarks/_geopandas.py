"""The same load as a script with pandas and geopandas would do it, without a loop over rows."""

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import text

from tests.benchmarks._bench import Bench

STATES = {"待签收": 1, "已签收": 2, "办理中": 3, "待回访": 4, "已结案": 5}
TIMES = {
    "受理时间": "reported_at",
    "签收时间": "accepted_at",
    "派遣时间": "dispatched_at",
    "办结时间": "resolved_at",
    "结案时间": "closed_at",
}


def geopandas(made: Bench) -> None:
    """Read, check and place with pandas and geopandas."""
    source, city = made.source, made.city
    rows = pd.read_csv(made.file, dtype=str, keep_default_na=False)
    asked = "SELECT id, code, rank, geom FROM unit WHERE valid_to IS NULL"
    units = gpd.read_postgis(asked, made.engine, geom_col="geom")
    x, y = (pd.to_numeric(rows[name], errors="coerce") for name in ("经度", "纬度"))
    points = np.asarray(gpd.points_from_xy(x, y), dtype=object)
    points[x.isna()] = None
    frame = gpd.GeoDataFrame(rows, geometry=points, crs=4326)
    joined = frame.sjoin(units.loc[units["rank"] == 4, ["id", "geom"]], how="left", predicate="within")
    unit = joined.groupby(level=0)["id"].min().reindex(rows.index)
    there = frame.geometry.notna()
    named = rows["社区编码"].map(units.set_index("code")["id"]).fillna(units["id"].min())
    with made.engine.connect() as connection:
        category = {
            row.code: (row.id, row.hours) for row in connection.execute(text("SELECT code, id, hours FROM category"))
        }
    kind = rows["问题分类"].map(city.mapping(source.fields["category"]) or {}).map(category)
    made_of = {
        our: pd.to_datetime(rows[their], format="%Y/%m/%d %H:%M:%S", errors="coerce").dt.tz_localize(city.time_zone)
        for their, our in TIMES.items()
    }
    texts = {our: rows[their].where(rows[their] != "") for their, our in {"标题": "title", "地址": "address"}.items()}
    whole = gpd.GeoDataFrame(
        {
            "source_id": made.number, "key": rows["工单编号"], "unit_id": unit.where(there, named).astype("Int64"),
            "category_id": kind.str[0], "status": rows["状态"].map(STATES),
            "channel": rows["渠道"].map(city.mapping(source.fields["channel"]) or {}),
            "severity": rows["紧急程度"].map({"一般": 1, "紧急": 2, "特急": 3}).astype("Int16"),
            **made_of, "due_at": made_of["reported_at"] + pd.to_timedelta(kind.str[1], unit="h"), **texts,
            "attributes": '{"wanted": "' + rows["诉求类型"] + '"}', "row_hash": 0, "load_id": made.last,
        },
        geometry=frame.geometry.to_numpy(), crs=4326,
    ).rename_geometry("geom")  # fmt: skip
    good = ~(there & unit.isna()) & (rows["工单编号"] != "") & made_of["reported_at"].notna()
    whole.loc[good].to_postgis("incident", made.engine, if_exists="append")
