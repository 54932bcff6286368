/* The browser half of the incident list: a row flies to its incident and opens what it says. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const NEAR = 16;
  let items = [];

  function follow(page) {
    items = page ? page.incidents : items;
    return window.dash_clientside.no_update;
  }

  /* An incident without a point opens in the middle of its unit. */
  async function show(id) {
    const found = items.find((item) => String(item.id) === String(id));
    if (!found) return;
    const map = onemap.map;
    const wanted = onemap.popup.turn();
    if (found.placed) {
      const at = window.L.latLng(found.lat, found.lon);
      map.setView(at, Math.max(map.getZoom(), NEAR), { animate: false });
      onemap.popup.open("incidents", found, at);
      return;
    }
    try {
      const place = await onemap.feed.unit(found.unit.code, onemap.view.now.as_of);
      if (wanted()) onemap.popup.open("incidents", found, window.L.latLng(place.label[1], place.label[0]));
    } catch (mistake) {
      if (wanted()) onemap.popup.complain(mistake.message);
    }
  }

  onemap.incidents = { show };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { incident_list: { follow } });
})();
