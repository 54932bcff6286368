/* Why there is no answer, as people are told: in the page's language where the reason is known. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const REASONS = {
    away: "error_away",
    busy: "error_busy",
    empty: "error_empty",
    exports: "error_exports",
    font: "error_font",
    placed: "error_placed",
    slow: "error_slow",
  };
  const VALUE = 60; // letters of a value that is shown

  /* The API's own sentence tells the remedy, but in English, and what stands between it and the page has none. */
  async function of(answer) {
    const said = await answer.json().catch(() => ({}));
    const english = onemap.look.language() === "en" && said.detail;
    const refused = answer.status < 500; // the question itself is wrong, and would be again
    const key = REASONS[said.reason] || (!english && (said.value !== undefined ? "error_value" : refused ? null : "error_server"));
    const blanks = { name: said.parameter || said.kind, value: String(said.value).slice(0, VALUE), status: answer.status };
    const sentence = key ? onemap.look.say(key, blanks) : said.detail || said.title || answer.status + " " + answer.statusText;
    return Object.assign(new Error(sentence), { refused });
  }

  /* The answer, or why there is none. */
  async function unless(address, options) {
    const answer = await fetch(address, options).catch((mistake) => {
      throw mistake.name === "AbortError" ? mistake : new Error(onemap.look.text("error_network"));
    });
    if (!answer.ok) throw await of(answer);
    return answer;
  }

  onemap.problem = { of, unless };
})();
