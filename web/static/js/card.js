import { day } from "./dates.js";
import { fill, linkTo, piece } from "./pieces.js";
import { prose } from "./text.js";
import { words } from "./words.js";

const STATE = "中华人民共和国"; // stands before most laws' titles, and pushes the name out of a narrow line

/** An answer: what matters first, the rest folded; `buttons` makes the buttons of related questions. */
export function card(reply, buttons) {
  return fill(piece("card"), {
    sample: Boolean(reply.sample),
    title: reply.title,
    lead: prose(reply.lead || reply.text),
    local: reply.local,
    folds: [...(reply.facets ?? []).map(facet), ...basis(reply.sources ?? [])],
    checked: day(reply.checked_on),
    related: buttons(reply.related),
  });
}

function facet({ name, text }) {
  return fill(piece("facet"), { name, text: prose(text) });
}

function basis(sources) {
  if (!sources.length) return [];
  const short = quoted(sources[0].title).replace(STATE, "") + (sources[0].article ?? "");
  const more = sources.length > 1 ? words.sourcesInAll(sources.length) : "";
  return [fill(piece("basis"), { hint: short + more, sources: sources.map(source) })];
}

function source({ title, article, issuer, year, url }) {
  const name = quoted(title) + (article ?? "");
  return fill(piece("source"), { title: linkTo(name, url), detail: [issuer, year].filter(Boolean).join(" · ") });
}

function quoted(title) {
  return title.startsWith("《") ? title : `《${title}》`;
}
