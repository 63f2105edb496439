// Choosing many tickets at once. Without it, each box is ticked by hand.

const form = document.getElementById("batch");
const all = document.getElementById("batch-all");
const count = document.getElementById("batch-count");
const boxes = form ? [...form.querySelectorAll("input[name=ticket]")] : [];

if (boxes.length) {
  all.hidden = false;
  all.addEventListener("click", () => {
    const chosen = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = chosen;
    say();
  });
  form.addEventListener("change", say);
  say();
}

function say() {
  const chosen = boxes.filter((box) => box.checked).length;
  count.textContent = chosen ? `选了 ${chosen} 张` : "选中的工单";
  all.textContent = chosen === boxes.length ? "都不选" : "全选";
}
