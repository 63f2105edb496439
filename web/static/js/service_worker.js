// Without a network the chat page says what to do. Only files that are the same for everybody are kept, and only
// as a reserve: with a network everything comes from there, so that nobody sees an old page; conversations never are.
const RESERVE = "wenzheng-1";
const OFFLINE = "/static/offline.html";
const KEPT = [OFFLINE, "/static/css/base.css", "/static/icons/mark.svg"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(RESERVE).then((reserve) => reserve.addAll(KEPT)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name !== RESERVE).map((name) => caches.delete(name));
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  else if (KEPT.includes(new URL(request.url).pathname)) event.respondWith(fetch(request).catch(() => caches.match(request)));
});
