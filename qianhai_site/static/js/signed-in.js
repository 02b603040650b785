// No form of the admin is sent into a session that has run out: what was typed would be lost to the log-in. Before each
// is sent, the site is asked whether its user is still signed in. Signing in anew changes the token of every form, so
// each gets the present one. Where the site cannot be asked, the form goes its way as ever.
const PATIENCE = 10_000;
const dialog = document.querySelector("[data-signed-out]");
const address = dialog?.dataset.signedOut;
const cleared = new WeakSet();
const asking = new WeakSet();
let held = null;

async function presentToken() {
  try {
    const answer = await fetch(address, {
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return answer.ok ? (await answer.json()).token : null;
  } catch {
    return null;
  }
}

// Wagtail shows a pressed button as busy, and switches it off: what is off is left out of what is sent.
function send(form, button) {
  const wasOff = button?.disabled;
  if (wasOff) button.disabled = false;
  cleared.add(form);
  form.requestSubmit(button);
  // Where the browser found something to fill in, nothing was sent.
  cleared.delete(form);
  if (wasOff) button.disabled = true;
}

function rest(button) {
  if (!button) return;
  button.disabled = false;
  if (button.dataset.wProgressLoadingValue) button.dataset.wProgressLoadingValue = "false";
}

async function askAndSend(form, button) {
  if (asking.has(form)) return;
  asking.add(form);
  const token = await presentToken();
  asking.delete(form);
  if (token === "") {
    held = [form, button];
    rest(button);
    if (!dialog.open) dialog.showModal();
    return;
  }
  if (dialog.open) dialog.close();
  const field = form.elements.namedItem("csrfmiddlewaretoken");
  if (token && field) field.value = token;
  send(form, button);
}

if (dialog) {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.method !== "post" || cleared.has(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      askAndSend(form, event.submitter);
    },
    { capture: true },
  );
  dialog.querySelector("[data-send-again]").addEventListener("click", () => askAndSend(...held));
}
