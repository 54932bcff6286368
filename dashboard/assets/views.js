/* Saved views: kept, opened, shared and forgotten in a dialog that the header's button opens. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const ADDRESS = "/api/views";
  const text = (key) => onemap.look.text(key);
  const element = (...said) => onemap.units.element(...said);
  const names = new Map();
  let sure = null;
  let listed = [];

  const dialog = () => document.getElementById("views-dialog");

  async function ask(method, address, body) {
    const options = { method, headers: body ? { "Content-Type": "application/json" } : {} };
    if (body) options.body = JSON.stringify(body);
    let answer;
    try {
      answer = await fetch(address, options);
    } catch {
      throw new Error(text("error_network"));
    }
    if (answer.status === 409) throw taken((await answer.json()).value);
    if (answer.status === 404) throw Object.assign(new Error(text("view_gone")), { whole: true });
    if (!answer.ok) throw await onemap.problem.of(answer);
    return answer.status === 204 ? null : answer.json();
  }

  /* The address to keep: relative periods stay relative, unless the days of today are to be kept for good. */
  function present(fixed) {
    const now = onemap.view.now;
    const days = fixed ? { period: "custom", ...onemap.view.span(now) } : {};
    return onemap.view.address({ ...now, after: null, ...days }).slice(1);
  }

  function field(name, key, attributes) {
    const label = element("label", "", "views-field");
    const input = Object.assign(document.createElement(attributes.rows ? "textarea" : "input"), { name, ...attributes });
    label.append(element("span", text(key)), input);
    return label;
  }

  function form() {
    const made = element("form", "", "views-form");
    made.append(field("name", "view_name", { required: true, maxLength: 80, autocomplete: "off" }));
    made.append(field("description", "view_description", { rows: 2, maxLength: 400 }));
    const { since, last_day } = days();
    if (since) {
      const fixed = element("label", "", "views-fixed");
      fixed.append(Object.assign(document.createElement("input"), { type: "checkbox", name: "fixed" }));
      fixed.append(element("span", text("view_fixed").replace("{since}", since).replace("{until}", last_day)));
      made.append(fixed);
    }
    made.append(element("button", text("view_keep"), "views-keep"));
    made.addEventListener("submit", async function (event) {
      event.preventDefault();
      const said = new FormData(made);
      const view = { name: said.get("name"), description: said.get("description"), query: present(said.has("fixed")) };
      await change(() => free(view.name) && ask("POST", ADDRESS, view));
    });
    return made;
  }

  /* Of two views of one name nobody knows which is which. The server refuses the second, too: others keep views meanwhile. */
  function free(name, besides) {
    const same = listed.find((each) => each.name.toLowerCase() === name.trim().toLowerCase() && !(besides && each.slug === besides.slug));
    if (same) throw taken(same.name);
    return true;
  }

  function taken(name) {
    return Object.assign(new Error(onemap.look.say("view_taken", { name })), { whole: true });
  }

  /* The days that a relative period means today; none where the period has no ends or says its days already. */
  function days() {
    const now = onemap.view.now;
    if (now.period === "custom") return {};
    const { since, until } = onemap.view.span(now);
    return since ? { since, last_day: onemap.view.shift(until, -1) } : {};
  }

  function action(key, act) {
    const made = element("button", text(key), "action");
    made.type = "button";
    made.addEventListener("click", () => act(made));
    return made;
  }

  function row(view) {
    const made = element("li", "", "views-row");
    const link = element("a", view.name, "views-name");
    link.href = "?" + [view.query, "view=" + view.slug].filter(Boolean).join("&");
    link.addEventListener("click", () => dialog().close());
    const acts = element("div", "", "views-acts");
    acts.append(
      action("view_copy", (made) => copy(made, new URL(view.link, window.location.href).href)),
      action("view_rename", () => rename(view, made)),
      action("view_replace", (made) => certain(made, "view_replace_sure", () => ask("PATCH", view_at(view), { query: present(false) }))),
      action("view_forget", (made) => certain(made, "view_forget_sure", () => ask("DELETE", view_at(view))))
    );
    made.append(link, element("time", onemap.look.moment(view.updated_at), "dim"));
    if (view.description) made.append(element("p", view.description, "dim"));
    made.append(acts);
    if (onemap.view.now.saved === view.slug) made.setAttribute("aria-current", "true");
    return made;
  }

  /* Name and description to be written anew, in place of the row; Escape leaves them as they are. */
  function rename(view, row) {
    const made = element("form", "", "views-rename");
    const name = field("name", "view_name", { required: true, maxLength: 80, autocomplete: "off", value: view.name });
    const back = action("view_rename_back", draw);
    const acts = element("div", "", "views-acts");
    acts.append(element("button", text("view_rename_keep"), "action"), back);
    made.append(name, field("description", "view_description", { rows: 2, maxLength: 400, value: view.description }), acts);
    made.addEventListener("submit", async function (event) {
      event.preventDefault();
      const said = new FormData(made);
      await change(() => free(said.get("name"), view) && ask("PATCH", view_at(view), { name: said.get("name"), description: said.get("description") }));
      if (onemap.view.now.saved === view.slug) window.dash_clientside.set_props("views-open", { children: names.get(view.slug) });
    });
    made.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      draw();
    });
    row.replaceChildren(made);
    name.querySelector("input").select();
  }

  const view_at = (view) => ADDRESS + "/" + view.slug;

  /* What can't be undone wants a second click. */
  function certain(made, question, act) {
    if (sure === made) return change(act);
    if (sure) sure.textContent = sure.dataset.was;
    sure = made;
    made.dataset.was = made.textContent;
    made.textContent = text(question);
  }

  async function copy(made, link) {
    try {
      await navigator.clipboard.writeText(link);
      made.textContent = text("view_copied");
    } catch {
      // Without a secure connection there is no clipboard: show the link, ready to be copied by hand.
      const shown = Object.assign(document.createElement("input"), { value: link, readOnly: true, className: "views-link" });
      shown.setAttribute("aria-label", text("view_link"));
      made.replaceWith(shown);
      shown.focus();
      shown.select();
    }
  }

  async function change(act) {
    try {
      await act();
      await draw();
      dialog().querySelector("input").focus();
    } catch (mistake) {
      complain(mistake);
    }
  }

  function complain(mistake) {
    const said = dialog().querySelector(".views-error");
    said.textContent = mistake.whole ? mistake.message : text("error") + ": " + mistake.message;
    said.hidden = false;
  }

  async function draw() {
    sure = null;
    const head = element("header");
    head.append(element("h2", text("views")));
    const close = element("button", "×", "views-close");
    close.type = "button";
    close.setAttribute("aria-label", text("close"));
    close.addEventListener("click", () => dialog().close());
    head.append(close);
    const error = element("p", "", "views-error");
    error.hidden = true;
    error.setAttribute("role", "alert");
    const list = element("ul", "", "views-list");
    const found = await ask("GET", ADDRESS).catch((mistake) => mistake);
    const views = (listed = found instanceof Error ? [] : found);
    for (const view of views) names.set(view.slug, view.name);
    list.append(...views.map(row));
    if (!views.length) list.append(element("li", text("views_none"), "dim"));
    dialog().replaceChildren(head, form(), error, list);
    if (found instanceof Error) complain(found);
  }

  async function open(clicks) {
    if (!clicks || dialog().open) return;
    dialog().setAttribute("aria-label", text("views"));
    await draw();
    dialog().showModal();
  }

  /* On a saved view the button says which; one that is no more is named as such. */
  async function label(view) {
    if (!view || !view.saved) return text("views");
    if (!names.has(view.saved)) {
      const found = await ask("GET", ADDRESS + "/" + encodeURIComponent(view.saved)).catch(() => null);
      if (!found) return text("view_gone");
      names.set(view.saved, found.name);
    }
    return names.get(view.saved);
  }

  /* A click beside the dialog closes it. */
  document.addEventListener("click", function (event) {
    if (event.target === dialog()) dialog().close();
  });

  window.dash_clientside = Object.assign(window.dash_clientside || {}, { views: { open, label } });
})();
