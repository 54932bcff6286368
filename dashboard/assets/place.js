/* The chosen place: a feature, an incident or a bare point, named in the address as `at`, ringed and told on the map. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const KINDS = { feature: "/api/features/", incident: "/api/incidents/" };
  const DIGITS = 6;
  const FRESH = 5000; // milliseconds for which what was learnt of a place is as good as new
  let shown = null; // the `at` that is drawn, or on its way
  let drawn = null; // what stands for it on the map

  /* Where lines and rings are drawn: over the points, below what opens, and clicks go through. */
  function pane() {
    const map = onemap.map;
    if (!map.getPane("onemap-place")) {
      map.createPane("onemap-place").style.zIndex = 470;
      onemap.place.renderer = window.L.svg({ pane: "onemap-place", padding: 0.5 });
    }
    return { pane: "onemap-place", renderer: onemap.place.renderer, interactive: false };
  }

  function metres(value) {
    const map = onemap.look;
    return value < 999.5 ? Math.round(value) + " " + map.text("metre") : (value / 1000).toFixed(value < 99950 ? 2 : 1) + " " + map.text("kilometre");
  }

  /* A round number of metres, as a scale bar says it. */
  function round(metres) {
    const far = metres >= 1000;
    return (far ? metres / 1000 : metres) + " " + onemap.look.text(far ? "kilometre" : "metre");
  }

  /* The place an address names, or nothing if it names none. */
  function parsed(at) {
    const thing = /^(feature|incident)-(\d+)$/.exec(at || "");
    if (thing) return { kind: thing[1], id: thing[2] };
    const point = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(at || "");
    return point && Math.abs(point[2]) <= 90 && Math.abs(point[1]) <= 180 ? { kind: "point", lon: Number(point[1]), lat: Number(point[2]) } : null;
  }

  function point(lon, lat) {
    return Number(lon).toFixed(DIGITS) + "," + Number(lat).toFixed(DIGITS);
  }

  /* All that is known of a place: where it is, and what its popup says. Without a point, its unit and the middle of that. */
  let latest = {};
  function known(at) {
    if (latest.at === at && Date.now() - latest.asked < FRESH) return latest.coming;
    const coming = fetched(at);
    latest = { at, coming, asked: Date.now() };
    coming.catch(() => (latest = {}));
    return coming;
  }

  function renew() {
    latest = {};
  }

  async function fetched(at) {
    const place = parsed(at);
    if (!place) throw new Error(onemap.look.text("place_unknown"));
    if (place.kind === "point") {
      const said = await onemap.feed.ask("/api/at?lon=" + place.lon + "&lat=" + place.lat);
      return { at, lon: place.lon, lat: place.lat, layer: "point", said, path: said.path };
    }
    const thing = await onemap.feed.ask(KINDS[place.kind] + place.id);
    const said = place.kind === "feature" ? { ...thing, ...thing.attributes } : thing;
    const found = { at, layer: place.kind === "feature" ? thing.layer : "incidents", said, path: thing.path };
    if (Number.isFinite(thing.lon)) return { ...found, lon: thing.lon, lat: thing.lat };
    const unit = await onemap.feed.unit(thing.path[thing.path.length - 1].code);
    return { ...found, lon: unit.label[0], lat: unit.label[1], bounds: unit.bounds };
  }

  function clear() {
    if (drawn) drawn.remove();
    drawn = null;
  }

  function mark(place) {
    clear();
    const at = [place.lat, place.lon];
    const options = pane();
    const accent = onemap.units.palette().accent;
    const line = onemap.units.palette().line;
    drawn = window.L.layerGroup([
      window.L.circleMarker(at, { ...options, radius: 15, color: line, weight: 6, opacity: 0.55, fill: false }),
      window.L.circleMarker(at, { ...options, radius: 15, color: accent, weight: 3, fill: false, className: "place-ring" }),
      window.L.circleMarker(at, { ...options, radius: 4, color: line, weight: 1.5, fillColor: accent, fillOpacity: 1 }),
    ]).addTo(onemap.map);
    onemap.map.getContainer().dataset.place = place.at;
  }

  /* The address says another place, or none. */
  async function follow(view) {
    const none = window.dash_clientside.no_update;
    if (!view || !onemap.map) return none;
    if (view.at === shown) return none;
    shown = view.at;
    document.documentElement.dataset.around = view.around ? "open" : "closed";
    onemap.popup.forget();
    if (!view.at) {
      clear();
      delete onemap.map.getContainer().dataset.place;
      return none;
    }
    try {
      const place = await known(view.at);
      if (shown !== view.at) return none;
      // With a circle around it, it is the circle that must be seen.
      onemap.mapView.fly(reach(place, onemap.view.now.around));
      await onemap.mapView.landed();
      if (shown !== view.at) return none;
      mark(place);
      if (!onemap.view.now.around) onemap.popup.open(place.layer, place.said, window.L.latLng(place.lat, place.lon), view.at);
    } catch (mistake) {
      if (shown !== view.at) return none;
      onemap.feed.unit(view.unit, view.as_of).then((unit) => onemap.mapView.fly(unit.bounds), () => {});
      onemap.view.go({ at: null, around: null });
      onemap.popup.complain(mistake.message);
    }
    return none;
  }

  function reach(place, around) {
    if (place.bounds && !around) return place.bounds; // nobody knows more exactly where it is
    const high = (around || 0) / 110574;
    const wide = high / Math.cos((place.lat * Math.PI) / 180);
    return [place.lon - wide, place.lat - high, place.lon + wide, place.lat + high];
  }

  /* Where a search leads: to the thing itself, in the smallest unit that holds both it and what is shown. */
  async function go(hit) {
    const at = hit.type === "coordinate" ? point(hit.lon, hit.lat) : hit.type + "-" + hit.id;
    const here = await onemap.feed.unit(onemap.view.now.unit, onemap.view.now.as_of).catch(() => ({ path: [] }));
    const common = here.path.filter((step, depth) => hit.path[depth] && hit.path[depth].code === step.code);
    const unit = common.length ? common[common.length - 1].code : onemap.view.now.unit;
    if (at === shown && onemap.popup.closed()) shown = null; // the same again: tell it again
    const next = { unit, at, around: null };
    if (shown === null && at === onemap.view.now.at) follow({ ...onemap.view.now, ...next });
    onemap.view.go(next);
  }

  /* Something of a list: look at it and read it, without leaving the place the list is about. */
  async function show(at) {
    const wanted = onemap.popup.turn();
    try {
      const place = await known(at);
      if (!wanted()) return;
      const spot = window.L.latLng(place.lat, place.lon);
      const map = onemap.map;
      if (place.bounds) {
        onemap.mapView.fly(place.bounds);
        await onemap.mapView.landed();
        if (!wanted()) return;
      } else map.setView(spot, Math.max(map.getZoom(), 16), { animate: false });
      onemap.popup.open(place.layer, place.said, spot);
    } catch (mistake) {
      if (wanted()) onemap.popup.complain(mistake.message);
    }
  }

  /* The popup of the chosen place was closed: without a circle around it, the place is left. */
  function left(at) {
    const now = onemap.view.now;
    if (now.at === at && !now.around) onemap.view.go({ at: null });
  }

  onemap.place = { go, show, left, known, renew, parsed, point, reach, pane, distance: metres, round };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { place: { follow } });
})();
