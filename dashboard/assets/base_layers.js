/* Base maps as Leaflet draws them: tiles of a server, tiles in GCJ-02 moved to where they belong, and files of tiles. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const L = window.L;
  const AXIS = 6378245;
  const SQUARED = 0.00669342162296594323;
  const wave = (turns, degrees) => Math.sin(turns * Math.PI * degrees);

  /* Where GCJ-02 puts a place; the formulas of layers/datum.py. */
  function gcj02(at) {
    const { lng, lat } = at;
    if (!(lng >= 72.004 && lng <= 137.8347 && lat >= 0.8293 && lat <= 55.8271)) return at;
    const x = lng - 105;
    const y = lat - 35;
    const root = Math.sqrt(Math.abs(x));
    const both = ((20 * wave(6, x) + 20 * wave(2, x)) * 2) / 3;
    let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both;
    north += ((20 * wave(1, y) + 40 * wave(1 / 3, y)) * 2) / 3 + ((160 * wave(1 / 12, y) + 320 * wave(1 / 30, y)) * 2) / 3;
    let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both;
    east += ((20 * wave(1, x) + 40 * wave(1 / 3, x)) * 2) / 3 + ((150 * wave(1 / 12, x) + 300 * wave(1 / 30, x)) * 2) / 3;
    const phi = (lat * Math.PI) / 180;
    const w2 = 1 - SQUARED * Math.sin(phi) ** 2;
    const w = Math.sqrt(w2);
    const degrees = 180 / Math.PI;
    return L.latLng(lat + (degrees * north * w2 * w) / (AXIS * (1 - SQUARED)), lng + (degrees * east * w) / (AXIS * Math.cos(phi)));
  }

  /* Tiles in GCJ-02: those around where the middle of the view is in theirs, drawn where it is in ours. The shift
     changes so slowly that one for the whole view is right to a few pixels at its edges. */
  const plain = L.TileLayer.prototype;
  const Shifted = L.TileLayer.extend({
    _getTiledPixelBounds(center) {
      return plain._getTiledPixelBounds.call(this, gcj02(center));
    },
    _setZoomTransform(level, center, zoom) {
      plain._setZoomTransform.call(this, level, gcj02(center), zoom);
    },
    _onMoveEnd() {
      plain._onMoveEnd.call(this);
      if (this._map && !this._map._animatingZoom) this._setZoomTransforms(this._map.getCenter(), this._map.getZoom());
    },
  });

  function tiles(offer, address) {
    const dense = offer.retina && L.Browser.retina ? 1 : 0;
    const options = {
      minZoom: offer.min_zoom,
      maxZoom: onemap.map.getMaxZoom() + dense,
      maxNativeZoom: Math.max(offer.max_zoom - dense, 0),
      subdomains: offer.subdomains,
      tms: offer.tms,
      detectRetina: offer.retina,
      crossOrigin: offer.cors ? "anonymous" : false,
      className: "base-map-tiles",
    };
    return new (offer.shifted ? Shifted : L.TileLayer)(address, options);
  }

  async function of(offer, hear) {
    if (offer.kind === "tiles") return offer.addresses.map((address) => tiles(offer, address));
    return [await onemap.tileFile(offer, hear)];
  }

  onemap.baseLayers = { of, gcj02 };
})();
