// The button that any site can carry: <script src="https://…/widget.js" data-title="问政通" defer></script>
// It opens the chat in a frame of our own origin; the site around it can read nothing of what is said there.
(() => {
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const title = script.dataset.title || "问政通";
  const CLOSE = "wenzheng:close"; // what the frame says when Escape is pressed in it
  const SMALL = "(max-width: 480px), (max-height: 480px)";

  const CSS = `
:host { all: initial; }
* { box-sizing: border-box; font: 16px/1.5 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", sans-serif; }
[hidden] { display: none !important; }
button, a { color: inherit; cursor: pointer; }
:focus-visible { outline: 3px solid #0b6b57; outline-offset: 2px; box-shadow: 0 0 0 2px #fff; }
.open { position: fixed; z-index: 2147483000; right: max(16px, env(safe-area-inset-right));
  bottom: max(16px, env(safe-area-inset-bottom)); min-height: 48px; max-width: calc(100vw - 32px); padding: 0 20px;
  border: 2px solid #fff; border-radius: 999px; background: #0b6b57; color: #fff; font-weight: 600;
  box-shadow: 0 2px 10px rgb(0 0 0 / 30%); }
.panel { position: fixed; z-index: 2147483001; inset: auto 16px 16px auto; display: none; flex-direction: column;
  width: 400px; height: min(640px, calc(100vh - 32px)); max-width: none; max-height: none; margin: 0; padding: 0;
  border: 1px solid #75877f; border-radius: 14px; overflow: hidden; background: #f3f6f5; color: #1b2523;
  box-shadow: 0 6px 30px rgb(0 0 0 / 30%); }
.panel[open] { display: flex; }
.head { display: flex; align-items: center; gap: 4px; padding: 2px 4px 2px 16px; }
.name { flex: 1; min-width: 0; margin: 0; overflow: hidden; font-weight: 600; text-overflow: ellipsis; white-space: nowrap; }
.head a, .head button { display: grid; place-items: center; min-width: 44px; min-height: 44px; padding: 0 8px; border: 0;
  border-radius: 8px; background: none; font-size: 14px; }
.head button { font-size: 22px; }
iframe { flex: 1; width: 100%; min-height: 0; border: 0; background: #e8edeb; }
@media ${SMALL} { .panel { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; } }
@media (prefers-color-scheme: dark) { .panel { background: #111716; color: #e4ebe8; } iframe { background: #0a0e0d; } }
@media print { .open, .panel { display: none !important; } }`;

  function make(name, values, ...children) {
    const node = Object.assign(document.createElement(name), values);
    node.append(...children);
    return node;
  }

  /** A made sheet is allowed where the site's policy forbids written styles; old browsers know only the written. */
  function dress(root) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
    } catch {
      root.append(make("style", { textContent: CSS }));
    }
  }

  function start() {
    const host = document.createElement("wenzheng-widget");
    const root = host.attachShadow({ mode: "open" });
    const opener = make("button", { type: "button", className: "open", textContent: title });
    const shut = make("button", { type: "button", textContent: "×" });
    const apart = make("a", { href: `${origin}/chat`, target: "_blank", rel: "noopener", textContent: "新窗口" });
    const name = make("p", { className: "name", textContent: title });
    const panel = make("dialog", { className: "panel" }, make("div", { className: "head" }, name, apart, shut));
    let frame;

    shut.setAttribute("aria-label", "关闭");
    apart.setAttribute("aria-label", "在新窗口里打开");
    panel.setAttribute("aria-label", title);
    panel.id = "panel";
    opener.setAttribute("aria-haspopup", "dialog");
    opener.setAttribute("aria-controls", "panel");
    opener.setAttribute("aria-expanded", "false");

    function open() {
      if (!frame) {
        frame = make("iframe", { title, src: `${origin}/chat?embed=1`, allow: "geolocation; microphone; camera; clipboard-write" });
        panel.append(frame);
      }
      if (panel.showModal && matchMedia(SMALL).matches) panel.showModal();
      else panel.setAttribute("open", "");
      opener.hidden = true;
      opener.setAttribute("aria-expanded", "true");
      shut.focus();
    }

    function close() {
      if (panel.close) panel.close();
      panel.removeAttribute("open");
      opener.hidden = false;
      opener.setAttribute("aria-expanded", "false");
      opener.focus();
    }

    opener.addEventListener("click", open);
    shut.addEventListener("click", close);
    panel.addEventListener("cancel", (event) => {
      event.preventDefault(); // Escape while it covers the page
      close();
    });
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      close();
    });
    addEventListener("message", (event) => {
      if (event.origin === origin && frame && event.source === frame.contentWindow && event.data === CLOSE) close();
    });

    dress(root);
    root.append(opener, panel);
    document.body.append(host);
  }

  if (window.wenzhengWidget) return; // the same script twice
  window.wenzhengWidget = true;
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
