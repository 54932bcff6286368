"""What columns and values are called in departments' files, Chinese and English; patterns go from plain to vague."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

NULLS = ("(null)", "NULL", "null", "N/A", "n/a", "#N/A", "\\N", "None", "nan", "NaN", "-", "--", "空", "暂无", "未填写")
"""Texts that mean nothing was filled in."""
VOIDS = ("/", "\\", "—", "——", "\uff0d", "无", "不详", "未知", "none", "unknown")
"""Texts that mean so among numbers, dates and times, and may be an answer among words."""

LON = (
    r"lon|lng|long|longitude|经度|东经",
    r".*(longitude|\blng\b|\blon\b|经度).*",
    r"x|.*(\bx\b|x坐标|坐标x|横坐标).*",
)
LAT = (r"lat|latitude|纬度|北纬", r".*(latitude|\blat\b|纬度).*", r"y|.*(\by\b|y坐标|坐标y|纵坐标).*")

KEY = (
    r".*(编号|编码|单号|流水号|工单号|案号|代码|序号|标识).*|id|uuid|guid",
    r".*(\bid\b|\bkey\b|\bcode\b|\bno\b|number|uuid|guid|objectid).*",
)
NAME = (
    r"name|title|名称|姓名|单位名称|点位名称|设备名称",
    r".*(名称|名$).*|.*\bname\b.*",
    r".*(标题|主题|title).*",
    r".*(label|标注|标签)",
)
NAME_EN = (r".*(英文|拼音|pinyin|name en|english).*",)
TITLE = (
    r"title|subject|标题|主题|事件标题",
    r".*(标题|主题|摘要|subject|summary).*",
    r"descriptor|description|描述|.*(内容|诉求).*",
)
ADDRESS = (
    r"address|地址|位置|地点",
    r".*(incident address|地址|事发地|发生地|位置描述|地点).*",
    r".*(address|on street|street name).*",
)
PARENT = (r"parent|.*(上级|父级|所属|parent).*",)
POPULATION = (r".*(人口|population|\bpop\b).*",)
LEVEL = (r"level|层级|级别|行政级别|类型级别",)
STATUS = (r"status|state|状态", r".*(状态|\bstatus\b|办理情况|is online|\bonline\b).*")
CATEGORY = (
    r".*((complaint|incident|event|request|call|case|crime) type|offen[cs]e|(问题|事件|案件|诉求|工单)(分类|类型)).*",
    r"category|type|kind|.*(category|分类|类别).*",
    r".*(类型|小类|大类|crime desc|description of crime).*",
)
CHANNEL = (r".*(渠道|来源|channel|reported via).*",)

TIMES = {
    "due_at": r".*(截止|到期|限时|时限|应办结|\bdue\b|deadline).*",
    "accepted_at": r".*(签收|接单|接收|accept|acknowledg).*",
    "dispatched_at": r".*(派遣|派单|分派|交办|dispatch|assigned).*",
    "resolved_at": r".*(办结|处置|处理时间|完成|答复|回复|resolved|completed).*",
    "closed_at": r".*(结案|关闭|归档|closed?\b).*",
    "reported_at": r".*(受理|上报|登记|创建|留言|发生|案发|报警|接报|来电|提交|采集|created|report|opened|received|"
    r"occur|crash|stop|incident|start|event|submitted|requested).*",
}
"""Which time of an incident a column tells, the first that fits."""
STANDING = r".*(安装|建成|建设|启用|更新|年检|检查|采购|修改|install|built|updat|modif|inspect|generated|action).*"
"""Times of what merely stands there."""
ANY_TIME = r".*(时间|日期|time|date|\bday\b).*"

STATUSES = {
    "reported": r"已?上报|待.{0,2}(签收|受理|处理|办|审核)|未(受理|处理|办结)|新建|登记|open|new|reported|unspecified",
    "accepted": r"已(签收|受理|接单|立案)|受理|accepted|pending|assigned|acknowledged",
    "dispatched": r"已(派遣|派单|分派|交办)|.*(办理中|处理中|处置中)|in.?progress|started|dispatched|.*ongoing.*",
    "resolved": r"已(处置|处理|办结|完成|答复|回复)|待.{0,2}(回访|核查|结案)|办结|resolved|completed?|fixed",
    "closed": r"已(结案|关闭|归档|办理完毕)|结案|关闭|作废|closed?|cancel(led|ed)?|archived",
}
"""Words of departments for the life of an incident."""


def folded(name: str) -> str:
    """Return a name as patterns see it: one form of every character, small letters, blanks between words."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", unicodedata.normalize("NFKC", name))
    return re.sub(r"[_\-.:@\s()/]+", " ", words).strip().casefold()


def called(names: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """Return the names that fit, those that fit a plainer pattern first."""
    left = list(names)
    found = (name for pattern in patterns for name in left if re.fullmatch(pattern, folded(name)))
    return list(dict.fromkeys(found))


def status_of(word: str) -> str | None:
    """Return which status of an incident a department's word stands for."""
    return next((ours for ours, pattern in STATUSES.items() if re.fullmatch(pattern, folded(word))), None)


def time_of(name: str) -> str | None:
    """Return which time of an incident a column's name speaks of."""
    known = folded(name)
    return next((ours for ours, pattern in TIMES.items() if re.fullmatch(pattern, known)), None)
