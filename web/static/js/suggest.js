import { suggestions } from "./api.js";
import { fill, piece } from "./pieces.js";
import { words } from "./words.js";

const WAIT_MS = 180;
const LONGEST = 20; // what is longer tells a story, and goes nowhere before it is sent
const NUMBERS = /\d{5}/; // nor does what may be somebody's number

/**
 * Published questions while the citizen types, as a combobox: the arrows choose, Enter takes, Esc closes.
 * `choose` is called with the question taken; nothing is looked up unless `wanted` says so.
 */
export function suggest(field, list, note, { choose, wanted }) {
  const known = new Map();
  let timer;
  let active = -1;

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  const close = () => {
    clearTimeout(timer);
    list.hidden = true;
    note.textContent = "";
    field.setAttribute("aria-expanded", "false");
    mark(-1);
  };

  const mark = (index) => {
    active = index;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    if (index < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", list.children[index].id);
  };

  const open = (texts) => {
    list.replaceChildren(...texts.map((text, place) => Object.assign(fill(piece("suggestion"), { text }), { id: `suggestion-${place}` })));
    mark(-1);
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    note.textContent = words.suggested(texts.length);
  };

  const take = (option) => {
    const text = option.textContent;
    close();
    choose(text);
  };

  const look = async () => {
    const typed = field.value.trim();
    if (!typed || typed.length > LONGEST || NUMBERS.test(typed) || !wanted()) return close();
    const found = known.get(typed) ?? (await suggestions(typed));
    if (found.length) known.set(typed, found);
    if (field.value.trim() !== typed || document.activeElement !== field) return;
    const texts = found.filter((text) => text !== typed);
    if (texts.length) open(texts);
    else close();
  };

  field.addEventListener("input", ({ isComposing }) => {
    clearTimeout(timer);
    if (!isComposing) timer = setTimeout(look, WAIT_MS);
  });
  field.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  field.addEventListener("written", close);
  field.addEventListener("blur", close);
  field.addEventListener(
    "keydown",
    (event) => {
      if (list.hidden || event.isComposing) return;
      const count = list.children.length;
      if (event.key === "Escape") close();
      else if (event.key === "ArrowDown") mark((active + 1) % count);
      else if (event.key === "ArrowUp") mark(active <= 0 ? count - 1 : active - 1);
      else if (event.key === "Enter" && active >= 0) take(list.children[active]);
      else return;
      event.preventDefault();
    },
    { capture: true },
  );
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", ({ target }) => {
    const option = target.closest(".suggestion");
    if (option) take(option);
  });
}
