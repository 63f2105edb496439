// The editor saves by itself, keeps what cannot be saved in this browser, shows the card as it will look, and says who
// else is writing. Without it the buttons do the same.

import { card } from "./card.js";
import { isUntouched, putIn, showFacets, snapshot } from "./content_fields.js";
import * as kept from "./content_kept.js";
import { read, refusal, send } from "./content_sending.js";
import { fill, piece } from "./pieces.js";

const SAVE_EVERY = 4000;
const HERE_EVERY = 10000;
const PREVIEW_AFTER = 600;
const TOLD_AS_JSON = [200, 409, 422]; // any other text beside one of these comes from between: the page itself says more

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
  const isFresh = isUntouched(form); // whoever is quick has written before this runs
  let written = isFresh ? snapshot(form) : "";
  let isOvertaken = false; // somebody else saved: from here on nothing is saved by itself
  let isPressed = false; // a button waits for the text to be safe
  let isReady = false;
  let isLeaving = false;
  let isOffered = false;
  let saving = null;
  let previews = 0;
  let waiting;

  form.addEventListener("input", () => {
    isLeaving = false; // whoever goes on writing has stopped the page that was to come
    clearTimeout(waiting);
    waiting = setTimeout(showPreview, PREVIEW_AFTER);
  });
  if (!isFresh) showPreview();
  form.querySelector("[data-kind]")?.addEventListener("change", () => showFacets(form));
  if (!mayEdit) return;
  offerKept();
  setInterval(() => isOvertaken || isPressed || isLeaving || isSaved() || save(), SAVE_EVERY);
  setInterval(tellHere, HERE_EVERY);
  tellHere();
  form.addEventListener("submit", async (event) => {
    if (isReady) {
      isLeaving = true;
      return;
    }
    event.preventDefault(); // first the text is saved: then the button brings the version and the token that hold
    if (isPressed || isLeaving) return;
    isPressed = true;
    const isGivenUp = event.submitter?.matches("[data-drop]");
    isReady = await (isGivenUp ? settle() : saveNow()).catch(() => true); // then it goes as it would without this script
    if (isGivenUp) forgetOwn();
    if (isReady) form.requestSubmit(event.submitter);
    isReady = isPressed = false;
  });
  document.querySelector("[data-try]")?.addEventListener("submit", async (event) => {
    event.preventDefault(); // what is tried is the draft: it is saved first
    const mayGo = await (isSaved() ? settle() : saveNow());
    if (mayGo && isSaved()) event.target.submit();
  });
  addEventListener("beforeunload", () => {
    if (!isLeaving && !isSaved()) keepOwn(snapshot(form));
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload()); // one that was left knows no new version

  /** Saves what stands there now, once what is on its way has arrived; whether the form may go. */
  async function saveNow() {
    await saving;
    return save();
  }

  /** Waits for what is on its way, and for a token that holds. */
  async function settle() {
    await saving;
    await tellHere();
    return true;
  }

  /** One at a time: a second one would bring the version that the first has just left behind. */
  function save() {
    saving ??= store().finally(() => {
      saving = null;
    });
    return saving;
  }

  /** False where the server did not take it in and has no page that says more. */
  async function store() {
    const now = snapshot(form);
    let answer, text;
    try {
      answer = await send(form, "save", "application/json");
      text = await answer.text();
    } catch {
      return keepHere(now, "网络不通，写的先存在这台电脑上。");
    }
    const told = read(text);
    if (told && answer.status === 409) {
      isOvertaken = true;
      keepHere(now, `${told.by}刚才保存过这一条，自动保存停了。请点“保存草稿”，把两边合起来。`);
      return true;
    }
    if (told && answer.status === 422) {
      keepHere(now, told.problem);
      return true;
    }
    if (!told || answer.redirected || !answer.ok) {
      keepHere(now, refusal(answer));
      return answer.redirected || TOLD_AS_JSON.includes(answer.status);
    }
    form.elements.version.value = told.version;
    written = now;
    forgetOwn();
    saved.textContent = `${clock()} 已自动保存`;
    return true;
  }

  function keepHere(now, said) {
    keepOwn(now);
    lost.textContent = said;
    lost.hidden = false;
    return false;
  }

  function keepOwn(now) {
    const { version, base } = form.elements;
    kept.keep(own, now, version.value, base.value);
  }

  function forgetOwn() {
    if (isOffered) return;
    kept.forget(own);
    lost.hidden = true;
  }

  /** What a lost session left behind is put back when somebody asks for it, there where it was written. */
  function offerKept() {
    const left = kept.find(own);
    if (left && left.text !== written) {
      const back = button("放回来", () => putBack(left));
      return offer(own, "上次有没存上的内容，还在这台电脑上。 ", back);
    }
    kept.forget(own);
    const other = isText ? entry : ofText;
    const way = [...form.querySelectorAll(".content-modes a")].find((link) => link.getAttribute("href") === `/content/${other}`);
    if (!way || !kept.find(other)) return;
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
      const answer = await send(form, "here", "application/json", new FormData());
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
    const asked = ++previews;
    const answer = await send(form, "preview", "text/html").catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-preview]");
    if (asked !== previews) return; // what was written since is on its way, or shown already
    const open = [...preview.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
    preview.replaceWith(fresh);
    preview = fresh;
    showCard();
    for (const fold of preview.querySelectorAll("details")) {
      fold.open = open.includes(fold.querySelector("summary").textContent);
    }
  }

  /** With what it was written over: where somebody saved since, both sides are shown before either is lost. */
  function putBack({ text, version, base }) {
    form.elements.version.value = version;
    form.elements.base.value = base;
    putIn(form, text);
    showPreview();
  }

  function isSaved() {
    return snapshot(form) === written;
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
