import { Photos } from "./photos.js";
import { words } from "./report_words.js";

/** The pictures of the form. */
export class ReportPhotos extends Photos {
  constructor(form) {
    super(document.getElementById("photos"), document.getElementById("pictures-note"), words);
    this.consent = form.elements.consent;
    this.takeOver();
    this.listen(document.querySelector("#album input"));
    this.listen(document.querySelector("#camera input"));
    document.getElementById("camera").hidden = !matchMedia("(pointer: coarse)").matches;
    this.consent.addEventListener("change", () => this.sendAgain());
  }

  get mayRead() {
    return this.consent.checked;
  }

  listen(input) {
    input.removeAttribute("name"); // the form carries ids, not files
    input.addEventListener("change", () => {
      this.add([...input.files]);
      input.value = "";
    });
  }

  /** What may be read from a picture is decided when it is sent. */
  sendAgain() {
    this.photos.filter((photo) => photo.done && photo.consent !== this.mayRead).forEach((photo) => this.send(photo));
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
