/* Measuring: points are clicked, or set in the middle of the map by key; length and area are those on the ellipsoid. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const AXIS = 6378137;
  const FLATTENING = 1 / 298.257223563;
  const SQUARED = FLATTENING * (2 - FLATTENING); // of the eccentricity
  const STEP = 500; // metres; longer edges are cut for the area, since a straight line on a map is not the shortest way
  const CATCH = 12; // pixels around the first point in which a click closes the line
  const HECTARE = 10000;
  const SQUARE_KILOMETRE = 1e6;
  const text = (key) => onemap.look.text(key);
  const element = (...said) => onemap.units.element(...said);
  let on = false;
  let ended = false;
  let closed = false;
  let byKey = false;
  let points = []; // [lon, lat]
  let hover = null;
  let drawn = null;

  const radians = (degrees) => (degrees * Math.PI) / 180;

  /* The shortest way between two points, in metres: Vincenty's inverse formula. */
  function metres(from, to) {
    const minor = AXIS * (1 - FLATTENING);
    const wide = radians(to[0] - from[0]);
    const [u1, u2] = [from, to].map((point) => Math.atan((1 - FLATTENING) * Math.tan(radians(point[1]))));
    const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
    let lambda = wide;
    for (let turn = 0; turn < 100; turn++) {
      const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
      const sine = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
      if (!sine) return 0;
      const cosine = s1 * s2 + c1 * c2 * cl;
      const sigma = Math.atan2(sine, cosine);
      const alpha = (c1 * c2 * sl) / sine;
      const rest = 1 - alpha * alpha;
      const middle = rest ? cosine - (2 * s1 * s2) / rest : 0;
      const c = (FLATTENING / 16) * rest * (4 + FLATTENING * (4 - 3 * rest));
      const before = lambda;
      lambda = wide + (1 - c) * FLATTENING * alpha * (sigma + c * sine * (middle + c * cosine * (2 * middle ** 2 - 1)));
      if (Math.abs(lambda - before) > 1e-12) continue;
      const square = (rest * (AXIS ** 2 - minor ** 2)) / minor ** 2;
      const a = 1 + (square / 16384) * (4096 + square * (square * (320 - 175 * square) - 768));
      const b = (square / 1024) * (256 + square * (square * (74 - 47 * square) - 128));
      const inner = cosine * (2 * middle ** 2 - 1) - (b / 6) * middle * (4 * sine ** 2 - 3) * (4 * middle ** 2 - 3);
      return minor * a * (sigma - b * sine * (middle + (b / 4) * inner));
    }
    return AXIS * Math.acos(Math.min(1, Math.max(-1, s1 * s2 + c1 * c2 * Math.cos(wide)))); // nearly opposite points
  }

  function length(line) {
    return line.slice(1).reduce((sum, point, at) => sum + metres(line[at], point), 0);
  }

  /* Points between two along the great circle, so that a long edge is not taken for the straight line of the map. */
  function cut(from, to) {
    const pieces = Math.ceil(metres(from, to) / STEP);
    if (pieces < 2) return [from];
    const [a, b] = [from, to].map(([lon, lat]) => {
      const [l, p] = [radians(lon), radians(lat)];
      return [Math.cos(p) * Math.cos(l), Math.cos(p) * Math.sin(l), Math.sin(p)];
    });
    const angle = Math.acos(Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]));
    return Array.from({ length: pieces }, (_, piece) => {
      const [f, t] = [Math.sin((1 - piece / pieces) * angle), Math.sin((piece / pieces) * angle)];
      const [x, y, z] = [0, 1, 2].map((axis) => (f * a[axis] + t * b[axis]) / Math.sin(angle));
      return [(Math.atan2(y, x) * 180) / Math.PI, (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI];
    });
  }

  /* A latitude's height on the map that keeps areas true. */
  function height(latitude) {
    const sine = Math.sin(radians(latitude));
    const e = Math.sqrt(SQUARED);
    return ((1 - SQUARED) / 2) * (sine / (1 - SQUARED * sine ** 2) + Math.atanh(e * sine) / e);
  }

  function area(ring) {
    const fine = ring.flatMap((point, at) => cut(point, ring[(at + 1) % ring.length]));
    const sum = fine.reduce((so_far, [lon, lat], at) => {
      const [next, other] = fine[(at + 1) % fine.length];
      return so_far + (radians(next - lon) * (height(lat) + height(other))) / 2;
    }, 0);
    return Math.abs(sum) * AXIS ** 2;
  }

  function shownArea(value) {
    const digits = (number) => number.toLocaleString("en-US", { maximumFractionDigits: number < 1 ? 3 : number < 100 ? 2 : number < 1000 ? 1 : 0 });
    if (value < HECTARE) return digits(value) + " " + text("square_metre");
    return digits(value / SQUARE_KILOMETRE) + " " + text("square_kilometre") + " · " + digits(value / HECTARE) + " " + text("hectare");
  }

  /* Closed, or with three points as it would be if it were closed. */
  function result() {
    const line = closed ? [...points, points[0]] : hover && !ended ? [...points, hover] : points;
    return { length: length(line), area: (closed ? points : line).length > 2 ? area(closed ? points : line) : null };
  }

  function show() {
    const place = document.getElementById("measure-result");
    place.hidden = !on;
    if (!on) return;
    const { length: way, area: held } = result();
    const list = element("dl");
    list.append(element("dt", text(closed ? "measure_around" : "measure_length")), element("dd", onemap.place.distance(way)));
    if (held !== null) list.append(element("dt", text("measure_area")), element("dd", shownArea(held)));
    const hint = element("p", text(ended ? "measure_again" : byKey ? "measure_keys" : "measure_hint"), "note");
    const close = element("button", "×", "close");
    close.type = "button";
    close.title = text("close");
    close.setAttribute("aria-label", text("measure_close"));
    close.addEventListener("click", stop);
    const said = element("div");
    said.setAttribute("role", "status");
    said.append(list);
    const buttons = () => [...place.querySelectorAll("button")];
    const focused = buttons().indexOf(document.activeElement);
    place.replaceChildren(close, said, hint);
    if (!ended && byKey) place.append(keys());
    if (focused >= 0) (buttons()[focused] || close).focus(); // whoever pressed it presses it again
  }

  function keys() {
    const made = element("div", undefined, "measure-keys");
    for (const [key, act] of [["measure_add", () => add(middle())], ["measure_undo", undo], ["measure_end", end]]) {
      const button = element("button", text(key), "action");
      button.type = "button";
      button.addEventListener("click", act);
      made.append(button);
    }
    return made;
  }

  function draw() {
    if (drawn) drawn.remove();
    drawn = null;
    const map = onemap.map;
    map.getContainer().classList.toggle("is-measuring", on);
    map.getContainer().classList.toggle("is-aiming", on && byKey && !ended);
    if (!on) return;
    const options = onemap.place.pane();
    const look = { ...options, color: onemap.units.palette().accent, weight: 3, fillOpacity: 0.12 };
    const spots = points.map(([lon, lat]) => [lat, lon]);
    const line = hover && !ended ? [...spots, [hover[1], hover[0]]] : spots;
    const shape = closed ? window.L.polygon(spots, look) : window.L.polyline(line, { ...look, dashArray: ended ? null : "7 5" });
    const dots = spots.map((spot) => window.L.circleMarker(spot, { ...look, radius: 4, weight: 2, fillOpacity: 1, fillColor: onemap.units.palette().line }));
    drawn = window.L.layerGroup([shape, ...dots]).addTo(map);
  }

  function again() {
    draw();
    show();
  }

  function middle() {
    const at = onemap.map.getCenter();
    return [at.lng, at.lat];
  }

  function add(point) {
    if (ended) begin();
    hover = null; // the mouse rests on the new point: no third one, and no area of nothing
    if (points.length > 2 && near(point, points[0])) {
      closed = true;
      return end();
    }
    if (!points.length || !near(point, points[points.length - 1], 2)) points.push(point);
    again();
  }

  function near(one, other, pixels = CATCH) {
    const [from, to] = [one, other].map(([lon, lat]) => onemap.map.latLngToContainerPoint([lat, lon]));
    return from.distanceTo(to) <= pixels;
  }

  function undo() {
    points.pop();
    again();
  }

  function begin() {
    points = [];
    hover = null;
    ended = closed = false;
  }

  function end() {
    hover = null;
    ended = true;
    again();
  }

  function start(key) {
    on = true;
    byKey = key;
    begin();
    again();
    document.getElementById("measure-start").setAttribute("aria-pressed", "true");
    if (key) onemap.map.getContainer().focus(); // whose arrow keys move the middle
  }

  /* By key, the line reaches to the middle of the map as it does to the mouse. */
  function moved() {
    if (!on || !byKey || ended || !points.length) return;
    hover = near(middle(), points[points.length - 1], 2) ? null : middle();
    again();
  }

  function stop() {
    on = false;
    begin();
    again();
    const button = document.getElementById("measure-start");
    button.setAttribute("aria-pressed", "false");
    button.focus();
  }

  /* While measuring, the map's own clicks are ours: nothing below a point is opened. */
  function onMap(event) {
    const target = event.target;
    return on && target.closest && target.closest(".map") && !target.closest(".leaflet-popup, .leaflet-control");
  }

  function pointAt(event) {
    const at = onemap.map.mouseEventToLatLng(event);
    return [at.lng, at.lat];
  }

  for (const kind of ["click", "dblclick", "contextmenu"]) {
    document.addEventListener(kind, function (event) {
      if (!onMap(event)) return;
      event.stopPropagation();
      event.preventDefault();
      byKey = false;
      if (kind === "click" && !onemap.map.dragging.moved()) add(pointAt(event));
      else if (kind === "dblclick" && points.length) end();
    }, true);
  }
  document.addEventListener("mousemove", function (event) {
    if (!onMap(event) || ended || !points.length) return;
    hover = pointAt(event);
    again();
  });
  /* Esc ends the line, then the measuring; keys on the map set points in its middle. */
  document.addEventListener("keydown", function (event) {
    if (!on || (event.target.closest && event.target.closest("input:not([type='radio']), textarea, dialog[open]"))) return;
    const map = event.target.closest && event.target.closest(".map");
    const acts = { Escape: () => (points.length && !ended ? end() : stop()) };
    if (map) Object.assign(acts, { " ": () => add(middle()), Enter: end, Backspace: undo });
    if (!acts[event.key]) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (map && event.key !== "Escape") byKey = true;
    acts[event.key]();
  }, true);

  function dress() {
    const button = document.getElementById("measure-start");
    const name = text("measure");
    button.title = name;
    button.setAttribute("aria-label", name);
    document.getElementById("measure-result").setAttribute("aria-label", name);
    if (!button.dataset.ready) {
      button.dataset.ready = "yes";
      onemap.map.on("move", moved);
      // A key press is a click without a count: then points are set by key as well.
      button.addEventListener("click", (event) => (on ? stop() : start(event.detail === 0)));
    }
    if (on) again();
    return window.dash_clientside.no_update;
  }

  onemap.measure = { length, area, busy: () => on };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { measure: { dress } });
})();
