/* How densely something stands or happens, as a surface: every cluster's count spread around its place. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const PANE = "onemap-heat";
  const TO = 13; // the zoom from which single points say more
  const FINER = 1; // zooms by which counts are asked for more closely than clusters are drawn
  const SPREAD = 26; // pixels: the standard deviation of what a count is spread by
  const GRAIN = 4; // pixels of the map in one of the surface
  const STEPS = 256;
  const FAINTEST = 0.12; // of the root of the greatest density; what is below fades out
  const MOST = 0.78; // opacity of the densest
  const held = new Map(); // overlay → [{ lat, lng, count }]
  let canvas = null;

  function far() {
    return onemap.map.getZoom() < TO;
  }

  /* A bell of one unit, in pixels of the surface. */
  function bell() {
    const wide = SPREAD / GRAIN;
    const reach = Math.ceil(3 * wide);
    const row = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-((at - reach) ** 2) / (2 * wide * wide)));
    const sum = row.reduce((one, other) => one + other, 0);
    return { reach, row: row.map((value) => value / sum) };
  }

  const BELL = bell();

  /* The surface over so many pixels: what is there of every count. */
  function surface(points, wide, high) {
    const { reach, row } = BELL;
    const field = new Float32Array(wide * high);
    for (const { x, y, count } of points) {
      const [left, top] = [Math.round(x / GRAIN) - reach, Math.round(y / GRAIN) - reach];
      for (let j = Math.max(0, -top); j < row.length && top + j < high; j++) {
        const part = count * row[j];
        for (let i = Math.max(0, -left); i < row.length && left + i < wide; i++) {
          field[(top + j) * wide + left + i] += part * row[i];
        }
      }
    }
    return field;
  }

  /* Colours of the theme from few to many, as red, green, blue and how much of them is seen. */
  function ramp() {
    const stops = [1, 2, 3, 4].map((at) => onemap.units.token("--heat-" + at).match(/[0-9a-f]{2}/g).map((part) => parseInt(part, 16)));
    return Array.from({ length: STEPS }, (_, at) => {
      const place = (at / (STEPS - 1)) * (stops.length - 1);
      const low = Math.min(Math.floor(place), stops.length - 2);
      const mixed = stops[low].map((part, which) => part + (stops[low + 1][which] - part) * (place - low));
      return [...mixed, 255 * MOST * Math.min(at / STEPS / FAINTEST / 2, 1)];
    });
  }

  const Heat = window.L.Renderer.extend({
    options: { padding: 0.1 },

    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._container.className = "heat";
    },

    _destroyContainer: function () {
      this._container.remove();
      delete this._container;
    },

    _updatePaths: function () {},

    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      window.L.Renderer.prototype._update.call(this);
      this.paint();
    },

    paint: function () {
      const [map, drawn, size] = [this._map, this._container, this._bounds.getSize()];
      const [wide, high] = [Math.ceil(size.x / GRAIN), Math.ceil(size.y / GRAIN)];
      window.L.DomUtil.setPosition(drawn, this._bounds.min);
      Object.assign(drawn, { width: wide, height: high });
      Object.assign(drawn.style, { width: wide * GRAIN + "px", height: high * GRAIN + "px" });
      const spots = [...held.values()].flat().map(({ lat, lng, count }) => {
        const { x, y } = map.latLngToLayerPoint([lat, lng]).subtract(this._bounds.min);
        return { x, y, count };
      });
      const field = surface(spots, wide, high);
      const densest = field.reduce((one, other) => Math.max(one, other), 0);
      this._colour(field, densest, wide, high);
      say(densest);
    },

    _colour: function (field, densest, wide, high) {
      const colours = ramp();
      const pen = this._container.getContext("2d");
      const image = pen.createImageData(wide, high);
      for (let at = 0; at < field.length; at++) {
        const root = densest ? Math.sqrt(field[at] / densest) : 0;
        if (root > FAINTEST / 2) image.data.set(colours[Math.round(((root - FAINTEST / 2) / (1 - FAINTEST / 2)) * (STEPS - 1))], 4 * at);
      }
      pen.putImageData(image, 0, 0);
      this._spare(pen);
    },

    /* The counts of other layers lie on the canvas below: they show through. */
    _spare: function (pen) {
      pen.globalCompositeOperation = "destination-out";
      for (const [left, top, right, bottom] of onemap.points.taken()) {
        const corner = window.L.point(left, top).subtract(this._bounds.min).divideBy(GRAIN);
        pen.beginPath();
        pen.roundRect(corner.x, corner.y, (right - left) / GRAIN, (bottom - top) / GRAIN, 8 / GRAIN);
        pen.fill();
      }
      pen.globalCompositeOperation = "source-over";
    },
  });

  /* The legend says how dense the densest is: things to a square kilometre. */
  function say(densest) {
    const map = onemap.map;
    const middle = map.getSize().divideBy(2);
    const metres = map.distance(map.containerPointToLatLng(middle), map.containerPointToLatLng(middle.add([GRAIN, 0])));
    const dense = densest / (metres / 1000) ** 2;
    const text = dense >= 10 ? onemap.look.count(dense) : dense.toPrecision(1);
    document.documentElement.style.setProperty("--heat-densest", JSON.stringify(densest ? text : "0"));
  }

  /* What a layer has in view, or nothing of it. */
  function hold(overlay, features) {
    if (!features.length && !held.has(overlay)) return;
    held.delete(overlay);
    if (features.length) {
      held.set(overlay, features.map(({ geometry, properties }) => ({ lng: geometry.coordinates[0], lat: geometry.coordinates[1], count: properties.count || 1 })));
    }
    show();
  }

  function show() {
    const map = onemap.map;
    document.body.classList.toggle("is-heated", held.size > 0);
    const all = [...held.values()].flat().reduce((sum, each) => sum + each.count, 0);
    map.getContainer().dataset.heat = all;
    if (!held.size) return canvas && canvas.remove();
    if (!canvas) {
      const pane = map.createPane(PANE);
      Object.assign(pane.style, { zIndex: 420, pointerEvents: "none" });
      map.getPane("overlayPane").after(pane); // above it in a picture, too
      canvas = new Heat({ pane: PANE });
    }
    if (map.hasLayer(canvas)) canvas.paint();
    else canvas.addTo(map);
    fade(onemap.view.now.opacity);
  }

  /* As much as the clearest of the layers that are in it. */
  function fade(opacity) {
    if (!canvas || !canvas._container) return;
    const parts = onemap.view.now.heat.map((layer) => (opacity[layer] || 100) / 100);
    canvas._container.style.opacity = Math.max(...parts, 0.01);
  }

  function restyle() {
    if (canvas && onemap.map.hasLayer(canvas)) canvas.paint();
  }

  onemap.heat = { FINER, far, hold, fade, restyle };
})();
