/**
 * Says that an article was read, once it was really visible for a while, and that its form was opened: each once for
 * a showing of the page, without a cookie and without anything about the reader.
 *
 * A reader whose browser asks not to be tracked is not counted, nor is a browser that a program drives.
 */

const READ_AFTER_MS = 5000;

const article = document.querySelector("[data-reads]");
const asksNotTo = navigator.doNotTrack === "1" || navigator.globalPrivacyControl || navigator.webdriver;

if (article && !asksNotTo) {
  const said = new Set();
  const say = (address) => {
    if (!said.has(address)) {
      said.add(address);
      navigator.sendBeacon(address);
    }
  };

  let left = READ_AFTER_MS;
  let since = 0;
  let timer = 0;
  const watch = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") {
      since = performance.now();
      timer = setTimeout(() => say(article.dataset.reads), left);
    } else if (since) {
      left = Math.max(0, left - (performance.now() - since));
      since = 0;
    }
  };
  document.addEventListener("visibilitychange", watch);
  watch();

  document.addEventListener("click", (event) => {
    if (event.target.closest("a[data-brochure-opener]")) {
      say(article.dataset.openings);
    }
  });
}
