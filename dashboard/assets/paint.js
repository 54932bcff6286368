/* Makes elements of a panel's tree, changing only what differs: focus, scrolling and unfolded branches survive. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const NAMES = { className: "class", tabIndex: "tabindex", htmlFor: "for" };

  function dress(element, attributes, before) {
    for (const name in before) if (!(name in attributes)) element.removeAttribute(NAMES[name] || name);
    for (const name in attributes) {
      const value = attributes[name];
      if (name === "style") {
        for (const part in before.style) if (!(part in value)) element.style[part] = "";
        Object.assign(element.style, value);
      }
      else if (value === false) element.removeAttribute(name);
      else if (before[name] !== value) {
        element.setAttribute(NAMES[name] || name, value === true ? "" : value);
        if (name === "value") element.value = value; // the attribute alone is not seen once somebody has typed
      }
    }
    element.painted = attributes;
  }

  /* Whether a branch is open is the reader's affair once it has been drawn, unless the tree changes its mind. */
  function settled(element, attributes) {
    if (element.localName !== "details") return attributes;
    const wished = Boolean(attributes.open);
    const same = element.painted && element.wished === wished;
    element.wished = wished; // apart from what the reader made of it, which is what is painted
    return same ? { ...attributes, open: element.open } : attributes;
  }

  function fit(parent, nodes) {
    nodes.forEach((node, at) => {
      const there = parent.childNodes[at];
      if (typeof node === "string") {
        if (there && there.nodeType === Node.TEXT_NODE) {
          if (there.data !== node) there.data = node;
        } else put(parent, document.createTextNode(node), there);
        return;
      }
      const [tag, attributes, children] = node;
      let element = there;
      if (!there || there.localName !== tag || !there.painted) element = put(parent, document.createElement(tag), there);
      dress(element, settled(element, attributes), element.painted || {});
      fit(element, children);
    });
    while (parent.childNodes.length > nodes.length) parent.lastChild.remove();
  }

  function put(parent, made, instead) {
    if (instead) parent.replaceChild(made, instead);
    else parent.append(made);
    return made;
  }

  /* What had the focus may be gone: the nearest that is left takes it, or keys would begin at the top of the page. */
  function keep(place, change) {
    const parts = () => [...place.querySelectorAll("a[href], button, input, select, summary")];
    const at = parts().indexOf(document.activeElement);
    change();
    if (at < 0 || place.contains(document.activeElement)) return;
    const left = parts();
    (left[Math.min(at, left.length - 1)] || onemap.map.getContainer()).focus({ preventScroll: true });
  }

  function paint(tree, id) {
    const place = document.getElementById(id);
    if (place && tree) keep(place, () => fit(place, tree));
    if (tree) onemap.feed.painted(id);
    return window.dash_clientside.no_update;
  }

  onemap.paint = { fit };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { paint: { paint } });
})();
