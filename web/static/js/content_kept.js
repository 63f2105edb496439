// What could not be saved stays in this browser, for whoever wrote it, until the server has it, or nobody wants it any
// more.

const NAME = `wenzheng-draft:${document.body.dataset.staff}:`;

/** Keep what somebody wrote under a name, with the version of its draft and the revision that it was written over. */
export function keep(name, text, version, base) {
  try {
    localStorage.setItem(NAME + name, JSON.stringify({ text, version, base }));
  } catch {
    // a browser that keeps nothing; the page itself still has it
  }
}

/** What was kept under a name, as it was given to `keep`, or null. */
export function find(name) {
  try {
    return JSON.parse(localStorage.getItem(NAME + name));
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
