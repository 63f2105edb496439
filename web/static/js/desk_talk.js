import { read, send, stayHere } from "./desk_live.js";

// The conversation, live: new turns come by themselves, and what is sent leaves the page as it is.

const LOOK_AGAIN_MS = 2000;
const NEAR_END_PX = 80;
const SENT = 204;

const talk = document.querySelector("[data-talk]");
const address = `/desk/waiting/${talk.dataset.talk}`;
const [log, form, field, state, assist, gone] = ["log", "say", "text", "state", "assist", "gone"].map((id) =>
  document.getElementById(id),
);
const title = document.title;
const name = form.elements.message.value; // of what is sent, so that nothing is said twice
let looking = Promise.resolve();
let count = 0;
let isSending = false;
let isStale = false; // what is at hand fits earlier words
let searches = 0;

toEnd();
stayHere();
const timer = setInterval(look, LOOK_AGAIN_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.title = title;
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (event.submitter?.name === "check") return check();
  if (!field.value.trim()) return field.focus();
  const text = field.value;
  if (await sent("say", { text, message: `${name}-${count}` })) {
    count += 1;
    if (field.value === text) field.value = "";
    document.getElementById("findings").replaceChildren();
    field.focus();
  }
});

document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-send]")) return;
  event.preventDefault();
  if (await sent("entry", Object.fromEntries(new FormData(event.target)))) field.focus();
});

assist.addEventListener("focusout", ({ relatedTarget }) => {
  if (isStale && !assist.contains(relatedTarget)) setTimeout(findAnew);
});

document.getElementById("look").addEventListener("submit", (event) => {
  event.preventDefault();
  find(document.getElementById("words").value);
});

talk.addEventListener("click", ({ target }) => {
  const { insert } = target.dataset;
  if (!insert) return;
  field.value = field.value.trim() ? `${field.value.trimEnd()}\n${insert}` : insert;
  field.focus();
});

field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

/** One look at a time, so that nothing is shown twice. */
function look() {
  looking = looking.then(lookOnce).catch(console.error);
  return looking;
}

async function lookOnce() {
  const last = log.querySelector("[data-turn]:last-of-type")?.dataset.turn ?? "0";
  const { status, text } = await read(`${address}/turns?after=${last}`);
  if (status === 410) return end();
  if (!text?.trim()) return;
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  const news = document.createElement("template");
  news.innerHTML = text; // made by the server, which escapes what people wrote
  const line = news.content.querySelector("template");
  line?.remove();
  log.append(...news.content.children);
  if (line) showLine(line.content);
  if (follows) toEnd();
  if (log.querySelector(`[data-turn="${last}"] ~ [data-citizen]`)) {
    if (document.hidden) document.title = `● ${title}`;
    findAnew();
  }
}

/** How far words went in WeChat changes after they were shown, and so does how many more may go out. */
function showLine(line) {
  show(document.getElementById("left"), line.querySelector("[data-left]"));
  for (const went of line.querySelectorAll("[data-of]")) {
    show(log.querySelector(`[data-went="${went.dataset.of}"]`), went);
  }
}

function show(node, { textContent }) {
  if (node && node.textContent !== textContent) node.textContent = textContent;
}

/** One at a time; only an answer that says so counts as sent. */
async function sent(act, values) {
  if (isSending) return false;
  isSending = true;
  state.textContent = "正在发送…";
  const { status } = await send(`${address}/${act}`, values);
  isSending = false;
  if (status === 410) end();
  state.textContent = status === SENT ? "已发送" : "没有发出去，写的还在。请再试一次。";
  if (status === SENT) await look();
  return status === SENT;
}

async function check() {
  const { text } = await send(`${address}/say`, { text: field.value, check: "1" });
  if (text !== null) document.getElementById("findings").innerHTML = text;
}

/** An answer that comes after a newer question is shown no more. */
async function find(words) {
  const asked = ++searches;
  const { text } = await read(`${address}/assist?words=${encodeURIComponent(words)}`);
  if (text === null || asked !== searches) return;
  isStale = !words && hasHand();
  if (!isStale) assist.innerHTML = text;
}

/** For the citizen's new words; neither under a hand about to press, nor in place of what the operator looks for. */
function findAnew() {
  isStale = hasHand();
  if (!isStale && !document.getElementById("words").value.trim()) find("");
}

function hasHand() {
  return assist.contains(document.activeElement);
}

function end() {
  clearInterval(timer);
  gone.hidden = false;
  talk.querySelectorAll("textarea, button").forEach((one) => (one.disabled = true));
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
}
