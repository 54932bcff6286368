/* The dashboard is the first client of its own API: this asks it, and puts the answers into the shared stores. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const PAGE = 20;
  const OUTER_DAYS = 90;
  const units = new Map();
  const KEEP = 55000; // milliseconds that an answer is good for
  const RECENT = 30000; // and that of the trend, which is not asked for by the clock
  const SLOW = 1500; // milliseconds after which waiting is said
  const REASONS = { away: "error_away", busy: "error_busy", slow: "error_slow" };
  const VALUE = 60; // letters of a value that is shown
  let asking = null;
  let last = {};
  let lastTick;

  /* Why not: in the page's language where it is a matter of time or of a value, else the API's own sentence, which is
     English and tells the remedy. */
  async function ask(address, signal) {
    let answer;
    try {
      answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
    } catch (mistake) {
      if (mistake.name === "AbortError") throw mistake;
      throw new Error(onemap.look.text("error_network"));
    }
    if (answer.ok) return answer.json();
    const problem = await answer.json().catch(() => ({}));
    const reason = REASONS[problem.reason] || (onemap.look.language() !== "en" && problem.value !== undefined && "error_value");
    const refused = answer.status < 500; // the question itself is wrong, and would be again
    if (!reason) throw Object.assign(new Error(problem.detail || problem.title || answer.status + " " + answer.statusText), { refused });
    const said = { name: problem.parameter || problem.kind, value: String(problem.value).slice(0, VALUE) };
    throw Object.assign(new Error(onemap.look.text(reason).replace(/{(\w+)}/g, (_, key) => said[key])), { refused });
  }

  /* What the boundaries of a day are asked for with, after a question mark or an ampersand. */
  function dated(asOf) {
    return asOf ? "as_of=" + encodeURIComponent(asOf) : "";
  }

  /* A unit's own facts never change while its version stands, so each is asked for once. */
  function unit(code, asOf) {
    const address = "/api/units/" + encodeURIComponent(code) + (asOf ? "?" + dated(asOf) : "");
    if (!units.has(address)) {
      const coming = ask(address);
      coming.catch(() => units.delete(address));
      units.set(address, coming);
    }
    return units.get(address);
  }

  /* Which boundaries there have been; another one comes with another version of the city. */
  let before = null;
  function editions() {
    if (!before) {
      before = ask("/api/editions");
      before.catch(() => (before = null));
    }
    return before;
  }

  function renew() {
    units.clear();
    before = null;
  }

  /* The city as the API sees it; a new version means new polygons and perhaps new names. */
  let facts = null;
  function city(afresh) {
    if (!facts || afresh) {
      const before = facts;
      const coming = ask("/api/city");
      facts = coming;
      coming.catch(() => facts === coming && (facts = before));
      Promise.all([before, coming]).then(([old, now]) => old && old.version !== now.version && renew(), () => {});
    }
    return facts;
  }

  /* Counting again is for another question, or for the clock: sorting or showing a layer asks nothing. */
  const kept = new Map();
  function fresh(address, signal, afresh, most = KEEP) {
    const old = kept.get(address);
    // What the question before asked for and gave up is asked for again.
    const lost = old && old.coming && old.signal && old.signal.aborted;
    if (old && !afresh && !lost && Date.now() - old.at < most) return old.answer;
    const mine = { answer: ask(address, signal), signal, coming: true, at: Date.now() };
    mine.answer.then(
      () => (mine.coming = false),
      () => kept.get(address) === mine && kept.delete(address)
    );
    kept.set(address, mine);
    if (kept.size > 50) kept.delete(kept.keys().next().value);
    return mine.answer;
  }

  /* The units to draw: the children, or at the lowest level the siblings with the chosen one among them. */
  async function frameOf(place, view, summary, signal) {
    if (place.children.length) return { unit: place, children: summary.children, chosen: null };
    const above = await unit(place.path[Math.max(place.path.length - 2, 0)].code, view.as_of);
    const around = await fresh("/api/summary?" + onemap.view.query(view, { unit: above.code }), signal);
    return { unit: above, children: around.children, chosen: place.code };
  }

  /* The chosen indicator of the units to draw, unless the summary has all that it is made of. */
  async function indicated(view, code, signal, afresh) {
    const known = onemap.city.indicators.find((each) => each.id === view.indicator);
    if (known && known.summed) return null;
    return fresh("/api/indicators/" + encodeURIComponent(view.indicator) + "?" + onemap.view.query(view, { unit: code }), signal, afresh);
  }

  /* The same units in the period that this one is compared with; a period without ends is compared with nothing. */
  async function comparedWith(view, code, signal, afresh) {
    const { since, until } = onemap.view.span(view);
    if (!view.against || !since || !until) return null;
    const against = "&against=" + encodeURIComponent(view.against);
    const [whole, frame] = await Promise.all(
      [view.unit, code].map((unit) => fresh("/api/compare?" + onemap.view.query(view, { unit }) + against, signal, afresh))
    );
    const then = { ...view, period: "custom", since: whole.then.since, until: whole.then.until };
    return { unit: whole, frame, indicated: await indicated(then, code, signal, afresh) };
  }

  /* The first units of a level drawn whole; there may be thousands, so the database puts them in order. */
  function rankedAt(level, view, signal, afresh) {
    const { since, until } = onemap.view.span(view);
    const against = since && until ? view.against : null;
    const moves = ["rise", "fall"].includes(view.sort);
    const says = onemap.view.query(view);
    says.append("level", level);
    says.append("indicator", view.indicator);
    says.append("sort", moves && !against ? "high" : view.sort);
    if (against) says.append("against", against);
    return fresh("/api/ranking?" + says, signal, afresh);
  }

  /* What each choice of a filter would count: the same question without that filter. */
  function facetsOf(view, signal, afresh) {
    return Promise.all(
      ["category", "status", "source"].map(async (name) => {
        const free = view[name].length ? fresh("/api/summary?" + onemap.view.query(view, { [name]: [] }), signal, afresh) : null;
        return [name, await free];
      })
    );
  }

  /* How many there are whatever the filter says of them; asked only where it says something. */
  function everyOf(view, signal, afresh) {
    const [asked, all] = [onemap.view.query(view), onemap.view.query(view, onemap.view.unfiltered())].map(String);
    return asked === all ? null : fresh("/api/summary?" + all, signal, afresh);
  }

  function pageAddress(view) {
    const says = onemap.view.query(view);
    says.append("limit", PAGE);
    if (view.after) says.append("after", view.after);
    if (view.unplaced) says.append("unplaced", "true");
    return "/api/incidents?" + says;
  }

  /* A cursor says nothing of what lies before it, so the way here is remembered. */
  const trail = new Map();
  function numbered(view, answer) {
    const here = view.after ? trail.get(view.after) : { before: null, first: answer.incidents.length ? 1 : 0 };
    const way = here || { before: null, first: 0 };
    if (answer.next && way.first) trail.set(answer.next, { before: view.after || "", first: way.first + answer.incidents.length });
    return { ...answer, ...way };
  }

  async function answers(view, signal, afresh) {
    const amiss = onemap.view.amiss(view);
    if (amiss) throw Object.assign(new Error(amiss), { refused: true });
    const [place, layers, summary, incidents, known, facets, all, every] = await Promise.all([
      unit(view.unit, view.as_of),
      fresh("/api/layers?incidents=false&" + onemap.view.standing(view), signal, afresh),
      fresh("/api/summary?" + onemap.view.query(view), signal, afresh),
      fresh(pageAddress(view), signal, afresh),
      city(afresh),
      facetsOf(view, signal, afresh),
      editions(),
      everyOf(view, signal, afresh),
    ]);
    const above = place.children.length ? place.code : place.path[Math.max(place.path.length - 2, 0)].code;
    const level = onemap.cells.levelOf(view, place);
    const asked = { unit: view.unit, asOf: view.as_of, ask: (address) => fresh(address, signal, afresh) };
    const [frame, measured, leveled, compared, ranked] = await Promise.all([
      frameOf(place, view, summary, signal),
      indicated(view, above, signal, afresh),
      level && onemap.cells.values(view, level, asked),
      comparedWith(view, above, signal, afresh),
      level && rankedAt(level, view, signal, afresh),
    ]);
    const counted = {};
    facets.forEach(([name, answer]) => (counted[name] = (answer || summary)["by_" + name]));
    const held = Object.fromEntries(layers.map((layer) => [layer.id, layer.count]));
    const layer_times = Object.fromEntries(layers.map((layer) => [layer.id, layer.data_time]));
    const picture = { view, unit: place, held, layer_times, summary, frame, compared, indicated: measured, leveled, ranked, every: (every || summary).total, facets: counted, version: known.version, editions: all, at: Date.now(), error: null };
    return [picture, { view, total: view.unplaced ? summary.unplaced : summary.total, ...numbered(view, incidents) }];
  }

  /* What is on screen answers another question than the one that was put: said where it takes a while. */
  function waiting(on) {
    document.body.classList.toggle("is-waiting", on);
    document.querySelector(".waiting").textContent = on ? onemap.look.text("waiting") : "";
  }

  /* The newest question wins; while it is asked, and if it fails, the last picture stays. */
  async function picture(view, ticks) {
    const none = window.dash_clientside.no_update;
    if (!view) return [none, none];
    if (asking) asking.abort();
    const mine = (asking = new AbortController());
    const afresh = ticks !== lastTick;
    lastTick = ticks;
    document.body.classList.add("is-asking");
    const other = document.body.dataset.shown && document.body.dataset.shown !== onemap.view.address(view);
    const slow = other && window.setTimeout(() => mine === asking && waiting(true), SLOW);
    let page;
    try {
      const [found, incidents] = await answers(view, mine.signal, afresh);
      if (mine !== asking) return [none, none];
      last = found;
      page = incidents;
    } catch (mistake) {
      if (mine !== asking) return [none, none];
      page = none;
      last = { ...last, error: { message: mistake.message, refused: Boolean(mistake.refused), unit: view.unit, at: Date.now() } };
    }
    window.clearTimeout(slow);
    waiting(false);
    document.body.classList.remove("is-asking");
    document.body.dataset.shown = onemap.view.address(view); // whose numbers the page has
    document.body.classList.toggle("is-stale", Boolean(last.error));
    return [last, page];
  }

  /* The days before the chosen ones too, so that there is something to brush; of all time, what was asked for already. */
  async function outer(shown) {
    if (!shown || !shown.summary) return window.dash_clientside.no_update;
    const chosen = onemap.view.span(shown.view);
    const until = onemap.view.shift(onemap.view.day(new Date(), onemap.city.time_zone), 1);
    const least = onemap.view.shift(until, -OUTER_DAYS);
    const whole = shown.view.period === "all";
    const since = whole ? null : chosen.since && chosen.since < least ? chosen.since : least;
    const says = onemap.view.query(shown.view, { since, until: whole ? null : until });
    const mine = (outerDays = fresh("/api/summary?" + says, undefined, false, RECENT));
    try {
      const days = (await mine).by_day;
      return mine === outerDays ? { since, until, days, chosen } : window.dash_clientside.no_update;
    } catch {
      return window.dash_clientside.no_update;
    }
  }
  let outerDays = null;

  function catalogue() {
    return ask("/api/sources").catch((mistake) => ({ error: mistake.message }));
  }

  /* Asking again by hand is the clock ticking early. */
  let ticked = 0;
  function again() {
    window.dash_clientside.set_props("state-tick", { n_intervals: --ticked });
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest && event.target.closest("[data-again]")) again();
  });

  onemap.feed = { ask, again, fresh, unit, city, dated };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { feed: { picture, outer, catalogue } });
})();
