/** The form in steps: one part at a time; the phone's own back key goes one part back. */
export class Stages {
  constructor(form) {
    this.parts = [...form.querySelectorAll(".stage")];
    this.list = document.getElementById("stages");
    this.back = document.getElementById("back");
    this.forward = document.getElementById("next");
    this.submit = document.getElementById("send");
    this.list.hidden = false;
    this.back.addEventListener("click", () => (history.state?.walked ? history.back() : this.show(this.now - 1)));
    this.forward.addEventListener("click", () => this.next());
    window.addEventListener("popstate", ({ state }) => this.show(state?.stage ?? this.first));
    const wrong = this.parts.findIndex((part) => part.querySelector(".problem"));
    this.first = Math.max(0, wrong);
    this.draw(this.first);
  }

  get atLast() {
    return this.now === this.parts.length - 1;
  }

  next() {
    history.pushState({ stage: this.now + 1, walked: true }, "");
    this.show(this.now + 1);
  }

  /** Shows the part that a field stands in. */
  showPartOf(field) {
    this.show(this.parts.indexOf(field.closest(".stage")));
  }

  show(index) {
    this.draw(index);
    this.parts[index].querySelector("h2").focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }

  draw(index) {
    this.now = index;
    this.parts.forEach((part, place) => (part.hidden = place !== index));
    [...this.list.children].forEach((item, place) => {
      item.dataset.done = String(place < index);
      if (place === index) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    this.back.hidden = index === 0;
    this.forward.hidden = this.atLast;
    this.submit.hidden = !this.atLast;
  }
}
