/* The dashboard is the first client of its own API: this asks it, and puts the answers into the shared stores. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const PAGE = 20;
  const units = new Map();
  const KEEP = 55000; // milliseconds that an answer is good for
  const SLOW = 1500; // milliseconds after which waiting is said
  const FIGURES = "figures-body"; // the panel of the key figures
  let asking = null;
  let last = {};
  let lastTick;

  async function ask(address, signal) {
    const answer = await onemap.problem.unless(address, { signal, headers: { Accept: "application/json" } });
    return answer.json().catch((mistake) => {
      throw mistake.name === "AbortError" ? mistake : new Error(onemap.look.text("error_broken"));
    });
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

  /* Counting again is for another question, or for the clock: sorting or showing a layer asks nothing. What was answered
     before the clock ticked is no good to anybody, or the charts would tell of other incidents than the figures. */
  const kept = new Map();
  let renewed = 0;
  function fresh(address, signal) {
    const old = kept.get(address);
    // What the question before asked for and gave up is asked for again.
    const lost = old && old.coming && old.signal && old.signal.aborted;
    if (old && !lost && old.at >= renewed && Date.now() - old.at < KEEP) return old.answer;
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
  async function indicated(view, code, signal) {
    const known = onemap.city.indicators.find((each) => each.id === view.indicator);
    if (known && known.summed) return null;
    return fresh("/api/indicators/" + encodeURIComponent(view.indicator) + "?" + onemap.view.query(view, { unit: code }), signal);
  }

  /* The same units in the period that this one is compared with; a period without ends is compared with nothing. */
  async function comparedWith(view, code, signal) {
    const { since, until } = onemap.view.span(view);
    if (!view.against || !since || !until) return null;
    const against = "&against=" + encodeURIComponent(view.against);
    const [whole, frame] = await Promise.all(
      [view.unit, code].map((unit) => fresh("/api/compare?" + onemap.view.query(view, { unit }) + against, signal))
    );
    const then = { ...view, period: "custom", since: whole.then.since, until: whole.then.until };
    return { unit: whole, frame, indicated: await indicated(then, code, signal) };
  }

  /* The first units of a level drawn whole; there may be thousands, so the database puts them in order. */
  function rankedAt(level, view, signal) {
    const { since, until } = onemap.view.span(view);
    const against = since && until ? view.against : null;
    const moves = ["rise", "fall"].includes(view.sort);
    const says = onemap.view.query(view);
    says.append("level", level);
    says.append("indicator", view.indicator);
    says.append("sort", moves && !against ? "high" : view.sort);
    if (against) says.append("against", against);
    return fresh("/api/ranking?" + says, signal);
  }

  /* What each choice of a filter would count: the same question without that filter. */
  function facetsOf(view, signal) {
    return Promise.all(
      ["category", "status", "source"].map(async (name) => {
        const free = view[name].length ? fresh("/api/summary?" + onemap.view.query(view, { [name]: [] }), signal) : null;
        return [name, await free];
      })
    );
  }

  /* How many there are whatever the filter says of them; asked only where it says something. */
  function everyOf(view, signal) {
    const [asked, all] = [onemap.view.query(view), onemap.view.query(view, onemap.view.unfiltered())].map(String);
    return asked === all ? null : fresh("/api/summary?" + all, signal);
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
      fresh("/api/layers?incidents=false&" + onemap.view.standing(view), signal),
      fresh("/api/summary?" + onemap.view.query(view), signal),
      fresh(pageAddress(view), signal),
      city(afresh),
      facetsOf(view, signal),
      editions(),
      everyOf(view, signal),
    ]);
    const above = place.children.length ? place.code : place.path[Math.max(place.path.length - 2, 0)].code;
    const level = onemap.cells.levelOf(view, place);
    const asked = { unit: view.unit, asOf: view.as_of, ask: (address) => fresh(address, signal) };
    const [frame, measured, leveled, compared, ranked] = await Promise.all([
      frameOf(place, view, summary, signal),
      indicated(view, above, signal),
      level && onemap.cells.values(view, level, asked),
      comparedWith(view, above, signal),
      level && rankedAt(level, view, signal),
    ]);
    const counted = {};
    facets.forEach(([name, answer]) => (counted[name] = (answer || summary)["by_" + name]));
    const held = Object.fromEntries(layers.map((layer) => [layer.id, layer.count]));
    const layer_times = Object.fromEntries(layers.map((layer) => [layer.id, layer.data_time]));
    const picture = { view, unit: place, held, layer_times, summary, frame, compared, indicated: measured, leveled, ranked, every: (every || summary).total, facets: counted, version: known.version, editions: all, at: Date.now(), error: null };
    await onemap.mapView.outlined(picture);
    const counts = { open: summary.open, overdue: summary.overdue, closed: summary.closed };
    return [picture, { view, total: view.unplaced ? summary.unplaced : summary.total, counts, ...numbered(view, incidents) }];
  }

  /* What is on screen answers another question than the one that was put: said where it takes a while. */
  function waiting(on) {
    document.body.classList.toggle("is-waiting", on);
    document.querySelector(".waiting").textContent = on ? onemap.look.text("waiting") : "";
  }

  /* Panels are painted by the server of what was answered. Until the figures are, and if they never come, the page tells
     of the question before. */
  let painting = 0;
  function delivered() {
    window.clearTimeout(painting);
    painting = window.setTimeout(() => waiting(true), SLOW);
  }

  function painted(id) {
    if (id !== FIGURES) return;
    window.clearTimeout(painting);
    if (!document.body.classList.contains("is-asking")) waiting(false);
  }

  /* The newest question wins; while it is asked, and if it fails, the last picture stays. */
  async function picture(view, ticks) {
    const none = window.dash_clientside.no_update;
    if (!view) return [none, none];
    if (asking) asking.abort();
    const mine = (asking = new AbortController());
    const afresh = ticks !== lastTick;
    lastTick = ticks;
    if (afresh) renewed = Date.now();
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
    delivered();
    return [last, page];
  }

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

  onemap.feed = { ask, again, fresh, renewed: () => renewed, painted, unit, city, dated };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { feed: { picture, catalogue } });
})();
