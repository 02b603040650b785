/**
 * Lets a list of articles go on in place: a link to its next part adds the cards of that part instead, each with its
 * label, and then leads to the part after it. The cards are those of the page that the link leads to, so nothing is
 * served for scripts alone.
 *
 * The browser's history keeps how many parts were added and where the reader was. Who comes back gets them anew from the
 * site, so that nothing is shown that has been withdrawn meanwhile.
 */

const link = document.querySelector("a[data-more]");
const list = link?.closest("section, .wrap").querySelector("[data-cards]");

if (list) {
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  list.after(said);

  const remember = (changes) => history.replaceState({ ...history.state, ...changes }, "");
  const addressOf = (card) => new URL(card.querySelector(".card__title a").href).pathname;
  const first = list.querySelector(".card__title").tagName;
  const sizes = list.querySelector("[sizes]")?.sizes;

  /** Return a card as it stands in this list: its heading as deep, its picture as wide. */
  const fitted = (card) => {
    const title = card.querySelector(".card__title");
    const heading = document.createElement(first);
    heading.className = title.className;
    heading.append(...title.childNodes);
    title.replaceWith(heading);
    for (const picture of card.querySelectorAll("[sizes]")) picture.sizes = sizes ?? picture.sizes;
    return card;
  };

  /** Add the next part, and return its cards. Throws where it does not come. */
  const add = async () => {
    const response = await fetch(link.href);
    if (!response.ok) throw new Error(response.statusText);
    const part = new DOMParser().parseFromString(await response.text(), "text/html");
    const known = new Set([location.pathname, ...[...list.children].map(addressOf)]);
    const cards = [...part.querySelectorAll("[data-cards] > li")].filter((card) => !known.has(addressOf(card)));
    list.append(...cards.map((card) => fitted(document.adoptNode(card))));
    const next = part.querySelector("a[data-more]");
    if (next) link.href = next.getAttribute("href");
    else link.hidden = true;
    return cards;
  };

  link.addEventListener("click", async (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.ariaBusy) return;
    link.ariaBusy = "true";
    try {
      const cards = await add();
      const { more, last } = link.dataset;
      cards[0]?.querySelector("a").focus();
      // After the focus: what is said of that would cut this short.
      said.textContent = `${more.replace("{count}", cards.length)} ${link.hidden ? last : ""}`;
      remember({ more: (history.state?.more ?? 0) + 1 });
    } catch {
      location.assign(link.href);
    }
    link.ariaBusy = null;
  });

  const keepPlace = (event) => {
    if (history.state?.more) remember({ y: scrollY, at: event.target.closest?.("a")?.getAttribute("href") });
  };
  addEventListener("scrollend", keepPlace);
  document.addEventListener("click", keepPlace);

  const restore = async ({ more, y, at }) => {
    history.scrollRestoration = "manual";
    try {
      for (let part = 0; part < more && !link.hidden; part += 1) await add();
    } catch {
      // What did not come is still there by the link.
    }
    if (at) list.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
    if (y) scrollTo({ top: y, behavior: "instant" });
  };
  if (history.state?.more) restore(history.state);
}
