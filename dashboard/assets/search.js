/* The search box: a combobox whose list holds what was found, kind by kind. Every text is set as text. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const WAIT = 130; // milliseconds between the last key and the question
  const SLOW = 250; // milliseconds after which waiting is said
  const EACH = 6;
  const AMISS = { two_lats: "search_two_lats", two_lons: "search_two_lons" }; // what is wrong with a coordinate
  const KINDS = ["coordinate", "unit", "feature", "incident"];
  const TITLES = { coordinate: "search_coordinate", unit: "search_unit", feature: "search_feature", incident: "search_incident" };
  const DATUMS = { wgs84: "WGS 84 / CGCS2000", cgcs2000: "CGCS2000", gcj02: "GCJ-02", bd09: "BD-09" };
  const text = (key) => onemap.look.text(key);
  const element = (...said) => onemap.units.element(...said);
  let box = null;
  let field = null;
  let drop = null; // what opens below the field: the list, or a sentence in its stead
  let list = null;
  let spoken = null;
  let timer = null;
  let asking = null;
  let composing = false;
  let found = []; // what can be chosen, in the order of the list
  let active = -1;

  function build() {
    field = element("input", undefined, "search-field");
    Object.assign(field, { id: "search-field", type: "text", autocomplete: "off", spellcheck: false, maxLength: 100 });
    const says = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "search-list", "aria-keyshortcuts": "/ Control+K" };
    for (const name in says) field.setAttribute(name, says[name]);
    drop = element("div", undefined, "panel search-drop");
    drop.hidden = true;
    list = element("div");
    list.id = "search-list";
    list.setAttribute("role", "listbox");
    drop.append(list, element("div", undefined, "search-said"));
    spoken = element("div", undefined, "spoken");
    spoken.setAttribute("role", "status");
    const key = element("kbd", "/");
    key.setAttribute("aria-hidden", "true");
    box.replaceChildren(field, key, drop, spoken);
    field.addEventListener("compositionstart", () => (composing = true));
    field.addEventListener("compositionend", () => {
      composing = false;
      later();
    });
    field.addEventListener("input", () => composing || later());
    field.addEventListener("focus", () => (field.value.trim() ? later() : hint()));
    field.addEventListener("blur", close);
    field.addEventListener("keydown", press);
    drop.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role='option']");
      if (option) choose(Number(option.dataset.at));
    });
  }

  function dress() {
    box = document.getElementById("search-box");
    if (!field) build();
    field.placeholder = text("search_placeholder");
    field.setAttribute("aria-label", text("search"));
    field.title = text("search_keys");
    list.setAttribute("aria-label", text("search_results"));
    if (!drop.hidden) later();
    return window.dash_clientside.no_update;
  }

  function later() {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT);
  }

  /* The newest question wins; what was found stays until then. */
  async function ask() {
    if (asking) asking.abort();
    const words = field.value.trim();
    if (!words) return document.activeElement === field ? hint() : close();
    const mine = (asking = new AbortController());
    const slow = window.setTimeout(() => mine === asking && wait(), SLOW);
    box.classList.add("is-busy");
    try {
      const says = new URLSearchParams({ q: words, limit: EACH });
      const answer = await onemap.feed.ask("/api/search?" + says, mine.signal);
      const here = mine === asking && document.activeElement === field;
      if (here && answer.amiss) say(text(AMISS[answer.amiss]), "is-error");
      else if (here) draw(answer.results, words);
    } catch (mistake) {
      if (mine === asking && mistake.name !== "AbortError") say(text("search_failed") + ": " + mistake.message, "is-error");
    }
    window.clearTimeout(slow);
    if (mine === asking) box.classList.remove("is-busy");
  }

  /* Either results or a sentence. */
  function open(results, said) {
    list.replaceChildren(...results);
    list.hidden = !results.length;
    drop.lastChild.replaceChildren(...said);
    drop.hidden = false;
    drop.scrollTop = 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
  }

  function close() {
    window.clearTimeout(timer);
    if (asking) asking.abort();
    box.classList.remove("is-busy");
    drop.hidden = true;
    found = [];
    mark(-1);
    field.setAttribute("aria-expanded", "false");
    spoken.textContent = "";
  }

  /* A sentence instead of results. */
  function say(sentence, className) {
    found = [];
    mark(-1);
    open([], [element("p", sentence, "search-note " + className)]);
    spoken.textContent = sentence;
  }

  function wait() {
    if (drop.hidden || !found.length) say(text("search_busy"), "");
  }

  function hint() {
    found = [];
    mark(-1);
    open([], [element("p", text("search_hint"), "search-note"), examples()]);
  }

  /* What can be typed, with an example of each. */
  function examples() {
    const made = element("dl", undefined, "search-examples");
    const rows = [
      [text("search_can_unit"), text("search_like_unit")],
      [text("search_can_pinyin"), text("search_like_pinyin")],
      [text("search_can_code"), text("search_like_code")],
      [text("search_can_place"), text("search_like_place")],
    ];
    for (const [name, like] of rows) {
      const row = element("div");
      row.append(element("dt", name), element("dd", like));
      made.append(row);
    }
    return made;
  }

  function draw(results, words) {
    found = KINDS.flatMap((kind) => results.filter((hit) => hit.type === kind));
    mark(-1);
    if (!found.length) {
      const sentence = text("search_none").replace("{words}", words);
      open([], [element("p", sentence, "search-note"), examples()]);
      spoken.textContent = sentence;
      return;
    }
    const groups = KINDS.filter((kind) => results.some((hit) => hit.type === kind)).map((kind) => group(kind, results));
    open(groups, []);
    spoken.textContent = onemap.look.say("search_found", { n: found.length });
    mark(0);
  }

  function group(kind, results) {
    const made = element("div", undefined, "search-group");
    const asked = kind === "coordinate" && results.length > 1;
    const title = element("h3", text(asked ? "search_datum" : TITLES[kind]));
    title.id = "search-group-" + kind;
    title.setAttribute("role", "presentation");
    made.setAttribute("role", "group");
    made.setAttribute("aria-labelledby", title.id);
    made.append(title, ...found.filter((hit) => hit.type === kind).map(option));
    return made;
  }

  function option(hit) {
    const at = found.indexOf(hit);
    const made = element("div", undefined, "search-option");
    made.id = "search-option-" + at;
    made.dataset.at = at;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    const line = element("div", undefined, "line");
    line.append(element("b", title(hit)), element("span", badge(hit), "badge"));
    made.append(line, element("div", about(hit), "about"));
    return made;
  }

  function title(hit) {
    return hit.type === "coordinate" ? text("search_as").replace("{datum}", DATUMS[hit.datum]) : onemap.look.name(hit);
  }

  function badge(hit) {
    const city = onemap.city;
    if (hit.type === "unit") return onemap.look.name(city.level_titles[hit.level]);
    if (hit.type === "feature") return onemap.look.name(city.layers.find((layer) => layer.id === hit.layer));
    if (hit.type === "incident") return onemap.look.name(city.statuses.find((status) => status.code === hit.status));
    return hit.metres === null ? hit.code : text("search_away").replace("{distance}", onemap.place.distance(hit.metres));
  }

  /* The way to it without the city, which all of them share, and its code. */
  function about(hit) {
    if (hit.type === "coordinate" && hit.outside) return text("outside");
    const steps = hit.path.slice(1, hit.type === "unit" ? -1 : undefined).map((step) => onemap.look.name(step));
    const parts = [steps.join(" › ")];
    if (hit.type !== "coordinate") parts.push(hit.code);
    if (hit.type === "incident") parts.push(onemap.look.moment(hit.reported_at));
    return parts.filter(Boolean).join(" · ");
  }

  function mark(at) {
    active = at;
    for (const option of list.querySelectorAll("[role='option']")) {
      const chosen = Number(option.dataset.at) === at;
      option.setAttribute("aria-selected", String(chosen));
      if (chosen) option.scrollIntoView({ block: "nearest" });
    }
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", "search-option-" + at);
  }

  function press(event) {
    if (composing || event.isComposing || event.keyCode === 229) return; // the keys are the input method's
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!found.length) return field.value.trim() ? ask() : hint();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((active + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (found.length) choose(Math.max(active, 0));
      else ask();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (field.value) field.value = "";
      else field.blur();
      close();
    }
  }

  function choose(at) {
    const hit = found[at];
    if (!hit) return;
    field.value = "";
    close();
    field.blur();
    if (hit.type === "unit") onemap.view.go({ unit: hit.code, at: null, around: null });
    else onemap.place.go(hit);
  }

  /* The keys that lead here from anywhere, unless somebody is writing. */
  document.addEventListener("keydown", function (event) {
    if (!field || event.isComposing) return;
    const writing = event.target.closest && event.target.closest("input:not([type='radio']), textarea, select, dialog[open], [contenteditable='true']");
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !writing;
    const ctrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!slash && !(ctrlK && !document.querySelector("dialog[open]"))) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  window.dash_clientside = Object.assign(window.dash_clientside || {}, { search: { dress } });
})();
