import { words } from "./words.js";

const MARKS = /\*\*|^\s*[-•]\s+/gm;
const ADDRESS = /https?:\/\/\S+/g;

export const canRead = "speechSynthesis" in window;
let reading = null;

/** Reads a text aloud; pressed again it stops, and another button's text stops it too. */
export function read(text, button) {
  const same = reading === button;
  speechSynthesis.cancel();
  show(null);
  if (same) return;
  const said = new SpeechSynthesisUtterance(text.replace(MARKS, "").replace(ADDRESS, ""));
  said.lang = "zh-CN";
  said.rate = 0.95;
  said.onend = said.onerror = () => reading === button && show(null);
  show(button);
  speechSynthesis.speak(said);
}

function show(button) {
  if (reading) reading.querySelector("span").textContent = words.read;
  reading = button;
  if (button) button.querySelector("span").textContent = words.stopReading;
}
