import { linkTo } from "./pieces.js";

const BULLET = /^\s*[-•]\s+(.*)$/;
const NUMBERED = /^\s*(\d{1,3})[.、]\s*(?!\d)(.*)$/;
const PHONE = "1[012]\\d|12\\d{3}|0\\d{2,3}-?\\d{7,8}|400-?\\d{3}-?\\d{4}";
const INLINE = new RegExp(
  "\\*\\*(?<strong>.+?)\\*\\*|(?<address>https?://[\\w./?&=%#~-]+)|" +
    `(?<before>(?:打|拨|电话|热线|和|、|或|\uff1a)\\s*[:\uff1a]?\\s*)(?<phone>${PHONE})(?![\\d*%元块天日岁个])`,
  "g",
);

/** Plain text as nodes: lines starting "- " or "1. " are list items, **this** is strong, numbers to call can be tapped. */
export function prose(text) {
  const blocks = [];
  for (const line of String(text ?? "").split("\n")) {
    const bullet = BULLET.exec(line);
    const numbered = NUMBERED.exec(line);
    if (bullet) item(blocks, "UL", bullet[1]);
    else if (numbered) item(blocks, "OL", numbered[2], numbered[1]);
    else if (line.trim()) blocks.push(element("P", line));
  }
  return blocks;
}

function item(blocks, kind, text, number) {
  let list = blocks[blocks.length - 1];
  if (list?.tagName !== kind) {
    list = document.createElement(kind);
    blocks.push(list);
  }
  const entry = element("LI", text);
  if (number) entry.value = Number(number);
  list.append(entry);
}

function element(name, text) {
  const node = document.createElement(name);
  node.append(...inline(text));
  return node;
}

function inline(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const { strong, address, before, phone } = match.groups;
    parts.push(text.slice(end, match.index));
    if (strong) parts.push(element("STRONG", strong));
    else if (address) parts.push(linkTo(address, address));
    else parts.push(before, linkTo(phone, `tel:${phone}`));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}
