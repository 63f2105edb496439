// The editor saves by itself, keeps what cannot be saved in this browser, shows the card as it will look, and says who
// else is writing. Without it the buttons do the same.

import { card } from "./card.js";
import * as kept from "./content_kept.js";
import { fill, piece } from "./pieces.js";

const SAVE_EVERY = 4000;
const HERE_EVERY = 10000;
const PREVIEW_AFTER = 600;

const form = document.querySelector("[data-editor]");
let preview = document.querySelector("[data-preview]");
showCard();
for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", (event) => confirm(button.dataset.ask) || event.preventDefault());
}
if (form) edit();

function edit() {
  const { entry, mayEdit } = form.dataset;
  const isText = Boolean(form.elements.markdown);
  const ofText = `${entry}?mode=text`;
  const own = isText ? ofText : entry; // what a form holds fits into no text, and the other way round: each is kept apart
  const saved = form.querySelector("[data-saved]");
  const lost = document.querySelector("[data-lost]");
  const isUntouched = [...form.elements].every(isAsSent); // whoever is quick has written before this runs
  let written = isUntouched ? snapshot() : "";
  let stopped = false;
  let isOffered = false;
  let waiting;

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(showPreview, PREVIEW_AFTER);
  });
  if (!isUntouched) showPreview();
  form.querySelector("[data-kind]")?.addEventListener("change", showFacets);
  if (!mayEdit) return;
  offerKept();
  setInterval(save, SAVE_EVERY);
  setInterval(tellHere, HERE_EVERY);
  tellHere();
  form.addEventListener("submit", () => {
    stopped = true;
    kept.keep(own, snapshot(), version(), true); // should the session have ended, the page that comes back finds it
  });
  document.querySelector("[data-try]")?.addEventListener("submit", async (event) => {
    event.preventDefault(); // what is tried is the draft: it is saved first
    await save();
    if (snapshot() === written) event.target.submit();
  });
  addEventListener("beforeunload", () => {
    if (!stopped && snapshot() !== written) kept.keep(own, snapshot(), version());
  });

  async function save() {
    const now = snapshot();
    if (stopped || now === written) return;
    let answer;
    try {
      answer = await send("save", "application/json");
    } catch {
      return keepHere(now, "网络不通，写的先存在这台电脑上。");
    }
    if (answer.status === 409) {
      stopped = true;
      const { by } = await answer.json();
      return keepHere(now, `${by}刚才保存过这一条，自动保存停了。请点“保存草稿”，把两边合起来。`);
    }
    if (answer.status === 422) return keepHere(now, (await answer.json()).problem);
    if (answer.redirected || !answer.ok) {
      return keepHere(now, "登录过期了，写的存在这台电脑上。请在新窗口登录，再回来接着写。");
    }
    const draft = await answer.json();
    form.elements.version.value = draft.version;
    written = now;
    if (!isOffered) {
      kept.forget(own);
      lost.hidden = true;
    }
    saved.textContent = `${clock()} 已自动保存`;
  }

  function keepHere(now, said) {
    kept.keep(own, now, version());
    lost.textContent = said;
    lost.hidden = false;
  }

  /** What a lost session left behind is put back when somebody asks for it, there where it was written. */
  function offerKept() {
    const left = kept.find(own, version());
    if (left && left !== written) {
      const back = button("放回来", () => {
        putBack(left);
        showPreview();
      });
      return offer(own, "上次有没存上的内容，还在这台电脑上。 ", back);
    }
    kept.forget(own);
    const other = isText ? entry : ofText;
    const way = [...form.querySelectorAll(".content-modes a")].find((link) => link.getAttribute("href") === `/content/${other}`);
    if (!way || !kept.find(other, version())) return;
    const link = document.createElement("a");
    link.href = way.href;
    link.textContent = "去放回来";
    offer(other, `上次在“${way.textContent}”里有没存上的内容，还在这台电脑上。 `, link);
  }

  function offer(name, said, way) {
    isOffered = true; // until somebody decides, nothing that is saved meanwhile makes it go away
    lost.replaceChildren(said, way, " ", button("不要了", () => kept.forget(name)));
    lost.hidden = false;
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", () => {
      isOffered = false;
      lost.hidden = true;
      act();
    });
    return made;
  }

  async function tellHere() {
    try {
      const answer = await send("here", "application/json", new FormData());
      if (answer.redirected || !answer.ok) return;
      const { others } = await answer.json();
      const said = document.querySelector("[data-others]");
      said.hidden = !others.length;
      said.textContent = `${others.join("、")}也打开着这一条。先说好谁来改，免得白写。`;
    } catch {
      // the next sign of life comes in a moment
    }
  }

  async function showPreview() {
    const answer = await send("preview", "text/html").catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-preview]");
    const open = [...preview.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
    preview.replaceWith(fresh);
    preview = fresh;
    showCard();
    for (const fold of preview.querySelectorAll("details")) {
      fold.open = open.includes(fold.querySelector("summary").textContent);
    }
  }

  function send(act, accept, body = new FormData(form)) {
    const headers = { Accept: accept, "X-Form-Token": form.elements.form_token.value };
    return fetch(`/content/${entry}/${act}`, { method: "POST", headers, body });
  }

  function isAsSent(field) {
    if (!field.options) return field.value === (field.defaultValue ?? field.value) && field.checked === field.defaultChecked;
    return field.selectedIndex === Math.max([...field.options].findIndex((option) => option.defaultSelected), 0);
  }

  function version() {
    return Number(form.elements.version.value);
  }

  function snapshot() {
    const fields = [...new FormData(form)].filter(([name]) => !["form_token", "version", "base"].includes(name));
    return JSON.stringify(fields);
  }

  function putBack(text) {
    const values = new Map();
    for (const [name, value] of JSON.parse(text)) values.set(name, [...(values.get(name) ?? []), value]);
    for (const field of form.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      const value = values.get(field.name)?.shift();
      if (value !== undefined) field.value = value;
    }
    showFacets();
  }

  function showFacets() {
    const kind = form.querySelector("[data-kind]")?.value;
    for (const facet of form.querySelectorAll("[data-facet-of]")) {
      const empty = !facet.querySelector("textarea").value.trim();
      facet.hidden = empty && !facet.dataset.facetOf.split(" ").includes(kind);
    }
  }
}

function showCard() {
  const place = preview?.querySelector("[data-card]");
  if (place) place.replaceChildren(card(JSON.parse(place.dataset.card), buttons));
}

/** Buttons of related questions, which lead nowhere here. */
function buttons(related) {
  return related.map(({ title }) => {
    const made = fill(piece("choice"), { title });
    made.disabled = true;
    return made;
  });
}

function clock() {
  return new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
}
