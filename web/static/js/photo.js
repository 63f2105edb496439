import { piece } from "./pieces.js";
import { words } from "./report_words.js";
import { asVisitor } from "./visitor.js";

const MOST_BYTES = 12 * 1024 * 1024;
const SIDE = 240;

/** One picture on its way: a tile with a preview, how far it is, and the field that names it in the form. */
export class Photo {
  constructor(file, onRemove) {
    this.file = file;
    this.node = piece("photo");
    this.field = Object.assign(document.createElement("input"), { type: "hidden", name: "picture", disabled: true });
    this.node.append(this.field);
    this.find(".photo-remove").addEventListener("click", () => {
      this.request?.abort();
      onRemove(this);
    });
    this.say(words.waiting);
    this.preview();
  }

  get done() {
    return !this.field.disabled;
  }

  find(selector) {
    return this.node.querySelector(selector);
  }

  /** Sends it and resolves when that has come to an end, good or bad. */
  send(consent) {
    this.consent = consent;
    this.field.disabled = true;
    this.node.dataset.state = "sending";
    if (this.file.size > MOST_BYTES) return this.failed(words.tooLarge, false);
    return new Promise((resolve) => {
      const request = (this.request = new XMLHttpRequest());
      request.open("POST", "/api/v1/uploads");
      request.responseType = "json";
      request.upload.addEventListener("progress", ({ loaded, total }) => this.progress(total ? loaded / total : 0));
      request.addEventListener("load", () => resolve(this.received(request)));
      request.addEventListener("error", () => resolve(this.failed(words.offline, true)));
      request.addEventListener("abort", () => resolve());
      const body = new FormData();
      body.append("file", this.file);
      if (consent) body.append("consent", "1");
      for (const [name, value] of Object.entries(asVisitor())) body.append(name, value);
      request.send(body);
    });
  }

  received({ status, response }) {
    if (status !== 201) return this.failed(response?.error?.message ?? words.broken, status === 429 || status >= 500);
    this.field.value = response.upload;
    this.field.disabled = false;
    this.node.dataset.state = "done";
    this.progress(null);
    this.say("");
  }

  failed(message, again) {
    this.node.dataset.state = "failed";
    this.progress(null);
    this.say(message);
    this.find(".photo-again").hidden = !again;
  }

  progress(part) {
    const bar = this.find(".photo-progress");
    bar.hidden = part === null;
    this.find(".photo-again").hidden = true;
    if (part === null) return;
    bar.value = part;
    this.say(words.sending(part));
  }

  say(text) {
    this.find(".photo-state").textContent = text;
  }

  /** Drawn here, because the page may show no address but our own. */
  async preview() {
    const canvas = this.find(".photo-view");
    try {
      const bitmap = await createImageBitmap(this.file, { resizeWidth: SIDE, resizeQuality: "medium" });
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      canvas.hidden = false;
    } catch {
      // the tile stays empty; whether it is a picture, the service says
    }
  }
}
