import { prepareAttachments } from "./attachments.js";

/** The bar to write in: Enter sends, Shift+Enter starts a line, the field grows with what is written. */
export function composer(form, say) {
  const field = form.elements.text;
  const precise = matchMedia("(pointer: fine)").matches;
  const attachments = prepareAttachments(say);
  form.classList.add("scripted");

  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  };

  const write = (text) => {
    field.value = text;
    grow();
    field.dispatchEvent(new Event("written"));
  };

  const submit = () => {
    const text = field.value.trim();
    if (attachments.count) return attachments.whenReady((pictures) => send({ text: field.value.trim(), ...pictures }));
    if (text) send({ text });
    else write("");
  };

  const send = (content) => {
    say(content);
    write("");
    if (precise) field.focus(); // on a phone the keyboard would stay over the answer
  };

  field.addEventListener("input", grow);
  field.addEventListener("keydown", (event) => {
    const choosingCharacters = event.isComposing || event.keyCode === 229; // 229: Safari, at the end of a composition
    if (event.key !== "Enter" || event.shiftKey || choosingCharacters || event.defaultPrevented) return;
    event.preventDefault();
    submit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  offerVoice(document.getElementById("voice"), field, write);
  if (precise) field.focus();
  return { sayInstead: (text) => send({ text }) };
}

/** Voice input, where the browser can; the rest of it is fetched when it is first used. */
function offerVoice(button, field, write) {
  if (!("webkitSpeechRecognition" in window)) return;
  let listen;
  button.hidden = false;
  button.addEventListener("click", async () => {
    listen ??= (await import("./voice.js")).voice(button, field, write);
    listen();
  });
}
