/* Pins: an incident without a point is put on the map by hand, and taken back. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const text = (key) => onemap.look.text(key);
  const element = (...said) => onemap.units.element(...said);

  function button(label, act, className) {
    const made = element("button", label, className || "action");
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  async function send(method, id, said) {
    const headers = { Accept: "application/json", "Content-Type": "application/json" };
    const answer = await fetch("/api/incidents/" + id + "/pin", { method, headers, body: said && JSON.stringify(said) }).catch(() => {
      throw new Error(text("error_network"));
    });
    if (answer.ok) return;
    const known = { 400: "pin_outside", 404: "pin_gone" }[answer.status];
    throw known ? new Error(text(known)) : await onemap.problem.of(answer);
  }

  /* Numbers, map and lists follow, and the incident is told anew. */
  async function changed(id) {
    onemap.place.renew();
    onemap.feed.again();
    await onemap.place.show("incident-" + id);
  }

  /* What is asked before anything is written. */
  function sure(said, at) {
    const form = element("form", undefined, "pin-form");
    const note = Object.assign(document.createElement("input"), { maxLength: 400, placeholder: text("pin_note") });
    note.setAttribute("aria-label", text("pin_note"));
    const error = element("p", "", "error-text");
    error.setAttribute("role", "alert");
    const foot = element("footer");
    const go = Object.assign(element("button", text("pin_here"), "apply"), { type: "submit" });
    foot.append(go, button(text("pin_elsewhere"), () => start(said)), button(text("cancel"), () => onemap.popup.close()));
    form.append(element("h3", text("pin_sure").replace("{key}", said.key)), note, error, foot);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      go.disabled = true;
      try {
        await send("POST", said.id, { lon: at.lng, lat: at.lat, note: note.value });
        await changed(said.id);
      } catch (mistake) {
        error.textContent = mistake.message;
        go.disabled = false;
      }
    });
    onemap.popup.ask(form, at);
    note.focus();
  }

  function start(said) {
    onemap.popup.close();
    onemap.area.pick("pin_hint", (at) => sure(said, at));
  }

  async function undo(said, event) {
    const pressed = event.target;
    if (!pressed.dataset.sure) {
      pressed.dataset.sure = "yes";
      pressed.textContent = text("pin_undo_sure");
      return;
    }
    try {
      await send("DELETE", said.id);
      await changed(said.id);
    } catch (mistake) {
      onemap.popup.complain(mistake.message);
    }
  }

  /* What a popup offers: to pin where the source gives no point, to take back what is pinned. */
  function way(said) {
    if (said.pinned_at) return button(text("pin_undo"), (event) => undo(said, event));
    return said.lon === null ? button(text("pin"), () => start(said)) : null;
  }

  function rows(said) {
    if (!said.pinned_at) return [];
    const when = onemap.look.moment(said.pinned_at);
    return [[text("pinned"), said.pin_note ? when + " · " + said.pin_note : when]];
  }

  onemap.pin = { way, rows };
})();
