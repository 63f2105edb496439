// The chat in a frame on another site: no cookie reaches it there, so that its own storage keeps the conversation.
import { keep, kept, visitor } from "./embed_memory.js";

const chat = document.getElementById("chat");

if (!chat.dataset.conversation) chat.dataset.conversation = kept();
document.documentElement.dataset.visitor = visitor();
document.addEventListener("conversation", ({ detail }) => keep(detail));

document.addEventListener("keydown", (event) => {
  const isInUse = event.defaultPrevented || event.isComposing || document.querySelector("dialog[open], details.menu[open]");
  if (event.key === "Escape" && !isInUse) parent.postMessage("wenzheng:close", "*"); // no secret: any site may hear it
});
