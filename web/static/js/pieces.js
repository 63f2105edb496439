/** A copy of the template `piece-<name>` of the page. */
export function piece(name) {
  return document.getElementById(`piece-${name}`).content.firstElementChild.cloneNode(true);
}

/**
 * Puts each value (text or nodes, never markup) where `data-field` names it, and returns the node.
 * A field without a value is taken out, together with the `data-with` of that name around it.
 */
export function fill(node, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = find(node, `[data-field="${name}"]`);
    const whole = find(node, `[data-with="${name}"]`) ?? field;
    const content = [value ?? ""].flat().filter((part) => part !== "" && part !== false);
    if (content.length) field?.replaceChildren(...content);
    else whole.remove();
  }
  return node;
}

function find(node, selector) {
  return node.matches(selector) ? node : node.querySelector(selector);
}

/** Points a link at a web address or phone number; false for any other, so that no script hides behind a link. */
export function pointTo(link, address) {
  let url;
  try {
    url = new URL(address, location.href);
  } catch {
    return false;
  }
  if (!["http:", "https:", "tel:"].includes(url.protocol)) return false;
  link.href = url.href;
  if (url.protocol !== "tel:" && url.origin !== location.origin) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  return true;
}

/** A link named by a title; only the title if the address is none. */
export function linkTo(title, address) {
  const link = document.createElement("a");
  link.textContent = title;
  return address && pointTo(link, address) ? link : title;
}
