"""Every text of the interface in Chinese and English, and how numbers and moments are written in each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

Language = Literal["zh", "en"]
TEN_THOUSAND = 10_000
SHORTEN_FROM = 100_000
HUNDRED_MILLION = 100_000_000

TEXTS: Mapping[str, tuple[str, str]] = {
    "views": ("视图", "Views"),
    "view_name": ("名称", "Name"),
    "view_description": ("说明", "What it is for"),
    "view_fixed": ("固定日期：{since} 至 {until}", "Keep these days: {since} to {until}"),
    "view_keep": ("保存当前视图", "Save this view"),
    "view_copy": ("复制链接", "Copy link"),
    "view_copied": ("已复制", "Copied"),
    "view_link": ("链接", "Link"),
    "view_replace": ("以当前视图覆盖", "Replace with this view"),
    "view_replace_sure": ("再次点击以覆盖", "Click again to replace"),
    "view_forget": ("删除", "Delete"),
    "view_forget_sure": ("再次点击以删除", "Click again to delete"),
    "view_gone": ("视图已删除", "View was deleted"),
    "views_none": ("还没有保存的视图。给当前视图起个名字即可保存。", "No saved views yet. Name this one to keep it."),
    "close": ("关闭", "Close"),
    "brand": ("一张图", "OneMap"),
    "choose": ("选择{level}", "choose a {level}"),
    "today": ("今日", "Today"),
    "7d": ("7天", "7 d"),
    "30d": ("30天", "30 d"),
    "1y": ("1年", "1 y"),
    "all": ("全部", "All"),
    "custom": ("自定义", "Custom"),
    "today_long": ("今日", "today"),
    "7d_long": ("近7天", "last 7 days"),
    "30d_long": ("近30天", "last 30 days"),
    "1y_long": ("近1年", "last year"),
    "all_long": ("全部时间", "all time"),
    "period": ("时间范围", "Period"),
    "pick_dates": ("选择起止日期", "Pick two dates"),
    "language": ("语言", "Language"),
    "theme": ("深色 / 浅色", "Dark / light"),
    "data_time": ("数据", "Data"),
    "breadcrumb": ("当前位置", "Where you are"),
    "layers": ("图层", "Layers"),
    "filters": ("筛选", "Filters"),
    "sources": ("数据源", "Sources"),
    "clear": ("清除", "Clear"),
    "fold_left": ("收起或展开左侧栏", "Fold or unfold the left rail"),
    "fold_right": ("收起或展开右侧栏", "Fold or unfold the right rail"),
    "people": ("人", "People"),
    "places": ("地", "Places"),
    "things": ("物", "Things"),
    "events": ("事", "Events"),
    "organisations": ("组织", "Orgs"),
    "category": ("类别", "Category"),
    "status": ("状态", "Status"),
    "source": ("来源", "Source"),
    "channel": ("渠道", "Channel"),
    "boundaries": ("界线", "Boundaries"),
    "boundaries_now": ("现行", "In force"),
    "boundaries_from": ("自 {day}", "from {day}"),
    "boundaries_to": ("至 {day}", "to {day}"),
    "boundaries_as_of": ("界线按 {day}", "Boundaries as of {day}"),
    "boundaries_did": (
        "{units} 个单元；改 {changed}，增 {brought}，撤 {ended}",
        "{units} units; {changed} changed, {brought} new, {ended} ended",
    ),
    "remove": ("取消筛选：{name}", "Remove filter: {name}"),
    "more_filters": ("更多条件", "More"),
    "apply": ("应用", "Apply"),
    "cancel": ("取消", "Cancel"),
    "hours": ("时段", "Hours of the day"),
    "hours_all": ("全天", "All day"),
    "hours_day": ("白天 6–22 时", "Day 6–22"),
    "hours_night": ("夜间 22–6 时", "Night 22–6"),
    "hours_from": ("从", "From"),
    "hours_to": ("到", "to"),
    "weekdays": ("星期", "Days of the week"),
    "weekday_1": ("周一", "Mon"),
    "weekday_2": ("周二", "Tue"),
    "weekday_3": ("周三", "Wed"),
    "weekday_4": ("周四", "Thu"),
    "weekday_5": ("周五", "Fri"),
    "weekday_6": ("周六", "Sat"),
    "weekday_7": ("周日", "Sun"),
    "area": ("区域", "Area"),
    "area_polygon": ("画多边形", "Draw a polygon"),
    "area_circle": ("画圆", "Draw a circle"),
    "area_view": ("当前视野", "Current view"),
    "area_none": ("不限", "Anywhere"),
    "area_metres": ("以视野中心为圆心，半径（米）", "Around the middle of the view, metres"),
    "area_polygon_hint": (
        "单击添加顶点，双击或回车完成，退格撤销，Esc 取消",
        "Click to add corners; double-click or Enter ends, Backspace takes back, Esc cancels",
    ),
    "area_circle_hint": ("单击圆心，再单击圆周；Esc 取消", "Click the middle, then the rim; Esc cancels"),
    "drawn_area": ("所绘区域", "drawn area"),
    "circle_of": ("半径 {metres} 米内", "within {metres} m"),
    "where": ("字段条件", "Fields"),
    "where_hint": ("各组同时满足；组内满足其一即可。", "All groups must hold; within a group one is enough."),
    "where_and": ("+ 且", "+ and"),
    "where_or": ("+ 或", "+ or"),
    "where_remove": ("移除此条件", "Remove this condition"),
    "where_field": ("字段", "Field"),
    "where_comparison": ("比较", "Comparison"),
    "where_value": ("值", "Value"),
    "where_incomplete": ("请填写每个条件的值，或移除该条件。", "Give each condition a value, or remove it."),
    "or": ("或", "or"),
    "eq": ("为", "is"),
    "ne": ("不为", "is not"),
    "has": ("包含", "contains"),
    "lt": ("小于", "below"),
    "le": ("不大于", "at most"),
    "gt": ("大于", "above"),
    "ge": ("不小于", "at least"),
    "lt_time": ("早于", "before"),
    "le_time": ("不晚于", "no later than"),
    "gt_time": ("晚于", "after"),
    "ge_time": ("不早于", "no earlier than"),
    "is_empty": ("为空", "is empty"),
    "is_filled": ("不为空", "is not empty"),
    "active_filters": ("当前筛选", "Active filters"),
    "search_text": ("文本“{text}”", "text “{text}”"),
    "fresh": ("新鲜", "Fresh"),
    "due": ("到期", "Due"),
    "overdue_source": ("逾期", "Overdue"),
    "unknown": ("未加载", "Never loaded"),
    "held": ("暂缓发布", "Held"),
    "held_explained": (
        "最近一批数据的位置看起来不对，已暂缓发布；显示的仍是之前的数据。原因见 onemap loads {source}。",
        "The last load's places look wrong: it is held, this is older data. onemap loads {source} says why.",
    ),
    "job_running": ("加载中", "Loading"),
    "job_retrying": ("待第 {n} 次尝试", "Waiting for try {n}"),
    "next_load": ("下次加载", "Next load"),
    "ago_now": ("刚刚", "just now"),
    "ago_m": ("{n} 分钟前", "{n} min"),
    "ago_h": ("{n} 小时前", "{n} h"),
    "ago_d": ("{n} 天前", "{n} d"),
    "every": ("每 {period}", "every {period}"),
    "total": ("事件总数", "Incidents"),
    "open": ("未结", "Open"),
    "overdue": ("超期", "Overdue"),
    "closed": ("已结", "Closed"),
    "unplaced": ("未定位到下级", "Unplaced"),
    "unplaced_here": ("本级未分到下级的事件", "Incidents that belong here but to none of the units below"),
    "lowest": ("已是最低一级", "the lowest level"),
    "of_total": ("占 {share}", "{share} of all"),
    "of_open": ("占未结 {share}", "{share} of open"),
    "share": ("占比", "Share"),
    "nothing_due": ("尚无到期事件", "nothing is due yet"),
    "ranking": ("{level}排名", "{level} ranking"),
    "sort_high": ("从高到低", "High first"),
    "sort_low": ("从低到高", "Low first"),
    "sort_by": ("排序", "Sort by"),
    "list": ("事件列表", "Incidents"),
    "newest_first": ("最新在前", "newest first"),
    "next": ("下一页", "Next"),
    "previous": ("上一页", "Previous"),
    "first": ("回到最新", "Newest"),
    "page_of": ("第 {first}–{last} 条，共 {total} 条", "{first}–{last} of {total}"),
    "no_point": ("无坐标", "No point"),
    "late": ("超期", "Late"),
    "show_on_map": ("在地图上查看", "Show on the map"),
    "choose_indicator": ("选择指标", "Choose an indicator"),
    "definition": ("指标定义", "What it is"),
    "unit_of": ("单位", "Unit"),
    "left_out": ("不计入", "Left out"),
    "grey": ("灰色表示", "Grey means"),
    "ramp": ("色带", "Colours"),
    "ramp_cyan": ("青", "Cyan"),
    "ramp_violet": ("紫", "Violet"),
    "ramp_green": ("绿", "Green"),
    "natural": ("自然断点", "Natural"),
    "manual": ("手动", "Manual"),
    "breaks": ("各级上限", "Upper ends"),
    "quantile": ("分位", "Quantile"),
    "equal": ("等距", "Equal"),
    "classes": ("分级方法", "Classes"),
    "one_unit_in_class": ("1 个单元", "1 unit"),
    "units_in_class": ("{n} 个单元", "{n} units"),
    "no_data": ("无数据", "No data"),
    "trend": ("趋势", "Trend"),
    "trend_days": ("近 {n} 天趋势", "Last {n} days"),
    "trend_span": ("{since} 至 {until} 趋势", "{since} to {until}"),
    "brush": ("拖选一段时间以筛选", "Drag across days to filter"),
    "trend_aria": (
        "每日事件数。方向键移动，按住 Shift 选择，回车应用。",
        "Incidents per day. Arrow keys move, Shift selects, Enter applies.",
    ),
    "incidents_n": ("{n} 件", "{n} incidents"),
    "generated": ("演示数据", "Generated data"),
    "empty": ("没有符合条件的事件", "No incidents match"),
    "empty_filtered": ("试试放宽筛选条件或时间范围。", "Try fewer filters or a longer period."),
    "empty_plain": ("试试更长的时间范围。", "Try a longer period."),
    "clear_filters": ("清除筛选", "Clear filters"),
    "longer": ("查看近1年", "Show a year"),
    "error": ("无法更新", "Cannot update"),
    "error_network": ("连接不到服务器", "the server cannot be reached"),
    "error_stays": (
        "下面仍是 {time} 的数据；每分钟自动重试。",
        "What you see is from {time}; trying again every minute.",
    ),
    "error_first": ("还没有数据；每分钟自动重试。", "Nothing to show yet; trying again every minute."),
    "retry": ("立即重试", "Try again"),
    "to_city": ("回到全市", "Back to the city"),
    "map": ("地图：点击单元进入下一级，Esc 返回上一级", "Map: click a unit to go down, Esc to go up"),
    "incident": ("事件", "Incident"),
    "number": ("编号", "Number"),
    "address": ("地址", "Address"),
    "reported_at": ("上报时间", "Reported"),
    "accepted_at": ("受理时间", "Accepted"),
    "dispatched_at": ("派遣时间", "Dispatched"),
    "resolved_at": ("处置时间", "Resolved"),
    "closed_at": ("结案时间", "Closed"),
    "due_at": ("应结时间", "Due"),
    "search": ("搜索", "Search"),
    "search_placeholder": ("搜索单元、编码、事件、坐标…", "Search units, codes, incidents, coordinates…"),
    "search_keys": ("按 / 或 Ctrl+K 开始搜索", "Press / or Ctrl+K to search"),
    "search_results": ("搜索结果", "Search results"),
    "search_hint": ("可以搜索：", "You can search for:"),
    "search_can_unit": ("单元", "Units"),
    "search_like_unit": (
        "名称的任意部分，如“鄞州”“东柳 第3网格”",
        "any part of a name, such as “Yinzhou” or “dongliu grid 3”",
    ),
    "search_can_pinyin": ("拼音", "Pinyin"),
    "search_like_pinyin": ("全拼或首字母，如 yinzhou、yzq", "in full or by initials, such as yinzhou or yzq"),
    "search_can_code": ("编码与编号", "Codes"),
    "search_like_code": (
        "单元编码、摄像头等要素的编码或名称、事件编号，从头输入",
        "of units, of cameras and other features (or their names), and incident numbers, from the beginning",
    ),
    "search_can_place": ("坐标", "Coordinates"),
    "search_like_place": (
        "经纬度（十进制或度分秒）或 CGCS2000 三度带米坐标；可注明 GCJ-02、BD-09",
        "degrees, or metres of a 3-degree CGCS2000 zone; may say GCJ-02 or BD-09",
    ),
    "search_busy": ("正在搜索…", "Searching…"),
    "search_failed": ("搜索失败，按回车重试", "The search failed, press Enter to try again"),
    "search_none": ("没有找到“{words}”。可以搜索：", "Nothing found for “{words}”. You can search for:"),
    "search_found": ("{n} 条结果，用上下键选择", "{n} results, choose with the arrow keys"),
    "search_unit": ("单元", "Units"),
    "search_feature": ("要素", "Features"),
    "search_incident": ("事件", "Incidents"),
    "search_coordinate": ("坐标", "Coordinate"),
    "search_datum": ("是哪一种坐标？", "Which datum are these coordinates of?"),
    "search_as": ("按 {datum}", "As {datum}"),
    "search_away": ("相距 {distance}", "{distance} away"),
    "outside": ("不在本市范围内", "Outside the city"),
    "place": ("位置", "Place"),
    "place_unknown": ("链接中的位置无法识别", "the link names no place"),
    "belongs_to": ("所属", "In"),
    "metre": ("米", "m"),
    "kilometre": ("公里", "km"),
    "square_metre": ("平方米", "m²"),
    "square_kilometre": ("平方公里", "km²"),
    "hectare": ("公顷", "ha"),
    "north": ("北", "N"),
    "northeast": ("东北", "NE"),
    "east": ("东", "E"),
    "southeast": ("东南", "SE"),
    "south": ("南", "S"),
    "southwest": ("西南", "SW"),
    "west": ("西", "W"),
    "northwest": ("西北", "NW"),
    "around": ("周边", "Around here"),
    "around_radius": ("半径", "Radius"),
    "around_close": ("关闭周边", "Close around here"),
    "around_none": ("5 公里内没有", "None within 5 km"),
    "around_incidents": ("事件", "Incidents"),
    "around_quiet": ("该时段范围内没有事件", "No incidents here in this period"),
    "around_others": ("另有 {kinds} 类，共 {n} 件", "{n} more of {kinds} other kinds"),
    "measure": ("测量距离和面积", "Measure distance and area"),
    "measure_length": ("长度", "Length"),
    "measure_around": ("周长", "Perimeter"),
    "measure_area": ("面积", "Area"),
    "measure_hint": (
        "点击地图加点，点击起点闭合，双击或 Esc 结束",
        "Click to add points, click the first to close; double-click or Esc ends",
    ),
    "measure_keys": (
        "在地图上用方向键移动，空格在中心加点，回车结束",
        "On the map, arrows move, Space adds a point in the middle, Enter ends",
    ),
    "measure_again": ("再次点击开始新的测量，Esc 退出", "Click to measure anew, Esc leaves"),
    "measure_add": ("在中心加点", "Add a point"),
    "measure_undo": ("撤销", "Undo"),
    "measure_end": ("结束", "End"),
    "measure_close": ("关闭测量", "Stop measuring"),
}


def say(key: str, language: str, **values: object) -> str:
    """Return a text in a language, with its blanks filled."""
    return TEXTS[key][language == "en"].format(**values)


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
        return f"{view.get('since') or '…'} – {view.get('last_day') or '…'}"
    return say(f"{view['period']}_long", language)
