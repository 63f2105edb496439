import { moment } from "./dates.js";
import { fill, piece } from "./pieces.js";
import { render } from "./render.js";
import { renew } from "./ticket.js";
import { words } from "./words.js";

const NEW_TIME_AFTER_MS = 5 * 60 * 1000;
const NEAR_END_PX = 80;

/** The list of messages that the citizen sees, and where it is scrolled to. */
export class Log {
  constructor(element, newer, tools) {
    this.element = element;
    this.newer = newer;
    this.tools = tools;
    this.typing = piece("typing");
    this.following = true;
    element.addEventListener("scroll", () => this.scrolled(), { passive: true });
    newer.addEventListener("click", () => this.toEnd("instant"));
    new ResizeObserver(() => this.following && this.toEnd("instant")).observe(element);
  }

  /** Adds a citizen's message. */
  addOwn(message, at) {
    this.addTime(at);
    this.put(message.node);
  }

  /** Adds the replies of one speaker to a turn and returns their node; none if there are no replies. */
  addReplies(from, replies, at, choose, turn) {
    if (!replies.length) return null;
    if (!this.before) renew(this.element, replies); // what is earlier says nothing new of a ticket
    this.addTime(at);
    const node = fill(piece(`turn-${from}`), { speaker: words.speaker[from] });
    node.querySelector(".turn-body").append(...replies.map((reply) => render(reply, choose)), ...row(this.tools.for(turn, from, replies)));
    this.put(node);
    return node;
  }

  /** Adds a line of our own with a button that removes it and acts. */
  addNotice(note, title, act) {
    const node = fill(piece("notice"), { note, again: title });
    node.querySelector("button").addEventListener("click", () => {
      if (this.first === node) this.first = node.nextElementSibling;
      node.remove();
      act();
    });
    this.put(node);
  }

  addTime(at) {
    const time = new Date(at);
    if (this.lastTime && time - this.lastTime < NEW_TIME_AFTER_MS) return;
    this.lastTime = time;
    this.put(fill(piece("time"), { time: moment(time) }));
  }

  /** Adds many messages at once: nothing is read aloud, and the end is shown. */
  quietly(add) {
    this.element.setAttribute("aria-live", "off");
    add();
    this.toEnd("instant");
    requestAnimationFrame(() => this.element.setAttribute("aria-live", "polite"));
  }

  /** Adds messages in front of the first one; what is read stays where it is, and nothing is read aloud. */
  earlier(add) {
    const { lastTime, following } = this;
    const fromEnd = this.element.scrollHeight - this.element.scrollTop;
    [this.before, this.lastTime, this.following] = [this.first, undefined, false];
    this.element.setAttribute("aria-live", "off");
    this.first = null;
    add();
    this.first ??= this.before;
    [this.before, this.lastTime, this.following] = [null, lastTime, following];
    this.element.scrollTo({ top: this.element.scrollHeight - fromEnd, behavior: "instant" });
    requestAnimationFrame(() => this.element.setAttribute("aria-live", "polite"));
  }

  put(node) {
    this.element.insertBefore(node, this.before ?? null);
    this.first ??= node;
  }

  showTyping(shown) {
    if (!shown) return this.typing.remove();
    this.element.append(this.typing);
    this.toEnd();
  }

  /** Shows a new message from its beginning, even if it is longer than the screen. */
  show(node) {
    const top = node.offsetTop - this.element.offsetTop;
    const end = this.element.scrollHeight - this.element.clientHeight;
    this.element.scrollTo({ top: Math.min(top - 8, end) });
  }

  /** Shows a message nobody was waiting for, unless the citizen is reading further up. */
  announce(node) {
    if (this.following) this.show(node);
    else this.newer.hidden = false;
  }

  toEnd(behavior = "auto") {
    this.element.scrollTo({ top: this.element.scrollHeight, behavior });
  }

  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    this.following = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.following) this.newer.hidden = true;
  }
}

function row(tools) {
  return tools ? [tools] : [];
}
