import { Photos } from "./photos.js";
import { words } from "./words.js";

/** Pictures waiting above the bar, which go along with the next message. */
export class ChatPhotos extends Photos {
  constructor(tray, note) {
    super(tray.querySelector("ul"), note, words);
    this.tray = tray;
  }

  add(files) {
    super.add(files);
    this.show();
  }

  remove(photo) {
    super.remove(photo);
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
