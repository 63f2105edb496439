import { asVisitor } from "./visitor.js";
import { words } from "./words.js";

const PATIENCE_MS = 30000;
const A_PAGE = 50; // turns
const NEWEST = 999999999; // later than every turn

/** A call that brought nothing; `again` tells whether the same call may work later, `code` is the service's. */
export class Failure extends Error {
  constructor(message, { again, code = "" }) {
    super(message);
    this.again = again;
    this.code = code;
  }
}

/** A name for a message that nobody else gives; it works on plain http too, where randomUUID is missing. */
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends one message and returns its turn; the same client_id again returns the same turn. Throws Failure. */
export function sendMessage(conversation, message) {
  return call("/api/v1/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ conversation, ...asVisitor(), ...message }),
  });
}

/** The conversation's messages after a turn, oldest first. Throws Failure. */
export async function messagesAfter(conversation, turn) {
  return (await call(`${addressOf(conversation)}/messages?after=${turn}`, { cache: "no-store" })).messages;
}

/** The messages of the last turns before a turn, or of the last of all, oldest first. Throws Failure. */
export async function messagesBefore(conversation, turn = NEWEST) {
  return (await call(`${addressOf(conversation)}/messages?before=${turn}&limit=${A_PAGE}`, { cache: "no-store" })).messages;
}

/** Where the messages after a turn come as they are said. */
export function streamOf(conversation, turn) {
  return `${addressOf(conversation)}/stream?after=${turn}`;
}

/** Published questions that go on as this begins; none where that fails, because they are only a help. */
export async function suggestions(typed) {
  const found = await call(`/api/v1/suggestions?q=${encodeURIComponent(typed)}`, {}).catch(() => ({ suggestions: [] }));
  return found.suggestions;
}

/** What the citizen thought of the answers, by turn. Throws Failure. */
export async function ratingsOf(conversation) {
  return (await call(`${addressOf(conversation)}/ratings`, { cache: "no-store" })).ratings;
}

/** Keeps {up, reason?, text?} for a turn. Throws Failure. */
export function sendRating(conversation, turn, rating) {
  return call(`${addressOf(conversation)}/turns/${turn}/rating`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(rating),
  });
}

/** Lets this browser begin anew. Throws Failure. */
export function endConversation(conversation) {
  return call(`${addressOf(conversation)}/end`, { method: "POST" });
}

/** Deletes a conversation for good. Throws Failure. */
export function eraseConversation(conversation) {
  return call(addressOf(conversation), { method: "DELETE" });
}

/** Where the whole conversation lies as a file. */
export function textOf(conversation) {
  return `${addressOf(conversation)}/text`;
}

/** Where a picture that was sent in the conversation lies, small. */
export function pictureOf(conversation, name) {
  return `${addressOf(conversation)}/pictures/${encodeURIComponent(name)}`;
}

function addressOf(conversation) {
  return `/api/v1/conversations/${encodeURIComponent(conversation)}`;
}

async function call(address, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const response = await fetch(address, { ...options, signal: stop.signal });
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    throw refusal(response.status, body.error ?? {});
  } catch (problem) {
    if (problem instanceof Failure) throw problem;
    throw new Failure(words.offline, { again: true });
  } finally {
    clearTimeout(timer);
  }
}

function refusal(status, { code, message }) {
  const again = status === 429 || status >= 500;
  return new Failure(message || (again ? words.broken : words.rejected), { again, code });
}
