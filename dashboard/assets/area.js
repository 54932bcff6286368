/* The area of a filter: drawn with the mouse, shown on the map as long as it is in force. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const DIGITS = 6;
  const CATCH = 12; // pixels around the first corner in which a click closes the polygon
  const TWICE = 300; // milliseconds in which a second click makes a double one
  const LINE = { interactive: false, weight: 2, dashArray: "6 4", fill: true, fillOpacity: 0.06 };
  let shown = null;
  let drawing = null;

  function look() {
    return { ...LINE, color: getComputedStyle(document.documentElement).getPropertyValue("--amber").trim() };
  }

  function wkt(places) {
    const ring = places.map((place) => place.lng.toFixed(DIGITS) + " " + place.lat.toFixed(DIGITS));
    return "POLYGON((" + [...ring, ring[0]].join(",") + "))";
  }

  /* What of the map no panel covers. */
  function seen() {
    const map = onemap.map;
    const { paddingTopLeft, paddingBottomRight } = onemap.mapView.padding();
    const size = map.getSize();
    const corner = (x, y) => map.containerPointToLatLng([x, y]);
    const [left, top] = paddingTopLeft;
    const [right, bottom] = [size.x - paddingBottomRight[0], size.y - paddingBottomRight[1]];
    return [corner(left, bottom), corner(right, bottom), corner(right, top), corner(left, top)];
  }

  /* What else a view is to say comes with the area: of two changes at once the second would undo the first. */
  function view(also) {
    onemap.view.go({ ...also, within: wkt(seen()), circle: null });
  }

  function around(metres, also) {
    const corners = seen();
    const middle = window.L.latLngBounds(corners).getCenter();
    circle(middle, metres, also);
  }

  function circle(middle, metres, also) {
    const said = [middle.lng.toFixed(DIGITS), middle.lat.toFixed(DIGITS), Math.round(metres)];
    onemap.view.go({ ...also, circle: said.join(","), within: null });
  }

  /* A veil over the map takes the mouse until the area is finished or given up. */
  function begin(hint, tool) {
    cancel();
    const map = onemap.map;
    const veil = window.L.DomUtil.create("div", "draw-veil", map.getContainer());
    const note = window.L.DomUtil.create("p", "draw-hint panel", veil);
    note.setAttribute("role", "status");
    note.textContent = onemap.look.text(hint);
    drawing = { map, veil, note, places: [], draft: null, ...tool };
    for (const name of ["click", "dblclick", "mousemove", "mousedown"]) {
      veil.addEventListener(name, function (event) {
        event.stopPropagation();
        if (drawing && drawing[name]) drawing[name](map.mouseEventToLatLng(event), event);
      });
    }
    document.addEventListener("keydown", keys, true);
  }

  function cancel() {
    if (!drawing) return;
    if (drawing.draft) drawing.draft.remove();
    drawing.veil.remove();
    drawing = null;
    document.removeEventListener("keydown", keys, true);
  }

  function keys(event) {
    if (!["Escape", "Enter", "Backspace"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") cancel();
    if (event.key === "Enter" && drawing.end) drawing.end();
    if (event.key === "Backspace") {
      drawing.places.pop();
      drawing.mousemove(drawing.last);
    }
  }

  function draft(shape) {
    if (drawing.draft) drawing.draft.remove();
    drawing.draft = shape && shape.addTo(drawing.map);
  }

  /* Whether a place is the one the polygon began with, as far as a hand can tell. */
  function begins(place) {
    const [one, other] = [place, drawing.places[0]].map((each) => drawing.map.latLngToContainerPoint(each));
    return one.distanceTo(other) <= CATCH;
  }

  function polygon() {
    begin("area_polygon_hint", {
      click: (place) => {
        const mine = drawing;
        if (!mine.places[2] || !begins(place)) return mine.places.push(place);
        mine.closing = true;
        window.setTimeout(() => drawing === mine && mine.end(), TWICE); // a second click must not reach the map
      },
      mousemove: (place) => {
        drawing.last = place;
        draft(drawing.places.length ? window.L.polygon([...drawing.places, place], look()) : null);
      },
      dblclick: () => {
        if (!drawing.closing) drawing.places.pop(); // the second click of the two made a corner of its own
        drawing.end();
      },
      end: () => {
        const { places } = drawing;
        if (places.length < 3) return;
        cancel();
        onemap.view.go({ within: wkt(places), circle: null });
      },
    });
  }

  function ring() {
    begin("area_circle_hint", {
      click: (place) => {
        const [middle] = drawing.places;
        if (!middle) {
          drawing.places.push(place);
          return;
        }
        const metres = onemap.map.distance(middle, place);
        if (metres < 1) return;
        cancel();
        circle(middle, metres);
      },
      mousemove: (place) => {
        drawing.last = place;
        const [middle] = drawing.places;
        if (!middle) {
          draft(null);
          return;
        }
        const metres = onemap.map.distance(middle, place);
        draft(window.L.circle(middle, { ...look(), radius: metres }));
        drawing.note.textContent = onemap.look.text("circle_of").replace("{metres}", Math.round(metres).toLocaleString("en-US"));
      },
    });
  }

  /* One place, by a click, or by Enter in the middle of what is seen. */
  function pick(hint, then) {
    const taken = (place) => (cancel(), then(place));
    begin(hint, { click: taken, mousemove: () => {}, end: () => taken(window.L.latLngBounds(seen()).getCenter()) });
  }

  function shape(view) {
    if (view.circle) {
      const [lon, lat, radius] = view.circle.split(",").map(Number);
      return window.L.circle([lat, lon], { ...look(), radius });
    }
    const rings = view.within && [...view.within.matchAll(/\(([^()]+)\)/g)].map((found) => found[1]);
    if (!rings || !rings.length) return null;
    const place = (pair) => pair.trim().split(/\s+/).map(Number).reverse();
    return window.L.polygon(rings.map((said) => said.split(",").map(place)), look());
  }

  function show(view) {
    if (!view || !onemap.map) return;
    if (shown) shown.remove();
    shown = shape(view);
    if (shown) shown.addTo(onemap.map);
  }

  onemap.area = { polygon, ring, view, around, pick, cancel };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { area: { show } });
})();
