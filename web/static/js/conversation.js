import { Failure, messagesAfter, newClientId, sendMessage } from "./api.js";
import { OwnMessage } from "./own_message.js";
import { words } from "./words.js";

const ERASED = "unknown_conversation";
const A_PERSON_ANSWERS = ["handed_over", "waiting_for_person"];

/** One citizen's conversation: messages go out one after the other, what comes back goes into the log. */
export class Conversation {
  constructor(value, log) {
    this.value = value || null;
    this.log = log;
    this.lastTurn = 0;
    this.unsent = new Map();
    this.personAnswers = false;
    this.queue = Promise.resolve();
    this.say = this.say.bind(this);
  }

  /** Shows and sends {text} or {text, payload}. */
  say(content) {
    const message = { client_id: newClientId(), ...content };
    const own = new OwnMessage(content.text);
    this.log.addOwn(own, new Date());
    this.send(message, own);
  }

  send(message, own) {
    own.sending();
    this.unsent.delete(message);
    this.log.showTyping(true);
    this.inTurn(() => this.deliver(message, own));
  }

  /** Sends again what did not get through; each message keeps its client_id, so nothing happens twice. */
  resend() {
    for (const [message, own] of [...this.unsent]) this.send(message, own);
  }

  /** Brings what was said here before. */
  load() {
    return this.inTurn(async () => {
      if (!this.value) return;
      try {
        const messages = await messagesAfter(this.value, 0);
        this.log.quietly(() => messages.forEach((item) => this.add(item)));
      } catch (failure) {
        if (failure.code === ERASED) this.value = null; // a new one begins with the next message
        else this.log.addNotice(words.historyFailed, words.reload, () => this.load());
      }
    });
  }

  /** Brings what staff or the hotline said meanwhile; waits for messages that are not sent yet. */
  refresh() {
    return this.inTurn(async () => {
      if (!this.value || this.unsent.size) return;
      const messages = await messagesAfter(this.value, this.lastTurn).catch(() => []);
      messages.map((item) => this.add(item)).forEach((node) => node && this.log.announce(node));
    });
  }

  inTurn(step) {
    this.queue = this.queue.then(step).catch(console.error);
    return this.queue;
  }

  async deliver(message, own) {
    this.log.showTyping(true); // again: the turn before took it away
    try {
      const turn = await sendMessage(this.value, message).finally(() => this.log.showTyping(false));
      await this.catchUp(turn);
      this.receive(turn, own, message);
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      if (failure.code === ERASED && this.value) {
        this.value = null;
        return this.deliver(message, own);
      }
      if (failure.again) this.unsent.set(message, own);
      own.failed(failure.message, failure.again && (() => this.send(message, own)));
    }
  }

  /** Shows what was said between the last turn shown and this one, in another window or by staff. */
  async catchUp({ conversation, turn }) {
    if (conversation !== this.value) this.lastTurn = 0;
    this.value = conversation;
    if (!this.lastTurn || turn <= this.lastTurn + 1) return;
    const messages = await messagesAfter(conversation, this.lastTurn).catch(() => []);
    messages.filter((item) => item.turn < turn).forEach((item) => this.add(item));
  }

  receive({ turn, outcome, replies }, own, { text, payload }) {
    this.lastTurn = turn;
    this.personAnswers = A_PERSON_ANSWERS.includes(outcome);
    const unavailable = outcome === "unavailable";
    const shown = unavailable && !replies.length ? [{ type: "text", text: words.unavailable }] : replies;
    const node = this.log.addReplies("bot", shown, new Date(), this.say);
    if (unavailable) own.unanswered(() => this.say({ text, payload }));
    else if (!node) own.delivered();
    this.log.show(node ?? own.node);
  }

  add({ turn, at, from, text, replies }) {
    this.lastTurn = Math.max(this.lastTurn, turn);
    if (from !== "citizen") {
      this.personAnswers = from === "staff";
      return this.log.addReplies(from, replies, at, this.say);
    }
    const own = new OwnMessage(text);
    this.log.addOwn(own, at);
    return own.node;
  }
}
