/* What a single feature or incident says of itself. Every value is set as text, never as markup. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const TIMES = ["reported_at", "accepted_at", "dispatched_at", "resolved_at", "closed_at", "due_at"];
  const WIDE = 320;
  const [LEAST, MOST] = [110, 440]; // pixels: what is higher scrolls
  let popup = null;
  let shown = null;
  let about = null; // the place of the address that it tells of
  let turns = 0;

  function titled(list, id) {
    const found = (list || []).find((item) => item.id === id || item.code === id);
    return found ? onemap.look.name(found) : id;
  }

  function shownValue(field, value) {
    if (field && field.values && field.values[value]) return onemap.look.name(field.values[value]);
    if (typeof value === "number") return value.toLocaleString("en-US");
    if (field && field.type === "time" && /T\d\d:/.test(value)) return onemap.look.moment(value);
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  }

  /* The layer's declared fields first, in their order; then whatever else the row brought. */
  function featureRows(layer, said) {
    const attributes = { ...said, ...(said.attributes || {}) };
    const fields = layer.fields.filter((field) => field.id in attributes);
    return fields
      .filter((field) => attributes[field.id] !== null && attributes[field.id] !== "" && field.id !== layer.label)
      .map((field) => [onemap.look.name(field), shownValue(field, attributes[field.id])]);
  }

  function incidentRows(said) {
    const { text, moment } = onemap.look;
    const rows = [
      [text("category"), titled(onemap.city.categories, said.category)],
      [text("status"), titled(onemap.city.statuses, said.status)],
      [text("number"), said.key],
      [text("source"), titled(onemap.city.sources, said.source)],
    ];
    if (said.channel) rows.push([text("channel"), titled(onemap.city.channels, said.channel)]);
    if (said.address) rows.push([text("address"), said.address]);
    for (const name of TIMES) if (said[name]) rows.push([text(name), moment(said[name])]);
    rows.push(...onemap.pin.rows(said));
    const layer = onemap.city.layers.find((each) => each.incidents === said.source);
    if (layer) rows.push(...featureRows(layer, said.attributes || {}));
    return rows;
  }

  function content() {
    const { element } = onemap.units;
    const { layer, said } = shown;
    const incident = layer === "incidents";
    const spec = onemap.city.layers.find((each) => each.id === layer);
    const box = element("article");
    if (layer === "point") return pointed(box, said);
    box.append(element("p", incident ? onemap.look.text("incident") : onemap.look.name(spec), "popup-kind"));
    const category = titled(onemap.city.categories, said.category);
    const title = incident ? (document.documentElement.lang === "en" ? category : said.title || category) : said.name || said.key;
    box.append(element("h3", title || ""));
    const list = element("dl");
    const rows = incident ? incidentRows(said) : [[onemap.look.text("number"), said.key], ...featureRows(spec, said)];
    for (const [name, value] of rows) {
      list.append(element("dt", name), element("dd", value));
    }
    box.append(list, footer());
    return box;
  }

  /* A bare point: its degrees, and whose ground it is on. */
  function pointed(box, said) {
    const { element } = onemap.units;
    const { text, name } = onemap.look;
    const way = said.path.slice(1).map(name);
    box.append(element("p", text("place"), "popup-kind"), element("h3", way.length ? way[way.length - 1] : text("outside")));
    const list = element("dl");
    if (way.length > 1) list.append(element("dt", text("belongs_to")), element("dd", way.slice(0, -1).join(" › ")));
    list.append(element("dt", "WGS 84"), element("dd", said.lon.toFixed(6) + ", " + said.lat.toFixed(6)));
    box.append(list, footer());
    return box;
  }

  /* What one may do next. */
  function footer() {
    const { element } = onemap.units;
    const made = element("footer");
    // Around the middle of a unit is not around what happened somewhere in it.
    if (shown.said.lon !== null) {
      const button = element("button", onemap.look.text("around"), "action");
      button.type = "button";
      button.dataset.aroundHere = about || shown.point;
      made.append(button);
    }
    const pin = shown.layer === "incidents" && onemap.pin.way(shown.said);
    if (pin) made.append(pin);
    return made;
  }

  /* Of several things that people want to read, the last one wins, whichever is answered first. */
  function turn() {
    const mine = ++turns;
    return () => mine === turns;
  }

  function open(layer, said, at, place) {
    turns++;
    forget();
    about = place || null;
    shown = { layer, said, point: onemap.place.point(at.lng, at.lat) };
    const covered = onemap.mapView.padding();
    const down = Math.max(covered.paddingTopLeft[1] + MOST, onemap.map.latLngToContainerPoint(at).y);
    covered.paddingTopLeft[0] = onemap.mapView.beside(down, covered, WIDE);
    const free = onemap.map.getSize().y - covered.paddingTopLeft[1] - covered.paddingBottomRight[1];
    const made = window.L.popup({
      maxWidth: WIDE,
      maxHeight: Math.max(LEAST, Math.min(MOST, free - 40)), // of its frame and tip
      className: "map-popup",
      autoPanPaddingTopLeft: covered.paddingTopLeft,
      autoPanPaddingBottomRight: covered.paddingBottomRight,
    });
    made.setLatLng(at).setContent(content).openOn(onemap.map);
    made.on("remove", () => {
      if (popup !== made) return;
      const told = about;
      popup = about = null;
      onemap.table.mark(null);
      if (told) onemap.place.left(told);
    });
    popup = made;
    onemap.table.mark(layer === "incidents" ? said.id : null);
  }

  /* A question at a place, in place of what is open. */
  function ask(form, at) {
    forget();
    const made = window.L.popup({ className: "map-popup" }).setLatLng(at).setContent(form).openOn(onemap.map);
    made.on("remove", () => popup === made && (popup = null));
    popup = made;
  }

  /* Close it without leaving the place that the address says. */
  function forget() {
    const old = popup;
    popup = about = null;
    if (old) onemap.map.closePopup(old);
  }

  function complain(sentence) {
    forget();
    const said = onemap.units.element("p", onemap.look.text("error") + ": " + sentence, "note");
    said.setAttribute("role", "alert");
    window.L.popup({ className: "map-popup" }).setLatLng(onemap.map.getCenter()).setContent(said).openOn(onemap.map);
  }

  function close() {
    if (!popup) return false;
    onemap.map.closePopup(popup);
    return true;
  }

  /* With another picture, an open incident may stand elsewhere, too. */
  async function renew() {
    if (!popup || shown.layer !== "incidents" || popup.getContent() !== content) return;
    const told = shown;
    const said = await onemap.feed.ask("/api/incidents/" + told.said.id).catch(() => told.said);
    const same = String(incidentRows(said)) === String(incidentRows(told.said));
    if (!popup || shown !== told || same) return;
    shown.said = said;
    popup.setContent(content);
  }

  /* An open popup changes its language with the page. */
  function translate() {
    if (popup && popup.getContent() === content) popup.setContent(content);
  }

  onemap.popup = { open, turn, ask, close, forget, complain, renew, translate, about: () => about, closed: () => !popup };
})();
