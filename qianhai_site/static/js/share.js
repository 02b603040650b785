/**
 * Lets a reader pass an article on by the system's own sheet, or copy its address. What is passed on begins with the
 * article's label; where the browser can do neither, the links beside the buttons remain.
 */

for (const place of document.querySelectorAll("[data-share]")) {
  const { text, url } = place.dataset;
  const system = place.querySelector("[data-share-system]");
  const copy = place.querySelector("[data-share-copy]");
  const said = place.querySelector("[role=status]");

  if (navigator.canShare?.({ text, url })) {
    system.parentElement.hidden = false;
    system.addEventListener("click", async () => {
      try {
        await navigator.share({ title: text, text, url });
      } catch {
        // The reader has closed the sheet.
      }
    });
  }

  if (navigator.clipboard) {
    copy.parentElement.hidden = false;
    copy.addEventListener("click", async () => {
      said.textContent = "";
      try {
        await navigator.clipboard.writeText(url);
        said.textContent = said.dataset.done;
      } catch {
        said.textContent = said.dataset.failed;
      }
    });
  }
}
