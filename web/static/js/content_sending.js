// Acts of the editor's page by script, and what their answers mean to whoever writes.

import { renew, within } from "./form_token.js";

const PATIENCE_MS = 60000;
const SIGNED_OUT = [401, 403];
const TOO_LARGE = 413;

/** An act on an entry with the form's token, and once more after signing in again in another window. */
export async function send(form, act, accept, body) {
  const answer = await post(form, act, accept, body);
  const mayGoOn = answer.status === 403 && (await renew(`/content/${form.dataset.entry}`, within(PATIENCE_MS)));
  return mayGoOn ? post(form, act, accept, body) : answer;
}

/** What an answer tells; null where it was written by somebody else than the server, such as a proxy. */
export function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Why the server did not take in what was written, and what to do now. */
export function refusal(answer) {
  if (answer.redirected || SIGNED_OUT.includes(answer.status)) {
    return "登录过期了，写的存在这台电脑上。请在新窗口登录，再回来接着写。";
  }
  if (answer.status === TOO_LARGE) return "内容太大，服务器没有收，写的先存在这台电脑上。请删短一些。";
  return "服务器出了问题，没有存上，写的先存在这台电脑上。过一会儿会再试。";
}

function post(form, act, accept, body = new FormData(form)) {
  const headers = { Accept: accept, "X-Form-Token": form.elements.form_token.value };
  return fetch(`/content/${form.dataset.entry}/${act}`, { method: "POST", headers, body, signal: within(PATIENCE_MS) });
}
