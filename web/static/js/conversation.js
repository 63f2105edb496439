import { Failure, messagesAfter, messagesBefore, newClientId, sendMessage } from "./api.js";
import { OwnMessage } from "./own_message.js";
import { sentPictures } from "./sent_pictures.js";
import { words } from "./words.js";

const ERASED = "unknown_conversation";
const ASKING = "collecting"; // what the citizen writes next answers a question
const A_PERSON_ANSWERS = ["handed_over", "waiting_for_person"];

/** One citizen's conversation: messages go out one after the other, what comes back goes into the log. */
export class Conversation {
  constructor(value, log) {
    this.value = value || null;
    this.log = log;
    this.loaded = !value;
    this.lastTurn = 0;
    this.shown = new Set(); // turns
    this.unsent = new Map();
    this.doubtful = new Set(); // messages that may be recorded already, although their answer was lost
    this.personAnswers = false;
    this.isAsking = false;
    this.queue = Promise.resolve();
    this.say = this.say.bind(this);
    this.refresh = this.refresh.bind(this);
  }

  /** Shows and sends {text}, with a payload, a location or attachments; `pictures` are nodes that show these. */
  say({ pictures = [], ...content }) {
    const message = { client_id: newClientId(), ...content };
    const own = new OwnMessage(content.text, pictures);
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
        const messages = await messagesBefore(this.value);
        this.offerEarlier(messages);
        this.log.quietly(() => this.add(messages));
        this.loaded = true;
      } catch (failure) {
        if (failure.code === ERASED) this.forget();
        else this.log.addNotice(words.historyFailed, words.reload, () => this.load());
      }
    });
  }

  /** Offers what was said before these messages, if anything was. */
  offerEarlier([first]) {
    if (!first || first.turn === 1) return;
    this.log.addNotice(words.earlierKept, words.earlier, () => this.loadEarlier(first.turn));
  }

  /** Brings what was said before a turn, in front of what is shown. */
  loadEarlier(turn) {
    return this.inTurn(async () => {
      if (!this.value) return;
      const personAnswers = this.personAnswers;
      try {
        const messages = await messagesBefore(this.value, turn);
        this.log.earlier(() => {
          this.offerEarlier(messages);
          this.add(messages);
        });
      } catch (failure) {
        if (failure.code === ERASED) this.forget();
        else this.log.earlier(() => this.log.addNotice(words.historyFailed, words.reload, () => this.loadEarlier(turn)));
      }
      this.personAnswers = personAnswers;
    });
  }

  /** Brings what was said meanwhile; while a message did not get through, only what others said. False if that failed. */
  refresh() {
    return this.inTurn(async () => {
      if (!this.value || !this.loaded) return true;
      try {
        const messages = await messagesAfter(this.value, this.lastTurn);
        this.addSure(messages).forEach((node) => this.log.announce(node));
        return true;
      } catch (failure) {
        if (!(failure instanceof Failure)) throw failure;
        if (failure.code === ERASED) this.forget();
        return !this.value;
      }
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
      this.doubtful.delete(message);
      await this.catchUp(turn);
      this.receive(turn, own, message);
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      if (failure.code === ERASED && this.value) {
        this.forget();
        return this.deliver(message, own);
      }
      if (failure.again) {
        this.doubtful.add(message);
        this.unsent.set(message, own);
      } else this.doubtful.delete(message); // nothing more will be heard of it
      own.failed(failure.message, failure.again && (() => this.send(message, own)));
    }
  }

  /** Shows what was said between the last turn shown and this one, in another window or by staff. */
  async catchUp({ conversation, turn }) {
    this.value = conversation;
    tell(conversation);
    if (!this.loaded || turn <= this.lastTurn + 1) return;
    const messages = await messagesAfter(conversation, this.lastTurn).catch(() => []);
    this.addSure(messages.filter((item) => item.turn < turn));
  }

  receive({ turn, outcome, replies }, own, { client_id, ...content }) {
    this.note(turn);
    this.isAsking = outcome === ASKING;
    this.personAnswers = A_PERSON_ANSWERS.includes(outcome);
    const unavailable = outcome === "unavailable";
    const shown = unavailable && !replies.length ? [{ type: "text", text: words.unavailable }] : replies;
    const node = this.log.addReplies("bot", shown, new Date(), this.say, turn);
    if (unavailable) own.unanswered(() => this.say(content));
    else if (!node) own.delivered();
    this.log.show(node ?? own.node);
  }

  /** Shows what is not on the screen yet. While it is in doubt whether a message got through, its turn is left for later. */
  addSure(messages) {
    if (!this.doubtful.size) return this.add(messages);
    const mine = messages.filter(({ from }) => from === "citizen").map(({ turn }) => turn);
    const { lastTurn } = this;
    const nodes = this.add(messages.filter(({ turn }) => !mine.includes(turn)));
    if (mine.length) this.lastTurn = Math.max(lastTurn, mine[0] - 1); // from there on it is asked for again
    return nodes;
  }

  /** Shows what is not on the screen yet; returns its nodes. */
  add(messages) {
    const fresh = messages.filter(({ turn }) => !this.shown.has(turn));
    fresh.forEach(({ turn }) => this.note(turn));
    return fresh.map((item) => this.addOne(item)).filter(Boolean);
  }

  addOne({ turn, at, from, text, attachments, replies }) {
    if (from !== "citizen") {
      if (!isNotice(from, replies)) this.personAnswers = from === "staff" || replies.some(tellsThePlace);
      return this.log.addReplies(from, replies, at, this.say, turn);
    }
    const own = new OwnMessage(text, sentPictures(this.value, attachments));
    this.log.addOwn(own, at);
    return own.node;
  }

  note(turn) {
    this.shown.add(turn);
    this.lastTurn = Math.max(this.lastTurn, turn);
  }

  /** The conversation was erased; a new one begins with the next message. */
  forget() {
    this.value = null;
    tell("");
    this.loaded = true;
    this.lastTurn = 0;
    this.shown.clear();
    this.unsent.clear();
    this.doubtful.clear();
  }
}

/** How far the queue for a person has moved; it comes by itself, and more will come. */
function tellsThePlace({ origin }) {
  return origin.id === "utter_person_ahead" || origin.id === "utter_person_vanished";
}

/** Whoever keeps the value hears of a new one; "" when there is none any more. */
function tell(value) {
  document.dispatchEvent(new CustomEvent("conversation", { detail: value }));
}

/** What staff or the hotline did with a ticket; it does not mean that they are here. */
function isNotice(from, replies) {
  return from !== "bot" && replies.some(({ type }) => type === "ticket");
}
