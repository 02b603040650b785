/**
 * Solves the puzzle of a form that has one, off the page's own thread, while its reader fills it in.
 *
 * A form that is sent before its answer is there waits for it; one whose puzzle cannot be solved is sent without.
 * docs/security.md says what the puzzle is for.
 */

const FORM = "form[data-proof]";
const GIVEN_UP_AFTER_MS = 8_000;

/** The answer to each form's puzzle, as a promise; made once. */
const answers = new WeakMap();
const waiting = new WeakSet();

function place(form) {
  return form.querySelector("[data-proof-answer]");
}

function work(form) {
  return new Promise((resolve) => {
    const worker = new Worker(form.dataset.proofWorker);
    const timer = setTimeout(() => finish(""), GIVEN_UP_AFTER_MS);
    function finish(answer) {
      clearTimeout(timer);
      worker.terminate();
      place(form).value = answer;
      resolve();
    }
    worker.addEventListener("message", ({ data }) => finish(data));
    worker.addEventListener("error", () => finish(""));
    worker.postMessage({ key: form.elements.key.value, bits: Number(form.dataset.proof) });
  });
}

function solve(form) {
  if (!answers.has(form)) {
    answers.set(
      form,
      // A browser without workers throws: the form goes without an answer.
      work(form)
        .catch(() => {})
        .then(() => answers.set(form, null)),
    );
  }
  return answers.get(form);
}

document.addEventListener("focusin", ({ target }) => {
  const form = target.closest?.(FORM);
  if (form) {
    solve(form);
  }
});

// The dialog brings this script with the form, whose first field has the focus by then.
const begun = document.activeElement?.closest(FORM);
if (begun) {
  solve(begun);
}

// In the capturing phase: before the dialog takes the form and posts it.
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (!form.matches(FORM) || solve(form) === null) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waiting.has(form)) {
      return;
    }
    waiting.add(form);
    await solve(form);
    waiting.delete(form);
    form.requestSubmit(event.submitter);
  },
  true,
);
