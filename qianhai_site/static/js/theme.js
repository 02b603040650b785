/**
 * Shows the page in the colours that the reader has chosen, before anything of it is drawn: the one script that a page
 * waits for, so it is small and stands alone. Without it, or without a choice, the system's colours rule.
 */
(() => {
  const KEY = "theme";
  const root = document.documentElement;
  const colours = document.querySelectorAll("meta[name='theme-color']");
  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      // Storage is switched off: the choice holds for this page.
      return root.dataset.theme;
    }
  };

  const show = (choice) => {
    const forced = choice === "light" || choice === "dark" ? choice : "";
    if (forced) root.dataset.theme = forced;
    else delete root.dataset.theme;
    for (const colour of colours) {
      const own = colour.dataset.theme;
      colour.media = forced ? (own === forced ? "all" : "not all") : `(prefers-color-scheme: ${own})`;
    }
    for (const option of document.querySelectorAll("input[name='theme']")) {
      option.checked = option.value === (forced || "system");
    }
  };

  root.dataset.script = "";
  show(stored());
  document.addEventListener("DOMContentLoaded", () => show(stored()));
  // A page that the browser has kept may come back after another choice was made, and some restore its buttons.
  addEventListener("pageshow", () => show(stored()));
  addEventListener("storage", (event) => event.key === KEY && show(event.newValue));
  document.addEventListener("change", ({ target }) => {
    if (target.name !== "theme" || !target.closest("[data-theme-switch]")) return;
    try {
      if (target.value === "system") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, target.value);
    } catch {
      // As above.
    }
    show(target.value);
  });
})();
