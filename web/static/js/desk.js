// The keyboard of the desk. Everything works without it.

const links = [...document.querySelectorAll("[data-rows] a[href]")];
const keys = document.getElementById("keys");
const search = document.getElementById("search");
const back = document.querySelector("[data-back]");

const acts = {
  j: () => move(1),
  k: () => move(-1),
  "/": () => (search ? search.select() : back && location.assign(`${back.href.split("#")[0]}#search`)),
  "?": () => (keys?.open ? keys.close() : keys?.showModal()),
  u: () => back?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isWriting(event.target)) return;
  const act = acts[event.key];
  if (!act || (keys?.open && event.key !== "?")) return;
  event.preventDefault();
  act();
});

document.querySelector("[data-keys]")?.removeAttribute("hidden");
if (location.hash === "#search") search?.select();

function isWriting(element) {
  return element.matches("input:not([type=checkbox], [type=radio]), select, textarea");
}

function move(by) {
  if (!links.length) return;
  const here = links.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + by, 0), links.length - 1);
  links[next].focus();
  links[next].closest("tr")?.scrollIntoView({ block: "nearest" });
}
