/* Clusters that count a unit: named where the mouse is, looked at closer by a click, and told of by the legend. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const CLOSEST = 18; // the zoom that a click does not go beyond
  const levels = new Map(); // overlay → the level it counts by now
  const failed = new Set(); // overlays whose answer did not come

  function titled(level) {
    return onemap.look.name(onemap.city.level_titles[level]).toLowerCase();
  }

  /* The name of a unit comes a moment later, the first time that it is asked for; several are told by their number. */
  function tip(said, overlay) {
    const { element } = onemap.units;
    const layer = onemap.city.layers.find((each) => each.id === overlay);
    const [first, ...others] = said.units;
    const name = element("b", others.length ? titled(levels.get(overlay)) + " × " + said.units.length : first);
    const line = element("p", others.length ? said.count.toLocaleString("en-US") : "");
    const tell = (unit) => {
      name.textContent = onemap.look.name(unit);
      const level = said.rest ? onemap.city.levels[onemap.city.levels.indexOf(unit.level) + 1] : unit.level;
      const key = said.rest ? "counted_rest" : "counted_by";
      line.textContent = onemap.look.text(key).replace("{level}", titled(level)).replace("{n}", said.count.toLocaleString("en-US"));
    };
    if (!others.length) onemap.feed.unit(first, onemap.view.now.as_of).then(tell, () => {}); // then its code must do
    const box = element("div");
    box.append(name, ...(layer ? [element("p", onemap.look.name(layer))] : []), line);
    return box;
  }

  /* All of the unit or units, and closer than now in any case. */
  function approach(said) {
    const map = onemap.map;
    const [west, south, east, north] = said.bounds;
    const bounds = window.L.latLngBounds([south, west], [north, east]);
    const zoom = Math.max(map.getBoundsZoom(bounds), map.getZoom() + 1);
    map.flyTo(bounds.getCenter(), Math.min(zoom, CLOSEST), { duration: 0.25 });
  }

  function note(overlay, answer) {
    answer ? failed.delete(overlay) : failed.add(overlay);
    if (answer && answer.by === "unit") levels.set(overlay, answer.level);
    else levels.delete(overlay);
    say();
  }

  /* What is counted now and what is missing, in words; an empty text where all points are drawn. */
  function told() {
    const named = [...new Set(levels.values())].map(titled).join(" / ");
    return [failed.size && onemap.look.text("points_failed"), named && onemap.look.text("counted_note").replace("{level}", named)].filter(Boolean).join(" ");
  }

  function say() {
    document.body.classList.toggle("is-counted", levels.size + failed.size > 0);
    document.documentElement.style.setProperty("--counted-note", JSON.stringify(told()));
  }

  onemap.counted = { tip, approach, note, say };
})();
