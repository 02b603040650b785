"""Script in everything that a reader, an editor or a mail server can write is text at the desk: none of it runs."""

import json
import secrets

from playwright.sync_api import Page, expect

from tests.journeys.admin import log_in
from tests.journeys.stack import Stack

# Each way into a page: an element, an attribute's end, a handler, a template, a text within a script.
SCRIPT = (
    "<script>window.ran=1</script>\"'><img src=x onerror=window.ran=1><svg/onload=window.ran=1>{{7*7}}</script>"
    "`${ran=1}`"
)

FILL = """
import json, uuid
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from partners.brochures.brochure import BrochureFile
from partners.brochures.sending import send_brochure
from partners.brochures.submission import Submission
from partners.delivery.attempt import DeliveryAttempt
from partners.delivery.message import OutgoingMessage
from partners.submissions.bulk.run import BulkRun
from partners.submissions.columns import choices
from partners.submissions.desk_columns import choose
from partners.submissions.note import SubmissionNote
from partners.submissions.saved_filter import SavedFilter
from partners.brochures.request_page import BrochureRequestPage
script, mark = json.loads({given!r})
admin = User.objects.get(username="admin")
other = User.objects.create_user("x" + mark, first_name=script[:30], last_name=script[30:90])
file = BrochureFile.objects.order_by("pk").first()
field = BrochureRequestPage.objects.order_by("pk").first().request_fields.order_by("pk").last()
before = {{"label": field.label, "autofill": field.autofill}}
type(field).objects.filter(pk=field.pk).update(label=script, autofill="")
made = Submission.objects.create(
    reference="X" + mark, key=uuid.uuid4(), form_title=script, partner_title=script, article_title=script,
    brochure=file.brochure, brochure_file=file, brochure_title=script[:200], language="en",
    email='"<svg/onload=window.ran=1>' + mark + '"@example.com', name=script[:120], company=script, assignee=other,
    campaign={{tag: script for tag in ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")}},
    answers=[
        {{"key": field.clean_name, "label": script, "kind": "singleline", "value": script}},
        {{"key": script, "label": script, "kind": script, "value": [script, True]}},
        {{"key": "site", "label": "Site", "kind": "url", "value": "javascript:window.ran=1"}},
    ],
    spam_notes=["<img onerror=ran=1>"],
)
# At once, so that no worker takes the letter meanwhile.
with transaction.atomic():
    message = send_brochure(made)
    DeliveryAttempt.objects.create(
        message_id=message.pk, number=1, started_at=timezone.now(), duration=1, outcome="refused", smtp_code=550,
        smtp_text=script, worker=script[:30],
    )
    now = timezone.now()
    OutgoingMessage.objects.filter(pk=message.pk).update(
        state="failed", due_at=None, closed_at=now, attempts_count=1, last_error=script
    )
SubmissionNote.objects.create(submission=made, author=other, text=script)
SavedFilter.objects.create(owner=admin, name=script[:60], filters={{"q": [script]}}, is_shared=True)
run = BulkRun.objects.create(
    user=admin, act="spam", ids=[made.pk], place=1, state="done", ended_at=now,
    left={{script: {{"count": 1, "ids": [made.pk]}}}},
)
choose(admin, [name for name, _label in choices()])
print(json.dumps([made.pk, run.pk, SavedFilter.objects.get(filters__q=[script]).pk, field.pk, before]))
"""


def test_nothing_that_was_said_runs(page: Page, site: Stack):
    mark = secrets.token_hex(4)
    printed = site.run("shell", "--no-imports", "-c", FILL.format(given=json.dumps([SCRIPT, mark])))
    pk, run, saved, field, before = json.loads(printed.strip().splitlines()[-1])
    log_in(page)
    page.on("dialog", lambda dialog: dialog.dismiss())
    desk = "/admin/brochure-requests/"
    seen = {
        "list": f"{desk}?q=X{mark}",
        "results": f"{desk}?q=%3Cscript%3Ewindow.ran=1%3C/script%3E",
        "filtered": f"{desk}?article_title=%3Cscript%3Ewindow.ran=1%3C/script%3E",
        "detail": f"{desk}{pk}/",
        "history": f"{desk}{pk}/history/",
        "resend": f"{desk}{pk}/resend/",
        "erase": f"{desk}{pk}/erase/",
        "bulk": f"/admin/bulk/partners/submission/erase/?id={pk}&next=javascript:window.ran=1",
        "bulk all": "/admin/bulk/partners/submission/spam/?id=all&q=%3Cscript%3Ewindow.ran=1%3C/script%3E",
        "run": f"{desk}bulk/{run}/",
        "filters": f"{desk}filters/",
        "filter": f"{desk}filters/{saved}/",
        "delete filter": f"{desk}filters/{saved}/delete/",
        "columns": f"{desk}columns/",
        "export": f"{desk}export/?q=%3Cscript%3Ewindow.ran=1%3C/script%3E",
        "access log": "/admin/access/",
    }
    ran = []
    shown = 0
    for name, url in seen.items():
        response = page.goto(url)
        assert response is not None
        assert response.status == 200, name
        page.wait_for_load_state("load")
        if page.evaluate("window.ran") is not None:
            ran.append(name)
        shown += "window.ran=1" in page.locator("body").inner_text()
        assert page.locator("main img[src='x']").count() == 0, name
        assert page.locator("a[href^='javascript:']").count() == 0, name
    # It was there to be run.
    assert shown >= 8
    assert ran == []
    page.goto(seen["list"])
    page.get_by_role("button", name="Saved filters").click()
    expect(page.get_by_role("link", name="<script>window.ran=1")).to_be_visible()
    assert page.evaluate("window.ran") is None
    # The other journeys share this site.
    site.execute("DELETE FROM partners_deskcolumns")
    site.execute("DELETE FROM partners_savedfilter WHERE id = %s", saved)
    site.execute("UPDATE partners_requestfield SET label = %s, autofill = %s WHERE id = %s", *before.values(), field)
