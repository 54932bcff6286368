/* The browser half of "around here": asks what is near the chosen place, and draws the circle. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const NEAREST = 5;
  const USUAL = 500;
  const OLD = 30000; // milliseconds after which another picture asks again
  let circle = null;
  let asked = null; // the address that was asked
  let asking = null;
  let answer = null;
  let at = 0; // when it was answered
  let prepared = false;
  let before = { at: null, around: null };

  /* A right click and, on a touch screen, a long press. */
  function prepare() {
    if (prepared || !onemap.map) return;
    prepared = true;
    const legend = document.querySelector(".legend"); // which the panel stays above, however high it grows
    new window.ResizeObserver(() => document.documentElement.style.setProperty("--legend-high", legend.offsetHeight + "px")).observe(legend);
    onemap.map.on("contextmenu", (event) => {
      if (!onemap.measure || !onemap.measure.busy()) here(onemap.place.point(event.latlng.wrap().lng, event.latlng.lat));
    });
  }

  function here(place) {
    onemap.view.go({ at: place, around: onemap.view.now.around || USUAL });
  }

  function put(data) {
    window.dash_clientside.set_props("around-answer", { data });
  }

  function close() {
    onemap.view.go({ around: null, at: onemap.popup.about() });
  }

  function clear() {
    if (circle) circle.remove();
    circle = asked = null;
    if (asking) asking.abort();
    put(null);
  }

  function draw(place, metres) {
    if (circle) circle.remove();
    const look = { color: onemap.units.palette().accent, weight: 2, dashArray: "6 5", fillOpacity: 0.06, className: "around-circle" };
    circle = window.L.circle([place.lat, place.lon], { ...onemap.place.pane(), ...look, radius: metres }).addTo(onemap.map);
  }

  /* The filter holds in the circle; the unit does not, since the circle may cross its border. */
  function address(view, place) {
    const says = onemap.view.query(view);
    says.delete("unit");
    for (const [name, value] of [["lon", place.lon], ["lat", place.lat], ["metres", view.around], ["nearest", NEAREST]]) says.append(name, value);
    return "/api/around?" + says;
  }

  async function follow(view) {
    const none = window.dash_clientside.no_update;
    prepare();
    if (!view || !onemap.map) return none;
    const last = before;
    before = { at: view.at, around: view.around };
    document.documentElement.dataset.around = view.around ? "open" : "closed";
    if (!view.around || !view.at) {
      if (asked || circle) clear();
      return none;
    }
    try {
      const place = await onemap.place.known(view.at);
      if (onemap.view.now.at !== view.at) return none;
      draw(place, view.around);
      // Another place is flown to by place.js.
      if (last.at === view.at && last.around !== view.around) onemap.mapView.fly(onemap.place.reach(place, view.around));
      await ask(view, place);
    } catch (mistake) {
      if (mistake.name !== "AbortError") put({ view, error: mistake.message });
    }
    return none;
  }

  function old() {
    return Date.now() - at > OLD || at < onemap.feed.renewed();
  }

  async function ask(view, place) {
    const question = address(view, place);
    if (question === asked && !old()) return put({ view, answer });
    if (question !== asked) put({ view, answer: null });
    asked = question;
    if (asking) asking.abort();
    asking = new AbortController();
    const found = await onemap.feed.ask(question, asking.signal);
    if (question !== asked) return;
    answer = found;
    at = Date.now();
    put({ view, answer });
  }

  /* Another picture, another minute: the numbers of the circle are to be as fresh. */
  function refresh(picture) {
    if (picture && picture.view && onemap.view.now && onemap.view.now.around && old()) follow(onemap.view.now);
    return window.dash_clientside.no_update;
  }

  document.addEventListener("click", function (event) {
    if (!event.target.closest) return;
    const near = event.target.closest("[data-near]");
    if (near) onemap.place.show(near.dataset.near);
    else if (event.target.closest("[data-around-close]")) close();
    else if (event.target.closest("[data-around-here]")) here(event.target.closest("[data-around-here]").dataset.aroundHere);
  });

  /* Esc closes the panel, if it is open. */
  function leave() {
    if (!onemap.view.now || !onemap.view.now.around) return false;
    close();
    return true;
  }

  onemap.around = { close, leave, here };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { around: { follow, refresh } });
})();
