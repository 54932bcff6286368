/* Incidents per day: bars, the chosen period bright, and a brush for mouse and keys that chooses another. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const SVG = "http://www.w3.org/2000/svg";
  const FOOT = 16; // pixels below the bars for the dates
  let shown = null; // { days, chosen }
  let brush = null; // { from, to } as positions in days
  let cursor = null;
  let played = null; // { first, last } of the step that the map shows

  const chart = () => document.getElementById("trend-chart");

  function make(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function inside(day, chosen) {
    return (!chosen.since || day >= chosen.since.slice(0, 10)) && (!chosen.until || day < chosen.until.slice(0, 10));
  }

  /* Every day from the first to the last: of long periods only those come on which something happened. */
  function whole(days) {
    const totals = new Map(days.map((each) => [each.day, each.total]));
    const found = [];
    for (let day = days.length ? days[0].day : null; day && day <= days[days.length - 1].day; day = onemap.view.shift(day, 1)) {
      found.push({ day, total: totals.get(day) || 0 });
    }
    return found;
  }

  /* Days, or weeks where days would be thinner than a pixel and a half. */
  function bins(days, wide) {
    const size = Math.max(1, Math.ceil((days.length * 1.5) / wide));
    const found = [];
    for (let at = 0; at < days.length; at += size) {
      const part = days.slice(at, at + size);
      found.push({ day: part[0].day, last: part[part.length - 1].day, total: part.reduce((sum, one) => sum + one.total, 0) });
    }
    return found;
  }

  function title() {
    const { text, say } = onemap.look;
    const { days } = shown;
    const ends = days.length ? { since: days[0].day, until: days[days.length - 1].day } : { since: "", until: "" };
    const said = say(days.length <= 90 ? "trend_days" : "trend_span", { n: days.length, ...ends });
    document.getElementById("trend-title").textContent = said;
    document.getElementById("trend-hint").textContent = text("brush");
    chart().setAttribute("aria-label", text("trend_aria"));
  }

  /* Dates below the bars: days, or where there are many the first of each month. */
  function ticks(svg, bars, step, high) {
    const months = bars.length * step > 0 && shown.days.length > 200;
    const apart = months ? 64 : 76;
    let free = 0;
    bars.forEach((bar, at) => {
      const x = at * step;
      const starts = !months || at === 0 || bar.day.slice(0, 7) !== bars[at - 1].day.slice(0, 7);
      if (!starts || x < free || x > bars.length * step - 40) return;
      svg.append(make("text", { x: x + 1, y: high + FOOT - 3, class: "tick" }, months ? bar.day.slice(0, 7) : bar.day.slice(5)));
      free = x + apart;
    });
  }

  function paint() {
    const box = chart();
    if (!box || !shown) return;
    const wide = box.clientWidth;
    const high = box.clientHeight - FOOT;
    if (wide < 10 || high < 10) return;
    const bars = bins(shown.days, wide);
    const step = wide / Math.max(bars.length, 1);
    const most = Math.max(1, ...bars.map((bar) => bar.total));
    const svg = make("svg", { width: wide, height: high + FOOT, "aria-hidden": "true" });
    bars.forEach((bar, at) => {
      const tall = bar.total ? Math.max(1, (bar.total / most) * (high - 4)) : 0;
      const kind = inside(bar.day, shown.chosen) ? "bar is-chosen" : "bar";
      const gap = step > 4 ? Math.min(3, step * 0.25) : step > 2 ? 0.5 : 0;
      svg.append(make("rect", { x: at * step, y: high - tall, width: step - gap, height: tall, rx: step > 6 ? 2 : 0, class: kind }));
    });
    svg.append(make("line", { x1: 0, x2: wide, y1: high, y2: high, class: "axis" }));
    svg.append(make("text", { x: wide, y: 9, class: "tick most", "text-anchor": "end" }, onemap.look.count(most)));
    ticks(svg, bars, step, high);
    svg.append(make("rect", { class: "played", y: 0, height: high, width: 0 }));
    svg.append(make("rect", { class: "brush", y: 0, height: high, width: 0 }));
    svg.append(make("line", { class: "cursor", y1: 0, y2: high }));
    box.replaceChildren(svg);
    Object.assign(box, { bars, step });
    mark();
  }

  /* The brush and the cursor move without drawing the bars again. */
  function mark() {
    const box = chart();
    const svg = box.firstChild;
    if (!svg || !box.bars) return;
    const rect = svg.querySelector(".brush");
    const line = svg.querySelector(".cursor");
    const ends = brush && [Math.min(brush.from, brush.to), Math.max(brush.from, brush.to)];
    rect.setAttribute("x", ends ? ends[0] * box.step : 0);
    rect.setAttribute("width", ends ? (ends[1] - ends[0] + 1) * box.step : 0);
    line.setAttribute("x1", cursor === null ? -5 : (cursor + 0.5) * box.step);
    line.setAttribute("x2", cursor === null ? -5 : (cursor + 0.5) * box.step);
    const window = svg.querySelector(".played");
    const from = played ? box.bars.findIndex((bar) => bar.last >= played.first) : -1;
    const to = played ? box.bars.findLastIndex((bar) => bar.day <= played.last) : -1;
    window.setAttribute("x", from * box.step);
    window.setAttribute("width", from < 0 ? 0 : Math.max(0, (to - from + 1) * box.step));
    document.getElementById("trend-readout").textContent = readout(box.bars, ends);
  }

  function readout(bars, ends) {
    const from = ends ? ends[0] : cursor;
    const to = ends ? ends[1] : cursor;
    if (from === null || !bars[from] || !bars[to]) return "";
    const total = bars.slice(from, to + 1).reduce((sum, bar) => sum + bar.total, 0);
    const days = bars[from].day === bars[to].last ? bars[from].day : bars[from].day + " – " + bars[to].last;
    return days + " · " + onemap.look.say("incidents_n", { n: total.toLocaleString("en-US") });
  }

  function choose() {
    const box = chart();
    if (!brush) return;
    const from = box.bars[Math.min(brush.from, brush.to)];
    const to = box.bars[Math.max(brush.from, brush.to)];
    brush = null;
    mark();
    onemap.view.go({ period: "custom", since: from.day, until: onemap.view.shift(to.last, 1) });
  }

  function at(event) {
    const box = chart();
    const x = event.clientX - box.getBoundingClientRect().left;
    return Math.max(0, Math.min(box.bars.length - 1, Math.floor(x / box.step)));
  }

  const pointer = {
    pointerdown: (event) => {
      if (event.button !== 0) return;
      chart().setPointerCapture(event.pointerId);
      brush = { from: at(event), to: at(event), moved: false };
    },
    pointermove: (event) => {
      cursor = at(event);
      if (brush) brush.to = cursor;
      mark();
    },
    pointerup: choose,
    pointercancel: () => ((brush = null), mark()),
    pointerleave: () => ((cursor = null), mark()),
  };

  function keys(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const last = chart().bars.length - 1;
    if (step) {
      const before = cursor === null ? (step > 0 ? -1 : last + 1) : cursor;
      const next = Math.max(0, Math.min(last, before + step));
      if (event.shiftKey) brush = { from: brush ? brush.from : Math.max(0, Math.min(last, before)), to: next };
      else brush = null;
      cursor = next;
      mark();
    } else if (event.key === "Enter" && cursor !== null) {
      brush = brush || { from: cursor, to: cursor };
      choose();
    } else if (event.key === "Escape" && brush) {
      brush = null;
      mark();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function prepare(box) {
    if (box.dataset.ready) return;
    box.dataset.ready = "yes";
    for (const name in pointer) {
      box.addEventListener(name, (event) => (box.bars && box.bars.length ? pointer[name](event) : undefined));
    }
    box.addEventListener("keydown", (event) => (box.bars && box.bars.length ? keys(event) : undefined));
    new ResizeObserver(paint).observe(box);
  }

  /* Bars of another question would be taken for this one's. */
  function fail(message) {
    const { element } = onemap.units;
    const said = element("p", onemap.look.text("error") + ": " + message + " ", "chart-trouble");
    const again = Object.assign(element("button", onemap.look.text("retry"), "action"), { type: "button" });
    again.dataset.again = "yes";
    said.setAttribute("role", "alert");
    said.append(again);
    shown = chart().bars = null;
    chart().replaceChildren(said);
    document.getElementById("trend-readout").textContent = "";
  }

  function draw(outer) {
    if (outer && outer.error) fail(outer.error);
    else if (outer && outer.days) {
      shown = { ...outer, days: whole(outer.days) };
      prepare(chart());
      title();
      paint();
    }
    return window.dash_clientside.no_update;
  }

  /* Mark the days that the map shows. */
  function play(step) {
    played = step;
    if (chart().bars) mark();
  }

  onemap.trend = { play };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { trend: { draw } });
})();
