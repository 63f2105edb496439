// The page of publishings: everything chosen at once; while something is under way it looks again by itself, and what
// somebody is typing elsewhere on it is left alone.

const EVERY = 3000;

for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", (event) => confirm(button.dataset.ask) || event.preventDefault());
}
for (const all of document.querySelectorAll("[data-all]")) {
  const boxes = [...all.closest("table").querySelectorAll("tbody input[type=checkbox]")];
  all.hidden = boxes.length < 2;
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
}
if (document.querySelector("[data-busy]")) setTimeout(look, EVERY);

async function look() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return setTimeout(look, EVERY);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-jobs]");
  document.querySelector("[data-jobs]").replaceWith(fresh);
  if (fresh.hasAttribute("data-busy")) setTimeout(look, EVERY);
}
