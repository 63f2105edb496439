// Notices that somebody has read stay away until this browser is closed.
const KEY = "notices-read";

const read = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) || [];
  } catch {
    return [];
  }
};

for (const notice of document.querySelectorAll("[data-notice]")) {
  const { notice: id } = notice.dataset;
  const button = notice.querySelector("button");
  notice.hidden = read().includes(id);
  button.hidden = false;
  button.addEventListener("click", () => {
    notice.hidden = true;
    try {
      sessionStorage.setItem(KEY, JSON.stringify([...read(), id]));
    } catch {
      // a browser that keeps nothing shows it again on the next page
    }
  });
}
