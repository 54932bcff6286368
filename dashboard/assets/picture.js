/* The map as a picture: what Leaflet drew, the names on it, and a strip that says what it shows. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const TITLE = 34; // the line above the key
  const MARGIN = 20;
  const ASIDE = 220; // at the right, where scale and north are

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

  function copied(tile) {
    return tile.crossOrigin !== null || new URL(tile.src).origin === window.location.origin;
  }

  /* Whether the base map has tiles that a picture will lack. */
  function bare() {
    return [...onemap.map.getContainer().querySelectorAll("img.leaflet-tile-loaded")].some((tile) => !copied(tile));
  }

  /* Tiles of a base map, then the canvases, each where it is. A tile that may not be copied is left out. */
  function shapes(pen, map, whole) {
    for (const tile of map.querySelectorAll("img.leaflet-tile-loaded")) {
      pen.filter = getComputedStyle(tile.closest(".base-map-tiles")).filter;
      if (copied(tile)) pen.drawImage(tile, ...box(tile, whole));
    }
    pen.filter = "none";
    for (const drawn of map.querySelectorAll("canvas")) {
      pen.globalAlpha = Number(getComputedStyle(drawn).opacity);
      pen.drawImage(drawn, ...box(drawn, whole));
    }
    pen.globalAlpha = 1;
  }

  function labels(pen, map, whole) {
    for (const label of map.querySelectorAll(".unit-label")) {
      const look = getComputedStyle(label);
      for (const line of label.children) {
        const { fontSize, fontWeight } = getComputedStyle(line);
        const [x, y, wide, high] = box(line, whole);
        write(pen, line.textContent, x + wide / 2, y + high / 2, { size: parseFloat(fontSize), weight: fontWeight, align: "center", color: look.color, halo: look.getPropertyValue("--halo") });
      }
    }
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
    write(pen, onemap.place.round(round), x - wide / 2, y - 12, { align: "center", color });
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

  function strip(pen, picture, key, wide, top, high) {
    const token = onemap.units.token;
    pen.fillStyle = token("--panel-solid");
    pen.fillRect(0, top, wide, high);
    const color = token("--text");
    const place = picture.unit.path.map(onemap.look.name).join(" › ");
    write(pen, place + " · " + key.title, MARGIN, top + 20, { size: 16, weight: 600, color });
    onemap.pictureKey.draw(pen, key.rows, MARGIN, top + TITLE + onemap.pictureKey.ROW / 2);
    scale(pen, wide - 70, top + 46, color);
    north(pen, wide - 34, top + 38, color);
  }

  /* A picture at the screen's own resolution, with its name. */
  async function file(picture) {
    const map = onemap.map.getContainer();
    const whole = map.getBoundingClientRect();
    const dense = window.devicePixelRatio || 1;
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    const key = onemap.pictureKey.made(pen, picture, whole.width - MARGIN, ASIDE);
    const high = Math.max(TITLE + key.rows.length * onemap.pictureKey.ROW + 10, 76);
    canvas.width = whole.width * dense;
    canvas.height = (whole.height + high) * dense;
    pen.scale(dense, dense);
    pen.fillStyle = onemap.units.token("--background");
    pen.fillRect(0, 0, whole.width, whole.height);
    shapes(pen, map, whole);
    labels(pen, map, whole);
    strip(pen, picture, key, whole.width, whole.height, high);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const at = onemap.look.moment(picture.at).replace(/[-:]/g, "").replace(" ", "T");
    return { blob, name: onemap.look.name(picture.unit) + "-" + onemap.look.text("map_as_drawn") + "-" + at + ".png" };
  }

  onemap.picture = { file, bare };
})();
