/**
 * Opens a brochure's form over the article, where without this script its opener is a plain link to the form's page.
 *
 * The form and its one-time key are fetched when a reader asks for them, so the article stays the same for everybody.
 * The page's answer holds one [data-brochure-request] section; that section is what the dialog shows.
 */

const SECTION = "[data-brochure-request]";
const NOTICED_AFTER_MS = 300;
const GIVEN_UP_AFTER_MS = 30_000;

const shell = document.querySelector("template[data-brochure-dialog]");
/** One dialog for each form, kept after closing: what was typed is still there when it opens again. */
const dialogs = new Map();

/** Returns the section in the answer to a request; throws where the answer is not one of the form's own. */
async function fetchSection(url, options = {}) {
  const response = await fetch(url, {
    ...options,
    credentials: "same-origin",
    headers: { Accept: "text/html" },
    signal: AbortSignal.timeout(GIVEN_UP_AFTER_MS),
  });
  if (!response.ok && response.status !== 422) {
    throw Object.assign(new Error(`The form's page answered ${response.status}.`), { status: response.status });
  }
  const answer = new DOMParser().parseFromString(await response.text(), "text/html");
  const section = answer.querySelector(SECTION);
  if (!section) {
    throw new Error("The answer holds no form.");
  }
  return document.importNode(section, true);
}

/** Returns the form's address with the campaign tags of this page's own: by which link a reader came. */
function withCampaign(address) {
  const url = new URL(address);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (name.startsWith("utm_") && !url.searchParams.has(name)) {
      url.searchParams.set(name, value);
    }
  }
  return url.href;
}

class BrochureDialog {
  constructor(opener) {
    this.opener = opener;
    this.url = withCampaign(opener.href);
    this.pending = false;
    this.dialog = shell.content.firstElementChild.cloneNode(true);
    this.content = this.dialog.querySelector("[data-content]");
    this.waiting = this.dialog.querySelector("[data-waiting]");
    this.failed = this.dialog.querySelector("[data-failed]");
    this.announcer = this.dialog.querySelector("[data-announcer]");
    this.dialog.querySelector("[data-failed-text]").textContent = opener.dataset.error;
    this.dialog.querySelector("[data-plain-page]").href = this.url;
    if (opener.dataset.close) {
      this.dialog.querySelector("[data-close]").textContent = opener.dataset.close;
    }
    this.listen();
  }

  listen() {
    this.dialog.querySelector("[data-close]").addEventListener("click", () => this.dialog.close());
    this.dialog.querySelector("[data-retry]").addEventListener("click", () => this.load());
    this.dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(event.target, event.submitter);
    });
    this.dialog.addEventListener("close", () => this.opener.focus());
    // Only a press that begins and ends on the backdrop closes: selecting text may end outside.
    let pressedOutside = false;
    this.dialog.addEventListener("pointerdown", (event) => {
      pressedOutside = event.target === this.dialog && this.isOutside(event);
    });
    this.dialog.addEventListener("click", (event) => {
      if (pressedOutside && event.target === this.dialog && this.isOutside(event)) {
        this.dialog.close();
      }
    });
  }

  isOutside({ clientX, clientY }) {
    const box = this.dialog.getBoundingClientRect();
    return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
  }

  get section() {
    return this.content.querySelector(SECTION);
  }

  open(opener) {
    this.opener = opener;
    // One at a time: labels and links of two forms would lead to the fields of the first.
    for (const other of dialogs.values()) {
      if (other !== this) {
        other.dialog.remove();
      }
    }
    if (!this.dialog.isConnected) {
      document.body.append(this.dialog);
    }
    this.dialog.showModal();
    if (this.section && !this.section.hasAttribute("data-thanks")) {
      this.focusStart();
    } else if (!this.pending) {
      this.load();
    }
  }

  async load() {
    this.failed.hidden = true;
    this.content.replaceChildren();
    this.dialog.querySelector("[data-close]").focus();
    await this.whilePending(this.waiting, async () => {
      try {
        this.show(await fetchSection(this.url));
        this.focusStart();
      } catch {
        this.failed.hidden = false;
        this.dialog.querySelector("[data-retry]").focus();
      }
    });
  }

  async send(form, submitter) {
    if (this.pending) {
      return;
    }
    const { section } = this;
    this.report(section, "");
    this.forgetFindings(section);
    await this.whilePending(submitter?.querySelector(".spinner"), async () => {
      section.setAttribute("aria-busy", "true");
      submitter?.setAttribute("aria-disabled", "true");
      try {
        this.show(await this.post(form));
        this.focusAnswer();
      } catch {
        this.report(section, section.dataset.error);
        submitter?.focus();
      } finally {
        section.removeAttribute("aria-busy");
        submitter?.removeAttribute("aria-disabled");
      }
    });
  }

  /** Posts the form; where its token has run out (403), fetches a new one and posts once more. */
  async post(form) {
    // Not form.action: a question of that name would hide it.
    const url = new URL(form.getAttribute("action"), location.href).href;
    try {
      return await fetchSection(url, { method: "POST", body: new FormData(form) });
    } catch (error) {
      if (error.status !== 403) {
        throw error;
      }
      const fresh = await fetchSection(this.url);
      const name = "csrfmiddlewaretoken";
      form.elements[name].value = fresh.querySelector(`[name=${name}]`).value;
      return fetchSection(url, { method: "POST", body: new FormData(form) });
    }
  }

  /** Runs `work`; `sign` appears only if the work lasts long enough to be noticed. */
  async whilePending(sign, work) {
    this.pending = true;
    const timer = setTimeout(() => sign && (sign.hidden = false), NOTICED_AFTER_MS);
    try {
      await work();
    } finally {
      clearTimeout(timer);
      if (sign) {
        sign.hidden = true;
      }
      this.pending = false;
    }
  }

  show(section) {
    this.content.replaceChildren(section);
    // A form with a puzzle brings the script that solves it; the others cost nothing.
    const { proofScript } = section.querySelector("form")?.dataset ?? {};
    if (proofScript) {
      import(proofScript);
    }
    const heading = section.querySelector("[data-heading]");
    this.dialog.setAttribute("aria-labelledby", heading.id);
    this.dialog.scrollTop = 0;
  }

  /** Says `text` beside the send button and to screen readers; an empty text takes it back. */
  report(section, text) {
    const place = section.querySelector("[data-problem]");
    if (place) {
      place.textContent = text;
    }
    this.announcer.textContent = text;
  }

  /** Takes back what the last answer found wrong: it may be put right by now. */
  forgetFindings(section) {
    for (const finding of section.querySelectorAll("[data-summary], .errorlist")) {
      finding.remove();
    }
    for (const field of section.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
    }
  }

  /** Starts in the first field; on a touch screen on the heading, since a keyboard would cover the form. */
  focusStart() {
    const { section } = this;
    const field = section.querySelector("form :is(input, textarea, select):not([type=hidden])");
    const heading = section.querySelector("[data-heading]");
    (field && matchMedia("(pointer: fine)").matches ? field : heading).focus();
  }

  focusAnswer() {
    const { section } = this;
    const heading = section.querySelector("[data-heading]");
    const invalid = section.querySelector("[aria-invalid=true]");
    const summary = section.querySelector("[data-summary]");
    this.announcer.textContent = (summary ?? heading).textContent.replace(/\s+/g, " ").trim();
    if (this.dialog.open) {
      (invalid ?? summary ?? heading).focus();
    }
  }
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("a[data-brochure-opener]");
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!opener || !shell || !plain || event.defaultPrevented) {
    return;
  }
  event.preventDefault();
  if (!dialogs.has(opener.href)) {
    dialogs.set(opener.href, new BrochureDialog(opener));
  }
  dialogs.get(opener.href).open(opener);
});
