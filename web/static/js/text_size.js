// The large-text mode of every page. A classic script in the head, so that the page is never drawn small first.
(() => {
  const root = document.documentElement;

  const remembered = () => {
    try {
      return localStorage.getItem("text-size") === "large";
    } catch {
      return false; // storage is off in some private windows
    }
  };

  const remember = (large) => {
    try {
      localStorage.setItem("text-size", large ? "large" : "normal");
    } catch {
      // the choice then lasts as long as the page
    }
  };

  const apply = (large) => {
    root.dataset.textSize = large ? "large" : "normal";
    document.getElementById("text-size")?.setAttribute("aria-pressed", String(large));
  };

  apply(remembered());
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("text-size");
    apply(remembered());
    button.hidden = false;
    button.addEventListener("click", () => {
      const large = root.dataset.textSize !== "large";
      apply(large);
      remember(large);
    });
  });
})();
