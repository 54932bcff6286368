/* What is typed into the legend goes to the address; its list of indicators closes once one is chosen. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});

  document.addEventListener("change", function (event) {
    if (event.target.id !== "legend-breaks") return;
    const breaks = onemap.view.numbers(event.target.value);
    const wrong = /[^\d\s.,，;；、eE+-]/.test(event.target.value) || onemap.view.numbers(event.target.value, Infinity).length > breaks.length;
    event.target.setCustomValidity(wrong ? onemap.look.text("breaks_wrong") : "");
    if (!event.target.reportValidity()) return;
    event.target.value = breaks.join(", ");
    onemap.view.go({ classes: "manual", breaks });
  });

  /* A click on a choice, or anywhere else, folds the list. */
  document.addEventListener("click", function (event) {
    const list = document.querySelector(".legend .indicator[open]");
    if (list && !event.target.closest(".legend .indicator > summary")) list.open = false;
  });
})();
