/* Units side by side: asks for all of them at once, and finds another one by name, pinyin or code. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const MOST = 4;
  const FOUND = 5;
  const WAIT = 150; // milliseconds between the last key and the question
  const none = () => window.dash_clientside.no_update;
  let timer = null;
  let asking = null;
  let there = []; // the units that stand side by side, chosen or offered

  /* Where none is chosen, the two of those drawn that have the most incidents. */
  function busiest(picture) {
    return [...picture.frame.children].sort((one, other) => other.total - one.total).slice(0, 2).map((unit) => unit.code);
  }

  /* The units of the address by the filter of the page, whatever unit it is at. */
  async function find(picture) {
    if (!picture || !picture.summary || picture.view.strip !== "beside") return none();
    const offered = picture.view.beside.length ? [] : busiest(picture);
    const view = offered.length > 1 ? { ...picture.view, beside: offered } : picture.view;
    if (!view.beside.length) return { view };
    const says = onemap.view.query(view);
    says.delete("unit");
    for (const code of view.beside) says.append("beside", code);
    const found = await onemap.strip.answer("beside", picture, "/api/beside?" + says);
    return found && onemap.view.now.strip === "beside" ? { view, offered: offered.length > 0, ...found } : none();
  }

  function dress(found) {
    const place = document.getElementById("beside-add");
    if (!place || !found) return none();
    there = found.view.beside;
    place.hidden = there.length >= MOST;
    if (!place.firstChild) build(place);
    place.querySelector(".offered").textContent = found.offered ? onemap.look.text("beside_offered") : "";
    const field = place.querySelector("input");
    field.placeholder = onemap.look.text("beside_add");
    field.setAttribute("aria-label", onemap.look.text("beside_add"));
    return none();
  }

  function build(place) {
    const field = onemap.units.element("input");
    Object.assign(field, { id: "beside-field", type: "search", autocomplete: "off", spellcheck: false, maxLength: 100 });
    const list = onemap.units.element("div", undefined, "rows");
    list.setAttribute("role", "status");
    field.addEventListener("input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => look(field.value.trim(), list), WAIT);
    });
    list.addEventListener("click", () => {
      field.value = "";
      list.replaceChildren();
      field.focus();
    });
    place.replaceChildren(field, list, onemap.units.element("p", undefined, "hint offered"));
  }

  async function look(words, list) {
    if (asking) asking.abort();
    if (!words) return list.replaceChildren();
    const mine = (asking = new AbortController());
    let rows;
    try {
      const answer = await onemap.feed.ask("/api/search?" + new URLSearchParams({ q: words, limit: FOUND }), mine.signal);
      rows = answer.results.filter((each) => each.type === "unit").map(row);
      if (!rows.length) rows = [onemap.units.element("p", onemap.look.text("beside_unknown"), "hint")];
    } catch (mistake) {
      if (mistake.name === "AbortError") return undefined;
      rows = [onemap.units.element("p", onemap.look.text("search_failed") + ": " + mistake.message, "hint")];
    }
    return mine === asking ? list.replaceChildren(...rows) : undefined;
  }

  /* A link to the same view with one unit more. */
  function row(unit) {
    const { now } = onemap.view;
    const { element } = onemap.units;
    const beside = there.includes(unit.code) ? there : [...there, unit.code];
    const link = element("a", undefined, "category");
    link.href = onemap.view.address({ ...now, beside, after: null });
    const above = unit.path.slice(1, -1).map(onemap.look.name).join(" › ");
    link.append(element("span", onemap.look.name(unit), "name"), element("small", above, "name"));
    link.title = unit.code;
    return link;
  }

  window.dash_clientside = Object.assign(window.dash_clientside || {}, { beside: { find, dress } });
})();
