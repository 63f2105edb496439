import { card } from "./card.js";
import { fill, linkTo, piece } from "./pieces.js";
import { prose } from "./text.js";
import { ticket } from "./ticket.js";
import { words } from "./words.js";

const CONFIRM = "/affirm";

/** How each type of reply looks: a list of nodes. A type that is not here is shown by its text. */
const looks = {
  text,
  choices: (reply, choose) => [...text(withoutOptions(reply)), choices(reply.choices, choose)],
  card: (reply, choose) => [card(reply, (list) => buttons(list, choose))],
  ticket: (reply) => [...text(reply), ticket(reply)],
  link: (reply) => [fill(piece("link"), { text: reply.text, link: linkTo(reply.title, reply.url) })],
};

/** One reply with its origin; `choose` is called with {payload, text} when a button in it is pressed. */
export function render(reply, choose) {
  const node = fill(piece("reply"), { origin: words.origin[reply.origin?.kind] });
  node.prepend(...(looks[reply.type] ?? looks.text)(reply, choose));
  return node;
}

function text(reply) {
  return reply.text ? [fill(piece("text"), { text: prose(reply.text) })] : [];
}

/** The numbered options are for those who read only text; here they are buttons, which carry the same numbers. */
function withoutOptions(reply) {
  return { text: reply.text.replace(/\n\d+\. [^]*$/, "") };
}

function choices(list, choose) {
  return fill(piece("choices"), { choices: buttons(list, choose) });
}

function buttons(list, choose) {
  return (list ?? []).map(({ title, payload }) => {
    const button = fill(piece("choice"), { title });
    button.classList.toggle("main", payload === CONFIRM);
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true"); // `disabled` would take the keyboard focus away
      choose({ payload, text: title });
    });
    return button;
  });
}
