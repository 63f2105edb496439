import { moment } from "./dates.js";
import { fill, piece, pointTo } from "./pieces.js";

const SHOWN = 3;

/** A ticket: number, state, code while it is new, and its events, the newest first. */
export function ticket({ number, code, state, link, events }) {
  const steps = [...(events ?? [])].reverse().map(step);
  steps[0]?.classList.add("newest");
  const node = fill(piece("ticket"), {
    number,
    state,
    code,
    newest: steps.slice(0, SHOWN),
    earlier: steps.slice(SHOWN),
  });
  node.dataset.ticket = number;
  const anchor = node.querySelector('[data-field="link"]');
  if (!link || !pointTo(anchor, link)) fill(node, { link: "" });
  return node;
}

/** Shows on the cards that stand in the log already what new replies say of the same tickets. */
export function renew(log, replies) {
  for (const { number, state } of replies.filter(({ type }) => type === "ticket")) {
    const cards = [...log.querySelectorAll("[data-ticket]")].filter((card) => card.dataset.ticket === number);
    const states = cards.map((card) => card.querySelector(".ticket-state")).filter(Boolean);
    states.forEach((shown) => (shown.textContent = state));
  }
}

function step({ at, label, text }) {
  const node = fill(piece("event"), { at: at && moment(at), label, text });
  node.querySelector("time")?.setAttribute("datetime", at);
  return node;
}
