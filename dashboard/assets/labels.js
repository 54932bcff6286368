/* Names and values on the polygons, only where there is room: the greatest first, none over another. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const LINE = 17;
  const SMALL = 0.8; // of the usual size, where that finds no room
  /* Steps aside, in widths and lines, the nearest first. */
  const STEPS = [0, 0.3, -0.3, 0.6, -0.6, 0.9, -0.9]
    .flatMap((x) => [0, -0.7, 0.7, -1.4, 1.4, -2.1, 2.1, -3, 3].map((y) => [x, y]))
    .sort(([x, y], [left, high]) => Math.hypot(4 * x, y) - Math.hypot(4 * left, high));
  let pane = null;
  let wanted = [];

  /* Chinese characters are square; Latin ones about half of that. */
  function width(text, size) {
    let units = 0;
    for (const letter of text) units += letter.charCodeAt(0) > 0x2e80 ? 1 : 0.58;
    return units * size;
  }

  /* Light letters on dark colours, dark ones on light. */
  function dark(colour) {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    return 0.3 * red + 0.59 * green + 0.11 * blue < 140;
  }

  function prepare(map) {
    if (pane) return;
    pane = map.createPane("onemap-labels");
    pane.className += " unit-labels";
    map.on("zoomstart", () => pane.classList.add("is-flying"));
    map.on("moveend zoomend viewreset resize", place);
  }

  function draw(layers, context) {
    prepare(onemap.map);
    wanted = [];
    for (const [code, layer] of layers) {
      const said = layer.feature.properties;
      const value = context.order[code]; // steps of a playback leave labels in their places
      const at = Number.isFinite(said.lon) ? window.L.latLng(said.lat, said.lon) : layer.getBounds().getCenter();
      wanted.push({ layer, at, value: context.outlined ? Infinity : value, dark: dark(onemap.units.colour(code)), name: onemap.look.name(said), number: context.shades.texts[code] || "" });
    }
    const kinds = shared(wanted.map((label) => label.name));
    for (const label of wanted) label.kinds = kinds;
    wanted.sort((a, b) => (b.value || 0) - (a.value || 0));
    place();
  }

  function clash(box, boxes) {
    return boxes.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]);
  }

  /* The polygon must be about as wide as its label, or the label would name the neighbour. */
  function extent(label, map) {
    const box = label.layer.getBounds();
    return window.L.bounds(map.latLngToLayerPoint(box.getNorthWest()), map.latLngToLayerPoint(box.getSouthEast()));
  }

  function boxAt(point, wide, high) {
    return [point.x - wide / 2, point.y - high, point.x + wide / 2, point.y + high];
  }

  /* The words that several names end in (District, Town) say what all of them are, and may be left out. */
  function shared(names) {
    const ends = names.map((name) => name.slice(name.lastIndexOf(" ") + 1));
    return new Set(ends.filter((end, at) => ends.indexOf(end) !== at));
  }

  /* A name on one line, else broken near its middle, else the same in small letters; at last without the kind of unit,
     and without the number. */
  function shapes(label) {
    const middle = label.name.length / 2;
    const gaps = [...label.name.matchAll(/ /g)].map((gap) => gap.index).sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    const broken = gaps.length ? [[label.name.slice(0, gaps[0]), label.name.slice(gaps[0] + 1)]] : [];
    const all = [[label.name], ...broken];
    const { number } = label;
    const tries = [1, SMALL].flatMap((size) => all.map((lines) => ({ lines, size, number })));
    const last = label.name.lastIndexOf(" ");
    const kind = last > 0 && label.kinds && label.kinds.has(label.name.slice(last + 1));
    const short = [kind ? label.name.slice(0, last) : label.name];
    if (kind) tries.push({ lines: short, size: SMALL, number });
    tries.push({ lines: short, size: SMALL, number: "" });
    return tries.map(({ lines, size, number }) => ({
      lines,
      number,
      small: size < 1,
      wide: Math.max(...lines.map((line) => width(line, 13.5)), width(number, 12.5)) * size + 6,
      high: (LINE * size * (lines.length + (number ? 1 : 0))) / 2,
    }));
  }

  /* In its place, or a step aside if a cluster is in the way; over another label or a count, neither could be read. */
  function spot(label, { wide, high }, { map, labels, clusters }) {
    const around = extent(label, map);
    const size = around.getSize();
    if (size.x < wide * 0.9 || size.y < high * 1.4) return null;
    const home = map.latLngToLayerPoint(label.at);
    const inner = [around.min.x - wide / 4, around.min.y, around.max.x + wide / 4, around.max.y];
    const holds = (point) => !label.layer._containsPoint || label.layer._containsPoint(point);
    const free = STEPS.map(([x, y]) => home.add([x * wide, y * LINE])).find((point) => {
      const box = boxAt(point, wide, high);
      const within = box[0] > inner[0] && box[1] > inner[1] && box[2] < inner[2] && box[3] < inner[3];
      return (point.equals(home) || (within && holds(point))) && !clash(box, labels) && !clash(box, clusters);
    });
    return free || null;
  }

  /* What lies over the map: a name half below it could not be read. */
  function panels(map) {
    const frame = map.getContainer().getBoundingClientRect();
    return [...document.querySelectorAll("[data-covers], .legend, .notice, .tools")].map((element) => {
      const box = element.getBoundingClientRect();
      const [from, to] = [[box.left, box.top], [box.right, box.bottom]].map(([x, y]) =>
        map.containerPointToLayerPoint([x - frame.left, y - frame.top])
      );
      return [from.x, from.y, to.x, to.y];
    });
  }

  function place() {
    if (!pane) return;
    const map = onemap.map;
    const view = map.getPixelBounds().pad(0.1);
    const origin = map.getPixelOrigin();
    const labels = [];
    const clusters = [...onemap.points.taken(), ...panels(map)];
    const written = document.createDocumentFragment();
    for (const label of [...wanted, ...onemap.cells.labels()]) {
      if (!view.contains(map.latLngToLayerPoint(label.at).add(origin))) continue;
      const found = shapes(label)
        .map((shape) => ({ ...shape, point: spot(label, shape, { map, labels, clusters }) }))
        .find((shape) => shape.point);
      if (!found) continue;
      const { point, lines, number } = found;
      labels.push(boxAt(point, found.wide, found.high));
      const text = onemap.units.element("div", undefined, label.dark ? "unit-label is-on-dark" : "unit-label");
      text.classList.toggle("is-small", found.small);
      text.append(...lines.map((line) => onemap.units.element("b", line)), ...(number ? [onemap.units.element("span", number)] : []));
      text.style.transform = "translate(-50%, -50%) translate(" + point.x + "px, " + point.y + "px)";
      written.append(text);
    }
    pane.replaceChildren(written);
    pane.classList.remove("is-flying");
  }

  onemap.labels = { draw, place, dark, clash, panels };
})();
