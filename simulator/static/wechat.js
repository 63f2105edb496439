// Shows what arrives while the page is open; without it the page has a link that loads it anew.
const log = document.getElementById("log");
const PAUSE_MS = 2000;
let shown = "";

function down() {
  const list = log.querySelector("ol");
  list.scrollTop = list.scrollHeight;
}

async function look() {
  try {
    const answer = await fetch(log.dataset.address);
    const text = await answer.text();
    if (answer.ok && text !== shown) {
      shown = text;
      log.innerHTML = text;
      down();
    }
  } catch (error) {
    // The simulator is starting again; the next look finds it.
  }
  setTimeout(look, PAUSE_MS);
}

down();
look();
