"""How does the local inbox look in a browser? Every word of a mail is escaped; no script, nothing from elsewhere."""

from collections.abc import Sequence
from html import escape

from .mailbox import Attachment, Summary

STYLE = """
:root { color-scheme: light dark; --ink: #1b2730; --soft: #5a6a75; --line: #d9e0e4; --paper: #fff; --ground: #f3f6f7;
  --sea: #0b6177; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf0; --soft: #9db0bb; --line: #2c3a44; --paper: #17212a;
  --ground: #10181f; --sea: #63c3d8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, "PingFang TC", "Noto Sans CJK TC", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
a { color: var(--sea); }
a:focus-visible { outline: 3px solid var(--sea); outline-offset: 2px; }
.note { color: var(--soft); margin: 0 0 1.5rem; }
.box { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; }
ol.box { list-style: none; margin: 0; padding: 0; }
ol.box li + li { border-top: 1px solid var(--line); }
ol.box a { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: .75rem 1rem; color: inherit;
  text-decoration: none; }
ol.box a:hover { background: var(--ground); }
ol.box strong { overflow-wrap: anywhere; }
ol.box span { color: var(--soft); font-size: .875rem; overflow-wrap: anywhere; }
time { color: var(--soft); font-size: .875rem; white-space: nowrap; }
.empty { padding: 3rem 1rem; text-align: center; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1rem 0 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
pre { margin: 0; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere;
  font: .9375rem/1.6 ui-monospace, monospace; }
iframe { display: block; width: 100%; height: 40rem; border: 0; border-radius: .5rem; background: #fff; }
"""


def listing(mails: Sequence[Summary], count: int) -> str:
    """Return the page of all mails; `count` is how many there are, of which `mails` are the newest."""
    if not mails:
        return _page("Inbox", '<h1>Inbox</h1><div class="box empty">No mail yet. Ask for a brochure on the site.</div>')
    rows = "".join(
        f'<li><a href="/mails/{escape(mail.key)}/"><strong>{escape(mail.subject)}</strong>{_time(mail)}'
        f"<span>to {escape(mail.recipient)} &middot; from {escape(mail.sender)}</span></a></li>"
        for mail in mails
    )
    older = f" The newest {len(mails)} are shown." if count > len(mails) else ""
    words = f"{count} mail{'' if count == 1 else 's'} that the site has sent, newest first.{older}"
    return _page("Inbox", f'<h1>Inbox</h1><p class="note">{words}</p><ol class="box">{rows}</ol>')


def mail(summary: Summary, plain: str | None, *, html: bool, attached: Sequence[Attachment]) -> str:
    """Return the page of one mail; its HTML body, if it has one, is framed without any rights."""
    base = f"/mails/{escape(summary.key)}"
    parts = [
        '<p><a href="/">All mails</a></p>',
        f"<h1>{escape(summary.subject)}</h1>",
        f"<dl><dt>From</dt><dd>{escape(summary.sender)}</dd><dt>To</dt><dd>{escape(summary.recipient)}</dd>"
        f'<dt>Received</dt><dd>{_time(summary)}</dd><dt>Source</dt><dd><a href="{base}/raw">as it came</a></dd></dl>',
    ]
    if attached:
        files = "".join(
            f'<li><a href="{base}/parts/{file.place}"><strong>{escape(file.name)}</strong>'
            f"<span>{escape(file.content_type)}, {_size(len(file.content))}</span></a></li>"
            for file in attached
        )
        parts.append(f'<h2>Attachments</h2><ol class="box">{files}</ol>')
    if html:
        # Links open in a window of their own, with the rights of any window; the frame itself has none.
        parts.append(
            '<h2>HTML</h2><div class="box"><iframe title="The mail\'s HTML" '
            f'sandbox="allow-popups allow-popups-to-escape-sandbox" src="{base}/html"></iframe></div>'
        )
    if plain is not None:
        parts.append(f'<h2>Text</h2><div class="box"><pre>{escape(plain)}</pre></div>')
    return _page(summary.subject, "".join(parts))


def missing() -> str:
    """Return the page for an address that names nothing."""
    return _page("Not found", '<h1>Nothing here</h1><p><a href="/">All mails</a></p>')


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{escape(title)} &ndash; local inbox</title>'
        f'<link rel="stylesheet" href="/style.css"></head><body><main>{body}</main></body></html>'
    )


def _time(mail: Summary) -> str:
    return f'<time datetime="{mail.received.isoformat()}">{mail.received:%Y-%m-%d %H:%M:%S}</time>'


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1000))} kB"
