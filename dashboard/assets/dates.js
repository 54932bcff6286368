/* Chinese for the calendar; Mantine looks for locales of its date library under this name. */
"use strict";
(function () {
  const months = ["一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"];
  window["dayjs_locale_zh-cn"] = {
    name: "zh-cn",
    weekdays: ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
    weekdaysShort: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
    weekdaysMin: ["日", "一", "二", "三", "四", "五", "六"],
    months: months,
    monthsShort: months.map((name, at) => at + 1 + "月"),
    weekStart: 1,
    yearStart: 4,
    ordinal: (number) => String(number),
    formats: { LT: "HH:mm", LTS: "HH:mm:ss", L: "YYYY/MM/DD", LL: "YYYY年M月D日" },
    relativeTime: {},
  };
})();
