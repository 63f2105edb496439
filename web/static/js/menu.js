import { endConversation, eraseConversation, Failure, textOf } from "./api.js";
import { words } from "./words.js";

const byId = (id) => document.getElementById(id);
const WHOLE = 0; // stands for the whole conversation where a turn is named

/** What can be done with the conversation as a whole, and with the page. */
export function prepareMenu(conversation, ratings) {
  const menu = byId("menu");
  const entries = [byId("menu-download"), byId("menu-end"), byId("menu-erase")];
  const close = () => (menu.open = false);

  menu.addEventListener("toggle", () => entries.forEach((entry) => (entry.hidden = !conversation.value)));
  menu.addEventListener("click", ({ target }) => target.closest("a, button") && close());
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    close();
    menu.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", ({ target }) => menu.contains(target) || close());

  byId("menu-download").addEventListener("click", () => location.assign(textOf(conversation.value)));
  const end = confirmed(byId("end-dialog"), async (form) => {
    const { up, text } = form.elements;
    if (!up.value && text.value.trim()) throw new Failure(words.thumbFirst, {}); // words are kept with a thumb only
    if (up.value) await ratings.give(WHOLE, { up: up.value === "yes", text: text.value });
    await endConversation(conversation.value);
    conversation.forget();
    location.reload();
  });
  const erase = confirmed(byId("erase-dialog"), async () => {
    await eraseConversation(conversation.value);
    conversation.forget();
    location.reload();
  });
  byId("menu-end").addEventListener("click", end);
  byId("menu-erase").addEventListener("click", erase);
  offerToInstall(byId("menu-install"));
}

/** Opens a dialog whose main button acts; what goes wrong is said in it. */
function confirmed(dialog, act) {
  const form = dialog.querySelector("form");
  const button = dialog.querySelector("[data-act]");
  const problem = dialog.querySelector(".problem");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await act(form);
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      problem.textContent = failure.message;
    } finally {
      button.disabled = false;
    }
  });
  return () => {
    problem.textContent = "";
    dialog.showModal();
  };
}

/** Where the browser offers to install the page as an app, the menu does too. */
function offerToInstall(button) {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    button.hidden = false;
    button.onclick = () => {
      event.prompt();
      button.hidden = true;
    };
  });
}
