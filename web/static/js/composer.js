/** The bar to write in: Enter sends, Shift+Enter starts a line, the field grows with what is written. */
export function compose(form, send) {
  const field = form.elements.text;
  const precise = matchMedia("(pointer: fine)").matches;

  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  };

  const submit = () => {
    const text = field.value.trim();
    if (text) send({ text });
    field.value = "";
    grow();
    if (precise) field.focus(); // on a phone the keyboard would stay over the answer
  };

  field.addEventListener("input", grow);
  field.addEventListener("keydown", (event) => {
    const choosingCharacters = event.isComposing || event.keyCode === 229; // 229: Safari, at the end of a composition
    if (event.key !== "Enter" || event.shiftKey || choosingCharacters) return;
    event.preventDefault();
    submit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  if (precise) field.focus();
}
