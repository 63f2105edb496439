// The entry form, a little quicker: the district follows the place, and the two ways to a category follow each other.

const form = document.querySelector("[data-entry]");
const [place, district, leaf, category] = ["place", "district", "leaf", "category"].map((name) =>
  form.querySelector(`[data-${name}]`),
);
let isChosen = Boolean(district.value);

district.addEventListener("change", () => {
  isChosen = Boolean(district.value);
});

place.addEventListener("input", () => {
  if (!isChosen) district.value = proposed(place.value);
});

leaf.addEventListener("input", () => {
  const found = [...category.options].find((option) => option.value && option.text === leaf.value.trim());
  if (found) category.value = found.value;
  else if (category.value && leaf.value) category.value = "";
});

category.addEventListener("change", () => {
  leaf.value = category.value ? category.selectedOptions[0].text : "";
});

/** The one district that a place names, or none; the server decides by the same words. */
function proposed(text) {
  const named = [...district.options].filter((option) =>
    (option.dataset.words ?? "").split(" ").some((word) => word && text.includes(word)),
  );
  return named.length === 1 ? named[0].value : "";
}
