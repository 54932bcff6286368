/* The tree of layers: a search that hides what has another name, sliders that fade at once and then tell the address. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const OPACITY = "layer-list-opacity-";
  const FIND = "layer-list-find";
  let watching = null;

  function find() {
    const field = document.getElementById(FIND);
    if (!field) return;
    const words = field.value.trim().toLowerCase();
    for (const group of document.querySelectorAll(".layer-group")) {
      const whole = group.querySelector("summary").textContent.toLowerCase().includes(words);
      const rows = [...group.querySelectorAll(".layer")];
      for (const row of rows) row.hidden = !(whole || row.querySelector(".name").textContent.toLowerCase().includes(words));
      group.hidden = rows.every((row) => row.hidden);
    }
    const none = document.getElementById("layer-list-none");
    const hide = [...document.querySelectorAll(".layer-group")].some((group) => !group.hidden);
    if (none.hidden !== hide) none.hidden = hide;
  }

  function faded(field) {
    return { ...onemap.view.now.opacity, [field.id.slice(OPACITY.length)]: Number(field.value) };
  }

  document.addEventListener("input", function (event) {
    if (event.target.id === FIND) {
      // What is painted anew, in another order perhaps, is searched again.
      if (!watching) {
        watching = new MutationObserver(find);
        watching.observe(document.getElementById("layer-list-body"), { childList: true, subtree: true, characterData: true });
      }
      find();
    }
    if (!event.target.id.startsWith(OPACITY)) return;
    event.target.parentElement.querySelector("output").firstChild.data = event.target.value + "%";
    onemap.points.restyle(faded(event.target));
  });

  document.addEventListener("change", function (event) {
    if (event.target.id.startsWith(OPACITY)) onemap.view.go({ opacity: faded(event.target), after: onemap.view.now.after });
  });
})();
