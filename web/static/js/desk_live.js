// What the live pages of the desk share: acts and looks by script, a sign that somebody is there, and what to do when
// the session has ended meanwhile: say so, and go on once there is one again.

import { renew, within } from "./form_token.js";

const HERE_MS = 30000;
const PATIENCE_MS = 20000;
const SIGNED_OUT = 401; // the server leads to the page on which one signs in

const [signedOut, cutOff] = ["signed-out", "cut-off"].map((id) => document.getElementById(id));

/** Sends a form's values as the page would: what the answer says of itself, and its text where it went well. */
export async function send(address, values = {}) {
  return told(await post(address, values));
}

/** Reads a piece of a page, in the same form; once somebody was signed out, only for the same person again. */
export async function read(address) {
  const answer = await call(address);
  const isMine = signedOut.hidden || answer.text === null || (await hasNewToken());
  return told(isMine ? answer : { status: SIGNED_OUT, text: null });
}

/** Tells the server again and again that this page is open, so that conversations stay with its operator. */
export function stayHere() {
  const tell = () => post("/desk/waiting/here", {});
  tell();
  setInterval(tell, HERE_MS);
}

/** An act with the form's token, and once more with a new one: after signing in again the old one is refused. */
async function post(address, values) {
  const act = () => call(address, { method: "POST", body: new URLSearchParams(values) });
  const answer = await act();
  return answer.status === 403 && (await hasNewToken()) ? act() : answer;
}

/** The token goes in a header, so that no whole page comes back. */
async function call(address, options = {}) {
  const { value } = document.querySelector("input[name=form_token]");
  const waiting = { headers: { "X-Form-Token": value }, signal: within(PATIENCE_MS) };
  try {
    const answer = await fetch(address, { ...options, ...waiting });
    const status = answer.redirected ? SIGNED_OUT : answer.status;
    return { status, text: answer.ok && status !== SIGNED_OUT ? await answer.text() : null };
  } catch {
    return { status: 0, text: null };
  }
}

/** Whether the same person has a session again, whose token the forms of the page have now. */
async function hasNewToken() {
  return renew(location.pathname, within(PATIENCE_MS)).catch(() => false);
}

function told(answer) {
  signedOut.hidden = ![SIGNED_OUT, 403].includes(answer.status);
  cutOff.hidden = answer.status !== 0 && answer.status < 500;
  return answer;
}
