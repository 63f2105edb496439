import { composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { listen } from "./listen.js";
import { Log } from "./log.js";
import { prepareMenu } from "./menu.js";
import { Ratings } from "./ratings.js";
import { suggest } from "./suggest.js";
import { Tools } from "./tools.js";
import { watch } from "./watch.js";

const LOOK_AGAIN_MS = 15000;
const A_PERSON_ANSWERS_MS = 5000;

const byId = (id) => document.getElementById(id);
const ratings = new Ratings(() => conversation.value);
const log = new Log(byId("log"), byId("newer"), new Tools(ratings));
const conversation = new Conversation(byId("chat").dataset.conversation, log);

const bar = composer(byId("composer"), conversation.say);
suggest(byId("text"), byId("suggestions"), byId("suggestions-note"), {
  choose: (text) => bar.sayInstead(text),
  wanted: () => !conversation.isAsking,
});
byId("quick-questions")?.addEventListener("submit", (event) => {
  event.preventDefault(); // without scripts it is a form
  conversation.say({ text: event.submitter.value });
});
prepareMenu(conversation, ratings);

byId("plain").remove(); // from here on everything works; where it does not, the plain page stays
window.addEventListener("online", () => conversation.resend());
ratings.load();
conversation.load().then(() => listen(conversation, conversation.refresh));
watch(conversation.refresh, () => (conversation.personAnswers ? A_PERSON_ANSWERS_MS : LOOK_AGAIN_MS));

if ("serviceWorker" in navigator && window.isSecureContext) {
  window.addEventListener("load", () => navigator.serviceWorker.register("/service_worker.js", { scope: "/chat" }).catch(() => {}));
}
