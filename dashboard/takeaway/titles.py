"""What the columns and remarks of files are called in both languages."""

from collections.abc import Mapping

from dashboard.texts import TEXTS
from dashboard.words import filled
from layers.parts import Title

TITLES: Mapping[str, tuple[str, str]] = {
    "subject": ("标题", "Title"),
    "status_code": ("状态代码", "Status code"),
    "severity": ("严重程度", "Severity"),
    "yes": ("是", "Yes"),
    "no": ("否", "No"),
    "name": ("名称", "Name"),
    "unit": ("所属单元", "Unit"),
    "unit_code": ("单元代码", "Unit code"),
    "unit_level": ("单元层级", "Unit level"),
    "unit_zh": ("单元名称", "Name (Chinese)"),
    "unit_en": ("单元英文名", "Name (English)"),
    "on_time": ("按期结案", "Closed on time"),
    "due": ("到期应结", "Due by now"),
    "closure_rate": ("结案率 (%)", "Closure rate (%)"),
    "on_time_share": ("按期结案率 (%)", "Closed on time / due (%)"),
    "population": ("人口", "Population"),
    "area": ("面积 (km²)", "Area (km²)"),
    "lon": ("经度", "Longitude"),
    "lat": ("纬度", "Latitude"),
    "notes": ("说明", "Notes"),
    "contents": ("内容", "Contents"),
    "rows": ("行数", "Rows"),
    "scope": ("范围", "Area"),
    "weekday": ("星期", "Days of the week"),
    "circle": ("圆内", "Within circle"),
    "round": ("{lon}, {lat} 周围 {metres} 米", "{metres} m around {lon}, {lat}"),
    "where": ("字段条件", "Fields"),
    "from": ("起 (含)", "From (included)"),
    "to": ("止 (不含)", "To (not included)"),
    "q": ("文本", "Text"),
    "as_of": ("界线按", "Boundaries as of"),
    "bbox": ("坐标范围", "Box"),
    "within": ("多边形内", "Within polygon"),
    "outline": (
        "{n} 个顶点，{area} 平方公里，在 {lon}, {lat} 一带",
        "{n} corners, {area} km², about {lon}, {lat}",
    ),
    "in_none": ("不属于该级任何单元的事件", "Incidents that belong to no unit of this level"),
    "no_condition": ("无", "None"),
    "made_at": ("生成时间", "Made at"),
    "data_of": ("数据时间", "Data time"),
    "times": ("时间", "Times"),
    "times_said": ("均为{zone}当地时间", "local times of {zone}"),
    "degrees": ("坐标", "Coordinates"),
    "degrees_said": ("WGS 84 经纬度 (EPSG:4326)", "WGS 84 longitude and latitude (EPSG:4326)"),
    "share_open": ("公开", "open"),
    "share_shared": ("政务共享", "shared"),
    "share_restricted": ("受限", "restricted"),
    "share_level": ("共享级别：{level}", "share level: {level}"),
    "address_of": ("查询地址", "Address"),
    "map": ("地图", "Map"),
    "projection": ("投影", "Projection"),
    "projection_said": (
        "等距圆柱投影，标准纬线取图幅中部；比例尺在该纬度准确",
        "equirectangular, true at the middle latitude, where the scale bar is measured",
    ),
    "list": ("事件", "Incidents"),
}
"""Where a word means something else in a file than on screen; for everything else the words of the interface hold."""


def title(key: str) -> Title:
    """Return what a column is called."""
    zh, en = TITLES.get(key) or TEXTS[key]
    return Title(zh=zh, en=en)


def told(key: str, language: str, **values: object) -> str:
    """Return a text in a language, with its blanks filled."""
    return filled(title(key).text(language), values)
