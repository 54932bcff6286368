/* Features and incidents by view and zoom: one overlay per layer on the canvas the polygons are on. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const leaflet = (onemap.leaflet = onemap.leaflet || {});
  const WAIT = 120; // milliseconds a view must rest before it is asked for
  const COARSER = 0.6; // zooms by which clusters are wider than the map would allow
  const FILLED = 0.45; // of a polygon, so that the unit below shows
  const NEAR = 6; // pixels from a line that still mean it
  const HEAT = "heat "; // begins the name of what a layer holds as a surface
  const HIGH = 60; // pixels of a unit that has room for a name and a count
  const EMPTY = { type: "FeatureCollection", features: [] };
  const asked = new Map(); // overlay → { address, abort }
  let timer = null;
  let raising = false;
  let watched = null;

  function aside(layer) {
    const features = onemap.city.layers.filter((each) => !each.incidents);
    const at = features.findIndex((each) => each.id === layer);
    const angle = (at * 2 * Math.PI) / features.length + 0.7;
    return at < 0 ? [0, 0] : [Math.round(40 * Math.cos(angle)), Math.round(32 * Math.sin(angle))];
  }

  /* The count of a unit makes room for the unit's name above it, unless it is too small for both. */
  function below({ bounds: [west, south, east, north] }) {
    const high = onemap.map.latLngToLayerPoint([south, west]).y - onemap.map.latLngToLayerPoint([north, east]).y;
    return high < HIGH ? [0, 0] : [0, 18];
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
    const { layer: overlay, color } = given.hideout;
    const incident = overlay === "incidents";
    if (said.count > 1 || said.units) {
      const stepped = incident && said.units && said.units.length === 1 ? below(said) : aside(overlay);
      return onemap.symbols.cluster(at, said, { color, ...faded(overlay, said, 0.78), incident, square: !incident, aside: stepped });
    }
    return onemap.symbols.mark(at, said, { overlay, color, incident, ...faded(overlay, said, 1) });
  };

  leaflet.shapeStyle = function (feature, given) {
    const { layer: overlay, color } = given.hideout;
    const said = feature.properties;
    const filled = onemap.city.layers.find((each) => each.id === overlay).geometry === "polygon";
    return { ...onemap.symbols.outline(said, { overlay, color, filled }), ...faded(overlay, said, filled ? FILLED : 1) };
  };

  leaflet.eachPoint = function (feature, layer, given) {
    layer.options.of = given.hideout.layer;
    if (!layer._radius) layer._clickTolerance = () => NEAR;
    layer.on("add", raise);
    if (feature.properties.units) layer.bindTooltip(() => onemap.counted.tip(feature.properties, given.hideout.layer), { sticky: true, className: "map-tip", opacity: 1 });
    layer.on("click", function (event) {
      window.L.DomEvent.stop(event);
      const map = onemap.map;
      if (feature.properties.units) onemap.counted.approach(feature.properties);
      else if (feature.properties.count > 1) {
        map.flyTo(layer.getLatLng(), Math.min(map.getZoom() + 2, 18), { duration: 0.25 });
      } else open(given.hideout.layer, feature.properties, layer._radius ? layer.getLatLng() : event.latlng);
    });
  };

  /* A map of many incidents says of each but what draws it; the rest is asked for when somebody wants to know. */
  async function open(overlay, said, at) {
    const wanted = onemap.popup.turn();
    const whole = overlay === "incidents" ? await onemap.feed.ask("/api/incidents/" + said.id).catch(() => said) : said;
    if (wanted()) onemap.popup.open(overlay, whole, at);
  }

  /* From the bottom of the drawing to its top, whichever came last. */
  function raise() {
    if (raising) return;
    raising = true;
    window.setTimeout(() => {
      raising = false;
      const found = [];
      onemap.map.eachLayer((layer) => layer.options.of && layer.bringToFront && found.push(layer));
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
    onemap.heat.fade(opacity || onemap.view.now.opacity);
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
      const { wide, tall } = layer.options.square ? layer._half() : { wide: layer._radius, tall: layer._radius };
      boxes.push([x - wide, y - tall, x + wide, y + tall]);
    });
    return boxes;
  }

  /* Where the map looks, and how closely. */
  function looking(finer) {
    const map = onemap.map;
    return "bbox=" + bbox(map) + "&zoom=" + Math.max(0, Math.floor(map.getZoom() - COARSER) + finer);
  }

  /* The incidents of the layers that are shown so, as far as the filter means their sources. */
  function incidents(view, layers, place) {
    const shown = layers.map((each) => each.incidents);
    const source = view.source.length ? view.source.filter((id) => shown.includes(id)) : shown;
    if (!source.length) return null;
    const every = shown.length === onemap.city.layers.filter((each) => each.incidents).length && !view.source.length;
    return "/api/points/incidents.geojson?" + onemap.view.query(view, { source: every ? [] : source }) + "&" + place;
  }

  /* What each overlay should hold for this view; null is nothing. A layer is drawn as points or as a surface. */
  function wishes(view) {
    // A layer is shown where the numbers are about; in a single cell, what stands across its border matters too.
    const says = onemap.view.standing(view);
    if (watched.frame.chosen) says.delete("unit");
    const on = (layer) => (view.layers ? view.layers.includes(layer.id) : layer.shown);
    const hot = (layer) => layer.geometry === "point" && view.heat.includes(layer.id) && onemap.heat.far();
    const events = onemap.city.layers.filter((each) => each.incidents && on(each));
    const found = new Map();
    for (const [before, drawn, place] of [["", (layer) => !hot(layer), looking(0)], [HEAT, hot, looking(onemap.heat.FINER)]]) {
      for (const layer of onemap.city.layers.filter((each) => !each.incidents)) {
        const address = "/api/points/" + layer.id + ".geojson?" + place + "&" + says;
        found.set(before + layer.id, on(layer) && drawn(layer) ? address : null);
      }
      found.set(before + "incidents", incidents(view, events.filter(drawn), place));
    }
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
      const answer = address ? await onemap.feed.ask(address, abort.signal) : EMPTY;
      await onemap.mapView.landed();
      if (asked.get(overlay).abort === abort) deliver(overlay, answer);
      window.setTimeout(settle, 60);
    } catch (mistake) {
      if (asked.get(overlay).abort !== abort) return;
      asked.delete(overlay); // asked again at the next move, or with the next picture
      deliver(overlay, null);
    }
  }

  /* Counts keep apart, names and the surface keep clear of them. */
  function settle() {
    onemap.apart.settle();
    onemap.labels.place();
    onemap.heat.restyle();
  }

  function deliver(overlay, answer) {
    onemap.counted.note(overlay, answer);
    answer = answer || EMPTY; // points of another question would be taken for this one's
    if (overlay.startsWith(HEAT)) return onemap.heat.hold(overlay, answer.features);
    const data = { ...answer, features: onemap.symbols.sorted(overlay, answer.features) };
    window.dash_clientside.set_props("map-points-" + overlay, { data });
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
      onemap.popup.renew();
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
    if (onemap.city) onemap.counted.say();
    onemap.heat.restyle();
    return hideouts.map((hideout) => ({ ...hideout, language, theme }));
  }

  onemap.points = { taken, restyle };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { points: { follow, dress } });
})();
