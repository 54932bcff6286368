/* The strip below a picture: what every colour, sign and size on it means, which filter holds, where it is from. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const ROW = 24; // pixels
  const SIGN = 22; // what a sign and the gap behind it take
  const GAP = 16; // between two explanations
  const PARTS = [1 / 16, 1 / 4, 1]; // of the number that is drawn largest, as the list of layers has them
  const text = (key) => onemap.look.text(key);
  const font = (size, weight) => (weight || 400) + " " + size + "px " + onemap.units.palette().font;

  /* A sign, if there is one, and a text behind it: how wide, and how to draw it where it is put. */
  function item(pen, said, { sign, room = SIGN, size = 13, weight, color, gap = GAP } = {}) {
    pen.font = font(size, weight);
    const before = sign ? room : 0;
    const wide = before + pen.measureText(said).width + gap;
    const draw = (on, x, y) => {
      if (sign) sign(on, x, y);
      Object.assign(on, { font: font(size, weight), textAlign: "left", textBaseline: "middle", fillStyle: color || onemap.units.token("--text") });
      on.fillText(said, x + before, y);
    };
    return { said, wide, draw };
  }

  function patch(colour) {
    return (pen, x, y) => {
      pen.fillStyle = colour;
      pen.fillRect(x, y - 6, 17, 12);
    };
  }

  /* As symbols.js draws it on the map. */
  function shape(corners, colour, radius = 5.5) {
    return (pen, x, y) => {
      pen.beginPath();
      if (corners && corners.length) for (const [dx, dy] of corners) pen.lineTo(x + 8 + dx * radius, y + dy * radius);
      else pen.arc(x + 8, y, radius, 0, 2 * Math.PI);
      pen.closePath();
      Object.assign(pen, { fillStyle: colour, strokeStyle: onemap.units.palette().line, lineWidth: 1 });
      pen.fill();
      pen.stroke();
    };
  }

  function line(colour, dashes, filled) {
    return (pen, x, y) => {
      Object.assign(pen, { strokeStyle: colour, fillStyle: colour, lineWidth: 2, lineCap: "round" });
      pen.setLineDash((dashes || []).map((part) => part * 2));
      pen.beginPath();
      if (filled) pen.rect(x + 1, y - 6, 15, 12);
      else {
        pen.moveTo(x, y);
        pen.lineTo(x + 17, y);
      }
      if (filled) {
        pen.globalAlpha = 0.45;
        pen.fill();
        pen.globalAlpha = 1;
      }
      pen.stroke();
      pen.setLineDash([]);
    };
  }

  /* A disc or a square that stands for many. */
  function many({ color, fillColor, square }) {
    return (pen, x, y) => {
      pen.beginPath();
      if (square) pen.roundRect(x, y - 7, 17, 14, 4);
      else pen.arc(x + 8.5, y, 8, 0, 2 * Math.PI);
      Object.assign(pen, { fillStyle: fillColor, strokeStyle: color, lineWidth: 1.5 });
      pen.fill();
      pen.stroke();
      Object.assign(pen, { fillStyle: square ? onemap.units.palette().text : onemap.units.palette().ink, font: font(10, 600), textAlign: "center", textBaseline: "middle" });
      pen.fillText("n", x + 8.5, y + 0.5);
    };
  }

  /* What lies over the units in view: overlay → { counted, plain, layers: layer → kinds }. */
  function drawn() {
    const found = new Map();
    const view = onemap.map.getBounds();
    onemap.map.eachLayer((mark) => {
      const overlay = mark.options.of;
      if (!overlay || !mark.feature) return;
      if (!(mark.getBounds && !mark._radius ? view.intersects(mark.getBounds()) : view.contains(mark.getLatLng()))) return;
      if (!found.has(overlay)) found.set(overlay, { counted: null, plain: null, kinds: new Map() });
      const of = found.get(overlay);
      if (mark.options.text) of.counted = mark.options;
      else {
        const { layer, kind } = onemap.symbols.meaning(overlay, mark.feature.properties);
        if (!kind) of.plain = mark;
        if (layer) of.kinds.set(layer, (of.kinds.get(layer) || new Set()).add(kind));
      }
    });
    return found;
  }

  function called(field, layer) {
    const declared = layer.fields.find((each) => each.id === field);
    return declared ? onemap.look.name(declared) : text(field);
  }

  function signOf(kind, layer) {
    const colour = onemap.symbols.shade(kind.color);
    if (layer.geometry === "point") return shape(onemap.city.shapes[kind.shape], colour);
    return line(colour, onemap.symbols.DASHES[kind.shape], layer.geometry === "polygon");
  }

  /* Circles for a sixteenth, a quarter and all of the number that is drawn largest. */
  function sizes(pen, layer) {
    const { size_by: by, most, radius } = layer.style;
    return [
      item(pen, text("size_by").replace("{name}", called(by, layer)), { color: onemap.units.token("--dim"), gap: 8 }),
      ...PARTS.map((part) => {
        const reach = Math.min(Math.max(radius[0], radius[1] * Math.sqrt(part)), ROW / 2);
        const ring = (on, x, y) => {
          on.beginPath();
          on.arc(x + reach, y, reach - 0.5, 0, 2 * Math.PI);
          Object.assign(on, { strokeStyle: onemap.units.token("--text"), lineWidth: 1 });
          on.stroke();
        };
        const number = most * part;
        return item(pen, (part === 1 ? "≥ " : "") + (number >= 20 ? onemap.look.count(number) : Number(number.toPrecision(2))), { sign: ring, room: 2 * reach + 6 });
      }),
    ];
  }

  function names(overlay) {
    const { layers } = onemap.city;
    const view = onemap.view.now;
    const on = (layer) => (view.layers ? view.layers.includes(layer.id) : layer.shown);
    const meant = overlay === "incidents" ? layers.filter((each) => each.incidents && on(each) && (!view.source.length || view.source.includes(each.incidents))) : layers.filter((each) => each.id === overlay);
    return meant.map(onemap.look.name).join(onemap.look.language() === "en" ? ", " : "、");
  }

  const looks = (kind) => kind.color + " " + kind.shape;

  /* What colours say, by what they are called: layers of incidents that have the same colours are explained once. */
  function alike(kinds) {
    const found = new Map();
    for (const [layer, used] of kinds) {
      const { color_by: by, kinds: all } = layer.style;
      if (!by) continue;
      const what = text(layer.geometry === "point" ? "color_by" : "color_by_stroke").replace("{name}", called(by, layer));
      const same = [...found.values()].find(([other]) => JSON.stringify(other.style.kinds) === JSON.stringify(all));
      if (same) used.forEach((kind) => same[1].add(looks(kind)));
      else found.set(found.has(what) ? onemap.look.name(layer) + " · " + what : what, [layer, new Set([...used].map(looks))]);
    }
    return found;
  }

  /* One overlay: its name with what counts look like, then its colours and sizes as far as they are in view. */
  function overlay(pen, id, { counted, plain, kinds }) {
    const dim = onemap.units.token("--dim");
    const look = counted && many(counted);
    const alone = plain && (plain._radius ? shape(onemap.city.shapes[plain.options.shape], plain.options.fillColor) : line(plain.options.color, null, plain.options.fill));
    const found = [item(pen, names(id), { sign: look || alone, weight: 600 })];
    for (const [what, [layer, used]] of alike(kinds)) {
      const { style } = layer;
      found.push(item(pen, what, { color: dim, gap: 8 }));
      for (const kind of [...style.kinds, style.other]) {
        if (used.has(looks(kind))) found.push(item(pen, kind === style.other ? text("other_values") : onemap.look.name(kind), { sign: signOf(kind, layer) }));
      }
    }
    for (const layer of kinds.keys()) if (layer.style.size_by) found.push(...sizes(pen, layer));
    return found;
  }

  /* The legend as the panel has it, or that of a playback in its place: a swatch and a range for each class. */
  function classes(pen, legend) {
    return [...legend.querySelectorAll("li")].map((row) => item(pen, row.querySelector("span").textContent, { sign: patch(getComputedStyle(row.querySelector("i")).backgroundColor) }));
  }

  /* What the surface of density means, where there is one. */
  function density(pen) {
    const key = document.querySelector(".is-heated .heat-key");
    if (!key) return [];
    const [few, many, densest] = [...key.querySelectorAll("span")].map((part) => part.textContent);
    const { token } = onemap.units;
    const ramp = (on, x, y) => {
      const colours = on.createLinearGradient(x, 0, x + 90, 0);
      [1, 2, 3, 4].forEach((at) => colours.addColorStop((at - 1) / 3, token("--heat-" + at)));
      on.fillStyle = colours;
      on.fillRect(x, y - 5, 90, 10);
    };
    return [item(pen, key.querySelector("b").textContent, { weight: 600, gap: 10 }), item(pen, few, { gap: 6 }), item(pen, many + "  " + densest + JSON.parse(token("--heat-densest")), { sign: ramp, room: 97 })];
  }

  /* Filter, base map, data time and notice. */
  function about(pen, picture) {
    const chips = [...document.querySelectorAll(".conditions .chip")].map((chip) => chip.firstChild.textContent);
    const notice = document.querySelector(".notice");
    const parts = [...chips, onemap.baseMap.credit(), text("data_time") + " " + onemap.look.moment(picture.at), notice && !notice.hidden ? notice.textContent : ""];
    return parts.filter(Boolean).map((part, at) => item(pen, (at ? "· " : "") + part, { size: 12, color: onemap.units.token("--dim"), gap: 5 }));
  }

  /* Items in lines that are no wider than there is room. */
  function lines(items, wide) {
    const found = [];
    let left = Infinity;
    for (const each of items) {
      if (left + each.wide > wide) {
        found.push([]);
        left = 0;
      }
      found[found.length - 1].push([left, each]);
      left += each.wide;
    }
    return found;
  }

  /* What the colours are of, and when: of a playback the step, else the unit and the period. */
  function titled(legend) {
    const head = legend.querySelector("h2");
    const beside = head.parentElement.localName === "summary" ? head.nextElementSibling : legend.querySelector("p");
    const parts = [head.textContent, beside.textContent];
    return (head.parentElement.localName === "summary" ? parts : parts.reverse()).join(" · ");
  }

  /* All lines below the title, each with what stands where; the first leave room for scale and north at the right. */
  function made(pen, picture, wide, aside) {
    const legend = [...document.querySelectorAll(".panel.legend")].find((each) => !each.hidden && getComputedStyle(each).display !== "none") || document.querySelector(".panel.legend");
    const over = [...drawn()].map(([id, of]) => overlay(pen, id, of));
    const counted = [...drawn().values()].some((each) => each.counted);
    const units = document.body.classList.contains("is-counted") ? " · " + JSON.parse(onemap.units.token("--counted-note")) : "";
    if (counted) over[over.length - 1].push(item(pen, text("n_of_many") + units, { color: onemap.units.token("--dim") }));
    const groups = [classes(pen, legend), density(pen), ...over, about(pen, picture)];
    return { title: titled(legend), rows: groups.flatMap((items) => lines(items, wide - aside)) };
  }

  function draw(pen, rows, x, y) {
    for (const row of rows) {
      for (const [left, each] of row) each.draw(pen, x + left, y);
      y += ROW;
    }
  }

  onemap.pictureKey = { ROW, made, draw };
})();
