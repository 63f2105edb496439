import { Photo } from "./report_photo.js";
import { words } from "./words.js";

/** Pictures waiting above the bar: each is sent to the service as soon as it is chosen, and goes along with the message. */
export class ChatPhotos {
  constructor(tray, note) {
    this.tray = tray;
    this.note = note;
    this.list = tray.querySelector("ul");
    this.most = Number(this.list.dataset.most);
    this.photos = [];
    this.queue = Promise.resolve();
  }

  get count() {
    return this.photos.length;
  }

  get failed() {
    return this.photos.some((photo) => !photo.done);
  }

  add(files) {
    const room = this.most - this.count;
    this.note.textContent = files.length > room ? words.mostPictures(this.most) : "";
    for (const file of files.slice(0, Math.max(0, room))) {
      const photo = new Photo(file, () => this.remove(photo));
      photo.find(".photo-again").addEventListener("click", () => this.send(photo));
      this.photos.push(photo);
      this.list.append(photo.node);
      photo.find(".photo-view").setAttribute("aria-label", words.picture(this.count));
      this.send(photo);
    }
    this.show();
  }

  send(photo) {
    this.queue = this.queue.then(() => this.photos.includes(photo) && photo.send(false));
  }

  /** Resolves when nothing is under way any more. */
  async settled() {
    let seen;
    do await (seen = this.queue);
    while (seen !== this.queue);
  }

  remove(photo) {
    this.photos = this.photos.filter((one) => one !== photo);
    photo.node.remove();
    this.note.textContent = "";
    this.show();
  }

  /** What a message says of them; they wait here no more. */
  take() {
    const attachments = this.photos.map((photo) => photo.field.value);
    const pictures = this.photos.map((photo) => photo.find(".photo-view"));
    this.photos = [];
    this.list.replaceChildren();
    this.note.textContent = "";
    this.show();
    return { attachments, pictures };
  }

  show() {
    this.tray.hidden = !this.count;
  }
}
