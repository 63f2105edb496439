import { words } from "./words.js";

/** What is said goes into the field, to be read before it is sent; the returned function starts and stops it. */
export function voice(button, field, write) {
  const note = document.getElementById("tray-note");
  const recognition = new window.webkitSpeechRecognition();
  let before = "";
  let listening = false;

  const show = (on) => {
    listening = on;
    button.setAttribute("aria-pressed", String(on));
  };

  Object.assign(recognition, { lang: "zh-CN", interimResults: true, continuous: false });
  recognition.onresult = ({ results }) => write(before + Array.from(results, ([best]) => best.transcript).join(""));
  recognition.onerror = ({ error }) => {
    note.textContent = error === "not-allowed" ? words.voiceDenied : words.voiceFailed;
  };
  recognition.onend = () => {
    show(false);
    if (note.textContent === words.listening) note.textContent = "";
    field.focus();
  };
  return () => {
    if (listening) return recognition.stop();
    before = field.value;
    note.textContent = words.listening;
    show(true);
    recognition.start();
  };
}
