// What could not be saved stays in this browser until it is.

const NAME = "wenzheng-draft:";

/** Keep what somebody wrote under a name over a version of its draft; `sent` when it is on its way to be saved. */
export function keep(name, text, version, sent = false) {
  try {
    localStorage.setItem(NAME + name, JSON.stringify({ text, version, sent }));
  } catch {
    // a browser that keeps nothing; the page itself still has it
  }
}

/** What was kept under a name and never arrived, or null; `version` is the one that its draft has now. */
export function find(name, version) {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME + name));
    return kept && !(kept.sent && version > kept.version) ? kept.text : null;
  } catch {
    return null;
  }
}

/** It is saved, or not wanted any more. */
export function forget(name) {
  try {
    localStorage.removeItem(NAME + name);
  } catch {
    // then nothing was kept
  }
}
