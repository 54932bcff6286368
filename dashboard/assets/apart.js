/* Counts keep apart: where two would lie on each other, the smaller steps aside. */
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

  function clash(mine, others) {
    return others.some((other) => mine[0] < other[2] && other[0] < mine[2] && mine[1] < other[3] && other[1] < mine[3]);
  }

  /* A disc is as high as it is wide, a square as wide as its number. */
  function size(layer) {
    return layer.options.square ? layer._half() : { wide: layer._radius, tall: layer._radius };
  }

  /* Incidents stay where they are, then the largest choose first. */
  function settle() {
    const counts = [];
    onemap.map.eachLayer((layer) => layer.options.text && layer._point && counts.push(layer));
    counts.sort((one, other) => Boolean(other.options.incident) - Boolean(one.options.incident) || other._radius - one._radius);
    const taken = [];
    for (const layer of counts) {
      const [was, half] = [layer.options.step || [0, 0], size(layer)];
      const home = layer._point.subtract(was);
      const step = STEPS.find((each) => !clash(box(home.add(each), half), taken)) || STEPS[0];
      taken.push(box(home.add(step), half));
      if (step[0] === was[0] && step[1] === was[1]) continue;
      layer.options.step = step;
      layer.redraw();
    }
  }

  onemap.apart = { settle };
})();
