import { words } from "./words.js";

const byId = (id) => document.getElementById(id);

/** The button ＋ and what is behind it: pictures and the place; `say` sends a message. */
export function prepareAttachments(say) {
  const [more, panel, tray, note] = [byId("more"), byId("panel"), byId("tray"), byId("tray-note")];
  let photos = null;

  const open = (shown) => {
    panel.hidden = !shown;
    more.setAttribute("aria-expanded", String(shown));
  };

  const add = async (input) => {
    const files = [...input.files];
    input.value = "";
    if (!files.length) return;
    open(false);
    photos ??= new (await import("./chat_photos.js")).ChatPhotos(tray, note);
    photos.add(files);
    byId("text").focus();
  };

  more.hidden = false;
  more.addEventListener("click", () => open(panel.hidden));
  panel.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    open(false);
    more.focus();
  });
  for (const place of [byId("album"), byId("camera")]) {
    const input = place.querySelector("input");
    input.addEventListener("change", () => add(input));
  }
  byId("camera").hidden = !matchMedia("(pointer: coarse)").matches;
  if (navigator.geolocation && window.isSecureContext) {
    byId("locate").hidden = false;
    byId("locate").addEventListener("click", async () => {
      open(false);
      (await import("./place.js")).share(say);
    });
  }

  return {
    get count() {
      return photos?.count ?? 0;
    },
    /** Calls `send` with the pictures once they are all there; says why if that cannot be. */
    async whenReady(send) {
      note.textContent = words.picturesComing;
      await photos.settled();
      if (photos.failed.length) note.textContent = words.picturesFailed;
      else if (photos.count) send(photos.take());
    },
  };
}
