/* Language and theme: what the address says, else what was chosen here before, else Chinese and dark. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const root = document.documentElement;
  const KNOWN = { lang: ["zh", "en"], theme: ["dark", "light"] };
  let words = null;

  function stored(name) {
    try {
      return window.localStorage.getItem("onemap-" + name);
    } catch {
      return null; // storage may be forbidden; the choice then lasts as long as the page
    }
  }

  function chosen(name, search) {
    const said = new URLSearchParams(search === undefined ? window.location.search : search).get(name);
    if (KNOWN[name].includes(said)) onemap.look[name] = said; // holds on the way from there, but is not remembered
    return [said, onemap.look[name], stored(name)].find((value) => KNOWN[name].includes(value)) || KNOWN[name][0];
  }

  function store(name, value) {
    try {
      window.localStorage.setItem("onemap-" + name, value);
    } catch {
      // as above
    }
  }

  function keep(name, value) {
    onemap.look[name] = value;
    store(name, value);
    // A choice outranks what the link said, so the link stops saying it.
    const said = new URLSearchParams(window.location.search);
    if (!said.has(name)) return;
    said.delete(name);
    window.history.replaceState(window.history.state, "", "?" + said.toString());
  }

  function language(search) {
    const lang = chosen("lang", search);
    root.lang = lang === "zh" ? "zh-CN" : "en";
    return lang;
  }

  function theme(search) {
    const name = chosen("theme", search);
    root.dataset.mantineColorScheme = name;
    return name;
  }

  /* The text for a key in the language of the page; the texts themselves are texts.py. */
  function text(key) {
    if (!words) words = JSON.parse(document.getElementById("onemap-words").textContent);
    return (words[key] || [key, key])[root.lang === "en" ? 1 : 0];
  }

  /* The text for a key with its blanks filled; "{n} [row|rows]" is the first word for 1, else the second. */
  function say(key, values) {
    return text(key)
      .replace(/(\{(\w+)\}[^{}[\]]*)\[(\w+)\|(\w+)\]/g, (whole, before, blank, one, many) => before + (String(values[blank]) === "1" ? one : many))
      .replace(/\{(\w+)\}/g, (blank, key) => values[key]);
  }

  /* The name of anything that has one in both languages. */
  function name(thing) {
    return (root.lang === "en" && thing.name_en) || thing.name || thing.code || "";
  }

  function count(value) {
    if (root.lang !== "en" && value >= 100000) {
      return value >= 1e8 ? (value / 1e8).toFixed(1) + "亿" : (value / 1e4).toFixed(1) + "万";
    }
    return Math.round(value).toLocaleString("en-US");
  }

  /* A moment as people in the city write it: YYYY-MM-DD HH:mm. */
  function moment(value, seconds) {
    const parts = { dateStyle: "short", timeStyle: seconds ? "medium" : "short", timeZone: onemap.city.time_zone };
    return new Intl.DateTimeFormat("sv-SE", parts).format(new Date(value));
  }

  onemap.look = { lang: null, theme: null, language, applyTheme: theme, keep, stored, store, text, say, name, count, moment };
  language();
  theme();
})();
