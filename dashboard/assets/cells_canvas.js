/* Many units on one canvas of their own: what Leaflet's layers, one object for each polygon, are too slow for. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const BUCKETS = 96; // rows and columns of the index that finds the unit below the mouse
  const NEAR = 0.7; // pixels below which two points of an outline are one
  const LINES_FROM = 12; // pixels units must be wide on average for lines between them

  /* Degrees to the pixels of zoom 0, as Leaflet's own projection has them. */
  function x0(lon) {
    return (256 * (lon + 180)) / 360;
  }

  function y0(lat) {
    const sine = Math.sin((Math.max(Math.min(lat, 85.0511287798), -85.0511287798) * Math.PI) / 180);
    return 256 * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
  }

  /* All outlines one after the other: `points` in pixels of zoom 0, where each ring begins, and each unit's first ring. */
  function flat(features) {
    const points = [];
    const rings = [];
    const first = new Int32Array(features.length + 1);
    const boxes = new Float64Array(4 * features.length);
    features.forEach((feature, at) => {
      first[at] = rings.length;
      const { type, coordinates } = feature.geometry || { type: "Polygon", coordinates: [] };
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (const polygon of type === "MultiPolygon" ? coordinates : [coordinates]) {
        for (const ring of polygon) {
          rings.push(points.length);
          for (const [lon, lat] of ring) {
            const x = x0(lon);
            const y = y0(lat);
            points.push(x, y);
            if (x < box[0]) box[0] = x;
            if (y < box[1]) box[1] = y;
            if (x > box[2]) box[2] = x;
            if (y > box[3]) box[3] = y;
          }
        }
      }
      boxes.set(box, 4 * at);
    });
    first[features.length] = rings.length;
    rings.push(points.length);
    return { points: Float64Array.from(points), rings: Int32Array.from(rings), first, boxes, index: index(boxes) };
  }

  /* Which units may be at a place: those whose box reaches into its bucket. */
  function index(boxes) {
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = 0; at < boxes.length; at += 4) {
      west = Math.min(west, boxes[at]);
      north = Math.min(north, boxes[at + 1]);
      east = Math.max(east, boxes[at + 2]);
      south = Math.max(south, boxes[at + 3]);
    }
    const wide = (east - west) / BUCKETS || 1;
    const high = (south - north) / BUCKETS || 1;
    const buckets = new Map();
    const column = (x) => Math.floor((x - west) / wide);
    const row = (y) => Math.floor((y - north) / high);
    for (let at = 0; at < boxes.length / 4; at++) {
      for (let i = column(boxes[4 * at]); i <= column(boxes[4 * at + 2]); i++) {
        for (let j = row(boxes[4 * at + 1]); j <= row(boxes[4 * at + 3]); j++) {
          const key = i * 1000 + j;
          if (buckets.has(key)) buckets.get(key).push(at);
          else buckets.set(key, [at]);
        }
      }
    }
    return (x, y) => buckets.get(column(x) * 1000 + row(y)) || [];
  }

  function inside({ points, rings, first }, at, x, y) {
    let odd = false;
    for (let ring = first[at]; ring < first[at + 1]; ring++) {
      for (let i = rings[ring], j = rings[ring + 1] - 2; i < rings[ring + 1]; j = i, i += 2) {
        const [yi, yj] = [points[i + 1], points[j + 1]];
        if (yi > y !== yj > y && x < ((points[j] - points[i]) * (y - yi)) / (yj - yi) + points[i]) odd = !odd;
      }
    }
    return odd;
  }

  /* The unit at a place of the map, or -1. */
  function hit(shapes, at) {
    const [x, y] = [x0(at.lng), y0(at.lat)];
    const found = shapes.index(x, y).find((each) => inside(shapes, each, x, y));
    return found === undefined ? -1 : found;
  }

  /* A unit's outline at a scale, without points nobody could tell apart there. */
  function outline({ points, rings, first }, at, { scale, left, top }) {
    const path = new Path2D();
    for (let ring = first[at]; ring < first[at + 1]; ring++) {
      let x = points[rings[ring]] * scale - left;
      let y = points[rings[ring] + 1] * scale - top;
      path.moveTo(x, y);
      for (let i = rings[ring] + 2; i < rings[ring + 1] - 2; i += 2) {
        const toX = points[i] * scale - left;
        const toY = points[i + 1] * scale - top;
        if (Math.abs(toX - x) + Math.abs(toY - y) < NEAR) continue;
        path.lineTo(toX, toY);
        x = toX;
        y = toY;
      }
      path.closePath();
    }
    return path;
  }

  const Cells = window.L.Renderer.extend({
    options: { padding: 0.1 },
    shapes: null,
    colour: null,
    line: "#000",
    _outlines: null, // of one scale; moving the map and other colours need no new ones

    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._pen = this._container.getContext("2d");
    },

    _destroyContainer: function () {
      this._container.remove();
      delete this._container;
      delete this._pen;
    },

    _updatePaths: function () {},

    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      window.L.Renderer.prototype._update.call(this);
      this.paint();
    },

    /* Where the canvas is in pixels of the map's zoom. */
    _view: function () {
      const corner = this._map.getPixelOrigin().add(this._bounds.min);
      return { scale: 2 ** this._map.getZoom(), left: corner.x, top: corner.y };
    },

    /* The numbers of the units that are in view. */
    seen: function () {
      const { scale, left, top } = this._view();
      const size = this._bounds.getSize();
      const [west, north, east, south] = [left / scale, top / scale, (left + size.x) / scale, (top + size.y) / scale];
      const { boxes } = this.shapes;
      const found = [];
      for (let at = 0; at < boxes.length; at += 4) {
        if (boxes[at] < east && boxes[at + 2] > west && boxes[at + 1] < south && boxes[at + 3] > north) found.push(at / 4);
      }
      return found;
    },

    paint: function () {
      const [canvas, pen, size] = [this._container, this._pen, this._bounds.getSize()];
      const dense = window.devicePixelRatio || 1;
      window.L.DomUtil.setPosition(canvas, this._bounds.min);
      canvas.width = size.x * dense;
      canvas.height = size.y * dense;
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
      if (!this.shapes) return;
      const view = this._view();
      const seen = this.seen();
      const drawn = this._drawn(view);
      pen.setTransform(dense, 0, 0, dense, dense * (drawn.left - view.left), dense * (drawn.top - view.top));
      for (const at of seen) {
        pen.fillStyle = this.colour(at);
        pen.fill((drawn.paths[at] = drawn.paths[at] || outline(this.shapes, at, drawn)), "evenodd");
      }
      const wide = this._mean(seen) * view.scale;
      if (wide < LINES_FROM) return; // the finest of gaps remain between colours, which is line enough
      pen.strokeStyle = this.line;
      pen.lineWidth = wide > 40 ? 1 : 0.6;
      for (const at of seen) pen.stroke(drawn.paths[at]);
    },

    /* The outlines made so far for a scale, and the corner they are measured from. */
    _drawn: function ({ scale, left, top }) {
      const kept = this._outlines;
      if (kept && kept.shapes === this.shapes && kept.scale === scale) return kept;
      return (this._outlines = { shapes: this.shapes, scale, left, top, paths: [] });
    },

    /* How wide units are on average, at zoom 0. */
    _mean: function (units) {
      const { boxes } = this.shapes;
      let sum = 0;
      for (const at of units) sum += boxes[4 * at + 2] - boxes[4 * at];
      return sum / Math.max(units.length, 1);
    },
  });

  onemap.cellsCanvas = { Cells, flat, hit };
})();
