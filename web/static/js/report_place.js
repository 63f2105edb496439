import { words } from "./report_words.js";

const PATIENCE_MS = 15000;
const DENIED = 1;

/** The button that shares where the citizen is; nothing is asked of the device before it is pressed. */
export function offerLocation(form) {
  const { latitude, longitude } = form.elements;
  const [here, locate, unlocate, note] = ["here", "locate", "unlocate", "location-note"].map((id) =>
    document.getElementById(id),
  );
  if (!navigator.geolocation || !window.isSecureContext) return;
  here.hidden = false;

  const keep = (coords, said) => {
    latitude.value = coords?.latitude.toFixed(6) ?? "";
    longitude.value = coords?.longitude.toFixed(6) ?? "";
    note.textContent = said;
    unlocate.hidden = !coords;
    locate.hidden = Boolean(coords);
    locate.disabled = false;
  };

  locate.addEventListener("click", () => {
    note.textContent = words.locating;
    locate.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => keep(coords, words.located(Math.max(1, Math.round(coords.accuracy)))),
      ({ code }) => keep(null, code === DENIED ? words.denied : words.lost),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 60000 },
    );
  });
  unlocate.addEventListener("click", () => keep(null, ""));
  if (latitude.value) keep({ latitude: Number(latitude.value), longitude: Number(longitude.value) }, words.sharing);
}
