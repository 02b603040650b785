// Suggestions under the field of the search page, as a combobox with a list (WAI-ARIA 1.2). The page works without.
const form = document.querySelector("form[data-suggestions]");
const field = form.elements.q;
const list = document.getElementById("search-suggestions");
// A reader who types quickly asks once, not once a letter.
const PAUSE_MS = 150;

let asked = "";
let timer = 0;
let request = null;
let chosen = -1;

field.removeAttribute("list");
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", field.labels[0].textContent.trim());
field.setAttribute("role", "combobox");
field.setAttribute("aria-autocomplete", "list");
field.setAttribute("aria-controls", list.id);
// That suggestions have come is seen; a screen reader is told.
const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
form.append(said);
close();

function options() {
  return [...list.querySelectorAll("[role=option]")];
}

function close() {
  list.hidden = true;
  said.textContent = "";
  field.setAttribute("aria-expanded", "false");
  choose(-1);
}

function open() {
  if (list.hidden && options().length) {
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    said.textContent = form.dataset.count.replace("{count}", options().length);
  }
}

function choose(place) {
  chosen = place;
  options().forEach((option, at) => {
    option.id = `${list.id}-${at}`;
    option.setAttribute("aria-selected", String(at === place));
  });
  if (place < 0) {
    field.removeAttribute("aria-activedescendant");
  } else {
    field.setAttribute("aria-activedescendant", `${list.id}-${place}`);
    options()[place].scrollIntoView({ block: "nearest" });
  }
}

async function ask() {
  const text = field.value.trim();
  if (text === asked) {
    open();
    return;
  }
  asked = text;
  request?.abort();
  if (!text) {
    list.replaceChildren();
    close();
    return;
  }
  request = new AbortController();
  try {
    const answer = await fetch(`${form.dataset.suggestions}?${new URLSearchParams({ q: text })}`, {
      signal: request.signal,
    });
    // What a page says may be shown; anything else, such as an error's page, may not.
    list.innerHTML = answer.ok ? await answer.text() : "";
  } catch {
    return;
  }
  close();
  if (document.activeElement === field) open();
}

function askSoon() {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE_MS);
}

field.addEventListener("input", (event) => {
  // A word of Chinese is still being composed: what stands in the field is not meant yet.
  if (!event.isComposing) askSoon();
});
field.addEventListener("compositionstart", () => clearTimeout(timer));
// Some browsers say that a word is composed only after what it has written.
field.addEventListener("compositionend", askSoon);

field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const last = options().length - 1;
  if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    close();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && last >= 0) {
    event.preventDefault();
    open();
    const step = event.key === "ArrowDown" ? 1 : -1;
    // One more place than there are suggestions: the field itself, between the last and the first.
    choose(((chosen + 1 + step + last + 2) % (last + 2)) - 1);
  } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
    event.preventDefault();
    location.assign(options()[chosen].dataset.href);
  }
});

list.addEventListener("pointerdown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) location.assign(option.dataset.href);
});
field.addEventListener("blur", close);
