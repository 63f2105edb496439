/* Files that are too large are refused before they are sent, in words. */

const form = document.querySelector("form[data-most]");
const files = document.getElementById("files");
const said = document.getElementById("too-large");

const isTooLarge = () => [...files.files].reduce((sum, file) => sum + file.size, 0) > Number(form.dataset.most);

files.addEventListener("change", () => {
  said.hidden = !isTooLarge();
});

form.addEventListener("submit", (event) => {
  if (isTooLarge()) {
    event.preventDefault();
    said.hidden = false;
    files.focus();
  }
});
