/* Conditions as addresses write them, and several values as people type them: `广场, "东门, 西门"` are two. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const TYPED = /\s*(?:["“”]((?:[^"“”]|["“”]{2})*)["“”]\s*(?=[,，]|$)|([^,，]*))(?:[,，]|$)/y;
  const DOUBTFUL = /[,，"“”]|^\s|\s$/;

  /* A value as it stands in an address, where commas part values and bars part terms. */
  function written(value) {
    return value.replaceAll("%", "%25").replaceAll("|", "%7C").replaceAll(",", "%2C");
  }

  function unescaped(value) {
    try {
      return decodeURIComponent(value);
    } catch {
      return value; // a bare "100%", which the API reads so, too
    }
  }

  /* The field, the comparison and the values of one term. */
  function parts(term) {
    const [field, comparison, ...said] = term.split(":");
    return { field, comparison, values: said.join(":").split(",").filter(Boolean).map(unescaped) };
  }

  /* Values in one line, to be typed on; quotes hold together what has a comma of its own. */
  function shown(values) {
    return values.map((value) => (DOUBTFUL.test(value) ? '"' + value.replace(/["“”]/g, "$&$&") + '"' : value)).join(", ");
  }

  function typed(line) {
    const found = [];
    for (TYPED.lastIndex = 0; TYPED.lastIndex < line.length; ) {
      const [, quoted, plain] = TYPED.exec(line);
      found.push(quoted === undefined ? plain.trim() : quoted.replace(/(["“”])["“”]/g, "$1"));
    }
    return found.filter(Boolean);
  }

  onemap.clauses = { written, parts, shown, typed };
})();
