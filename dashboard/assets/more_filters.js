/* The dialog of conditions: hours, days of the week, an area, any field. What is applied becomes the address. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const text = (key) => onemap.look.text(key);
  const element = (...said) => onemap.units.element(...said);
  const ORDER = ["lt", "le", "gt", "ge"];
  const EITHER = ["empty", "filled"];
  const HOURS = { hours_all: "", hours_day: "6-22", hours_night: "22-6" };
  const NUMBERS = "\\s*-?[\\d.]+(\\s*[,，]\\s*-?[\\d.]+)*\\s*";
  let fields = null;
  let opener = null;
  let hints = 0;

  const dialog = () => document.getElementById("more-filters");

  function made(tag, attributes, className) {
    return Object.assign(element(tag, undefined, className), attributes);
  }

  function option(value, label) {
    return made("option", { value, textContent: label });
  }

  function button(label, act, className) {
    const found = made("button", { type: "button", textContent: label }, className || "chip");
    found.addEventListener("click", act);
    return found;
  }

  function section(key, ...parts) {
    const found = element("section");
    found.append(element("h3", text(key)), ...parts);
    return found;
  }

  /* Hours: three usual choices, or any two. */
  function hours(said) {
    const row = element("div", undefined, "chips");
    const [first, last] = [made("select", { name: "first" }), made("select", { name: "last" })];
    for (let hour = 0; hour <= 24; hour++) {
      const label = String(hour).padStart(2, "0") + ":00";
      if (hour < 24) first.append(option(hour, label));
      last.append(option(hour, label));
    }
    first.setAttribute("aria-label", text("hours_from"));
    last.setAttribute("aria-label", text("hours_to"));
    const set = (span) => ([first.value, last.value] = (span || "0-24").split("-"));
    set(said);
    for (const key in HOURS) row.append(button(text(key), () => set(HOURS[key])));
    row.append(first, element("span", "–"), last);
    row.empty = () => first.value === last.value; // no hour lies between the two
    row.read = () => (first.value === "0" && last.value === "24" ? null : first.value + "-" + last.value);
    return row;
  }

  function weekdays(said) {
    const row = element("div", undefined, "chips");
    for (let day = 1; day <= 7; day++) {
      const box = made("label", {}, "chip");
      box.append(made("input", { type: "checkbox", value: day, checked: said.includes(String(day)) }), text("weekday_" + day));
      row.append(box);
    }
    row.read = () => {
      const chosen = [...row.querySelectorAll("input:checked")].map((box) => box.value);
      return chosen.length === 7 ? [] : chosen;
    };
    return row;
  }

  function words(said) {
    const input = made("input", { type: "search", maxLength: 100, value: said || "", className: "words" });
    input.setAttribute("aria-label", text("words"));
    input.read = () => input.value.trim() || null;
    return input;
  }

  /* An area is drawn on the map, so the dialog makes way: what stands in it comes into force first, or with the area. */
  function area(read) {
    const row = element("div", undefined, "chips");
    const away = (act) => () => {
      const said = read();
      if (!said) return;
      dialog().close();
      act(said);
    };
    const drawn = (act) => away((said) => (onemap.view.go(said), act()));
    const metres = made("input", { type: "number", min: 1, max: 100000, value: 500 }, "metres");
    metres.setAttribute("aria-label", text("area_metres"));
    row.append(
      button(text("area_polygon"), drawn(onemap.area.polygon)),
      button(text("area_circle"), drawn(onemap.area.ring)),
      button(text("area_view"), away(onemap.area.view)),
      button(text("area_none"), away((said) => onemap.view.go({ ...said, within: null, circle: null })))
    );
    const around = element("div", undefined, "circle-by-keys");
    const set = away((said) => onemap.area.around(Number(metres.value), said));
    const go = button("→", () => metres.reportValidity() && set());
    metres.addEventListener("keydown", function (event) {
      if (event.key !== "Enter") return;
      event.preventDefault(); // which would apply everything but the circle
      go.click();
    });
    go.setAttribute("aria-label", text("apply") + ": " + text("area_metres"));
    around.append(element("span", text("area_metres"), "dim"), metres, go);
    const both = element("div");
    both.append(row, around);
    return both;
  }

  function fieldChoice(chosen) {
    const select = made("select", {}, "field");
    select.setAttribute("aria-label", text("where_field"));
    const groups = new Map();
    for (const field of fields) {
      const layer = onemap.city.layers.find((each) => each.id === field.layer);
      const label = layer ? onemap.look.name(layer) : text("incident");
      if (!groups.has(label)) groups.set(label, made("optgroup", { label }));
      groups.get(label).append(option(field.id, onemap.look.name(field) + (layer ? " · " + label : "")));
    }
    select.append(...groups.values());
    select.value = chosen;
    return select;
  }

  function valueInput(field, comparison, said) {
    if (EITHER.includes(comparison)) return element("span");
    let input;
    if (field.values.length) {
      input = made("select", { multiple: true, size: Math.min(field.values.length, 4) });
      for (const value of field.values) input.append(option(value.id, onemap.look.name(value)));
      for (const each of input.options) each.selected = said.includes(each.value);
    } else {
      const several = !ORDER.includes(comparison); // where commas part values
      const kind = several ? "text" : { number: "number", time: "datetime-local" }[field.kind] || "text";
      input = made("input", { type: kind, step: kind === "number" ? "any" : "" });
      if (several) input.dataset.several = "yes";
      if (several && field.kind === "number") Object.assign(input, { pattern: NUMBERS, inputMode: "decimal", title: text("where_numbers") });
      input.value = kind === "datetime-local" && /^\d{4}-\d\d-\d\d$/.test(said[0] || "") ? said[0] + "T00:00" : onemap.clauses.shown(said);
    }
    input.className = "value-input";
    input.setAttribute("aria-label", text("where_value"));
    return input;
  }

  /* One comparison; `read` says it as addresses do, or nothing where it is not complete. */
  function term(said) {
    const row = element("div", undefined, "term");
    const first = said ? onemap.clauses.parts(said) : { field: fields[0].id, comparison: fields[0].comparisons[0], values: [] };
    const field = fieldChoice(first.field);
    const comparison = made("select", {}, "comparison");
    comparison.setAttribute("aria-label", text("where_comparison"));
    let value = element("span");
    const hint = made("p", { id: "term-hint-" + ++hints }, "hint dim");
    const spec = () => fields.find((each) => each.id === field.value);
    function comparisons(chosen) {
      comparison.replaceChildren(...spec().comparisons.map((each) => option(each, text(word(each, spec())))));
      if (spec().comparisons.includes(chosen)) comparison.value = chosen;
    }
    function renew(kept) {
      const next = valueInput(spec(), comparison.value, kept);
      value.replaceWith(next);
      value = next;
      const free = Boolean(next.dataset.several);
      const quotes = spec().kind === "text" ? text("where_quotes") : "";
      hint.textContent = free ? text(comparison.value === "ne" ? "where_none_of" : "where_any_of") + quotes : "";
      if (free) next.setAttribute("aria-describedby", hint.id);
    }
    field.addEventListener("change", () => (comparisons(), renew([])));
    comparison.addEventListener("change", () => renew(given(value)));
    const remove = button("×", () => {
      const group = row.parentElement;
      row.remove();
      if (!group.querySelector(".term")) group.remove();
    }, "remove");
    remove.setAttribute("aria-label", text("where_remove"));
    row.append(field, comparison, value, remove, hint);
    comparisons(first.comparison);
    renew(first.values);
    row.read = () => {
      if (EITHER.includes(comparison.value)) return field.value + ":" + comparison.value;
      const chosen = given(value);
      return chosen.length ? [field.value, comparison.value, chosen.map(onemap.clauses.written).join(",")].join(":") : null;
    };
    return row;
  }

  function word(comparison, field) {
    if (EITHER.includes(comparison)) return "is_" + comparison;
    return field.kind === "time" && ORDER.includes(comparison) ? comparison + "_time" : comparison;
  }

  function given(input) {
    if (input.multiple) return [...input.selectedOptions].map((each) => each.value);
    const said = (input.value || "").trim();
    return input.dataset.several ? onemap.clauses.typed(said) : said ? [said] : [];
  }

  function group(said) {
    const box = element("div", undefined, "group");
    for (const each of said ? said.split("|") : [null]) box.append(term(each));
    box.append(button(text("where_or"), (event) => event.target.before(term(null)), "action"));
    return box;
  }

  function clauses(said) {
    const box = element("div", undefined, "groups");
    box.append(...said.map(group), button(text("where_and"), (event) => event.target.before(group(null)), "action"));
    box.read = () => [...box.querySelectorAll(".group")].map((each) => [...each.querySelectorAll(".term")].map((row) => row.read()));
    return box;
  }

  async function draw() {
    const now = onemap.view.now;
    const error = made("p", { hidden: true }, "error-text");
    error.setAttribute("role", "alert");
    const parts = { q: words(now.q), hours: hours(now.hours), weekday: weekdays(now.weekday), where: clauses(now.where) };
    /* What the dialog says, or nothing where something is amiss, which is shown. */
    function read() {
      const where = parts.where.read();
      const amiss = parts.hours.empty() ? "hours_same" : where.flat().includes(null) ? "where_incomplete" : null;
      error.hidden = !amiss;
      error.textContent = amiss ? text(amiss) : "";
      const [q, span, weekday] = [parts.q, parts.hours, parts.weekday].map((part) => part.read());
      return amiss ? null : { q, hours: span, weekday, where: where.map((terms) => terms.join("|")) };
    }
    const foot = element("footer");
    const form = made("form", {}, "more-form");
    foot.append(error, button(text("cancel"), () => dialog().close(), "action"), made("button", { textContent: text("apply") }, "apply"));
    form.append(
      element("h2", text("more_filters")),
      section("words", parts.q),
      section("hours", parts.hours),
      section("weekdays", parts.weekday),
      section("area", area(read)),
      section("where", element("p", text("where_hint"), "dim"), parts.where),
      foot
    );
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      const said = read();
      if (!said) return;
      dialog().close();
      onemap.view.go(said);
    });
    dialog().replaceChildren(form);
  }

  async function open() {
    try {
      fields = fields || (await onemap.feed.ask("/api/fields"));
      await draw();
    } catch (mistake) {
      dialog().replaceChildren(element("p", text("error") + ": " + mistake.message, "error-text"));
    }
    dialog().setAttribute("aria-label", text("more_filters"));
    dialog().showModal();
  }

  document.addEventListener("click", function (event) {
    if (event.target === dialog()) dialog().close();
    opener = event.target.closest && event.target.closest("[data-opens='more-filters']");
    if (opener) open();
  });
})();
