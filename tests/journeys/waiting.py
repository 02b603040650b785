"""How is a page waited for that may evaluate no text?

Playwright's `wait_for_function` has the page evaluate a text again and again, which its policy
(Content-Security-Policy) forbids as soon as the first look is not enough.
"""

MILLISECONDS = 10_000


def when(condition: str, value: str = "true") -> str:
    """Return what `page.evaluate` waits with until `condition` holds in a frame, for `value` (both JavaScript).

    It fails where that takes longer than ten seconds.
    """
    return f"""
() => new Promise((resolve, reject) => {{
  const end = performance.now() + {MILLISECONDS};
  const look = () => {{
    if ({condition}) resolve({value});
    else if (performance.now() > end) reject(new Error({f"never: {condition}"!r}));
    else requestAnimationFrame(look);
  }};
  look();
}})
"""
