import { words } from "./words.js";

const PATIENCE_MS = 15000;
const DENIED = 1;

const [form, note] = [document.getElementById("place"), document.getElementById("tray-note")];
const label = document.getElementById("place-label");
let send = () => {};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
  close("");
});
document.getElementById("place-cancel").addEventListener("click", () => close(""));

/** Asks the device where it is, shows how exactly that is known, and sends it only when the citizen says so. */
export function share(say) {
  note.textContent = words.locating;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      note.textContent = words.located(Math.max(1, Math.round(coords.accuracy)));
      form.hidden = false;
      label.focus();
      send = () => {
        const named = label.value.trim() || words.myPlace;
        const location = { latitude: round(coords.latitude), longitude: round(coords.longitude), label: named };
        say({ text: named, location });
      };
    },
    ({ code }) => close(code === DENIED ? words.placeDenied : words.placeLost),
    { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 60000 },
  );
}

function close(said) {
  form.hidden = true;
  label.value = "";
  note.textContent = said;
  document.getElementById("text").focus();
}

function round(degrees) {
  return Number(degrees.toFixed(6));
}
