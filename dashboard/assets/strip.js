/* The strip below the map: which chart it shows, what the period is compared with, and what the charts ask for. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const WAYS = ["before", "week", "year"];
  const OUTER_DAYS = 90;
  const LATE = 400; // milliseconds after which a chart of the question before is dimmed
  const none = () => window.dash_clientside.no_update;
  let picking = false; // a day is about to be chosen

  function make(tag, said) {
    return Object.assign(document.createElement(tag), said);
  }

  function choose(event) {
    const value = event.target.value;
    picking = value === "day";
    if (picking) return paint(onemap.view.now);
    onemap.view.go({ against: value || null });
  }

  function pick(event) {
    if (!event.target.value) return;
    picking = false;
    onemap.view.go({ against: event.target.value });
  }

  /* A select with the usual ways, and a date where the way is a day. */
  function paint(view) {
    const { text } = onemap.look;
    const place = document.getElementById("strip-against");
    const free = view.against && !WAYS.includes(view.against) ? view.against : null;
    const { since, until } = onemap.view.span(view);
    const label = make("label", { textContent: text("compare_with") + " ", className: "dim" });
    const select = make("select", { disabled: !since || !until, onchange: choose });
    if (select.disabled) select.title = text("against_all");
    for (const [value, key] of [["", "none"], ...WAYS.map((way) => [way, way]), ["day", "day"]]) {
      select.append(make("option", { value, textContent: text("against_" + key) }));
    }
    select.value = picking || free ? "day" : view.against || "";
    label.append(select);
    place.replaceChildren(label);
    if (!picking && !free) return;
    const day = make("input", { type: "date", value: free || "", onchange: pick });
    day.setAttribute("aria-label", text("against_from"));
    place.append(day);
    if (picking) day.focus();
  }

  function against(view) {
    if (!view) return none();
    const held = document.activeElement && document.activeElement.closest("#strip-against");
    document.documentElement.dataset.strip = view.strip;
    picking = false;
    paint(view);
    if (held) document.querySelector("#strip-against select").focus();
    return none();
  }

  /* What a chart shows of a picture, or why nothing; the newest picture wins. */
  const asked = new Map();
  async function answer(chart, picture, address) {
    asked.set(chart, picture);
    const strip = document.querySelector(".trend");
    const late = window.setTimeout(() => strip.classList.add("is-late-" + chart), LATE);
    const found = await onemap.feed.fresh(address).catch((mistake) => ({ error: mistake.message }));
    window.clearTimeout(late);
    if (asked.get(chart) !== picture) return null;
    strip.classList.remove("is-late-" + chart);
    return found;
  }

  /* The days before the chosen ones too, so that there is something to brush; of all time, what was asked for already. */
  async function outer(picture) {
    if (!picture || !picture.summary) return none();
    const { view } = onemap;
    const chosen = view.days(picture.view);
    const until = view.shift(view.day(new Date(), onemap.city.time_zone), 1);
    const least = view.shift(until, -OUTER_DAYS);
    const whole = picture.view.period === "all";
    const since = whole ? null : chosen.since && chosen.since < least ? chosen.since : least;
    const says = view.query(picture.view, { since, until: whole ? null : until });
    const found = await answer("trend", picture, "/api/summary?" + says);
    return found ? { since, until, days: found.by_day, error: found.error, chosen } : none();
  }

  /* The same question without the hours and days that are chosen, so that others can be. */
  async function hours(picture) {
    if (!picture || !picture.summary || picture.view.strip !== "hours") return none();
    const says = onemap.view.query(picture.view, { hours: null, weekday: [] });
    const found = await answer("hours", picture, "/api/hours?" + says);
    return found && onemap.view.now.strip === "hours" ? { view: picture.view, totals: found.totals, error: found.error } : none();
  }

  /* Twelve months up to the end of the period, or to the last incident, of all categories, so that others can be chosen. */
  async function kinds(picture) {
    if (!picture || !picture.summary || picture.view.strip !== "kinds") return none();
    const { view } = onemap;
    const end = view.span(picture.view).until;
    const latest = picture.summary.by_day.at(-1) || { day: view.day(new Date(), onemap.city.time_zone) };
    const last = end ? view.shift(end.slice(0, 10), -1) : latest.day;
    const [year, month] = last.split("-").map(Number);
    const first = (months) => new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
    const says = view.query(picture.view, { category: [], since: first(-11), until: first(1) });
    const found = await answer("kinds", picture, "/api/months?" + says);
    if (!found || view.now.strip !== "kinds") return none();
    return { view: picture.view, months: found.months || [], categories: found.categories || [], error: found.error };
  }

  onemap.strip = { answer };

  window.dash_clientside = Object.assign(window.dash_clientside || {}, { strip: { against, outer, hours, kinds } });
})();
