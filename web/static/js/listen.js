import { streamOf } from "./api.js";

/**
 * Hears of new turns as they come, while the page is seen; `heard` is called for each that the page does not show yet.
 * Where streams are refused or cut, nothing is lost: whoever looks again from time to time still finds everything.
 */
export function listen(conversation, heard) {
  let stream = null;
  let value = null;

  const close = () => {
    stream?.close();
    stream = null;
  };

  const open = () => {
    close();
    value = conversation.value;
    if (!value || document.hidden) return;
    stream = new EventSource(streamOf(value, conversation.lastTurn));
    stream.onmessage = ({ data }) => {
      if (JSON.parse(data).turn > conversation.lastTurn) heard();
    };
  };

  document.addEventListener("conversation", () => conversation.value !== value && open());
  document.addEventListener("visibilitychange", open);
  window.addEventListener("online", open);
  window.addEventListener("offline", close);
  open();
}
