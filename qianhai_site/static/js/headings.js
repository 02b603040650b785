/**
 * Copies the whole address of a part of the text, where a reader presses the link beside its heading, and says so. The
 * reader stays in place. Where nothing can be copied, the link leads to the heading, as it does without this script.
 */

const said = document.querySelector("[data-said]");
let silence = 0;

const say = (words) => {
  clearTimeout(silence);
  said.textContent = words;
  silence = setTimeout(() => (said.textContent = ""), 6000);
};

if (navigator.clipboard && said) {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest(".heading__link");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const page = document.querySelector("link[rel=canonical]")?.href ?? location.href;
    say("");
    try {
      await navigator.clipboard.writeText(new URL(link.hash, page).href);
      history.replaceState(history.state, "", link.hash);
      say(said.dataset.copied);
    } catch {
      location.hash = link.hash;
      say(said.dataset.failed);
    }
  });
}
