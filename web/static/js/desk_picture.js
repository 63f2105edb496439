// Draws on the original what is to be made unreadable; each box becomes a field of the form.
const form = document.getElementById("blur");
const frame = document.getElementById("frame");
const SMALLEST = 5; // thousandths: a click is no box

if (form) {
  const whole = Number(form.dataset.whole);
  const clear = document.getElementById("clear");
  let start = null;
  let box = null;

  document.getElementById("by-hand").remove();
  document.getElementById("how").hidden = false;
  frame.classList.add("drawing");

  const place = (event) => {
    const edge = frame.getBoundingClientRect();
    const along = (value, length) => Math.min(whole, Math.max(0, Math.round((value / length) * whole)));
    return { x: along(event.clientX - edge.left, edge.width), y: along(event.clientY - edge.top, edge.height) };
  };

  const between = (one, other) => ({
    left: Math.min(one.x, other.x),
    top: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  });

  const show = (node, part) => {
    for (const [name, value] of Object.entries(part)) node.style[name] = `${(value / whole) * 100}%`;
  };

  frame.addEventListener("pointerdown", (event) => {
    start = place(event);
    box = document.createElement("div");
    box.className = "box";
    frame.append(box);
    frame.setPointerCapture(event.pointerId);
  });

  frame.addEventListener("pointermove", (event) => start && show(box, between(start, place(event))));

  frame.addEventListener("pointerup", (event) => {
    if (!start) return;
    const part = between(start, place(event));
    start = null;
    if (part.width < SMALLEST || part.height < SMALLEST) return box.remove();
    show(box, part);
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "rectangle" });
    field.value = [part.left, part.top, part.width, part.height].join(",");
    form.append(field);
    clear.hidden = false;
  });

  frame.addEventListener("pointercancel", () => {
    start = null;
    box?.remove();
  });

  clear.addEventListener("click", () => {
    frame.querySelectorAll(".box").forEach((one) => one.remove());
    form.querySelectorAll('[name="rectangle"]').forEach((one) => one.remove());
    clear.hidden = true;
  });
}
