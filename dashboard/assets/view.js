/* The address bar is the state: this reads it, and writes it for everybody else. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const LISTS = ["category", "status", "source", "channel", "weekday", "where"];
  const SINGLES = ["hours", "within", "circle", "q"];
  const DEFAULTS = { period: "30d", indicator: "count", classes: "quantile", ramp: "cyan", sort: "high", strip: "trend", by: "-reported_at", group: "theme" };
  const DAYS = { today: 1, "7d": 7, "30d": 30, "1y": 365 };
  const DAY = 86400000;

  /* What an address says; the same shape as `View` in state.py. */
  function parse(search, city) {
    const { said, unread } = onemap.link.sieve(search, city);
    const since = said.get("from");
    const until = said.get("to");
    const view = {
      unit: said.get("unit") || city.code,
      period: since || until ? "custom" : said.get("period") || DEFAULTS.period,
      since: since,
      until: until,
      first_day: end(since),
      last_day: end(until, -1),
      as_of: said.get("as_of"),
      layers: said.has("layers") ? said.get("layers").split(",").filter(Boolean) : null,
      order: said.has("order") ? said.get("order").split(",").filter(Boolean) : null,
      opacity: opacities(said.get("opacity")),
      heat: (said.get("heat") || "").split(",").filter(Boolean),
      beside: (said.get("beside") || "").split(",").filter(Boolean),
      group: said.get("group") || DEFAULTS.group,
      level: said.get("level"),
      indicator: said.get("indicator") || DEFAULTS.indicator,
      classes: said.get("classes") || DEFAULTS.classes,
      breaks: numbers(said.get("breaks")),
      ramp: said.get("ramp") || DEFAULTS.ramp,
      sort: said.get("sort") || DEFAULTS.sort,
      against: said.get("against"),
      strip: said.get("strip") || DEFAULTS.strip,
      by: said.get("by") || DEFAULTS.by,
      unplaced: said.get("unplaced"),
      after: said.get("after"),
      base: said.get("base"),
      saved: said.get("view"),
      at: said.get("at"),
      around: said.has("at") && said.get("around") ? Number(said.get("around")) : null,
      unread,
    };
    for (const name of LISTS) view[name] = said.getAll(name);
    for (const name of SINGLES) view[name] = said.get(name);
    return view;
  }

  /* An end of a period as people say it: a day, or a moment where it is no midnight of the city. */
  function end(given, days = 0) {
    const said = given && given.replace(/ (\d\d:?\d\d)$/, "+$1"); // a plus sign that nobody escaped
    if (!said || Number.isNaN(Date.parse(said))) return said; // which the API refuses
    if (said.length === 10) return shift(said, days);
    const moment = /[zZ]|[+-]\d\d:?\d\d$/.test(said.slice(10)) ? onemap.look.moment(said) : said.replace("T", " ").slice(0, 16);
    return moment.endsWith(" 00:00") ? shift(moment.slice(0, 10), days) : moment;
  }

  /* The upper ends of classes in the order of size, each once: at most five, for there are six colours. */
  function numbers(text, most = 5) {
    const found = (text || "").split(/[,，;；、\s]+/).filter(Boolean).map(Number).filter(Number.isFinite);
    return [...new Set(found)].sort((a, b) => a - b).slice(0, most);
  }

  /* How much of a layer is seen, in per cent: `cameras:40,hotline:70`; what is not named is seen wholly. */
  function opacities(text) {
    const parts = (text || "").split(",").map((part) => part.split(":"));
    const known = parts.filter(([layer, value]) => layer && value > 0 && value < 100);
    return Object.fromEntries(known.map(([layer, value]) => [layer, Number(value)]));
  }

  /* The address of a view; defaults stay out, as in `address` of state.py. */
  function address(view) {
    const says = new URLSearchParams();
    if (view.unit) says.append("unit", view.unit);
    if (view.period === "custom") {
      if (view.since) says.append("from", view.since);
      if (view.until) says.append("to", view.until);
    } else if (view.period && view.period !== DEFAULTS.period) {
      says.append("period", view.period);
    }
    for (const name of LISTS) for (const value of view[name] || []) says.append(name, value);
    for (const name of SINGLES) if (view[name]) says.append(name, view[name]);
    if (view.as_of) says.append("as_of", view.as_of);
    if (view.layers) says.append("layers", view.layers.join(","));
    if (view.order) says.append("order", view.order.join(","));
    const faded = Object.entries(view.opacity || {}).filter(([, value]) => value < 100);
    if (view.heat && view.heat.length) says.append("heat", view.heat.join(","));
    if (faded.length) says.append("opacity", faded.map((pair) => pair.join(":")).join(","));
    if (view.beside && view.beside.length) says.append("beside", view.beside.join(","));
    for (const name of ["group", "level", "indicator", "classes", "breaks", "ramp", "sort", "against", "strip", "by", "unplaced"]) {
      if (name === "breaks") {
        if (view.classes === "manual" && view.breaks && view.breaks.length) says.append(name, view.breaks.join(","));
      } else if (view[name] && view[name] !== DEFAULTS[name]) says.append(name, view[name]);
    }
    if (view.after) says.append("after", view.after);
    if (view.base) says.append("base", view.base);
    if (view.at) says.append("at", view.at);
    if (view.at && view.around) says.append("around", view.around);
    return "?" + says.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  }

  /* A day of the city as YYYY-MM-DD; Swedish happens to write dates that way. */
  function day(instant, zone) {
    return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(instant);
  }

  function shift(date, days) {
    return new Date(Date.parse(date + "T00:00:00Z") + days * DAY).toISOString().slice(0, 10);
  }

  /* What a person is told of a period that is none: it would count other days than are meant. */
  function amiss({ period }) {
    const known = period in DAYS || period === "all" || period === "custom";
    return known ? null : onemap.look.say("error_value", { name: "period", value: period.slice(0, 60) });
  }

  /* The days a view covers: since ≤ day < until, in the city's zone; no ends for `all`. */
  function span(view) {
    if (view.period === "custom") return { since: view.since, until: view.until };
    if (!DAYS[view.period]) return { since: null, until: null };
    const until = shift(day(new Date(), onemap.city.time_zone), 1);
    return { since: shift(until, -DAYS[view.period]), until: until };
  }

  /* The same in whole days: one that is cut is one of them. */
  function days(view) {
    const { period, first_day, last_day } = view;
    return period === "custom" ? { since: first_day && first_day.slice(0, 10), until: last_day && shift(last_day.slice(0, 10), 1) } : span(view);
  }

  /* The API's filter for a view. */
  function query(view, changes) {
    const asked = Object.assign({}, view, span(view), changes);
    const says = new URLSearchParams({ unit: asked.unit });
    if (asked.since) says.append("from", asked.since);
    if (asked.until) says.append("to", asked.until);
    for (const name of LISTS) for (const value of asked[name] || []) says.append(name, value);
    for (const name of SINGLES) if (asked[name]) says.append(name, asked[name]);
    if (asked.as_of) says.append("as_of", asked.as_of);
    return says;
  }

  /* The part of it that features of layers know of: where they are, and conditions on their own fields. */
  function standing(view) {
    const { unit, as_of, within, circle } = view;
    const where = view.where.filter((clause) => onemap.city.layers.some((layer) => clause.startsWith(layer.id + ".")));
    return query({ unit, as_of, within, circle, where, period: "all" });
  }

  /* The changes that leave nothing but the unit and the period. */
  function unfiltered() {
    return Object.fromEntries([...LISTS.map((name) => [name, []]), ...SINGLES.map((name) => [name, null])]);
  }

  /* Go where a changed view is; returns what a callback on the address should answer. */
  function search(changes) {
    const elsewhere = changes.unit && changes.unit !== onemap.view.now.unit ? { at: null, around: null, unplaced: null } : {};
    const next = address(Object.assign({}, onemap.view.now, { after: null }, elsewhere, changes));
    return next === address(onemap.view.now) ? window.dash_clientside.no_update : next;
  }

  function go(changes) {
    const next = search(changes);
    if (typeof next === "string") follow(next);
  }

  function follow(next) {
    window.dash_clientside.set_props("state-location", { search: next });
  }

  /* Every link that begins with `?` is a view: follow it without loading the page again. */
  document.addEventListener("click", function (event) {
    const link = event.target.closest && event.target.closest("a[href^='?']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    follow(link.getAttribute("href"));
  });
  /* What a dialog was opened about is another view now. */
  window.addEventListener("popstate", function () {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== " " || !event.target.matches("a[role='switch'], a[role='checkbox'], a[role='radio']")) return;
    event.preventDefault();
    event.target.click();
  });

  /* Language and theme as they are now chosen. */
  function looks(said) {
    return [onemap.look.language(said), onemap.look.applyTheme(said)];
  }

  onemap.view = { looks, parse, numbers, address, amiss, span, days, query, standing, unfiltered, search, go, day, shift, now: null, DAY };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, {
    view: {
      read: function (said, city, shown, ...shownLooks) {
        onemap.city = city;
        const view = parse(said, city);
        onemap.view.now = view;
        // What the stores hold already is not passed on: everything on the page would be drawn again for nothing.
        const none = window.dash_clientside.no_update;
        const same = shown && address(shown) === address(view) && shown.saved === view.saved && String(shown.unread) === String(view.unread);
        const news = [same ? none : view];
        looks(said).forEach((look, at) => news.push(look === shownLooks[at] ? none : look));
        onemap.rails.name();
        return news;
      },
    },
  });
})();
