import { Photo } from "./photo.js";

/** Pictures in a list: each is sent to the service as soon as it is chosen, one after the other. */
export class Photos {
  /** `words` says how many may come, and which one a picture is. */
  constructor(list, note, words) {
    this.list = list;
    this.note = note;
    this.words = words;
    this.most = Number(list.dataset.most);
    this.photos = [];
    this.queue = Promise.resolve();
  }

  get count() {
    return this.list.children.length;
  }

  get failed() {
    return this.photos.filter((photo) => !photo.done);
  }

  /** Whether place and time may be read from them. */
  get mayRead() {
    return false;
  }

  add(files) {
    const room = this.most - this.count;
    this.note.textContent = files.length > room ? this.words.mostPictures(this.most) : "";
    for (const file of files.slice(0, Math.max(0, room))) {
      const photo = new Photo(file, () => this.remove(photo));
      photo.find(".photo-again").addEventListener("click", () => this.send(photo));
      this.photos.push(photo);
      this.list.append(photo.node);
      photo.find(".photo-view").setAttribute("aria-label", this.words.picture(this.count));
      this.send(photo);
    }
  }

  send(photo) {
    this.queue = this.queue.then(() => this.photos.includes(photo) && photo.send(this.mayRead));
  }

  remove(photo) {
    this.photos = this.photos.filter((one) => one !== photo);
    photo.node.remove();
    this.note.textContent = "";
  }

  /** Resolves when nothing is under way any more. */
  async settled() {
    let seen;
    do await (seen = this.queue);
    while (seen !== this.queue);
  }
}
