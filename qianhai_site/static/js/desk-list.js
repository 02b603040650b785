// The list narrows itself while somebody types. Leaving the field says the same once more, and the answer to that would
// take away the ticks that were set in the meantime: what a field has said letter by letter is not said again.
document.addEventListener(
  "change",
  (event) => {
    if (event.target.matches("form[data-search-form] [name=q]")) event.stopPropagation();
  },
  { capture: true },
);
