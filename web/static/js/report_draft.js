const KEY = "report-draft";
const NAMES = ["place", "what", "time", "kind"]; // never the phone number: the device may have several users
const KEPT_MS = 24 * 60 * 60 * 1000;

/** What was written on this device and not sent yet; without storage it lasts as long as the page. */
export class Draft {
  constructor(form) {
    this.form = form;
    form.addEventListener("input", () => this.save());
  }

  /** Fills an empty form; true when there was something to fill in. */
  restore() {
    const draft = read();
    const { what, place, time } = this.texts;
    if (what || place || time || !(draft.texts?.what || draft.texts?.place)) return false;
    for (const name of NAMES) if (draft.texts[name]) this.form.elements[name].value = draft.texts[name];
    return true;
  }

  /** Sent again unchanged because no answer came, it is the same report; anything else is a new one. */
  aboutToSend() {
    const { sent } = read();
    const texts = JSON.stringify(this.texts);
    if (sent?.texts === texts) this.form.elements.instance.value = sent.instance;
    this.save({ texts, instance: this.form.elements.instance.value });
  }

  save(sent = read().sent) {
    write({ at: Date.now(), texts: this.texts, sent });
  }

  get texts() {
    return Object.fromEntries(NAMES.map((name) => [name, this.form.elements[name].value.trim()]));
  }
}

export function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // storage is off, so nothing was kept
  }
}

function read() {
  try {
    const draft = JSON.parse(localStorage.getItem(KEY)) ?? {};
    return Date.now() - draft.at < KEPT_MS ? draft : {};
  } catch {
    return {};
  }
}

function write(draft) {
  try {
    localStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // storage is off or full
  }
}
