import { words } from "./words.js";

const PATIENCE_MS = 30000;

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
    body: JSON.stringify({ conversation, ...message }),
  });
}

/** The conversation's messages after a turn, oldest first. Throws Failure. */
export async function messagesAfter(conversation, turn) {
  const address = `/api/v1/conversations/${encodeURIComponent(conversation)}/messages?after=${turn}`;
  return (await call(address, { cache: "no-store" })).messages;
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
