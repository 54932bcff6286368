/* The map as a picture: what Leaflet drew, the names on it, and a strip that says what it shows. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const STRIP = 92;
  const MARGIN = 20;

  function box(element, whole) {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left - whole.left, top - whole.top, width, height];
  }

  function write(pen, said, x, y, { size = 13, weight = 400, align = "left", color, halo }) {
    pen.font = weight + " " + size + "px " + onemap.units.palette().font;
    pen.textAlign = align;
    pen.textBaseline = "middle";
    if (halo) {
      pen.strokeStyle = halo;
      pen.lineWidth = 3;
      pen.lineJoin = "round";
      pen.strokeText(said, x, y);
    }
    pen.fillStyle = color;
    pen.fillText(said, x, y);
  }

  /* Tiles of a base map, then the canvases, each where it is. A tile that may not be copied is left out. */
  function shapes(pen, map, whole) {
    for (const tile of map.querySelectorAll("img.leaflet-tile-loaded")) {
      if (tile.crossOrigin !== null || new URL(tile.src).origin === window.location.origin) pen.drawImage(tile, ...box(tile, whole));
    }
    for (const drawn of map.querySelectorAll("canvas")) {
      pen.globalAlpha = Number(getComputedStyle(drawn).opacity);
      pen.drawImage(drawn, ...box(drawn, whole));
    }
    pen.globalAlpha = 1;
  }

  function labels(pen, map, whole) {
    for (const label of map.querySelectorAll(".unit-label")) {
      const look = getComputedStyle(label);
      for (const [part, size, weight] of [["b", 13.5, 600], ["span", 12.5, 400]]) {
        const line = label.querySelector(part);
        const [x, y, wide, high] = box(line, whole);
        write(pen, line.textContent, x + wide / 2, y + high / 2, { size, weight, align: "center", color: look.color, halo: look.getPropertyValue("--halo") });
      }
    }
  }

  /* The legend as the panel has it: a swatch and a range for each class. */
  function legend(pen, x, y, color) {
    for (const row of document.querySelectorAll(".legend li")) {
      const swatch = row.querySelector("i");
      pen.fillStyle = getComputedStyle(swatch).backgroundColor;
      pen.fillRect(x, y - 6, 18, 12);
      const range = row.querySelector("span").textContent;
      write(pen, range, x + 24, y, { color });
      x += 24 + pen.measureText(range).width + 18;
    }
    return x;
  }

  /* What the surface of density means, where there is one. */
  function density(pen, x, y, color) {
    const key = document.querySelector(".is-heated .heat-key");
    if (!key) return;
    const [few, many, densest] = [...key.querySelectorAll("span")].map((part) => part.textContent);
    const token = onemap.units.token;
    const said = (text) => {
      write(pen, text, x, y, { color });
      x += pen.measureText(text).width + 8;
    };
    said(key.querySelector("b").textContent + "  " + few);
    const colours = pen.createLinearGradient(x, 0, x + 90, 0);
    [1, 2, 3, 4].forEach((at) => colours.addColorStop((at - 1) / 3, token("--heat-" + at)));
    pen.fillStyle = colours;
    pen.fillRect(x, y - 5, 90, 10);
    x += 98;
    said(many + "  " + densest + JSON.parse(token("--heat-densest")));
  }

  /* As long as a round number of metres is in the middle of the picture. */
  function scale(pen, x, y, color) {
    const map = onemap.map;
    const middle = map.getSize().divideBy(2);
    const metres = map.distance(map.containerPointToLatLng(middle), map.containerPointToLatLng(middle.add([120, 0])));
    const power = 10 ** Math.floor(Math.log10(metres));
    const round = power * [5, 2, 1].find((step) => step * power <= metres);
    const wide = (120 * round) / metres;
    pen.strokeStyle = color;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(x - wide, y - 5);
    pen.lineTo(x - wide, y);
    pen.lineTo(x, y);
    pen.lineTo(x, y - 5);
    pen.stroke();
    write(pen, round >= 1000 ? round / 1000 + " km" : round + " m", x - wide / 2, y - 12, { align: "center", color });
  }

  function north(pen, x, y, color) {
    pen.fillStyle = color;
    pen.beginPath();
    pen.moveTo(x, y - 16);
    pen.lineTo(x + 7, y + 4);
    pen.lineTo(x, y);
    pen.lineTo(x - 7, y + 4);
    pen.fill();
    write(pen, "N", x, y + 13, { size: 12, weight: 600, align: "center", color });
  }

  function strip(pen, picture, wide, top) {
    const token = onemap.units.token;
    pen.fillStyle = token("--panel-solid");
    pen.fillRect(0, top, wide, STRIP);
    const color = token("--text");
    const dim = token("--dim");
    const place = picture.unit.path.map(onemap.look.name).join(" › ");
    const title = document.querySelector(".legend h2");
    write(pen, place + " · " + (title ? title.textContent : ""), MARGIN, top + 20, { size: 16, weight: 600, color });
    density(pen, legend(pen, MARGIN, top + 46, color) + 14, top + 46, color);
    const chips = [...document.querySelectorAll(".conditions .chip")].map((chip) => chip.firstChild.textContent);
    const notice = document.querySelector(".notice");
    const parts = [...chips, onemap.baseMap.credit(), onemap.look.text("data_time") + " " + onemap.look.moment(picture.at), notice && !notice.hidden ? notice.textContent : ""];
    write(pen, parts.filter(Boolean).join(" · "), MARGIN, top + 72, { size: 12, color: dim });
    scale(pen, wide - 70, top + 46, color);
    north(pen, wide - 34, top + 38, color);
  }

  /* A picture at the screen's own resolution, with its name. */
  async function file(picture) {
    const map = onemap.map.getContainer();
    const whole = map.getBoundingClientRect();
    const dense = window.devicePixelRatio || 1;
    const canvas = document.createElement("canvas");
    canvas.width = whole.width * dense;
    canvas.height = (whole.height + STRIP) * dense;
    const pen = canvas.getContext("2d");
    pen.scale(dense, dense);
    pen.fillStyle = onemap.units.token("--background");
    pen.fillRect(0, 0, whole.width, whole.height);
    shapes(pen, map, whole);
    labels(pen, map, whole);
    strip(pen, picture, whole.width, whole.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const at = onemap.look.moment(picture.at).replace(/[-:]/g, "").replace(" ", "T");
    return { blob, name: onemap.look.name(picture.unit) + "-" + onemap.look.text("map_as_drawn") + "-" + at + ".png" };
  }

  onemap.picture = { file };
})();
