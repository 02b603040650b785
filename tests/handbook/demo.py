"""Who has asked for brochures on the site that the handbook shows? Nobody that there is: names, firms and addresses are
made up, the addresses under names that belong to nobody (RFC 2606).

Filled into the demo's database by `python -m tests.handbook fill`, with the site's own environment.
"""

import os
import random
import uuid
from dataclasses import replace
from datetime import datetime, time, timedelta
from unittest.mock import patch

from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils import timezone

from partners.articles.article_page import PartnerArticlePage
from partners.articles.reads import ArticleReads
from partners.brochures.circumstances import Circumstances
from partners.brochures.confirming import confirm_news
from partners.brochures.consent_boxes import ConsentBoxes
from partners.brochures.consent_record import Means
from partners.brochures.downloads import BrochureDownload
from partners.brochures.erasing import erase_person
from partners.brochures.forget_old import forget_old_requests
from partners.brochures.intake import Answer, Request, accept_request
from partners.brochures.request_page import BrochureRequestPage
from partners.brochures.submission import WorkStatus
from partners.delivery.attempt import Outcome
from partners.delivery.event import EventKind
from partners.delivery.message import OutgoingMessage, in_seconds
from partners.delivery.outside import NotAccepted, Receipt
from partners.delivery.record_event import Report, message_key, record_event
from partners.delivery.send import send_message
from partners.handover import send as handover_send
from partners.handover.endpoint import WebhookEndpoint
from partners.reports.counting import count_days
from partners.submissions.access_log import Way, record_access
from partners.submissions.exporting.asking import Wish, ask_for_export
from partners.submissions.exporting.making import make_export
from partners.submissions.partner_viewer import PartnerViewer
from partners.submissions.resend import newest_message, resend_brochure
from partners.submissions.working import add_note, set_work
from tests.handbook.pictures import VIEWER

DAYS = 30

PASSED_ON = ["news", "handover", "transfer"]
LATIN = (
    [f"{first} {last}" for first in ("Nora", "Jonas", "Priya", "Felix", "Amara", "Owen") for last in ("Vale", "Quill")],
    ["Blue Pier Trading", "Lantern Works", "Northgate Tools", "Paper Boat Studio", "Old Mill Foods"],
)
CHINESE = (
    [f"{family}{given}" for family in ("陳", "林", "黃", "何") for given in ("大文", "小美", "志明")],
    ["藍橋貿易", "明燈工作室", "紙船設計"],
)


def ask(page, name, email, company, *ticked, article=None, campaign=None, circumstances=None):
    """Send a form as a visitor's browser would have; return the request."""
    said = {"name": name, "email": email, "company": company}
    answers = [
        Answer(question.clean_name, question.label, question.field_type, said.get(question.clean_name, ""))
        for question in page.request_fields.all()
    ]
    answers.insert(1, Answer("email", "E-mail address", "email", email))
    boxes = [replace(box, ticked=box.purpose in ticked) for box in ConsentBoxes(page).boxes]
    return accept_request(
        Request(
            key=uuid.uuid4(),
            form_page=page,
            article=article,
            email=email,
            name=name,
            company=company,
            answers=answers,
            campaign=campaign or {},
            consents=tuple(boxes),
        ),
        circumstances or Circumstances(seconds=24),
    )


def carry(submission, *failures):
    """Let the mail server take the newest letter, after it has failed in these ways."""
    message = newest_message(submission)
    for failure in failures:
        send_message(message.pk, _fails_by(failure))
        OutgoingMessage.objects.filter(pk=message.pk, state="queued").update(due_at=in_seconds(-1))
    send_message(message.pk, lambda envelope, conversation: Receipt(250, "2.0.0 Ok: queued as 4F2A9C"))
    return message


def _fails_by(failure):
    def fail(envelope, conversation):
        raise failure

    return fail


def report(message, kind, text=""):
    """Let the mail service say what became of a letter."""
    key = message_key(message.message_id)
    record_event(Report("postmark", str(uuid.uuid4()), kind, timezone.now(), key=key, text=text))


# What tells the time of a request and of its letters. Consents are left out: the database lets nobody change them.
_BACK = (
    "UPDATE partners_submission SET created_at = %(at)s, quarantined_at = CASE WHEN quarantined_at IS NOT NULL"
    " THEN %(at)s::timestamptz END WHERE id = %(id)s",
    "UPDATE partners_brochurelink SET expires_at = expires_at - (created_at - %(at)s), created_at = %(at)s"
    " WHERE submission_id = %(id)s",
    "UPDATE partners_outgoingmessage m SET created_at = %(at)s,"
    " sent_at = CASE WHEN m.sent_at IS NOT NULL THEN %(at)s + %(took)s END,"
    " closed_at = CASE WHEN m.closed_at IS NOT NULL THEN %(at)s + %(took)s END"
    " FROM partners_brochuremessage b WHERE b.outgoingmessage_ptr_id = m.id AND b.submission_id = %(id)s",
    "UPDATE partners_deliveryattempt a SET started_at = %(at)s + %(took)s FROM partners_brochuremessage b"
    " WHERE b.outgoingmessage_ptr_id = a.message_id AND b.submission_id = %(id)s",
    "UPDATE partners_deliveryevent e SET occurred_at = %(at)s + %(took)s * 2, received_at = %(at)s + %(took)s * 2"
    " FROM partners_brochuremessage b WHERE b.outgoingmessage_ptr_id = e.message_id AND b.submission_id = %(id)s",
)


def put_back(submission, at, took):
    """Let a request have been made `at` that moment, and its letter have taken so long."""
    with connection.cursor() as cursor:
        for statement in _BACK:
            cursor.execute(statement, {"id": submission.pk, "at": at, "took": took})


def fill_days(pages, articles):
    """Let DAYS pass, with more readers on workdays: a few hundred requests, and what they came of."""
    dice = random.Random(2026)
    today = timezone.localdate()
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        busy = 3 if day.weekday() < 5 else 1
        count_reads(dice, articles, day, busy)
        for _ in range(dice.randint(busy, busy * 4)):
            page = dice.choice(pages)
            language = page.locale.language_code
            names, companies = LATIN if language == "en" else CHINESE
            name = dice.choice(names)
            fitting = [article for article in articles if article.locale_id == page.locale_id]
            submission = ask(
                page,
                name,
                f"reader{dice.randrange(10_000)}@example.{dice.choice(['com', 'org', 'net'])}",
                dice.choice(companies),
                article=dice.choice([*fitting, None]),
                circumstances=Circumstances(is_trapped=dice.random() < 0.02),
            )
            settle(dice, submission)
            at = timezone.make_aware(datetime.combine(day, time(8)) + timedelta(seconds=dice.randrange(40_000)))
            put_back(submission, at, timedelta(seconds=dice.choice([2, 3, 4, 6, 9, 40, 300, 5000])))


def settle(dice, submission):
    """Let a letter be delivered as a rule, and now and then not."""
    if submission.quarantined_at:
        return
    fate = dice.random()
    if fate < 0.02:
        carry(submission, NotAccepted(Outcome.REFUSED, 550, "5.1.1 No such user here"))
        return
    message = carry(submission)
    if fate < 0.05:
        report(message, EventKind.BOUNCED, "smtp; 552 5.2.2 Mailbox full")
    elif fate < 0.8:
        report(message, EventKind.DELIVERED)


def count_reads(dice, articles, day, busy):
    """Let every article be read."""
    for place, article in enumerate(articles):
        reads = dice.randint(2, 14) * busy // (1 + place % 4)
        if reads:
            ArticleReads.objects.create(
                day=day,
                article=article,
                language=article.locale.language_code,
                article_title=article.title,
                partner=article.get_parent().pk,
                reads=reads,
                openings=reads // 3,
            )


def today_at_the_desk(page, article, chinese, chinese_article, desk, colleague):
    """Let come, this morning, who is shown at length: the first of them with all that may happen to a request."""
    earlier = ask(page, "Ada Marlowe", "ada.marlowe@example.com", "Harbour & Daughters")
    carry(earlier)
    put_back(earlier, timezone.now() - timedelta(days=9), timedelta(seconds=4))
    failed = ask(page, "Tom Sample", "tom.sample@example.org", "Old Mill Foods", article=article)
    carry(failed, NotAccepted(Outcome.REFUSED, 550, "5.1.1 <tom.sample@example.org>: no such user here"))
    bounced = ask(page, "Greta Holm", "greta.holm@example.net", "Northgate Tools", "news")
    report(carry(bounced), EventKind.BOUNCED, "smtp; 552 5.2.2 Mailbox full")
    held = ask(page, "BEST OFFERS", "winner@example.com", "", circumstances=Circumstances(is_trapped=True, seconds=0.2))
    reader = ask(chinese, "林小美", "siumei.lam@example.com", "紙船設計", "news", "handover", article=chinese_article)
    report(carry(reader), EventKind.DELIVERED)
    campaign = {"utm_source": "newsletter", "utm_campaign": "spring"}
    ada = ask(
        page,
        "Ada Marlowe",
        "ada.marlowe@example.com",
        "Harbour & Daughters",
        *PASSED_ON,
        article=article,
        campaign=campaign,
    )
    later = NotAccepted(Outcome.DEFERRED, 451, "4.7.1 Greylisted, please try again in 5 minutes")
    message = carry(ada, later)
    report(message, EventKind.DELIVERED)
    confirm_news(ada, Means.LETTER)
    now = timezone.now()
    link = ada.links.get()
    BrochureDownload.objects.create(link=link, day=now.date(), who="person", count=2, first_at=now, last_at=now)
    record_access(Way.DETAIL, user=colleague, submission=ada)
    set_work(ada, WorkStatus.IN_WORK, desk, by=colleague)
    add_note(ada, "Wants to see the robots in March; asked for the Chinese edition as well.", by=colleague)
    add_note(ada, "Called back. Sends us the floor plan of the warehouse.", by=desk)
    resend_brochure(ada, by=desk, seen=message.pk)
    report(carry(ada), EventKind.DELIVERED)
    record_access(Way.SEARCH, user=desk, filters={"q": ["marlowe"]}, count=2)
    return {"ada": ada.pk, "held": held.pk, "failed": failed.pk, "bounced": bounced.pk}


def hand_over(page, creator):
    """Tie a CRM to the form of `page`."""
    partner = page.get_parent()
    return WebhookEndpoint.objects.create(
        name=f"CRM of {partner.title}",
        url="https://crm.example/hooks/brochures",
        ground="partner",
        partner_key=partner.translation_key,
        partner_name=partner.title,
        form_key=page.translation_key,
        form_title=page.title,
        kinds=["email", "name", "company"],
        created_by=creator,
    )


def taken(url, body, headers, conversation, write_down):
    """Be a CRM that takes everything."""
    write_down()
    return 200


def users():
    """Make the desk's two people, and a partner's; who is not logged in for a picture has no password."""
    desk = User.objects.get(username="admin")
    User.objects.filter(pk=desk.pk).update(first_name="Mei", last_name="Demo")
    colleague = User.objects.create_user("sam", password=None, first_name="Sam", last_name="Demo")
    colleague.groups.add(Group.objects.get(name="Submission admins"))
    viewer = User.objects.create_user(
        VIEWER, password=os.environ["HANDBOOK_PASSWORD"], first_name="Vera", last_name="Demo"
    )
    viewer.groups.add(Group.objects.get(name="Partner viewers"))
    desk.refresh_from_db()
    return desk, colleague, viewer


def fill():
    """Fill the database; return the ids of what has a page of its own in the handbook."""
    forms = list(BrochureRequestPage.objects.live().order_by("pk"))
    articles = list(PartnerArticlePage.objects.live().order_by("pk"))
    desk, colleague, viewer = users()
    field_guide = next(form for form in forms if form.consent_handover and form.locale.language_code == "en")
    chinese = field_guide.get_translation(next(f.locale for f in forms if f.locale.language_code == "zh-hant"))
    over = {page.pk: next(a for a in articles if a.locale_id == page.locale_id) for page in (field_guide, chinese)}
    PartnerViewer.objects.create(user=viewer, partner=field_guide.get_parent().specific)
    fill_days(forms, articles)
    endpoint = hand_over(field_guide, desk)
    known = today_at_the_desk(field_guide, over[field_guide.pk], chinese, over[chinese.pk], desk, colleague)
    for message in OutgoingMessage.objects.filter(state="queued"):
        send_message(message.pk, lambda envelope, conversation: Receipt(250, "2.0.0 Ok: queued as 4F2A9D"))
    with patch.object(handover_send, "post", taken):
        while handover_send.send_next():
            pass
    assert endpoint.deliveries.exists()
    count_days(timezone.localdate())
    gone = ask(field_guide, "Wilma Gone", "wilma.gone@example.org", "Old Mill Foods")
    carry(gone)
    put_back(gone, timezone.now() - timedelta(days=5), timedelta(seconds=4))
    erase_person("wilma.gone@example.org", by=colleague)
    forget_old_requests(timezone.now())
    make_export(ask_for_export(Wish(key=uuid.uuid4(), user=desk, format="xlsx")).pk)
    return {**known, "webhook": endpoint.pk}
