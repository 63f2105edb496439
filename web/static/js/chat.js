import { compose } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Log } from "./log.js";

const LOOK_AGAIN_MS = 5000;
const SELDOM = 6; // without a person in the conversation, only every sixth time

const byId = (id) => document.getElementById(id);
const log = new Log(byId("log"), byId("newer"));
const conversation = new Conversation(byId("chat").dataset.conversation, log);

compose(byId("composer"), conversation.say);
byId("quick-questions")?.addEventListener("click", (event) => {
  const { text } = event.target.dataset;
  if (text) conversation.say({ text });
});

window.addEventListener("online", () => conversation.resend());
document.addEventListener("visibilitychange", () => document.hidden || conversation.refresh());
conversation.load();

let looks = 0;
setInterval(() => {
  looks += 1;
  const due = conversation.personAnswers || looks % SELDOM === 0;
  if (due && !document.hidden) conversation.refresh();
}, LOOK_AGAIN_MS);
