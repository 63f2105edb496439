import { Draft, forget } from "./report_draft.js";
import { ReportPhotos } from "./report_photos.js";
import { offerLocation } from "./report_place.js";
import { Stages } from "./report_stages.js";
import { words } from "./report_words.js";

const PLACELESS = "建议";
const byId = (id) => document.getElementById(id);

function begin(form) {
  const draft = new Draft(form);
  const photos = new ReportPhotos(form);
  form.noValidate = true;
  form.classList.add("live");
  byId("draft").hidden = !draft.restore();
  byId("forget").addEventListener("click", () => {
    forget();
    location.reload();
  });
  offerLocation(form);
  hideContactWhenAnonymous(form);
  const stages = new Stages(form);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!stages.atLast) return stages.next();
    const missing = firstMissing(form, photos);
    if (missing) return stages.showPartOf(missing);
    await send(form, { draft, photos, stages });
  });
}

async function send(form, { draft, photos, stages }) {
  const note = byId("walk-note");
  if (!navigator.onLine) return (note.textContent = words.noNetwork);
  byId("send").disabled = true;
  note.textContent = words.finishing;
  await photos.settled();
  if (photos.failed.length) {
    byId("send").disabled = false;
    note.textContent = words.picturesFailed;
    return stages.show(0);
  }
  note.textContent = words.submitting;
  draft.aboutToSend();
  form.submit();
}

/** The first field that cannot stay empty, with the sentence beside it; the service checks everything again. */
function firstMissing(form, photos) {
  const { place, what, kind, latitude, consent } = form.elements;
  const placed = latitude.value || kind.value === PLACELESS || (consent.checked && photos.count);
  const fields = placed ? [what] : [place, what];
  const empty = fields.filter((field) => field.value.trim().length < 2);
  for (const field of [place, what]) mark(field, empty.includes(field) ? field.dataset.missing : "");
  empty[0]?.closest(".stage") && queueMicrotask(() => empty[0].focus());
  return empty[0];
}

function mark(field, sentence) {
  const id = `${field.name}-problem`;
  byId(id)?.remove();
  field.toggleAttribute("aria-invalid", false);
  if (!sentence) return;
  const problem = Object.assign(document.createElement("p"), { id, className: "problem", textContent: sentence });
  field.before(problem);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", id);
}

function hideContactWhenAnonymous(form) {
  const { anonymous, contact } = form.elements;
  const draw = () => {
    byId("contact-field").hidden = anonymous.checked;
    contact.disabled = anonymous.checked;
  };
  anonymous.addEventListener("change", draw);
  if (!byId("contact-problem")) draw();
}

const form = byId("report");
if (form) begin(form);
else if (byId("done")) forget();
