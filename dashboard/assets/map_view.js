/* The map itself: where it looks, which polygons it holds, how one goes down and up. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const FLIGHT = 0.2; // seconds
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const CLOSEST = 17;
  const LEGEND = { wide: 28, high: 15 }; // letters, before it is drawn
  const GAP = 10; // pixels beside it
  const AGAIN = 250; // milliseconds within which a drawing usually stands
  const EMPTY = { type: "FeatureCollection", features: [] };
  const polygons = new Map();
  let landed = Promise.resolve();
  let shownAt = null;
  let fitted = null; // what was flown to, and where that ended

  /* dash-leaflet keeps its map to itself; Leaflet tells us when one is made. */
  window.L.Map.addInitHook(function () {
    onemap.map = this;
    this.attributionControl && this.attributionControl.setPrefix(false);
  });

  /* Leaflet's scale bar speaks no Chinese. */
  window.L.Control.Scale.include({
    _updateMetric: function (most) {
      const metres = this._getRoundNum(most);
      this._updateScale(this._mScale, onemap.place.round(metres), metres / most);
    },
  });

  /* What panels cover: places must be flown to where they can be seen. */
  function padding() {
    const covered = { top: 0, right: 0, bottom: 0, left: 0 };
    const whole = onemap.map.getContainer().getBoundingClientRect();
    for (const element of document.querySelectorAll("[data-covers]")) {
      const box = element.getBoundingClientRect();
      if (!box.width || !box.height) continue;
      const side = element.dataset.covers;
      if (side === "left") covered.left = Math.max(covered.left, box.right - whole.left);
      if (side === "right") covered.right = Math.max(covered.right, whole.right - box.left);
      if (side === "top") covered.top = Math.max(covered.top, box.bottom - whole.top);
      if (side === "bottom") covered.bottom = Math.max(covered.bottom, whole.bottom - box.top);
    }
    return {
      paddingTopLeft: [covered.left + 24, covered.top + 24],
      paddingBottomRight: [covered.right + 24, covered.bottom + 24],
    };
  }

  /* How far the legend reaches to the right and up; it may not be drawn yet. */
  function legendOver(bottom) {
    const legend = document.querySelector(".legend");
    const letter = parseFloat(window.getComputedStyle(legend).fontSize);
    const left = legend.getBoundingClientRect().left - onemap.map.getContainer().getBoundingClientRect().left;
    return {
      edge: left + GAP + Math.max(LEGEND.wide * letter, legend.offsetWidth),
      top: bottom - Math.max(LEGEND.high * letter, legend.offsetHeight),
    };
  }

  /* The middle of the room, or as far to the right of it as the legend asks for and is free: it costs no zoom. */
  function clear(bounds) {
    const map = onemap.map;
    const { paddingTopLeft, paddingBottomRight } = padding();
    const [from, to] = [window.L.point(paddingTopLeft), map.getSize().subtract(paddingBottomRight)];
    const taken = map.getSize().subtract(to.subtract(from));
    const zoom = Math.min(map.getBoundsZoom(corners(bounds), false, taken), CLOSEST);
    const [west, east] = corners(bounds).map((corner) => map.project(corner, zoom));
    const legend = legendOver(to.y);
    const spare = (to.x - from.x - (east.x - west.x)) / 2;
    const over = legend.edge - (from.x + spare);
    const below = (from.y + to.y + west.y - east.y) / 2 > legend.top;
    const aside = below ? Math.floor(Math.max(Math.min(over, spare), 0)) : 0;
    return { paddingTopLeft: [paddingTopLeft[0] + 2 * aside, paddingTopLeft[1]], paddingBottomRight };
  }

  /* Where what reaches so far down and is so wide may begin: beside the legend, where it would lie below it. */
  function beside(down, { paddingTopLeft, paddingBottomRight }, wide) {
    const [left, right] = [paddingTopLeft[0], onemap.map.getSize().x - paddingBottomRight[0]];
    const legend = legendOver(onemap.map.getSize().y - paddingBottomRight[1]);
    return down > legend.top && legend.edge + wide + 40 < right ? legend.edge : left;
  }

  function corners(bounds) {
    return [
      [bounds[1], bounds[0]],
      [bounds[3], bounds[2]],
    ];
  }

  /* Fly there; what is drawn next waits for the landing, since Leaflet places new shapes wrongly in mid-flight. */
  function fly(bounds) {
    const map = onemap.map;
    const options = Object.assign({ duration: FLIGHT, maxZoom: CLOSEST }, clear(bounds));
    const mine = (fitted = { bounds, room: room(), at: null });
    landed = new Promise((done) => {
      const land = () => {
        mine.at = mine.at || where();
        done();
      };
      const first = !map.getContainer().classList.contains("is-placed");
      if (first || still.matches) {
        map.fitBounds(corners(bounds), { ...options, animate: false });
        map.getContainer().classList.add("is-placed");
        watch();
        land();
        return;
      }
      map.once("moveend", land);
      map.flyToBounds(corners(bounds), options);
      window.setTimeout(land, 1000 * FLIGHT + 150); // a flight to where we are ends without a sound
    });
  }

  function where() {
    const { lat, lng } = onemap.map.getCenter();
    return [onemap.map.getZoom(), lat.toFixed(4), lng.toFixed(4)].join();
  }

  /* What is left of the map beside the rails and above the strip. */
  function room() {
    const { paddingTopLeft, paddingBottomRight } = padding();
    const size = onemap.map.getSize();
    return [size.x, size.y, paddingTopLeft[0], ...paddingBottomRight].map(Math.round).join();
  }

  /* Rails that fold and a strip that grows change the room: who has not moved the map sees the same place in it, for
     others the middle stays in the middle. */
  let settling = 0;
  let below = 0;
  function refit() {
    window.clearTimeout(settling);
    settling = window.setTimeout(() => {
      const high = padding().paddingBottomRight[1];
      const moved = !fitted.at || where() !== fitted.at || !onemap.popup.closed();
      if (moved && below && high !== below) onemap.map.panBy([0, (high - below) / 2], { animate: false });
      else if (!moved && room() !== fitted.room) fly(fitted.bounds);
      below = high;
    }, AGAIN);
  }

  function watch() {
    const sizes = new window.ResizeObserver(refit);
    for (const element of document.querySelectorAll(".rail, .trend")) sizes.observe(element);
  }

  /* A cell of the lowest level is shown among its neighbours. */
  function spread(bounds, alone) {
    if (!(alone || onemap.units.lowest())) return bounds;
    const wide = (bounds[2] - bounds[0]) * 0.6;
    const high = (bounds[3] - bounds[1]) * 0.6;
    return [bounds[0] - wide, bounds[1] - high, bounds[2] + wide, bounds[3] + high];
  }

  /* Fly as soon as the address changes: where a unit lies is known from its polygon before any answer. */
  function look(view) {
    if (!view || !onemap.map) return window.dash_clientside.no_update;
    const there = view.unit + "@" + (view.as_of || "");
    if (shownAt === there) return window.dash_clientside.no_update;
    const same = shownAt && shownAt.endsWith("@" + (view.as_of || ""));
    shownAt = there;
    ready(view.unit, view.as_of);
    if (view.at) return window.dash_clientside.no_update; // place.js flies to what was chosen there
    const drawn = same && onemap.units.boundsOf(view.unit);
    if (drawn) fly(spread(drawn));
    else {
      onemap.feed.unit(view.unit, view.as_of).then(
        (place) => shownAt === there && fly(spread(place.bounds, !place.children.length)),
        () => shownAt === there && (shownAt = null) // the picture tells what went wrong; flown to with the next that comes
      );
    }
    return window.dash_clientside.no_update;
  }

  /* Polygons are asked for before anybody knows their colours. */
  function ready(code, asOf) {
    Promise.all([onemap.feed.unit(code, asOf), onemap.feed.city()])
      .then(([place, facts]) => place.children.length && shapes(code, facts.version, asOf))
      .catch(() => {}); // asked again for the picture
  }

  /* All polygons of a picture: without them its numbers would stand on those of another. */
  function outlined(picture) {
    return Promise.all([shapes(picture.frame.unit.code, picture.version, picture.view.as_of), onemap.cells.ready(picture)]);
  }

  /* Polygons as Geobuf, kept as text because that is how dash-leaflet takes them without fetching by itself:
     it ignores every change that comes while it fetches, and a quick second click would be lost. */
  function shapes(code, version, asOf) {
    const says = "/children.geobuf?v=" + encodeURIComponent(version) + (asOf ? "&" + onemap.feed.dated(asOf) : "");
    const address = "/api/units/" + encodeURIComponent(code) + says;
    if (!polygons.has(address)) {
      const coming = onemap.problem.unless(address).then(async (answer) => {
        const bytes = new Uint8Array(await answer.arrayBuffer());
        let text = "";
        for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
        return btoa(text);
      });
      coming.catch(() => polygons.delete(address));
      polygons.set(address, coming);
      if (polygons.size > 60) polygons.delete(polygons.keys().next().value);
    }
    return polygons.get(address);
  }

  let drawing = 0;

  /* Polygons, values and classes change together, once the map has landed. */
  async function draw(shades, language, picture) {
    const none = window.dash_clientside.no_update;
    if (!picture || !picture.frame || !shades || shades.unit !== picture.frame.unit.code) return [none, none, none, none];
    if (shownAt === null) look(picture.view);
    const mine = ++drawing;
    const frame = picture.frame;
    const parent = frame.unit.path.length > 1 ? frame.unit.path[frame.unit.path.length - 2] : null;
    const [cells, data, around] = await Promise.all([
      onemap.cells.ready(picture),
      shapes(frame.unit.code, picture.version, picture.view.as_of),
      parent ? shapes(parent.code, picture.version, picture.view.as_of).catch(() => "") : "",
      landed,
    ]);
    if (mine !== drawing) return [none, none, none, none];
    onemap.map.fire("move"); // the scale bar may speak another language now
    const numbers = {};
    for (const child of frame.children) numbers[child.code] = child;
    const seen = { language, drawing: mine };
    const hideout = { ...seen, numbers, shades, theme: onemap.look.theme, chosen: frame.chosen, whole: picture.summary.total, outlined: Boolean(cells) };
    const context = { ...seen, hidden: frame.unit.code };
    const wanted = frame.unit.code + "@" + picture.version + "@" + (picture.view.as_of || "");
    onemap.units.expect(wanted, mine);
    onemap.cells.show(cells, shades);
    insist("map-units", hideout);
    if (around) insist("map-around", context);
    return [data, hideout, around || none, context];
  }

  /* dash-leaflet passes over what it is given while it still decodes what it got before: so it is given that again. */
  function insist(layer, hideout, tries = 40) {
    window.setTimeout(() => {
      if (!tries || hideout.drawing !== drawing || onemap.units.drew(layer) === drawing) return;
      window.dash_clientside.set_props(layer, { hideout: { ...hideout } });
      insist(layer, hideout, tries - 1);
    }, AGAIN);
  }

  /* Up is one step on the way back to the city. */
  function up() {
    const now = onemap.view.now;
    onemap.feed.unit(now.unit, now.as_of).then((place) => {
      const path = place.path;
      if (path.length > 1) onemap.view.go({ unit: path[path.length - 2].code });
    });
  }

  document.addEventListener("keydown", function (event) {
    if (event.target.closest && event.target.closest("input:not([type='radio']), textarea, [role='dialog']")) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key !== "Escape" && event.key !== "Backspace") return;
    if (event.key === "Escape" && onemap.popup && onemap.popup.close()) return;
    if (event.key === "Escape" && onemap.around && onemap.around.leave()) return;
    event.preventDefault();
    up();
  });

  onemap.mapView = { beside, fly, landed: () => landed, outlined, padding, EMPTY };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { map_view: { look, draw } });
})();
