import { fill, piece } from "./pieces.js";
import { words } from "./words.js";

/** A citizen's message in the log, and what became of it. */
export class OwnMessage {
  constructor(text, pictures = []) {
    const said = text || (pictures.length ? "" : words.withoutWords);
    this.node = fill(piece("own"), { speaker: words.speaker.citizen, text: said });
    if (pictures.length) this.node.append(fill(piece("pictures"), { pictures }));
  }

  /** On its way. */
  sending() {
    this.note?.remove();
  }

  /** Arrived, and nobody answers at once. */
  delivered() {
    this.say("delivered", words.delivered);
  }

  /** Not sent; `resend` is called on 重发, without it there is no such button. */
  failed(message, resend) {
    this.say("failed", message, resend && { title: words.resend, act: resend });
  }

  /** Kept, but not answered; `ask` is called on 再问一次. */
  unanswered(ask) {
    this.say("unanswered", "", { title: words.askAgain, act: ask });
  }

  say(state, note, button) {
    this.note?.remove();
    this.note = fill(piece("delivery"), { note, again: button?.title });
    this.note.dataset.state = state;
    this.note.querySelector("button")?.addEventListener("click", button.act);
    this.node.append(this.note);
  }
}
