/* Rails fold away; what was folded stays folded, and a laptop starts with the left one folded. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const NARROW = 1500;
  const root = document.documentElement;

  function stored(side) {
    try {
      return window.localStorage.getItem("onemap-rail-" + side);
    } catch {
      return null;
    }
  }

  function apply(side, folded) {
    root.dataset[side] = folded ? "folded" : "open";
  }

  for (const side of ["left", "right"]) {
    const kept = stored(side);
    apply(side, kept ? kept === "folded" : side === "left" && window.innerWidth < NARROW);
  }

  document.addEventListener("click", function (event) {
    const handle = event.target.closest && event.target.closest("[data-folds]");
    if (!handle) return;
    const side = handle.dataset.folds;
    const folded = root.dataset[side] !== "folded";
    apply(side, folded);
    try {
      window.localStorage.setItem("onemap-rail-" + side, root.dataset[side]);
    } catch {
      // kept for as long as the page lives
    }
    name();
  });

  /* A row of the list: fly to its incident and open it. */
  document.addEventListener("click", function (event) {
    const row = event.target.closest && event.target.closest("[data-incident]");
    if (row) onemap.incidents.show(row.dataset.incident);
  });

  function name() {
    for (const handle of document.querySelectorAll("[data-folds]")) {
      const side = handle.dataset.folds;
      const text = onemap.look.text("fold_" + side);
      handle.setAttribute("aria-label", text);
      handle.title = text;
      handle.setAttribute("aria-expanded", String(root.dataset[side] !== "folded"));
    }
    const map = document.querySelector(".map-frame");
    if (map) map.setAttribute("aria-label", onemap.look.text("map"));
  }

  onemap.rails = { name };
})();
