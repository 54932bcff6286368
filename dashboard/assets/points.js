/* Features and incidents by view and zoom: one overlay per layer on the canvas the polygons are on. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const leaflet = (onemap.leaflet = onemap.leaflet || {});
  const WAIT = 120; // milliseconds a view must rest before it is asked for
  const SYMBOLS_FROM = 15.5; // the zoom from which a camera shows where it looks
  const COARSER = 0.6; // zooms by which clusters are wider than the map would allow
  const EMPTY = { type: "FeatureCollection", features: [] };
  const asked = new Map(); // overlay → { address, abort }
  let timer = null;
  let raising = false;
  let watched = null;

  function metresPerPixel(map, latitude) {
    return (40075016.686 * Math.cos((latitude * Math.PI) / 180)) / (256 * 2 ** map.getZoom());
  }

  /* A disc with its count in it, drawn by the canvas itself: no element per cluster. A cluster stands for an area, so
     those of each layer may step aside by a few pixels and not cover those of another. */
  const Cluster = window.L.CircleMarker.extend({
    _project: function () {
      window.L.CircleMarker.prototype._project.call(this);
      this._point = this._point.add(this.options.aside);
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

  /* A camera: a dot, and from near the cone of what it sees. */
  const Camera = window.L.CircleMarker.extend({
    _cone: function () {
      if (!this._map || this._map.getZoom() < SYMBOLS_FROM) return 0;
      return Math.min(Math.max(this.options.range / metresPerPixel(this._map, this._latlng.lat), 14), 160);
    },
    _updateBounds: function () {
      const reach = Math.max(this._radius, this._cone()) + 3;
      const corner = window.L.point(reach, reach);
      this._pxBounds = window.L.bounds(this._point.subtract(corner), this._point.add(corner));
    },
    _updatePath: function () {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      const reach = this._cone();
      if (reach) {
        const pen = renderer._ctx;
        const half = (Math.min(this.options.angle, 360) * Math.PI) / 360;
        const middle = ((this.options.bearing - 90) * Math.PI) / 180;
        pen.globalAlpha = 0.13 * this.options.opacity;
        pen.fillStyle = this.options.fillColor;
        pen.beginPath();
        pen.moveTo(this._point.x, this._point.y);
        pen.arc(this._point.x, this._point.y, reach, middle - half, middle + half);
        pen.closePath();
        pen.fill();
      }
      renderer._updateCircle(this);
    },
  });

  function aside(layer) {
    const features = onemap.city.layers.filter((each) => !each.incidents);
    const at = features.findIndex((each) => each.id === layer);
    const angle = (at * 2 * Math.PI) / features.length + 0.7;
    return at < 0 ? [0, 0] : [Math.round(30 * Math.cos(angle)), Math.round(28 * Math.sin(angle))];
  }

  /* Ten times as many is not ten times as wide. */
  function radius(count) {
    return Math.min(7 + 2.6 * Math.log10(count), 20);
  }

  function short(count) {
    if (count < 1000) return String(count);
    return onemap.look.count(count).length <= 5 ? onemap.look.count(count) : Math.round(count / 1000) + "k";
  }

  /* How much of a layer is seen; a count of several sources' incidents, as much as the clearest of them. */
  function seen(layer, said, opacity) {
    const { layers } = onemap.city;
    const of = (id) => (opacity[id] || 100) / 100;
    if (layer !== "incidents") return of(layer);
    const events = layers.filter((each) => each.incidents && (!said.source || each.incidents === said.source));
    return Math.max(...events.map((each) => of(each.id)), 0.01);
  }

  function faded(layer, said, whole, opacity = onemap.view.now.opacity) {
    const part = seen(layer, said, opacity);
    return { whole, opacity: part, fillOpacity: whole * part };
  }

  leaflet.point = function (feature, at, given) {
    const said = feature.properties;
    const color = given.hideout.color;
    const incident = given.hideout.layer === "incidents";
    if (said.count > 1) {
      const style = { color, weight: 1.5, fillColor: onemap.units.palette().disc, ...faded(given.hideout.layer, said, 0.78), incident, square: !incident, aside: aside(given.hideout.layer) };
      return new Cluster(at, { ...style, radius: radius(said.count), text: short(said.count) });
    }
    const style = { incident, radius: 5, color: onemap.units.palette().line, weight: 1, fillColor: color, ...faded(given.hideout.layer, said, 1) };
    if (!Number.isFinite(said.bearing)) return window.L.circleMarker(at, style);
    const off = said.status === "offline";
    return new Camera(at, {
      ...style,
      fillColor: off ? onemap.units.palette().none : color,
      bearing: said.bearing,
      angle: said.field_of_view || 60,
      range: said.range || 50,
    });
  };

  leaflet.eachPoint = function (feature, layer, given) {
    layer.options.of = given.hideout.layer;
    layer.on("add", raise);
    layer.on("click", function (event) {
      window.L.DomEvent.stop(event);
      const map = onemap.map;
      if (feature.properties.count > 1) {
        map.flyTo(layer.getLatLng(), Math.min(map.getZoom() + 2, 18), { duration: 0.25 });
      } else {
        onemap.popup.open(given.hideout.layer, feature.properties, layer.getLatLng());
      }
    });
  };

  /* From the bottom of the drawing to its top, whichever came last. */
  function raise() {
    if (raising) return;
    raising = true;
    window.setTimeout(() => {
      raising = false;
      const found = [];
      onemap.map.eachLayer((layer) => layer._radius && layer.options.of && found.push(layer));
      for (const overlay of drawing().reverse()) {
        for (const layer of found) if (layer.options.of === overlay) layer.bringToFront();
      }
    }, 0);
  }

  /* The overlays from top to bottom; incidents of all sources are one. */
  function drawing() {
    const said = onemap.view.now.order || [];
    const ids = [...said, ...onemap.city.drawing.filter((id) => !said.includes(id))];
    const events = new Set(onemap.city.layers.filter((each) => each.incidents).map((each) => each.id));
    return [...new Set(ids.map((id) => (events.has(id) ? "incidents" : id)))];
  }

  /* Another opacity or order needs no new answer. */
  function restyle(opacity) {
    onemap.map.eachLayer((layer) => {
      const { of, whole } = layer.options;
      if (of && layer.setStyle) layer.setStyle(faded(of, layer.feature.properties, whole, opacity));
    });
    raise();
  }

  function bbox(map) {
    const view = map.getBounds().pad(0.05);
    return [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].map((edge) => edge.toFixed(5)).join(",");
  }

  /* Where clusters are drawn, so that labels can keep clear of them. */
  function taken() {
    const boxes = [];
    onemap.map.eachLayer((layer) => {
      if (!layer.options.text || !layer._point) return;
      const { x, y } = layer._point;
      const r = layer._radius;
      boxes.push([x - r, y - r, x + r, y + r]);
    });
    return boxes;
  }

  /* What each overlay should hold for this view; null is nothing. */
  function wishes(view) {
    const map = onemap.map;
    const day = view.as_of ? "&" + onemap.feed.dated(view.as_of) : "";
    const place = "bbox=" + bbox(map) + "&zoom=" + Math.max(0, Math.floor(map.getZoom() - COARSER));
    // A layer is shown where the numbers are about; in a single cell, what stands across its border matters too.
    const inside = watched.frame.chosen ? "" : "unit=" + encodeURIComponent(view.unit) + "&";
    const layers = onemap.city.layers;
    const on = (layer) => (view.layers ? view.layers.includes(layer.id) : layer.shown);
    const found = new Map();
    for (const layer of layers.filter((each) => !each.incidents)) {
      found.set(layer.id, on(layer) ? "/api/points/" + layer.id + ".geojson?" + inside + place + day : null);
    }
    const events = layers.filter((each) => each.incidents);
    const shown = events.filter(on).map((each) => each.incidents);
    const source = view.source.length ? view.source.filter((id) => shown.includes(id)) : shown;
    const every = shown.length === events.length && !view.source.length;
    const says = onemap.view.query(view, { source: every ? [] : source });
    found.set("incidents", source.length ? "/api/points/incidents.geojson?" + says + "&" + place : null);
    return found;
  }

  /* The old points stay until the new ones are there. */
  async function refresh(overlay, address, at) {
    const before = asked.get(overlay);
    if (before && before.address === address && before.at === at) return;
    if (before) before.abort.abort();
    const abort = new AbortController();
    asked.set(overlay, { address, at, abort });
    try {
      const data = address ? await onemap.feed.ask(address, abort.signal) : EMPTY;
      await onemap.mapView.landed();
      if (asked.get(overlay).abort === abort) window.dash_clientside.set_props("map-points-" + overlay, { data });
        window.setTimeout(onemap.labels.place, 60);
    } catch (mistake) {
      if (asked.get(overlay).abort === abort) asked.delete(overlay); // asked again at the next move
    }
  }

  function now() {
    if (!watched || !onemap.map.getContainer().classList.contains("is-placed")) return;
    for (const [overlay, address] of wishes(onemap.view.now)) refresh(overlay, address, address && watched.at);
  }

  /* A new picture (another filter, another hour) or another view of the map both ask again. */
  function follow(picture) {
    if (picture && picture.view) {
      if (!watched) onemap.map.on("moveend", later);
      watched = picture;
      restyle();
      later();
    }
    return window.dash_clientside.no_update;
  }

  function later() {
    window.clearTimeout(timer);
    timer = window.setTimeout(now, WAIT);
  }

  /* Overlays learn of another language or theme through their hideout, and are drawn again. */
  function dress(language, theme, ...hideouts) {
    onemap.units.paint();
    onemap.popup.translate();
    return hideouts.map((hideout) => ({ ...hideout, language, theme }));
  }

  onemap.points = { taken, restyle };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { points: { follow, dress } });
})();
