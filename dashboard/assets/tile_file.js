/* A PMTiles file as a base map. Its decoders are fetched when one is chosen, its tiles piece by piece from our server. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const scripts = new Map();
  const CITY_LAYERS = ["earth", "landuse", "landcover", "water", "roads", "buildings", "boundaries", "places", "pois"];

  function script(name) {
    if (!scripts.has(name)) {
      const coming = new Promise((done, fail) => {
        const tag = document.createElement("script");
        tag.src = "/assets/vendor/" + name + ".js";
        tag.onload = done;
        tag.onerror = () => fail(new Error(tag.src));
        document.head.append(tag);
      });
      coming.catch(() => scripts.delete(name));
      scripts.set(name, coming);
    }
    return scripts.get(name);
  }

  /* The decoders keep failures to themselves, so they are heard of where tiles are asked for. */
  function heard(source, hear) {
    const plain = source.getZxy.bind(source);
    source.getZxy = async (...asked) => {
      try {
        const tile = await plain(...asked);
        hear.came();
        return tile;
      } catch (mistake) {
        if (mistake.name === "AbortError") throw mistake;
        hear.failed();
        return undefined;
      }
    };
    return source;
  }

  /* A file that does not have the layers of Protomaps is drawn plainly: areas, lines and points in quiet colours. */
  function quiet(layers) {
    const { PolygonSymbolizer, LineSymbolizer, CircleSymbolizer, GeomType } = window.protomapsL;
    const { line, accent, none } = onemap.units.palette();
    const looks = [
      [GeomType.Polygon, new PolygonSymbolizer({ fill: none, opacity: 0.6, stroke: line, width: 0.5 })],
      [GeomType.Line, new LineSymbolizer({ color: accent, width: 1, opacity: 0.6 })],
      [GeomType.Point, new CircleSymbolizer({ radius: 2, fill: accent, opacity: 0.6 })],
    ];
    const rules = looks.flatMap(([kind, symbolizer]) =>
      layers.map((dataLayer) => ({ dataLayer, symbolizer, filter: (zoom, feature) => feature.geomType === kind }))
    );
    return { paintRules: rules, labelRules: [] };
  }

  async function vector(offer, source) {
    await script("protomaps-leaflet");
    const { vector_layers: said } = await source.getMetadata();
    const layers = (said || []).map((layer) => layer.id);
    const known = !layers.length || layers.some((layer) => CITY_LAYERS.includes(layer));
    const flavor = { flavor: onemap.look.applyTheme(), lang: onemap.look.language() };
    const layer = window.protomapsL.leafletLayer({
      url: source,
      minZoom: offer.min_zoom,
      maxDataZoom: offer.max_zoom,
      attribution: "",
      className: "base-map-drawn",
      ...(known ? flavor : quiet(layers)),
    });
    // Units are named by us: the file's names of the same places would lie half hidden below them.
    const others = layer.labelRules.filter((rule) => rule.dataLayer !== "places");
    layer.labelRules.splice(0, layer.labelRules.length, ...others); // which its labelers hold, too
    return layer;
  }

  onemap.tileFile = async function (offer, hear) {
    await script("pmtiles");
    const source = heard(new window.pmtiles.PMTiles(offer.addresses[0]), hear);
    if (offer.kind === "vector") return vector(offer, source);
    await source.getHeader(); // which the layer would miss without a word
    const zooms = { minZoom: offer.min_zoom, maxZoom: onemap.map.getMaxZoom(), maxNativeZoom: offer.max_zoom };
    return window.pmtiles.leafletRasterLayer(source, { ...zooms, className: "base-map-tiles" });
  };
})();
