/* Names and values on the polygons, only where there is room: the greatest first, none over another. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const LINE = 17;
  let pane = null;
  let wanted = [];

  /* Chinese characters are square; Latin ones about half of that. */
  function width(text, size) {
    let units = 0;
    for (const letter of text) units += letter.charCodeAt(0) > 0x2e80 ? 1 : 0.58;
    return units * size;
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
      const numbers = context.numbers[code];
      const value = numbers ? numbers[context.shades.measure] : null;
      const at = Number.isFinite(said.lon) ? window.L.latLng(said.lat, said.lon) : layer.getBounds().getCenter();
      wanted.push({ layer, at, value, name: onemap.look.name(said), number: value === null ? "" : onemap.look.count(value) });
    }
    wanted.sort((a, b) => (b.value || 0) - (a.value || 0));
    place();
  }

  function clash(box, boxes) {
    return boxes.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]);
  }

  /* The polygon must be about as wide as its label, or the label would name the neighbour. */
  function room(label, map, wide) {
    const box = label.layer.getBounds();
    const a = map.latLngToLayerPoint(box.getNorthWest());
    const b = map.latLngToLayerPoint(box.getSouthEast());
    return b.x - a.x >= wide * 0.9 && b.y - a.y >= LINE * 1.4;
  }

  function place() {
    if (!pane) return;
    const map = onemap.map;
    const view = map.getPixelBounds();
    const origin = map.getPixelOrigin();
    const taken = [];
    const written = document.createDocumentFragment();
    for (const label of wanted) {
      const point = map.latLngToLayerPoint(label.at);
      if (!view.pad(0.1).contains(point.add(origin))) continue;
      const wide = Math.max(width(label.name, 13.5), width(label.number, 12.5)) + 6;
      const box = [point.x - wide / 2, point.y - LINE, point.x + wide / 2, point.y + LINE];
      if (!room(label, map, wide) || clash(box, taken)) continue;
      taken.push(box);
      const text = onemap.units.element("div", undefined, "unit-label");
      text.append(onemap.units.element("b", label.name), onemap.units.element("span", label.number));
      text.style.transform = "translate(-50%, -50%) translate(" + point.x + "px, " + point.y + "px)";
      written.append(text);
    }
    pane.replaceChildren(written);
    pane.classList.remove("is-flying");
  }

  onemap.labels = { draw, place };
})();
