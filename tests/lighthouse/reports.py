"""What stands in a report of Lighthouse?"""

import json
from dataclasses import dataclass
from pathlib import Path

GROUPS = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "search engines",
}
TIMED = "performance"
# What a page of hits does on purpose: it is for readers, and not for the index of another search engine.
HIDDEN = ("/search/?", "is-crawlable")


@dataclass(frozen=True)
class Report:
    """Scores from 0 to 1 by group, the two paints in milliseconds, a line for each audit below 1; does it fail?"""

    scores: dict[str, float]
    first_paint: float
    largest_paint: float
    below: tuple[str, ...]
    fails: bool


def read(file: Path) -> Report:
    """Return what the report in `file` says.

    A page fails by an audit that counts in a group that is no time, unless it is HIDDEN and hidden.
    """
    said = json.loads(file.read_text(encoding="utf-8"))
    audits = said["audits"]
    below = {key: audit for key, audit in audits.items() if audit["score"] is not None and audit["score"] < 1}
    address, forgiven = HIDDEN
    allowed = {forgiven} if address in said["finalDisplayedUrl"] else set()
    counted = {
        audit["id"]
        for group, category in said["categories"].items()
        if group != TIMED
        for audit in category["auditRefs"]
        if audit["weight"]
    }
    return Report(
        scores={group: category["score"] for group, category in said["categories"].items()},
        first_paint=audits["first-contentful-paint"]["numericValue"],
        largest_paint=audits["largest-contentful-paint"]["numericValue"],
        below=tuple(_line(key, audit, is_allowed=key in allowed) for key, audit in below.items()),
        fails=bool((set(below) & counted) - allowed),
    )


def middle(reports: list[Report]) -> Report:
    """Return the report with the middle score of performance; it fails where one of them does."""
    ordered = sorted(reports, key=lambda report: report.scores[TIMED])
    chosen = ordered[len(ordered) // 2]
    failed = [report for report in reports if report.fails]
    return failed[0] if failed and not chosen.fails else chosen


def _line(key: str, audit: dict[str, str], *, is_allowed: bool) -> str:
    why = " (on purpose)" if is_allowed else ""
    return " ".join(f"{key} {audit['score']} {audit.get('displayValue', '')}{why}".split())
