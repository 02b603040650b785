"""tests/lighthouse: what fails a page, and are all versions pinned without saying where they come from?"""

import json

import pytest

from tests.lighthouse.__main__ import HERE
from tests.lighthouse.reports import middle, read


def report(tmp_path, *, url="http://127.0.0.1/", performance=1.0, **audits):
    """Return the report of a page whose named audits have these scores."""
    file = tmp_path / "report.json"
    paints = {name: {"score": 1, "numericValue": 800.0} for name in PAINTS}
    said = {key.replace("_", "-"): {"score": score, "numericValue": 0} for key, score in audits.items()}
    seo = [{"id": "is-crawlable", "weight": 4}, {"id": "alternate-text", "weight": 0}]
    groups = {
        "performance": {"score": performance, "auditRefs": [{"id": "first-contentful-paint", "weight": 10}]},
        "seo": {"score": 0.6, "auditRefs": seo},
    }
    file.write_text(json.dumps({"finalDisplayedUrl": url, "audits": paints | said, "categories": groups}))
    return read(file)


PAINTS = ("first-contentful-paint", "largest-contentful-paint")


@pytest.mark.parametrize(
    ("address", "audits", "fails"),
    [
        ("/", {}, False),
        ("/", {"is_crawlable": 0}, True),
        ("/search/", {"is_crawlable": 0}, True),
        ("/search/?q=port", {"is_crawlable": 0}, False),
        ("/", {"alternate_text": 0}, False),
        ("/", {"first_contentful_paint": 0.5}, False),
    ],
)
def test_what_counts_and_is_no_time_fails_a_page(tmp_path, address, audits, fails):
    found = report(tmp_path, url=f"http://127.0.0.1{address}", **audits)
    assert found.fails is fails
    assert len(found.below) == len(audits)


def test_the_middle_of_three_counts_unless_one_fails(tmp_path):
    slow, usual, quick = (report(tmp_path, performance=score) for score in (0.7, 0.9, 1.0))
    assert middle([quick, slow, usual]) is usual
    failing = report(tmp_path, performance=1.0, is_crawlable=0)
    assert middle([slow, failing, usual]) is failing


def test_every_package_is_pinned_by_its_hash_and_names_no_registry():
    locked = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages = {name: package for name, package in locked.items() if name}
    assert len(packages) > 50
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())
