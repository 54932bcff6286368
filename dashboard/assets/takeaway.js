/* Taking away: what is on screen as a file, with the rows counted beforehand, progress, and a way to stop it. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const SHEET = 1048575; // rows that a workbook's sheet holds below its header
  const EVERY = 300; // milliseconds between two looks at how far an export is
  const TABLES = ["xlsx", "csv", "geojson", "gpkg"];
  const MAPS = ["png", "pdf-a4", "pdf-a3"];
  const chosen = { what: "incidents", format: { table: "xlsx", map: "png" } };
  const text = (key) => onemap.look.text(key);
  const element = (...said) => onemap.units.element(...said);
  const dialog = () => document.getElementById("takeaway-dialog");
  let picture = null;
  let running = null; // the AbortController of the export under way

  function follow(shown) {
    if (shown && shown.summary) picture = shown;
    return text("take_away");
  }

  /* What can be taken away, with how many rows each would be: those on screen. */
  function offers() {
    const view = picture.view;
    const filtered = onemap.view.query(view);
    const levelled = onemap.view.query(view, { unit: picture.frame.unit.code }); // the units on screen
    if (picture.leveled) levelled.append("level", picture.leveled.level);
    const found = [
      view.unplaced
        ? { id: "incidents", name: text("list_unplaced"), rows: picture.summary.unplaced, says: filtered + "&unplaced=true" }
        : { id: "incidents", name: text("list"), rows: picture.summary.total, says: filtered },
      { id: "units", name: text("units_table"), rows: picture.leveled ? picture.leveled.units : picture.frame.children.length, says: levelled },
    ];
    for (const layer of onemap.city.layers) {
      const rows = picture.held[layer.id];
      if (!layer.incidents && rows !== undefined) found.push({ id: layer.id, name: onemap.look.name(layer), rows, says: onemap.view.standing(view) });
    }
    found.push({ id: "map", name: text("map_as_drawn"), rows: null, says: filtered });
    return found;
  }

  function offer() {
    const every = offers();
    return every.find((each) => each.id === chosen.what) || every[0];
  }

  function kind() {
    return chosen.what === "map" ? "map" : "table";
  }

  function radio(name, value, on, label, note) {
    const made = element("label", undefined, "takeaway-choice");
    const input = Object.assign(document.createElement("input"), { type: "radio", name, value, checked: on });
    made.append(input, element("span", label));
    if (note) made.append(element("span", note, "value"));
    return made;
  }

  function group(key, choices) {
    const made = element("fieldset", undefined, key.replace("take_", "takeaway-"));
    made.append(element("legend", text(key)), ...choices);
    return made;
  }

  function formats() {
    const listed = kind() === "map" ? MAPS : TABLES;
    const now = chosen.format[kind()];
    return listed.map((id) => radio("format", id, id === now, id.replace("-", " ").toUpperCase(), null));
  }

  /* What is not in the file although one sees it, or how many rows a workbook holds. */
  function note(full) {
    if (full) return text("take_full").replace("{n}", SHEET.toLocaleString("en-US"));
    if (kind() === "table") return text("take_explained");
    if (chosen.format.map === "png") return onemap.picture.bare() ? text("take_bare") : "";
    return onemap.baseMap.shown() ? text("take_no_base") : "";
  }

  function form() {
    const made = element("form", undefined, "takeaway-form");
    const kinds = offers().map((each) => radio("what", each.id, each.id === chosen.what, each.name, each.rows === null ? "" : each.rows.toLocaleString("en-US")));
    const button = element("button", text("take_start"), "takeaway-start");
    const full = kind() === "table" && chosen.format.table === "xlsx" && offer().rows > SHEET;
    button.disabled = full;
    made.append(group("take_what", kinds), group("take_format", formats()), element("p", note(full), "note"), button);
    made.addEventListener("change", function (event) {
      if (event.target.name === "what") chosen.what = event.target.value;
      else chosen.format[kind()] = event.target.value;
      const again = [event.target.name, event.target.value];
      draw();
      dialog().querySelector(`input[name='${again[0]}'][value='${again[1]}']`).focus();
    });
    made.addEventListener("submit", function (event) {
      event.preventDefault();
      start();
    });
    return made;
  }

  function draw() {
    const head = element("header");
    const close = element("button", "×", "takeaway-close");
    close.type = "button";
    close.setAttribute("aria-label", text("close"));
    close.addEventListener("click", () => dialog().close());
    head.append(element("h2", text("take_away")), close);
    const state = element("div", undefined, "takeaway-state");
    state.setAttribute("role", "status");
    dialog().replaceChildren(head, form(), state);
  }

  /* Where an offer is fetched. */
  function address(wanted, job) {
    const says = new URLSearchParams(wanted.says);
    says.append("language", onemap.look.language());
    says.append("job", job);
    const format = chosen.format[kind()];
    if (kind() === "table") return "/api/export/" + encodeURIComponent(wanted.id) + "." + format + "?" + says;
    says.append("paper", format.slice(4));
    const { view, leveled } = picture;
    if (leveled) says.append("level", leveled.level);
    const on = onemap.city.layers.filter((layer) => (view.layers ? view.layers.includes(layer.id) : layer.shown));
    const look = { indicator: view.indicator, classes: view.classes, ramp: view.ramp, layers: on.map((layer) => layer.id).join(",") };
    if (view.classes === "manual") look.breaks = (view.breaks || []).join(",");
    for (const name in look) says.append(name, look[name]);
    return "/api/export/map.pdf?" + says;
  }

  async function start() {
    if (running) return;
    const wanted = offer();
    if (kind() === "map" && chosen.format.map === "png") return finish(await onemap.picture.file(picture));
    running = new AbortController();
    const job = "page-" + Math.random().toString(36).slice(2) + Date.now().toString(36);
    const bar = progress(wanted.rows);
    const timer = window.setInterval(() => look(job, bar), EVERY);
    try {
      const answer = await fetch(address(wanted, job), { signal: running.signal });
      if (!answer.ok) throw await onemap.problem.of(answer);
      // The browser keeps a blob's bytes where it has room for them, on disk if there are many.
      finish({ blob: await answer.blob(), name: named(answer.headers.get("Content-Disposition")), rows: answer.headers.get("X-Total-Rows") });
    } catch (mistake) {
      said(mistake.name === "AbortError" ? text("take_cancelled") : text("take_failed") + ": " + (mistake.name === "TypeError" ? text("error_network") : mistake.message), mistake.name !== "AbortError");
    } finally {
      window.clearInterval(timer);
      running = null;
    }
  }

  function named(disposition) {
    return decodeURIComponent(disposition.split("filename*=UTF-8''")[1]);
  }

  /* Nothing else is chosen meanwhile: the dialog would be drawn anew, without progress and cancelling. */
  function busy(on) {
    for (const part of dialog().querySelectorAll("fieldset, .takeaway-start")) part.disabled = on;
  }

  function progress(total) {
    const bar = Object.assign(document.createElement("progress"), total ? { max: total, value: 0 } : {});
    bar.setAttribute("aria-label", text("take_running"));
    const stop = element("button", text("take_cancel"), "action");
    stop.type = "button";
    stop.addEventListener("click", () => running && running.abort());
    const line = element("span", text("take_running"), "note");
    dialog().querySelector(".takeaway-state").replaceChildren(bar, line, stop);
    busy(true);
    stop.focus();
    return { bar, line };
  }

  async function look(job, { bar, line }) {
    const found = await onemap.feed.ask("/api/export/jobs/" + job).catch(() => null);
    if (!found || !found.total || !bar.isConnected) return;
    bar.max = found.total;
    bar.value = found.rows;
    line.textContent = onemap.look.say("take_rows", { rows: found.rows.toLocaleString("en-US"), total: found.total.toLocaleString("en-US") });
  }

  function finish({ blob, name, rows }) {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    said((rows ? onemap.look.say("take_done", { rows: Number(rows).toLocaleString("en-US") }) + " · " : "") + name, false);
  }

  function said(message, wrong) {
    const note = element("p", message, wrong ? "takeaway-error" : "takeaway-done");
    if (wrong) note.setAttribute("role", "alert");
    dialog().querySelector(".takeaway-state").replaceChildren(note);
    busy(false);
    if (dialog().open) dialog().querySelector(".takeaway-start").focus();
  }

  function open(clicks) {
    if (!clicks || !picture || dialog().open) return;
    dialog().setAttribute("aria-label", text("take_away"));
    if (!running) draw();
    dialog().showModal();
  }

  /* A click beside the dialog closes it; what runs goes on and is there when it opens again. */
  document.addEventListener("click", function (event) {
    if (event.target === dialog()) dialog().close();
  });

  window.dash_clientside = Object.assign(window.dash_clientside || {}, { takeaway: { follow, open } });
})();
