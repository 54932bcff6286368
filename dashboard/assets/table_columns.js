/* The columns of the table: what they are called and show, which are chosen, and the filter below each header. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const text = (key) => onemap.look.text(key);
  const USUAL = ["key", "category", "status", "reported_at", "due_at", "closed_at", "unit", "channel", "address"];
  const TIMES = ["reported_at", "accepted_at", "dispatched_at", "resolved_at", "closed_at", "due_at"];
  const CHOICES = { category: "categories", status: "statuses", channel: "channels", source: "sources" };
  const TEXTS = ["key", "title", "address"];
  const LABELS = { key: "number", title: "subject" };
  const ALL = ["key", "category", "status", ...TIMES, "unit", "severity", "channel", "source", "title", "address"];
  const WIDTHS = { key: 150, status: 128, severity: 96, channel: 112, unit: 240, address: 240, title: 220 };
  const FILL = ["unit", "title", "address"]; // they take the room that is left
  const SIGNS = { ge: "≥", lt: "<" };
  const filters = new Map();

  function called(column, value) {
    const found = onemap.city[CHOICES[column]].find((each) => (each.code || each.id) === value);
    return found ? onemap.look.name(found) : value;
  }

  /* What a cell says of its incident. */
  function say({ data, colDef }) {
    if (!data) return "";
    const column = colDef.colId;
    if (column === "unit") return data.path.slice(-3).map(onemap.look.name).join(" ");
    const value = data[column];
    if (value === null || value === undefined) return "";
    if (column === "status") return called(column, value) + (data.overdue ? " · " + text("late") : "");
    if (CHOICES[column]) return called(column, value);
    return TIMES.includes(column) ? onemap.look.moment(value) : String(value);
  }

  function make(tag, said, label) {
    const made = Object.assign(document.createElement(tag), said);
    if (label) made.setAttribute("aria-label", label);
    return made;
  }

  const escaped = (value) => value.replaceAll("%", "%25").replaceAll("|", "%7C").replaceAll(",", "%2C");

  /* The value of a plain condition on a field, `severity:ge:2`, among those of the address. */
  function condition(view, start) {
    const found = view.where.find((each) => each.startsWith(start) && !/[|,]/.test(each.slice(start.length)));
    return found ? decodeURIComponent(found.slice(start.length)) : "";
  }

  function restrict(start, value) {
    const { now, go } = onemap.view;
    const others = now.where.filter((each) => each !== start + escaped(condition(now, start)));
    go({ where: value ? [...others, start + escaped(value)] : others });
  }

  /* One of a few values: the same condition as in the panel of filters. */
  function chooser(column) {
    const label = text("filter_column").replace("{name}", text(LABELS[column] || column));
    const select = make("select", { onchange: () => onemap.view.go({ [column]: select.value ? [select.value] : [] }) }, label);
    for (const each of onemap.city[CHOICES[column]]) {
      select.append(make("option", { value: each.code || each.id, textContent: onemap.look.name(each) }));
    }
    const any = make("option", { value: "" });
    select.prepend(any);
    return {
      parts: [select],
      show(view) {
        const chosen = view[column];
        any.textContent = chosen.length > 1 ? text("column_several").replace("{n}", chosen.length) : text("column_any");
        select.value = chosen.length === 1 ? chosen[0] : "";
        select.classList.toggle("is-on", chosen.length > 0);
      },
    };
  }

  /* Words, or from or until a number or a day: a condition on the field. */
  function typed(column) {
    const words = TEXTS.includes(column);
    const name = text(LABELS[column] || column);
    const label = text("filter_column").replace("{name}", name);
    const day = !words && column !== "severity";
    const input = make("input", { type: words ? "search" : day ? "text" : "number", maxLength: day ? 10 : 100 }, label);
    if (day) Object.assign(input, { placeholder: "YYYY-MM-DD", pattern: "\\d{4}-\\d{2}-\\d{2}", title: "YYYY-MM-DD" });
    const sign = make("select", {}, name + ": " + text("where_comparison"));
    for (const each in SIGNS) sign.append(make("option", { value: each, textContent: SIGNS[each] }));
    const start = () => column + ":" + (words ? "has" : sign.value) + ":";
    const show = (view) => {
      if (!words && !condition(view, start()) && condition(view, column + ":lt:")) sign.value = "lt";
      input.value = condition(view, start()).slice(0, input.maxLength);
      input.classList.toggle("is-on", Boolean(input.value));
    };
    input.onchange = () => input.reportValidity() && restrict(start(), input.value.trim());
    sign.onchange = () => (input.value = condition(onemap.view.now, start()));
    return { parts: words ? [input] : [sign, input], show };
  }

  /* AG Grid's way to put something of ours below a header. */
  class Filter {
    init({ column }) {
      const name = column.getColId();
      const made = CHOICES[name] ? chooser(name) : typed(name);
      this.box = make("div", { className: "column-filter" });
      this.box.append(...made.parts);
      filters.set(name, (this.show = made.show));
      this.show(onemap.view.now);
      this.destroy = () => filters.get(name) === made.show && filters.delete(name);
    }
    getGui() {
      return this.box;
    }
    onParentModelChanged() {} // the address is the model
  }

  function visible() {
    const kept = (onemap.look.stored("table-columns") || "").split(",").filter((name) => ALL.includes(name));
    return kept.length ? kept : USUAL;
  }

  function definitions() {
    const shown = visible();
    const wide = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--caption-size")) / 12;
    return ALL.map((column) => ({
      colId: column,
      headerName: text(LABELS[column] || column),
      hide: !shown.includes(column),
      [FILL.includes(column) ? "minWidth" : "width"]: Math.round(wide * (WIDTHS[column] || 142)),
      flex: FILL.includes(column) ? 1 : null,
      valueFormatter: say,
      valueGetter: ({ data }) => data && data[column],
      tooltipValueGetter: ({ data, colDef }) => say({ data, colDef }),
      cellClass: ({ data }) => (column === "status" && data && data.overdue ? "is-late" : ""),
      ...(column === "unit"
        ? {}
        : { filter: "agTextColumnFilter", floatingFilter: true, floatingFilterComponent: Filter, suppressFloatingFilterButton: true, suppressHeaderFilterButton: true }),
    }));
  }

  /* The list of columns to choose from, remembered here. */
  function menu(grid) {
    const place = document.getElementById("table-columns");
    const list = make("div", { className: "panel" });
    for (const column of ALL) {
      const box = make("input", { type: "checkbox", value: column, checked: visible().includes(column) });
      const label = make("label");
      label.append(box, text(LABELS[column] || column));
      list.append(label);
    }
    list.onchange = (event) => {
      const chosen = [...list.querySelectorAll("input:checked")].map((box) => box.value);
      if (!chosen.length) return void (event.target.checked = true); // a table of nothing could not be left
      grid.setColumnsVisible([event.target.value], event.target.checked);
      onemap.look.store("table-columns", chosen.join(","));
    };
    place.replaceChildren(make("summary", { textContent: text("columns"), className: "action" }), list);
  }

  document.addEventListener("click", (event) => {
    const open = document.querySelector("#table-columns[open]");
    if (open && !open.contains(event.target)) open.open = false;
  });

  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest && event.target.closest("#table-columns[open]");
    if (!open) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    open.open = false;
    open.querySelector("summary").focus();
  }, true);

  function show(view) {
    for (const each of filters.values()) each(view);
  }

  onemap.tableColumns = { definitions, menu, show };
})();
