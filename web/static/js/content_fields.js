// The fields of the editor's form: what is written in them, put back into them, and which of them the kind calls for.

const OF_THE_PAGE = ["form_token", "version", "base"];

/** Tells whether nobody has written anything into the form yet. */
export function isUntouched(form) {
  return [...form.elements].every(isAsSent);
}

/** What is written, as one text. */
export function snapshot(form) {
  return JSON.stringify([...new FormData(form)].filter(([name]) => !OF_THE_PAGE.includes(name)));
}

/** Writes a snapshot into the form again. */
export function putIn(form, text) {
  const values = new Map();
  for (const [name, value] of JSON.parse(text)) values.set(name, [...(values.get(name) ?? []), value]);
  for (const field of form.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    const value = values.get(field.name)?.shift();
    if (value !== undefined) field.value = value;
  }
  showFacets(form);
}

/** Shows the facets of the chosen kind, and whichever has a text. */
export function showFacets(form) {
  const kind = form.querySelector("[data-kind]")?.value;
  for (const facet of form.querySelectorAll("[data-facet-of]")) {
    const empty = !facet.querySelector("textarea").value.trim();
    facet.hidden = empty && !facet.dataset.facetOf.split(" ").includes(kind);
  }
}

function isAsSent(field) {
  if (!field.options) return field.value === (field.defaultValue ?? field.value) && field.checked === field.defaultChecked;
  return field.selectedIndex === Math.max([...field.options].findIndex((option) => option.defaultSelected), 0);
}
