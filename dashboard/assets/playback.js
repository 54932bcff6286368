/* The playback: all steps are asked for at once, then shown one after the other; only colours and values change. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const PACE = 800; // milliseconds a step is shown
  const SPEEDS = [0.5, 1, 2, 4];
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const none = () => window.dash_clientside.no_update;
  const place = (name) => document.getElementById("playback-" + name);
  let picture = null;
  let opened = null; // the question whose steps are shown
  let found = null; // the answer
  let at = 0;
  let by = "";
  let speed = 1;
  let timer = null;

  function question() {
    const { view, frame } = picture;
    const says = onemap.view.query(view, { unit: frame.unit.code });
    says.append("classes", view.classes === "manual" ? "quantile" : view.classes); // typed ones are of the whole period
    const { played } = onemap.city.indicators.find((each) => each.id === (view.indicator || "count"));
    says.append("indicator", played ? view.indicator || "count" : "count"); // medians cannot be taken from counts
    if (picture.leveled) says.append("level", picture.leveled.level);
    if (by) says.append("by", by);
    return "/api/frames?" + says;
  }

  /* One day has no steps. */
  function playable() {
    const { since, until } = onemap.view.span(picture.view);
    const days = since && until ? (Date.parse(until) - Date.parse(since)) / onemap.view.DAY : Infinity;
    return days > 1;
  }

  async function open() {
    const mine = (opened = question());
    pause();
    document.documentElement.dataset.playing = "yes";
    onemap.playbackControls.say(onemap.look.text("play_loading"));
    try {
      const answer = await onemap.feed.fresh(mine);
      if (opened !== mine) return;
      found = answer;
      onemap.playbackControls.build(found, { by, speed });
      show(0);
      if (!still.matches) start();
    } catch (mistake) {
      if (opened === mine) onemap.playbackControls.say(mistake.message);
    }
  }

  function close() {
    pause();
    opened = found = null;
    delete document.documentElement.dataset.playing;
    for (const name of ["controls", "legend"]) place(name).hidden = true;
    draw(null);
    onemap.trend.play(null);
  }

  /* The classes are of all steps together, so a colour means the same in each. */
  function shadesOf(step) {
    const { view, frame } = picture;
    const ramp = (onemap.city.ramps[view.ramp] || onemap.city.ramps.cyan)[document.documentElement.dataset.mantineColorScheme];
    const { length } = found.classes;
    const lone = length === 1 && found.classes[0].high === 0 ? 0 : 3;
    const colors = found.classes.map((_, number) => ramp[length > 1 ? Math.round((number * 5) / (length - 1)) : lone]);
    const shades = { unit: frame.unit.code, colors, classes: {}, values: {}, texts: {}, parts: {}, nothing: onemap.look.text("no_data") };
    const { digits, sign } = meant();
    if (picture.leveled) return { ...shades, sign, digits, title: named() + " · " + days(found.steps[step]) }; // cells.js has its own
    found.values[step].forEach((value, number) => {
      if (value === null) return;
      const code = found.codes[number];
      shades.values[code] = value;
      shades.texts[code] = (digits ? value.toFixed(digits) : onemap.look.count(value)) + sign;
      shades.classes[code] = found.classes.findIndex((each) => each.high === null || value <= each.high);
    });
    return { ...shades, sign, digits, title: named() + " · " + days(found.steps[step]) };
  }

  function meant() {
    return onemap.city.indicators.find((each) => each.id === found.indicator);
  }

  function named() {
    return onemap.look.name(meant());
  }

  function days({ first, last }) {
    return first === last ? first : first + " – " + (first.slice(0, 4) === last.slice(0, 4) ? last.slice(5) : last);
  }

  function show(step) {
    if (!found || !found.steps.length) return;
    at = Math.max(0, Math.min(found.steps.length - 1, step));
    const shades = shadesOf(at);
    draw(shades);
    onemap.trend.play(found.steps[at]);
    const { first, last } = found.steps[at];
    const until = onemap.view.shift(last, 1);
    onemap.playbackControls.mark({
      at,
      days: days(found.steps[at]),
      total: found.totals[at],
      whole: found.indicator === "count" ? null : found.whole[at],
      address: onemap.view.address({ ...onemap.view.now, period: "custom", since: first, until, after: null }),
      running: timer !== null,
      legend: { ...shades, name: named(), classes: found.classes, by: found.by, instead: instead() },
    });
  }

  /* The chosen indicator, where it cannot be played. */
  function instead() {
    const { indicator } = picture.view;
    return indicator && indicator !== found.indicator ? onemap.look.name(onemap.city.indicators.find((each) => each.id === indicator)) : null;
  }

  /* The units of the drill are Leaflet's, all those of a level are on a canvas of their own. */
  function draw(shades) {
    const leveled = shades && picture.leveled;
    onemap.units.play(leveled ? null : shades);
    onemap.cells.play(leveled && { level: leveled.level, values: found.values[at], classes: found.classes, shades });
  }

  function start() {
    pause();
    if (at >= found.steps.length - 1) at = -1;
    timer = window.setInterval(() => {
      if (at >= found.steps.length - 1) pause();
      else show(at + 1);
    }, PACE / speed);
    show(Math.max(at, 0));
  }

  function pause() {
    window.clearInterval(timer);
    const ran = timer !== null;
    timer = null;
    if (ran && found) show(at);
  }

  const does = {
    toggle: () => (timer === null ? start() : pause()),
    step: (by) => (pause(), show(at + by)),
    to: (step) => (pause(), show(step)),
    by: (value) => ((by = value), open()),
    speed: (value) => ((speed = value), timer !== null && start()),
    close: () => (close(), place("open").focus()),
  };

  /* Another question ends it; the same picture, counted again, goes on. */
  function follow(shown) {
    if (!shown || !shown.frame) return none();
    picture = shown;
    const { text } = onemap.look;
    const button = place("open");
    button.textContent = "▶ " + text("play");
    button.disabled = !playable();
    button.title = button.disabled ? text("play_unavailable") : "";
    button.onclick = open;
    if (!opened) return none();
    if (shown.view.strip !== "trend" || button.disabled || question() !== opened) close();
    else if (found) recount();
    return none();
  }

  async function recount() {
    const mine = opened;
    const answer = await onemap.feed.fresh(mine).catch(() => found);
    if (opened !== mine || !found) return;
    found = answer;
    onemap.playbackControls.build(found, { by, speed });
    show(at);
  }

  onemap.playback = { does, SPEEDS, still };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { playback: { follow } });
})();
