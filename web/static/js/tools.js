import { Failure } from "./api.js";
import { piece } from "./pieces.js";
import { canRead, read } from "./reading.js";
import { words } from "./words.js";

const SHORTEST = 24; // characters; what is shorter needs no tools

/** The row below an answer: read it aloud, copy it, say whether it helped. */
export class Tools {
  constructor(ratings) {
    this.ratings = ratings;
  }

  /** The row for one speaker's replies of a turn, or null where they are only a short sentence. */
  for(turn, from, replies) {
    const whole = replies.map(({ text }) => text).filter(Boolean).join("\n");
    if (!replies.some(({ type }) => type === "card") && whole.length < SHORTEST) return null;
    const node = piece("tools");
    const tool = (name) => node.querySelector(`[data-tool="${name}"]`);
    if (canRead) tool("read").addEventListener("click", () => read(spoken(replies), tool("read")));
    else tool("read").remove();
    tool("copy").addEventListener("click", () => copy(whole, node));
    if (from === "bot" && !replies.some(isOfTheQueue)) this.thumbs(turn, node, tool("up"), tool("down"));
    else [tool("up"), tool("down")].forEach((button) => button.remove());
    return node;
  }

  thumbs(turn, node, up, down) {
    const show = () => {
      const rating = this.ratings.of(turn);
      up.setAttribute("aria-pressed", String(rating?.up === true));
      down.setAttribute("aria-pressed", String(rating?.up === false));
    };

    const give = async (rating, thanks) => {
      try {
        await this.ratings.give(turn, rating);
        say(node, thanks);
      } catch (failure) {
        if (!(failure instanceof Failure)) throw failure;
        say(node, failure.message);
      }
      show();
    };

    up.addEventListener("click", () => {
      node.querySelector(".why")?.remove();
      give({ up: true }, words.thanksUp);
    });
    down.addEventListener("click", async () => {
      if (node.querySelector(".why")) return;
      await give({ up: false, ...reasonOf(this.ratings.of(turn)) }, words.thanksDown);
      if (this.ratings.of(turn)?.up === false) ask(node, this.ratings.of(turn), give);
    });
    this.ratings.loaded.then(show);
  }
}

/** Asks what was wrong; the thumb counts already, whether that is said or not. */
function ask(node, rating, give) {
  const form = piece("why");
  if (rating.reason) form.elements.reason.value = rating.reason;
  form.elements.text.value = rating.text ?? "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { reason, text } = form.elements;
    form.remove();
    give({ up: false, reason: reason.value, text: text.value }, words.thanksWhy);
  });
  form.querySelector("[data-cancel]").addEventListener("click", () => form.remove());
  node.append(form);
  form.querySelector("input").focus({ preventScroll: true });
  form.scrollIntoView({ block: "nearest" });
}

function reasonOf(rating) {
  return rating?.up === false ? { reason: rating.reason ?? "", text: rating.text ?? "" } : {};
}

async function copy(text, node) {
  try {
    await navigator.clipboard.writeText(text);
    say(node, words.copied);
  } catch {
    say(node, words.notCopied); // an old browser, or plain http
  }
}

/** Words around the queue for a person answer no question, so that nobody is asked what they are worth. */
function isOfTheQueue({ origin }) {
  return origin.id.startsWith("utter_person_");
}

function say(node, text) {
  node.querySelector(".tools-note").textContent = text;
}

function spoken(replies) {
  return replies.map(({ title, lead, text }) => [title, lead ?? text].filter(Boolean).join("。")).join("。");
}
