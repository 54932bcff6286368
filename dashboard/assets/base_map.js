/* The base map: which one is chosen, by the address or what was chosen here before, and what is said when it fails. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const NONE = "none";
  const FAILURES = 6; // tiles that did not come, more than did, before anything is said
  const PATIENCE = 20000; // milliseconds in which at least one tile should come
  const VEIL = 0.6; // of their usual opacity, for polygons over a base map
  let offers = null;
  let shown = { id: NONE, layers: [] };

  const text = (key, name) => onemap.look.text(key).replace("{name}", name);
  const place = (part) => document.getElementById("base-map-" + part);

  function all() {
    if (!offers) offers = JSON.parse(place("open").dataset.offers);
    return offers;
  }

  /* What the address says, else what was chosen here, else what the city begins with. */
  function wanted(view) {
    const known = (id) => id === NONE || all().some((offer) => offer.id === id);
    const first = all().find((offer) => offer.shown);
    return [view.base, onemap.look.base, onemap.look.stored("base")].find((id) => id && known(id)) || (first ? first.id : NONE);
  }

  function remove() {
    window.clearTimeout(shown.timer);
    for (const layer of shown.layers) layer.remove();
    shown = { id: NONE, layers: [] };
  }

  async function lay(id, key) {
    remove();
    const offer = all().find((each) => each.id === id);
    const mine = (shown = { id, key, offer, layers: [], came: 0, failed: 0, fault: "" });
    tell();
    if (!offer) return;
    let layers = [];
    try {
      layers = await onemap.baseLayers.of(offer, { came, failed });
    } catch {
      fail(mine);
    }
    if (shown !== mine) return;
    mine.layers = layers;
    for (const layer of layers) {
      if (offer.kind === "tiles") layer.on("tileload", came).on("tileerror", failed); // of a file, tile_file.js tells
      layer.on("loading", () => begin(mine)).on("load", () => judge(mine)).addTo(onemap.map);
      layer.bringToFront();
    }
  }

  /* Each look at another place is judged by itself: a base map may end where the city does. */
  function begin(mine) {
    mine.came = mine.failed = 0;
    window.clearTimeout(mine.timer);
    mine.timer = window.setTimeout(() => !mine.came && fail(mine), PATIENCE);
  }

  function came() {
    shown.came++;
    if (shown.came >= FAILURES) judge(shown);
    if (shown.fault === "fails") fail(shown, "partly");
  }

  /* A few tiles more than failed so far, or all there are. */
  function judge(mine) {
    if (mine.came > mine.failed) fail(mine, "");
  }

  function failed() {
    shown.failed++;
    if (shown.failed >= FAILURES && shown.failed > shown.came) fail(shown);
  }

  /* Nothing came, or less than half. */
  function fail(mine, fault = mine.came ? "partly" : "fails") {
    if (shown !== mine || mine.fault === fault) return;
    mine.fault = fault;
    tell();
  }

  function again() {
    const key = shown.key;
    lay(shown.id, key);
    place("open").focus();
  }

  /* Word of what went wrong, and polygons as opaque as they may be. */
  function tell() {
    const trouble = place("trouble");
    const asked = onemap.view.now && onemap.view.now.base;
    const unknown = asked && asked !== NONE && !all().some((offer) => offer.id === asked);
    trouble.hidden = !shown.fault && !unknown;
    const said = [];
    if (shown.fault) {
      const button = onemap.units.element("button", text("base_map_again"), "action");
      button.type = "button";
      button.addEventListener("click", again);
      said.push(onemap.units.element("span", text("base_map_" + shown.fault, onemap.look.name(shown.offer))), button);
    } else if (unknown) said.push(onemap.units.element("span", text("base_map_unknown", asked)));
    trouble.replaceChildren(...said);
    document.documentElement.dataset.baseMap = shown.fault === "fails" ? "fails" : shown.id;
    onemap.units.restyle();
  }

  function choose(id) {
    onemap.look.keep("base", id);
    onemap.view.go({ base: id });
  }

  function draw() {
    const rows = [{ id: NONE, name: text("base_map_none"), name_en: text("base_map_none") }, ...all()].map((offer) => {
      const row = onemap.units.element("label", undefined, "base-map-choice");
      const input = onemap.units.element("input");
      Object.assign(input, { type: "radio", name: "base-map", value: offer.id, checked: offer.id === shown.id });
      input.addEventListener("change", () => choose(offer.id));
      row.append(input, onemap.units.element("span", onemap.look.name(offer)));
      return row;
    });
    place("choices").replaceChildren(...rows);
  }

  function open(opened) {
    place("choices").hidden = !opened;
    place("open").setAttribute("aria-expanded", String(opened));
    if (!opened) return place("open").focus();
    draw();
    place("choices").querySelector("input:checked").focus();
  }

  function dress() {
    const button = place("open");
    for (const part of [button, place("choices")]) part.setAttribute("aria-label", text("base_map"));
    button.title = text("base_map");
    if (button.dataset.ready) return;
    button.dataset.ready = "yes";
    button.addEventListener("click", () => open(place("choices").hidden));
    place("choices").addEventListener("keydown", (event) => {
      if (event.key !== "Escape" && event.key !== "Enter") return;
      event.stopPropagation();
      event.preventDefault();
      open(false);
    });
  }

  function follow(view) {
    if (!view || !onemap.map) return window.dash_clientside.no_update;
    dress();
    const id = wanted(view);
    const offer = all().find((each) => each.id === id);
    // What is drawn here and not fetched as pictures has the page's theme and language.
    const look = offer && offer.kind === "vector" ? "@" + onemap.look.language() + "@" + onemap.look.applyTheme() : "";
    if (shown.key !== id + look) lay(id, id + look);
    else tell();
    if (onemap.map.attributionControl) credit(offer);
    if (!place("choices").hidden && !place("choices").contains(document.activeElement)) draw();
    return window.dash_clientside.no_update;
  }

  let named = "";
  function credit(offer) {
    const control = onemap.map.attributionControl;
    const said = offer ? offer.attribution[document.documentElement.lang === "en" ? 1 : 0] : "";
    if (named === said) return;
    if (named) control.removeAttribution(named);
    if (said) control.addAttribution(said);
    named = said;
  }

  onemap.baseMap = {
    shown: () => shown.layers.length > 0,
    veil: () => (shown.offer && shown.fault !== "fails" ? VEIL : 1),
    credit: () => (shown.layers.length ? onemap.map.attributionControl.getContainer().textContent : ""),
  };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { base_map: { follow } });
})();
