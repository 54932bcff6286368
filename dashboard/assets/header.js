/* The browser half of the header: period, language, theme, and the clock of the city. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const none = () => window.dash_clientside.no_update;

  /* `custom` is not a period yet: it opens the calendar, which makes it one. */
  function period(value) {
    if (!value || !onemap.view.now || value === onemap.view.now.period) return none();
    if (value === "custom") {
      window.dash_clientside.set_props("header-period", { value: onemap.view.now.period });
      document.getElementById("header-dates").click();
      return none();
    }
    return onemap.view.search({ period: value, since: null, until: null });
  }

  /* The calendar names the last day; addresses name the day after it. */
  function dates(chosen) {
    if (!onemap.view.now || !chosen || !chosen[0] || !chosen[1]) return none();
    if (String(chosen) === String(days(onemap.view.now))) return none();
    return onemap.view.search({ period: "custom", since: chosen[0], until: onemap.view.shift(chosen[1], 1) });
  }

  function days({ first_day, last_day }) {
    return [first_day, last_day].map((day) => day && day.slice(0, 10));
  }

  function chosen(view) {
    document.documentElement.dataset.period = view.period;
    return [view.period, days(view)];
  }

  function language(value) {
    if (!value || value === onemap.look.language()) return none();
    onemap.look.keep("lang", value);
    const [said] = onemap.view.looks();
    onemap.rails.name();
    return said;
  }

  function theme(clicks) {
    if (!clicks) return none();
    onemap.look.keep("theme", document.documentElement.dataset.mantineColorScheme === "dark" ? "light" : "dark");
    return onemap.view.looks()[1];
  }

  function data_time(picture) {
    if (!picture || !picture.at) return none();
    const at = onemap.look.moment(picture.at, true).slice(11);
    return onemap.look.text("data_time") + " " + at;
  }

  window.setInterval(function () {
    const clock = document.getElementById("header-clock");
    if (!clock || !onemap.city) return;
    const now = onemap.look.moment(Date.now(), true);
    clock.textContent = now.slice(11);
    clock.title = now + " · " + onemap.city.time_zone;
  }, 1000);

  window.dash_clientside = Object.assign(window.dash_clientside || {}, {
    header: { chosen, period, dates, language, theme, data_time },
  });
})();
