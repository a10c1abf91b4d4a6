/* Builds and changes elements. What comes from outside becomes text, and never markup. */

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; strings become text. */
export function el(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for drawings. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else {
      attribute(element, name, value);
    }
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

export const byId = id => document.getElementById(id);

/** Sets an attribute, or removes it where the value is null or false. */
export function attribute(element, name, value) {
  if (value === null || value === undefined || value === false) {
    element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value === true ? "" : value);
  }
}

/** Sets the text, if it is another one: selections and screen readers notice every write. */
export function text(element, value) {
  if (element.textContent !== value) {
    element.textContent = value;
  }
  return element;
}

/**
 * Makes the children of an element those of the items, in their order. Elements are kept by key, so
 * that what has the focus keeps it.
 */
export function each(parent, items, keyOf, create, update) {
  const focused = document.activeElement;
  const known = (parent.byKey ??= new Map());
  const gone = new Set(known.keys());
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let child = known.get(key);
    if (!child) {
      child = create(item);
      known.set(key, child);
    }
    gone.delete(key);
    if (child === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(child, place);
    }
    update(child, item);
  }
  for (const key of gone) {
    known.get(key).remove();
    known.delete(key);
  }
  if (focused?.isConnected && document.activeElement !== focused) {
    focused.focus({ preventScroll: true });
  }
}

/** A moment, as a person reads it, with the exact one for machines and at hand. */
export function time(instant, shown) {
  return el("time", { datetime: instant, title: new Date(instant).toLocaleString() }, shown);
}
