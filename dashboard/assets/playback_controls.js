/* The row of a playback: slider, buttons and choices, and the legend that stands in for the usual one meanwhile. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const SIZES = ["day", "week", "month"];
  const row = () => document.getElementById("playback-controls");
  const legend = () => document.getElementById("playback-legend");
  const text = (key) => onemap.look.text(key);
  const element = (...said) => onemap.units.element(...said);
  let parts = {};

  function button(sign, key, does) {
    const made = element("button", sign, "play-button");
    made.type = "button";
    made.title = text(key);
    made.setAttribute("aria-label", text(key));
    made.onclick = does;
    return made;
  }

  function select(key, options, value, does) {
    const label = element("label", text(key) + " ", "dim");
    const made = element("select");
    for (const [each, said] of options) made.append(Object.assign(element("option", said), { value: each }));
    made.value = value;
    made.onchange = () => does(made.value);
    label.append(made);
    return label;
  }

  /* A sentence in the place of the controls: what is awaited, or what went wrong. */
  function say(sentence) {
    row().replaceChildren(element("p", sentence, "hint"), button("×", "play_close", () => onemap.playback.does.close()));
    row().hidden = false;
    legend().hidden = true;
  }

  function build(found, { by, speed }) {
    const { does, SPEEDS, still } = onemap.playback;
    const held = row().contains(document.activeElement) && document.activeElement.classList[0];
    const slider = element("input", undefined, "play-slider");
    Object.assign(slider, { type: "range", min: 0, max: Math.max(found.steps.length - 1, 0), oninput: () => does.to(Number(slider.value)) });
    slider.setAttribute("aria-label", text("play_slider"));
    parts = { slider, toggle: button("", "play_start", does.toggle), days: element("b", "", "play-days"), filter: element("a", text("play_filter"), "action") };
    const sizes = SIZES.map((size) => [size, text("play_by_" + size)]);
    const speeds = SPEEDS.map((each) => [each, each + "×"]);
    row().replaceChildren(
      button("‹", "play_back", () => does.step(-1)),
      ...(still.matches ? [] : [parts.toggle]), // who wants no motion goes step by step
      button("›", "play_on", () => does.step(1)),
      slider,
      parts.days,
      select("play_by", sizes, by || found.by, does.by),
      ...(still.matches ? [] : [select("play_speed", speeds, speed, (value) => does.speed(Number(value)))]),
      parts.filter,
      button("×", "play_close", does.close)
    );
    row().setAttribute("aria-label", text("play_group"));
    row().onkeydown = keys;
    row().hidden = false;
    const again = held && row().getElementsByClassName(held)[0];
    if (again) again.focus();
    else (still.matches ? slider : parts.toggle).focus();
  }

  /* Arrows step wherever one is in the row, Space plays from the slider, Escape ends. */
  function keys(event) {
    const { does } = onemap.playback;
    if (event.target.localName === "select" && event.key !== "Escape") return;
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key in steps) does.step(steps[event.key]);
    else if (event.key === "Home") does.to(0);
    else if (event.key === "End") does.to(Infinity);
    else if (event.key === " " && event.target === parts.slider && !onemap.playback.still.matches) does.toggle();
    else if (event.key === "Escape") does.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function mark(now) {
    const { digits, sign } = now.legend;
    const whole = now.whole === null ? "" : now.whole.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + sign + " · ";
    const said = whole + onemap.look.say("incidents_n", { n: now.total.toLocaleString("en-US") });
    parts.slider.value = now.at;
    parts.slider.setAttribute("aria-valuetext", now.days + " · " + said);
    parts.days.textContent = now.days;
    parts.filter.href = now.address;
    parts.toggle.textContent = now.running ? "" : "▶";
    parts.toggle.classList.toggle("is-running", now.running);
    parts.toggle.setAttribute("aria-label", text(now.running ? "play_pause" : "play_start"));
    parts.toggle.title = text(now.running ? "play_pause" : "play_start");
    explain(now, said);
  }

  /* What the map shows now: the days in full, and what the colours mean all the way. */
  function explain(now, said) {
    const { name, by, classes, colors, digits, sign, instead } = now.legend;
    const write = (value) => value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + sign;
    const head = element("header");
    const title = element("h2", now.days, "play-when");
    head.append(title, element("span", said, "dim"));
    const list = element("ul");
    classes.forEach(({ low, high }, number) => {
      const line = element("li");
      const swatch = element("i");
      swatch.style.background = colors[number];
      line.append(swatch, element("span", low === high ? write(low) : write(low) + "–" + write(high)));
      list.append(line);
    });
    const what = name + " · " + text("each_" + by);
    const note = instead ? text("play_instead").replace("{name}", instead) : text("play_whole");
    legend().replaceChildren(head, element("p", what, "dim"), list, element("p", note, "hint"));
    legend().setAttribute("aria-live", now.running ? "off" : "polite");
    legend().hidden = false;
  }

  onemap.playbackControls = { build, say, mark };
})();
