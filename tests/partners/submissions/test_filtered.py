"""partners/submissions/filtered.py: a filter that names nothing is not taken for one that names everything."""

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from partners.submissions.access_log import Way, record_access
from partners.submissions.saved_filter import SavedFilter
from tests import builders
from tests.partners.submissions.conftest import client_of
from tests.partners.submissions.handovers import consent, viewer
from tests.partners.submissions.test_listing import listed

pytestmark = pytest.mark.django_db

SAID = "Nothing is shown: a filter names something that does not exist"


@pytest.mark.parametrize("name", ["index", "index_results"])
@pytest.mark.parametrize(
    "query",
    [
        "mail_state=nonsense",
        "created_at_from=2026-13-40",
        "partner=999999",
        "language=fr&q=ada",
        "status=new&brochure=9999",
    ],
)
def test_list_of_a_filter_that_names_nothing_is_empty_and_says_why(desk, submission, query, name):
    references, html = listed(desk, f"?{query}", name=name)
    assert references == []
    assert SAID in html


def test_kept_filter_whose_brochure_is_deleted_shows_nothing_instead_of_everything(desk, desk_user, submission):
    gone = builders.brochure("Gone")
    saved = SavedFilter.objects.create(owner=desk_user, name="Gone", filters={"brochure": [str(gone.pk)]})
    assert listed(desk, f"?{saved.query}")[0] == []
    assert SAID not in listed(desk, f"?{saved.query}")[1]
    gone.files.all().delete()
    gone.delete()
    references, html = listed(desk, f"?{saved.query}", name="index")
    assert references == []
    assert SAID in html
    # The way out: what is still true of the filters, chosen anew.
    assert listed(desk, "?status=new")[0] == [submission.reference]


def test_partner_viewers_list_does_the_same(submission, offer):
    consent(submission)
    theirs = client_of(viewer("theirs", offer.get_parent().specific))
    assert submission.reference in theirs.get(reverse("partner_requests")).content.decode()
    response = theirs.get(reverse("partner_requests") + "?language=fr")
    assert list(response.context["object_list"]) == []
    assert SAID in response.content.decode()


def test_log_of_accesses_does_the_same_as_a_page_and_as_a_file():
    auditor = client_of(viewer("auditor", group="Auditors"))
    record_access(Way.LIST, count=7)
    page = auditor.get(reverse("access_log") + "?way=nonsense")
    assert SAID in page.content.decode()
    text = b"".join(auditor.get(reverse("access_log") + "?export=csv&at_from=2026-13-40")).decode()
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize(("language", "words"), [("zh-hant", "請重新選擇篩選條件"), ("zh-hans", "请重新选择筛选条件")])
def test_it_is_said_in_chinese(desk_user, language, words):
    profile = UserProfile.get_for_user(desk_user)
    profile.preferred_language = language
    profile.save()
    assert words in listed(client_of(desk_user), "?language=fr")[1]
