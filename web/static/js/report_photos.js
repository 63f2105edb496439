import { Photo } from "./report_photo.js";
import { words } from "./report_words.js";

/** The pictures of the form: sent one after the other as soon as they are chosen. */
export class Photos {
  constructor(form) {
    this.list = document.getElementById("photos");
    this.note = document.getElementById("pictures-note");
    this.consent = form.elements.consent;
    this.most = Number(this.list.dataset.most);
    this.photos = [];
    this.queue = Promise.resolve();
    this.takeOver();
    this.listen(document.querySelector("#album input"));
    this.listen(document.querySelector("#camera input"));
    document.getElementById("camera").hidden = !matchMedia("(pointer: coarse)").matches;
    this.consent.addEventListener("change", () => this.sendAgain());
  }

  get count() {
    return this.list.children.length;
  }

  get failed() {
    return this.photos.filter((photo) => !photo.done);
  }

  /** Resolves when nothing is under way any more. */
  async settled() {
    let seen;
    do await (seen = this.queue);
    while (seen !== this.queue);
  }

  listen(input) {
    input.removeAttribute("name"); // the form carries ids, not files
    input.addEventListener("change", () => {
      this.add([...input.files]);
      input.value = "";
    });
  }

  add(files) {
    const room = this.most - this.count;
    this.note.textContent = files.length > room ? words.most(this.most) : "";
    for (const file of files.slice(0, Math.max(0, room))) {
      const photo = new Photo(file, () => this.remove(photo));
      photo.find(".photo-again").addEventListener("click", () => this.send(photo));
      this.photos.push(photo);
      this.list.append(photo.node);
      photo.find(".photo-view").setAttribute("aria-label", words.picture(this.count));
      this.send(photo);
    }
  }

  send(photo) {
    this.queue = this.queue.then(() => this.photos.includes(photo) && photo.send(this.consent.checked));
  }

  /** What may be read from a picture is decided when it is sent. */
  sendAgain() {
    this.photos.filter((photo) => photo.done && photo.consent !== this.consent.checked).forEach((photo) => this.send(photo));
  }

  remove(photo) {
    this.photos = this.photos.filter((one) => one !== photo);
    photo.node.remove();
    this.note.textContent = "";
  }

  /** Pictures that came with an earlier try stand in the page already. */
  takeOver() {
    for (const node of [...this.list.children]) {
      const box = node.querySelector("input");
      const button = document.getElementById("piece-photo").content.querySelector(".photo-remove").cloneNode(true);
      button.addEventListener("click", () => node.remove());
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "picture", value: box.value });
      box.closest("label").replaceWith(button, field);
    }
  }
}
