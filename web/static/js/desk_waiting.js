import { read, stayHere } from "./desk_live.js";

// The queue, looked at again every few seconds; the focus stays where it is.

const LOOK_AGAIN_MS = 4000;
const live = document.querySelector("[data-live]");

stayHere();
setInterval(look, LOOK_AGAIN_MS);

async function look() {
  const { text } = await read(location.pathname);
  const fresh = text && new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]");
  if (!fresh || fresh.innerHTML === live.innerHTML) return;
  const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
  live.replaceChildren(...fresh.childNodes);
  if (focused) document.getElementById(focused)?.focus();
}
