/* How polygons look and answer: colours from the hideout, labels where there is room, a tooltip, a click to go down. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const leaflet = (onemap.leaflet = onemap.leaflet || {});
  const layers = new Map(); // code → the polygon on the map
  let context = null; // { numbers, shades, … } of what is drawn
  let played = null; // the values and classes of one step of a playback, in place of those of the whole period
  let expected = { key: "", drawing: 0 };
  const drew = new Map(); // layer of the page → number of the drawing it shows
  let queued = false;

  function token(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  let palette = {};
  function paint() {
    palette = {
      line: token("--map-line"),
      none: token("--no-data"),
      accent: token("--accent"),
      quiet: token("--map-quiet"),
      disc: token("--disc"),
      ink: token("--ink"),
      text: token("--text"),
      font: token("--font"),
    };
  }

  /* The colour of a unit: that of its class; without a value it has none, and is grey. */
  function colour(code, shades) {
    return shades.colors[shades.classes[code]] || palette.none;
  }

  /* What colours the units now: the step that is played, where it is of these units. */
  function seen(shades) {
    return played && shades && played.unit === shades.unit ? played : shades;
  }

  leaflet.unitStyle = function (feature, given) {
    const hideout = given.hideout;
    if (!hideout || !hideout.shades) return { stroke: false, fill: false };
    const code = feature.properties.code;
    const chosen = hideout.chosen === code;
    // Where all units of a lower level are drawn, these are but the lines around them.
    if (hideout.outlined) return { color: palette.quiet, weight: 1.6, opacity: 1, fill: false, interactive: false };
    return {
      fill: true,
      interactive: true,
      color: chosen ? palette.accent : palette.line,
      weight: chosen ? 3 : 1,
      opacity: 1,
      fillColor: colour(code, seen(hideout.shades)),
      fillOpacity: (hideout.chosen && !chosen ? 0.6 : 0.92) * onemap.baseMap.veil(),
    };
  };

  leaflet.eachUnit = function (feature, layer, given) {
    const code = feature.properties.code;
    context = given.hideout;
    drew.set("map-units", context.drawing);
    layers.set(code, layer);
    layer.on({
      mouseover: () => layer.setStyle({ weight: 2.5, color: palette.accent }),
      mouseout: () => layer.setStyle(leaflet.unitStyle(feature, { hideout: context })),
      click: (event) => {
        window.L.DomEvent.stop(event);
        onemap.view.go({ unit: code });
      },
    });
    layer.bindTooltip(() => tooltip(feature.properties), { sticky: true, className: "map-tip", opacity: 1 });
    settle();
  };

  leaflet.aroundStyle = function () {
    return { color: palette.line, weight: 1, fillColor: palette.quiet, fillOpacity: 0.7 * onemap.baseMap.veil() ** 3 };
  };

  leaflet.notHidden = function (feature, given) {
    return feature.properties.code !== (given.hideout || {}).hidden;
  };

  leaflet.eachAround = function (feature, layer, given) {
    drew.set("map-around", given.hideout.drawing);
    layer.options.around = true;
    layer.on({
      mouseover: () => layer.setStyle({ color: palette.accent }),
      mouseout: () => layer.setStyle(leaflet.aroundStyle()),
      click: (event) => {
        window.L.DomEvent.stop(event);
        onemap.view.go({ unit: feature.properties.code });
      },
    });
    layer.bindTooltip(() => element("b", onemap.look.name(feature.properties)), { sticky: true, className: "map-tip", opacity: 1 });
    settle();
  };

  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function tooltip(properties) {
    const look = onemap.look;
    const box = element("div");
    box.append(element("b", look.name(properties)));
    const numbers = context && context.numbers[properties.code];
    if (!numbers) {
      box.append(element("p", look.text("no_data")));
      return box;
    }
    const rows = element("dl");
    const { title, texts, parts, nothing } = seen(context.shades);
    const text = texts[properties.code];
    const term = element("dt", title, "is-chosen");
    rows.append(term, element("dd", text === undefined ? nothing : text, "is-chosen"));
    if (text !== undefined && parts[properties.code]) rows.append(element("dt", ""), element("dd", parts[properties.code]));
    if (seen(context.shades) === played) {
      box.append(rows); // the other numbers are of the whole period
      return box;
    }
    for (const key of ["total", "open", "overdue", "closed"]) {
      rows.append(element("dt", look.text(key)), element("dd", Number(numbers[key]).toLocaleString("en-US")));
    }
    if (context.whole && !context.chosen) {
      rows.append(element("dt", look.text("share")), element("dd", ((100 * numbers.total) / context.whole).toFixed(1) + "%"));
    }
    box.append(rows);
    return box;
  }

  /* Once all polygons of a drawing stand: order them below the points, and write the labels. */
  function settle() {
    if (queued) return;
    queued = true;
    queueMicrotask(() => {
      queued = false;
      const map = onemap.map;
      for (const [code, layer] of layers) if (!map.hasLayer(layer)) layers.delete(code);
      const chosen = context && layers.get(context.chosen);
      if (chosen) chosen.bringToBack(); // first, so that its neighbours come below its outline
      for (const layer of layers.values()) if (layer !== chosen) layer.bringToBack();
      map.eachLayer((layer) => layer.options.around && layer.bringToBack && layer.bringToBack());
      if (!context) return;
      onemap.labels.draw(layers, { ...context, shades: seen(context.shades), order: context.shades.values });
      if (drew.get("map-units") === expected.drawing) map.getContainer().dataset.drawn = expected.key;
      map.getContainer().dataset.units = layers.size;
    });
  }

  function boundsOf(code) {
    const layer = layers.get(code);
    if (!layer || !onemap.map.hasLayer(layer)) return null;
    const box = layer.getBounds();
    return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
  }

  /* Polygons let a base map through, or cease to. */
  function restyle() {
    for (const layer of layers.values()) layer.setStyle(leaflet.unitStyle(layer.feature, { hideout: context }));
    onemap.map.eachLayer((layer) => layer.options.around && layer.setStyle && layer.setStyle(leaflet.aroundStyle()));
  }

  /* Show a step of a playback, or with nothing the whole period again. */
  function play(step) {
    const same = !step && !played;
    played = step;
    if (!context || same) return;
    restyle();
    settle();
  }

  paint();
  /* Whether what is drawn has nothing below it. */
  function lowest() {
    const any = layers.values().next().value;
    const levels = onemap.city.levels;
    return Boolean(any) && any.feature.properties.level === levels[levels.length - 1];
  }

  onemap.units = { boundsOf, lowest, restyle, play, colour: (code) => colour(code, seen(context.shades)), paint, element, token, drew: (layer) => drew.get(layer), expect: (key, drawing) => (expected = { key, drawing }), palette: () => palette };
})();
