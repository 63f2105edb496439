import { pictureOf } from "./api.js";
import { words } from "./words.js";

/** The pictures that came with a message said earlier; where one is kept no more, a note stands in its place. */
export function sentPictures(conversation, names = []) {
  return names.map((name, place) => {
    const picture = Object.assign(new Image(), { className: "photo-view", alt: words.picture(place + 1), loading: "lazy" });
    picture.addEventListener("error", () => picture.replaceWith(words.pictureGone), { once: true });
    picture.src = pictureOf(conversation, name);
    return picture;
  });
}
