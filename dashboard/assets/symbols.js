/* How a cluster and a single point look: discs with counts, marks whose colour, shape and size their layer's style says. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const SYMBOLS_FROM = 15.5; // the zoom from which a camera shows where it looks
  const USUAL = 5; // pixels: the radius of a point whose layer says nothing of sizes
  const DASHES = { dashed: [3, 2.2], dotted: [0.3, 2.2] }; // in widths of the line, by the names that style sheets have
  const named = new Map(); // theme and name → colour
  const kinds = new WeakMap(); // style → value → kind

  function metresPerPixel(map, latitude) {
    return (40075016.686 * Math.cos((latitude * Math.PI) / 180)) / (256 * 2 ** map.getZoom());
  }

  /* A disc with its count in it, drawn by the canvas itself: no element per cluster. A cluster stands for an area, so
     those of each layer step aside by a few pixels, and any that still lies on another (apart.js). */
  const Cluster = window.L.CircleMarker.extend({
    _project: function () {
      window.L.CircleMarker.prototype._project.call(this);
      this._point = this._point.add(this.options.aside).add(this.options.step || [0, 0]);
      this._updateBounds();
    },
    /* A long number makes a square wider than its radius says. */
    _half: function () {
      const tall = this._radius * 0.85;
      return { tall, wide: Math.max(tall, this.options.text.length * 3.2 + 4) };
    },
    _updateBounds: function () {
      const reach = window.L.point(Math.max(this._radius, this._half().wide) + 3, this._radius + 3);
      this._pxBounds = window.L.bounds(this._point.subtract(reach), this._point.add(reach));
    },
    _updatePath: function () {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      const pen = renderer._ctx;
      if (this.options.square) {
        const { tall, wide } = this._half();
        pen.beginPath();
        pen.roundRect(this._point.x - wide, this._point.y - tall, 2 * wide, 2 * tall, 4);
        renderer._fillStroke(pen, this);
      } else renderer._updateCircle(this);
      pen.globalAlpha = this.options.opacity;
      pen.fillStyle = this.options.square ? onemap.units.palette().text : onemap.units.palette().ink;
      pen.font = "600 10.5px " + onemap.units.palette().font;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(this.options.text, this._point.x, this._point.y + 0.5);
      pen.globalAlpha = 1;
    },
  });

  /* A single point in its shape; if it says where it looks, from near with the cone of what it sees. */
  const Mark = window.L.CircleMarker.extend({
    _cone: function () {
      const { bearing, range } = this.options;
      if (!Number.isFinite(bearing) || !this._map || this._map.getZoom() < SYMBOLS_FROM) return 0;
      return Math.min(Math.max(range / metresPerPixel(this._map, this._latlng.lat), 14), 160);
    },
    _updateBounds: function () {
      const reach = Math.max(1.4 * this._radius, this._cone()) + 3;
      const corner = window.L.point(reach, reach);
      this._pxBounds = window.L.bounds(this._point.subtract(corner), this._point.add(corner));
    },
    _drawCone: function (pen, reach) {
      const half = (Math.min(this.options.angle, 360) * Math.PI) / 360;
      const middle = ((this.options.bearing - 90) * Math.PI) / 180;
      pen.globalAlpha = 0.13 * this.options.opacity;
      pen.fillStyle = this.options.fillColor;
      pen.beginPath();
      pen.moveTo(this._point.x, this._point.y);
      pen.arc(this._point.x, this._point.y, reach, middle - half, middle + half);
      pen.closePath();
      pen.fill();
    },
    _updatePath: function () {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      const pen = renderer._ctx;
      const reach = this._cone();
      if (reach) this._drawCone(pen, reach);
      const corners = onemap.city.shapes[this.options.shape] || [];
      if (!corners.length) return renderer._updateCircle(this);
      pen.beginPath();
      for (const [x, y] of corners) pen.lineTo(this._point.x + x * this._radius, this._point.y + y * this._radius);
      pen.closePath();
      renderer._fillStroke(pen, this);
    },
  });

  /* A colour as the page has it now: tokens by name, any other as it is. */
  function shade(color) {
    if (color.startsWith("#")) return color;
    const key = onemap.look.theme + color;
    if (!named.has(key)) named.set(key, onemap.units.token("--kind-" + color));
    return named.get(key);
  }

  function value(said, field) {
    return field in said ? said[field] : (said.attributes || {})[field];
  }

  /* The style of the layer that a point belongs to; incidents of all sources come as one overlay. */
  function styleOf(overlay, said) {
    const layer = onemap.city.layers.find((each) => (overlay === "incidents" ? each.incidents === said.source : each.id === overlay));
    return (layer && layer.style) || null;
  }

  function kindOf(style, said) {
    if (!style || !style.color_by) return null;
    if (!kinds.has(style)) kinds.set(style, new Map(style.kinds.flatMap((kind) => kind.values.map((each) => [each, kind]))));
    return kinds.get(style).get(String(value(said, style.color_by))) || style.other;
  }

  /* Areas stand for numbers, between the smallest and the largest circle; without a number it is the smallest. */
  function radiusOf(style, said) {
    if (!style || !style.size_by) return USUAL;
    const [least, largest] = style.radius;
    const number = Number(value(said, style.size_by));
    return number > 0 ? Math.min(Math.max(largest * Math.sqrt(number / style.most), least), largest) : least;
  }

  /* Large circles first, so that small ones lie upon them. */
  function sorted(overlay, features) {
    const layer = onemap.city.layers.find((each) => each.id === overlay);
    if (!layer || !layer.style || !layer.style.size_by) return features;
    const size = (feature) => radiusOf(layer.style, feature.properties);
    return [...features].sort((one, other) => size(other) - size(one));
  }

  /* Ten times as many is not ten times as wide. */
  function wide(count) {
    return Math.min(7 + 2.6 * Math.log10(count), 20);
  }

  /* Five signs at most, in the way of the language: 4.6万 or 46k. */
  function short(count) {
    if (count < 10000) return onemap.look.count(count);
    const [size, sign] = document.documentElement.lang !== "en" ? (count < 1e8 ? [1e4, "万"] : [1e8, "亿"]) : count < 999500 ? [1e3, "k"] : [1e6, "M"];
    return (count / size).toFixed(count < 10 * size ? 1 : 0) + sign;
  }

  function cluster(at, said, options) {
    const look = { weight: 1.5, fillColor: onemap.units.palette().disc, radius: wide(said.count), text: short(said.count) };
    return new Cluster(at, { ...look, ...options });
  }

  function mark(at, said, { overlay, color, ...options }) {
    const style = styleOf(overlay, said);
    const kind = kindOf(style, said);
    return new Mark(at, {
      color: onemap.units.palette().line,
      weight: 1,
      fillColor: kind ? shade(kind.color) : color,
      shape: kind ? kind.shape : "circle",
      radius: radiusOf(style, said),
      bearing: said.bearing,
      angle: said.field_of_view || 60,
      range: said.range || 50,
      ...options,
    });
  }

  /* A line or a polygon; how full it is filled is said by whoever draws it. From afar lines are thinner. */
  function outline(said, { overlay, color, filled }) {
    const style = styleOf(overlay, said);
    const kind = kindOf(style, said);
    const shown = kind ? shade(kind.color) : color;
    const weight = filled ? 1.5 : Math.min(Math.max((onemap.map.getZoom() - 7) / 2, 1), 3);
    const dashes = kind && DASHES[kind.shape];
    return { color: shown, fillColor: shown, fill: filled, weight, dashArray: dashes ? dashes.map((part) => part * weight).join(" ") : null };
  }

  /* What a single feature is drawn as, for whoever explains it: its layer and, where values have colours, its kind. */
  function meaning(overlay, said) {
    const style = styleOf(overlay, said);
    return { layer: onemap.city.layers.find((each) => each.style === style && style) || null, kind: kindOf(style, said) };
  }

  onemap.symbols = { DASHES, cluster, mark, meaning, outline, shade, sorted };
})();
