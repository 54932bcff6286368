/* A link as people wrote it: what nobody knows of the looks that it asks for is passed over, and kept to be said. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const MOST = 6; // parts that are said
  const LETTERS = 60; // of a part that is said
  /* What is answered for by somebody else: the API refuses it, or whoever shows it says so. */
  const LEFT = "unit period from to as_of category status source channel weekday where hours within circle q level indicator against after base view at".split(" ");
  const number = (part) => Number.isFinite(Number(part));
  const layer = (part, city) => city.layers.some((each) => each.id === part);
  /* Values with commas between them, each judged alone; the number is how many there may be. */
  const LISTED = {
    layers: [layer],
    order: [layer],
    heat: [layer],
    opacity: [(part, city) => layer(part.split(":")[0], city) && /:(100|[1-9]?\d)$/.test(part)],
    beside: [() => true, 4],
    breaks: [number, 5],
  };

  function fits(name, value, city) {
    return name in city.looks ? city.looks[name].includes(value) : LEFT.includes(name);
  }

  /* The box that the API knows as well, as an area that chips and the map show. */
  function area(box) {
    const [west, south, east, north] = box.split(",").map(Number);
    const corners = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    return corners.flat().every(Number.isFinite) ? "POLYGON((" + corners.map((each) => each.join(" ")).join(",") + "))" : box;
  }

  /* The address without what is not known, and that as it is written there. */
  function sieve(search, city) {
    const said = new URLSearchParams();
    const unread = [];
    const drop = (name, value) => {
      const part = (name + "=" + value).slice(0, LETTERS);
      name in city.looks || name in LISTED ? unread.push(part) : unread.unshift(part); // a filter may be meant by it
    };
    for (const [name, value] of new URLSearchParams(search || "")) {
      const [fit, most = Infinity] = LISTED[name] || [];
      if (!fit) {
        if (name === "bbox") said.append("within", area(value));
        else if (value && !fits(name, value, city)) drop(name, value);
        else said.append(name, value);
        continue;
      }
      const parts = value.split(/[,，;；、\s]+/).filter(Boolean);
      const kept = parts.filter((part) => fit(part, city)).slice(0, most);
      for (const part of parts) if (!kept.includes(part)) drop(name, part);
      if (kept.length || !parts.length) said.append(name, kept.join(",")); // none of them known is not none wanted
    }
    const parts = [...new Set(unread)];
    return { said, unread: parts.length > MOST ? [...parts.slice(0, MOST), "…"] : parts };
  }

  onemap.link = { sieve };
})();
