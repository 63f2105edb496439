const CONVERSATION = "embedded-conversation";
const VISITOR = "embedded-visitor";
const KEPT_MS = 30 * 24 * 60 * 60 * 1000; // as long as the cookie of the page itself

/** The conversation that this browser had in the frame, or "". */
export function kept() {
  return read(CONVERSATION);
}

/** Keeps the conversation; "" forgets it. */
export function keep(conversation) {
  write(CONVERSATION, conversation);
}

/** A name that nobody else can guess: pictures belong to it. */
export function visitor() {
  const made = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const name = read(VISITOR) || made();
  write(VISITOR, name);
  return name;
}

function read(key) {
  try {
    const { value, at } = JSON.parse(localStorage.getItem(key)) ?? {};
    return Date.now() - at < KEPT_MS ? value : "";
  } catch {
    return ""; // storage is shut in some frames; what is known then lasts as long as the page
  }
}

function write(key, value) {
  try {
    if (value) localStorage.setItem(key, JSON.stringify({ value, at: Date.now() }));
    else localStorage.removeItem(key);
  } catch {
    // as above
  }
}
