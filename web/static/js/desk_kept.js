// A form that is sent when the session has ended stands there again after signing in. Its text stays in this tab, for
// whoever typed it, and until the next page that shows that it arrived.

const NAME = "wenzheng-typed";
const { staff } = document.body.dataset;
const kept = read();

if (kept && !staff) {
  write({ ...kept, lost: true });
  document.querySelector("[data-kept]")?.removeAttribute("hidden");
} else if (kept?.lost && kept.staff === staff) putBack();
else forget();

document.addEventListener("submit", ({ target: form, defaultPrevented }) => {
  const address = form.getAttribute("action");
  if (address === "/desk/logout") return forget();
  if (!staff || defaultPrevented || form.getAttribute("method") !== "post") return;
  if (form.matches("[data-editor]") || form.querySelector("[type=password]")) return; // the editor keeps for itself
  const fields = typed(form).filter((one) => !isTick(one) || one.checked);
  if (fields.length) write({ staff, address: path(address), fields: fields.map((one) => [one.name, one.value]) });
});

function putBack() {
  const form = [...document.forms].find((one) => path(one.getAttribute("action")) === kept.address);
  if (!form) return; // another page comes first, such as that of an old password
  const fields = [...kept.fields];
  for (const one of typed(form)) {
    const place = fields.findIndex(([name, value]) => name === one.name && (!isTick(one) || value === one.value));
    if (isTick(one)) one.checked = place >= 0;
    else if (place >= 0) one.value = fields[place][1];
    if (place >= 0) fields.splice(place, 1);
  }
  const said = document.createElement("p");
  said.className = "said";
  said.setAttribute("role", "status");
  said.textContent = "刚才登录过期，这张表没有送出。您写的都在，请看一遍再送。";
  form.before(said);
  form.closest("details")?.setAttribute("open", "");
  said.scrollIntoView({ block: "center" });
  forget();
}

function typed(form) {
  return [...form.elements].filter((one) => one.name && !["hidden", "file", "submit", "button"].includes(one.type));
}

function isTick(element) {
  return ["radio", "checkbox"].includes(element.type);
}

function path(address) {
  return new URL(address ?? "", location.href).pathname;
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME));
  } catch {
    return null;
  }
}

function write(what) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(what));
  } catch {
    // a browser that keeps nothing
  }
}

function forget() {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // then nothing was kept
  }
}
