import { ratingsOf, sendRating } from "./api.js";

/** What the citizen thinks of the answers; `value` gives the conversation's value at the moment. */
export class Ratings {
  constructor(value) {
    this.value = value;
    this.known = {};
    this.loaded = Promise.resolve();
  }

  /** Brings what was said before; without it the thumbs stand as if nothing had been. */
  load() {
    if (!this.value()) return;
    this.loaded = ratingsOf(this.value()).then(
      (known) => (this.known = { ...known, ...this.known }),
      () => {},
    );
  }

  of(turn) {
    return this.known[turn];
  }

  /** Keeps a rating with the service. Throws Failure. */
  async give(turn, rating) {
    await sendRating(this.value(), turn, rating);
    this.known[turn] = rating;
  }
}
