/* All units of one level at once, however many: their polygons once, their values by every filter, names where there is room. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const PANE = "onemap-cells";
  const RIM = "onemap-cells-rim";
  const NAMED_FROM = 44; // pixels a unit must be wide for its name to be tried
  const REST = 150; // milliseconds over one unit after which the units above it are asked for
  const shapesOf = new Map(); // address → { features, shapes }
  const valuesOf = new Map(); // address → answer
  let canvas = null;
  let shown = null; // what is drawn: { features, shapes, values, classes, shades }
  let whole = null; // the same of the whole period, while a step of a playback is shown
  let played = null; // { level, values, inClass, shades } of that step
  let over = -1;
  let asked = null;
  let tip = null;
  let rim = null;

  function keep(map, key, value, most) {
    map.delete(key);
    map.set(key, value);
    if (map.size > most) map.delete(map.keys().next().value);
    return value;
  }

  /* The level that a view asks for, where the unit has so much below it; else what the drill shows. What is no level of
     the city's is asked for all the same: the answer says so. */
  function levelOf(view, place) {
    const { levels } = onemap.city;
    const rank = levels.indexOf(view.level);
    return rank > place.path.length || (view.level && rank < 0) ? view.level : null;
  }

  /* Geometry is asked for once; it says its version, so the browser keeps it for good. */
  function geometry(code, level, { version, asOf }) {
    const says = "?v=" + encodeURIComponent(version) + (asOf ? "&" + onemap.feed.dated(asOf) : "");
    const address = "/api/units/" + encodeURIComponent(code) + "/levels/" + encodeURIComponent(level) + ".geobuf" + says;
    if (shapesOf.has(address)) return shapesOf.get(address);
    const coming = onemap.problem.unless(address).then(async (answer) => {
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const { features } = window.geobuf.decode(new window.Pbf(bytes));
      return { features: features.map((feature) => feature.properties), shapes: onemap.cellsCanvas.flat(features) };
    });
    coming.catch(() => shapesOf.delete(address));
    return keep(shapesOf, address, coming, 6);
  }

  /* Values and classes; the picture tells the classes, the many values stay here. */
  async function values(view, level, { unit, ask, asOf }) {
    const says = onemap.view.query(view, { unit });
    says.append("level", level);
    says.append("classes", view.classes);
    if (view.classes === "manual" && view.breaks.length) says.append("breaks", view.breaks.join(","));
    const address = "/api/indicators/" + encodeURIComponent(view.indicator) + "/values?" + says;
    const city = await onemap.feed.city();
    geometry(unit, level, { version: city.version, asOf }).catch(() => {}); // on its way before anybody knows its colours
    const answer = await ask(address);
    keep(valuesOf, address, answer, 6);
    return { level, address, classes: answer.classes, unknown: answer.unknown, units: answer.values.length };
  }

  /* The class of each unit, as a number; without a value none. */
  function classed({ values, classes }) {
    return values.map((value) => (value === null ? -1 : classes.findIndex((each) => each.high === null || value <= each.high)));
  }

  /* All that is needed to draw, or null if the drill's own polygons are to be drawn. */
  async function ready(picture) {
    const leveled = picture.leveled;
    if (!leveled) return null;
    const answer = valuesOf.get(leveled.address);
    const drawn = await geometry(picture.frame.unit.code, leveled.level, { version: answer.version, asOf: picture.view.as_of });
    return { ...drawn, ...answer, inClass: classed(answer), address: leveled.address };
  }

  function show(found, shades) {
    leave();
    whole = found && { ...found, shades };
    shown = stepped();
    const map = onemap.map;
    if (!shown) {
      if (canvas) canvas.remove();
      delete map.getContainer().dataset.cells;
      return;
    }
    if (!canvas) prepare(map);
    canvas.shapes = shown.shapes;
    colour();
    canvas.line = onemap.units.palette().line;
    if (map.hasLayer(canvas)) canvas.paint();
    else canvas.addTo(map);
    map.getContainer().dataset.cells = shown.level + "@" + shown.features.length;
  }

  function colour() {
    const none = onemap.units.palette().none;
    canvas.colour = (at) => shown.shades.colors[shown.inClass[at]] || none;
  }

  /* What is drawn, by the step of a playback where it is of these units. */
  function stepped() {
    const fits = whole && played && played.level === whole.level && played.values.length === whole.features.length;
    return fits ? { ...whole, ...played } : whole;
  }

  /* Show a step of a playback, or with nothing the whole period again. */
  function play(step) {
    played = step && { ...step, inClass: classed({ values: step.values, classes: step.classes }) };
    if (!shown) return;
    shown = stepped();
    colour();
    canvas.paint();
    onemap.labels.place();
  }

  function prepare(map) {
    for (const name of [PANE, RIM]) {
      const pane = map.createPane(name);
      pane.style.zIndex = 390;
      map.getPane("mapPane").insertBefore(pane, map.getPane("overlayPane")); // below it in a picture, too
    }
    canvas = new onemap.cellsCanvas.Cells({ pane: PANE });
    tip = window.L.tooltip({ className: "map-tip", opacity: 1, offset: [12, 0], direction: "right" });
    rim = window.L.polygon([], { interactive: false, fill: false, weight: 2.5, pane: RIM, renderer: window.L.svg({ pane: RIM }) });
    map.on("mousemove", (event) => shown && hover(event));
    map.on("mouseout zoomstart", leave);
    map.on("click", (event) => {
      const at = shown ? onemap.cellsCanvas.hit(shown.shapes, event.latlng) : -1;
      if (at >= 0) onemap.view.go({ unit: shown.features[at].code });
    });
  }

  function hover(event) {
    const at = onemap.cellsCanvas.hit(shown.shapes, event.latlng);
    if (at < 0) return leave();
    tip.setLatLng(event.latlng);
    if (at === over) return;
    over = at;
    window.clearTimeout(asked);
    asked = window.setTimeout(() => where(at), REST);
    onemap.map.getContainer().classList.add("is-over-unit");
    tip.setContent(told(at));
    if (!onemap.map.hasLayer(tip)) tip.addTo(onemap.map);
    rim.setLatLngs(rings(at)).setStyle({ color: onemap.units.palette().accent }).addTo(onemap.map);
  }

  /* A cell called "the third" says more once one knows of what. */
  function where(at) {
    const { code } = shown.features[at];
    onemap.feed.unit(code, onemap.view.now.as_of).then(
      ({ path }) => over === at && tip.setContent(told(at, path.slice(1, -1))),
      () => {} // its own name is there
    );
  }

  function leave() {
    over = -1;
    window.clearTimeout(asked);
    if (!tip) return;
    tip.remove();
    rim.remove();
    onemap.map.getContainer().classList.remove("is-over-unit");
  }

  function rings(at) {
    const { points, rings: begin, first } = shown.shapes;
    const found = [];
    for (let ring = first[at]; ring < first[at + 1]; ring++) {
      const line = [];
      for (let i = begin[ring]; i < begin[ring + 1]; i += 2) {
        line.push(window.L.CRS.EPSG3857.pointToLatLng(window.L.point(points[i], points[i + 1]), 0));
      }
      found.push([line]);
    }
    return found;
  }

  function written(at) {
    const value = shown.values[at];
    if (value === null) return "—";
    const { digits, sign } = shown.shades;
    const number = digits ? value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }) : onemap.look.count(value);
    return number + sign;
  }

  function told(at, above = []) {
    const { element } = onemap.units;
    const box = element("div");
    const rows = element("dl");
    const value = shown.values[at] === null ? shown.shades.nothing : written(at);
    rows.append(element("dt", shown.shades.title, "is-chosen"), element("dd", value, "is-chosen"));
    box.append(element("b", onemap.look.name(shown.features[at])));
    if (above.length) box.append(element("p", above.map(onemap.look.name).join(" › "), "hint"));
    box.append(rows);
    return box;
  }

  /* Names where the zoom has made room, the greatest value first; `labels.js` finds their place. */
  function labels() {
    if (!shown || !onemap.map.hasLayer(canvas)) return [];
    const { boxes } = shown.shapes;
    const least = NAMED_FROM / 2 ** onemap.map.getZoom();
    const wide = canvas.seen().filter((at) => boxes[4 * at + 2] - boxes[4 * at] > least);
    return wide.map(label).sort((a, b) => (b.value || 0) - (a.value || 0));
  }

  function label(at) {
    const said = shown.features[at];
    const bounds = () => window.L.latLngBounds(corner(4 * at), corner(4 * at + 2));
    const colour = shown.shades.colors[shown.inClass[at]] || onemap.units.palette().none;
    return {
      layer: { getBounds: bounds },
      at: window.L.latLng(said.lat, said.lon),
      value: shown.values[at],
      dark: onemap.labels.dark(colour),
      name: onemap.look.name(said),
      number: shown.values[at] === null ? "" : written(at),
    };
  }

  function corner(at) {
    const { boxes } = shown.shapes;
    return window.L.CRS.EPSG3857.pointToLatLng(window.L.point(boxes[at], boxes[at + 1]), 0);
  }

  onemap.cells = { levelOf, values, ready, show, play, labels, geometry };
})();
