/* Counts keep apart: where two would lie on each other, or one below a panel, the smaller steps aside. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const GAP = 1; // pixels between two
  /* Steps in pixels, the shortest first. */
  const STEPS = [0, 12, 20, 28, 36, 44].flatMap((far) =>
    Array.from({ length: far ? 12 : 1 }, (_, at) => [Math.round(far * Math.cos((at * Math.PI) / 6)), Math.round(far * Math.sin((at * Math.PI) / 6))])
  );

  function box({ x, y }, { wide, tall }) {
    return [x - wide - GAP, y - tall - GAP, x + wide + GAP, y + tall + GAP];
  }

  /* A disc is as high as it is wide, a square as wide as its number. */
  function size(layer) {
    return layer.options.square ? layer._half() : { wide: layer._radius, tall: layer._radius };
  }

  /* Incidents stay where they are, then the largest choose first, where they can clear of single incidents. */
  function settle() {
    const [counts, single] = [[], []];
    onemap.map.eachLayer((layer) => {
      if (!layer._point || !layer._radius) return;
      if (layer.options.text) counts.push(layer);
      else if (layer.options.incident) single.push(box(layer._point, size(layer)));
    });
    counts.sort((one, other) => Boolean(other.options.incident) - Boolean(one.options.incident) || other._radius - one._radius);
    const taken = [];
    const panels = onemap.labels.panels(onemap.map);
    for (const layer of counts) {
      const [was, half] = [layer.options.step || [0, 0], size(layer)];
      const home = layer._point.subtract(was);
      const free = (each, others) => !onemap.labels.clash(box(home.add(each), half), others);
      const apart = STEPS.filter((each) => free(each, taken));
      const open = apart.filter((each) => free(each, panels));
      const step = (!layer.options.incident && open.find((each) => free(each, single))) || open[0] || apart[0] || STEPS[0];
      taken.push(box(home.add(step), half));
      if (step[0] === was[0] && step[1] === was[1]) continue;
      layer.options.step = step;
      layer.redraw();
    }
  }

  onemap.apart = { settle };
})();
