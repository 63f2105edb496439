const MOST_DOUBLINGS = 4;

/**
 * Looks again and again while the page is seen, and at once when it is seen again; `pause` gives the milliseconds between.
 * After a look that brought false it waits twice as long, up to 16 times.
 */
export function watch(look, pause) {
  let timer;
  let failures = 0;

  const wait = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(lookAgain, pause() * 2 ** Math.min(failures, MOST_DOUBLINGS));
  };

  const lookAgain = async () => {
    clearTimeout(timer);
    if (navigator.onLine) failures = (await look()) === false ? failures + 1 : 0;
    wait();
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : lookAgain()));
  window.addEventListener("online", lookAgain);
  wait();
}
