"""The figures are what a naive recount of the rows comes to, whoever counted which day before."""

import random
import uuid
from collections import Counter
from copy import deepcopy
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from wagtail.models import Page

from partners.articles.reads import ArticleReads
from partners.brochures.brochure import Brochure
from partners.brochures.erasing import erase_requests
from partners.brochures.message import BrochureMessage
from partners.brochures.submission import Submission
from partners.delivery.event import DeliveryEvent
from partners.delivery.message import OutgoingMessage, State
from partners.reports import counting
from partners.reports.counting import count_day, count_days
from partners.reports.daily_count import SPANS, CountedDay, DailyCount
from partners.reports.figures import figures_of
from partners.reports.period import Period, period_of
from partners.reports.scope import Scope
from tests import builders
from tests.partners.submissions.conftest import maker_of_submissions, set_state

pytestmark = pytest.mark.django_db

WHOLE = Scope(None)
ZONE = ZoneInfo("Asia/Hong_Kong")
STATES = (*State.values, "none", "held", "spam")
DAYS = 12


@pytest.fixture(scope="module")
def today():
    return timezone.localdate()


@pytest.fixture(scope="module")
def kept_lived(kept_offer, today):
    """Requests of DAYS days to three partners, in every state, in three languages, over four articles and none."""
    make_submission = maker_of_submissions(kept_offer)
    dice = random.Random(20261123)
    forms = [builders.request_page(builders.partner(f"Partner {number}")) for number in range(3)]
    articles = [builders.article(form.get_parent().specific, title=f"About {form.pk}") for form in forms] + [None]
    for number in range(150):
        form, article, state = dice.choice(forms), dice.choice(articles), STATES[number % len(STATES)]
        at = datetime.combine(today - timedelta(days=dice.randrange(DAYS)), time.min, ZONE)
        # Also the first and last moments of a day of Hong Kong's.
        at += timedelta(seconds=dice.choice([0, 1, 86_399, dice.randrange(86_400)]))
        request = make_submission(
            sent=state not in {"none", "held", "spam"},
            form_page=form,
            brochure=form.brochure,
            brochure_title=form.brochure.title,
            partner=form.get_parent().specific,
            partner_title=form.get_parent().title,
            article=article,
            article_title=article.title if article else "",
            language=dice.choice(["en", "zh-hant", "zh-hans"]),
            **({"quarantined_at": at, "quarantine_reasons": ["trap"]} if state in {"held", "spam"} else {}),
            **({"spam_at": at} if state == "spam" else {}),
        )
        Submission.objects.filter(pk=request.pk).update(created_at=at)
        if request.messages.exists():
            message = set_state(request, state)
            rows = OutgoingMessage.objects.filter(pk=message.pk, sent_at__isnull=False)
            rows.update(sent_at=at + timedelta(seconds=dice.choice([3, 10, 59, 60, 4000, 90_000])))
            if state == "delivered":
                DeliveryEvent.objects.create(
                    message_id=message.pk,
                    provider="postmark",
                    event_id=str(uuid.uuid4()),
                    kind="delivered",
                    occurred_at=at + timedelta(seconds=dice.choice([5, 700, 90_000])),
                )
    for article in articles[:3]:
        for back in range(DAYS):
            ArticleReads.objects.create(
                article=article,
                language="en",
                day=today - timedelta(days=back),
                article_title=article.title,
                partner=article.get_parent().pk,
                reads=dice.randrange(1, 50),
                openings=dice.randrange(0, 9),
            )
    return forms


@pytest.fixture
def lived(db, kept_lived):
    return deepcopy(kept_lived)


def span(seconds):
    return sum(seconds >= bound for bound in SPANS)


def recount(period, partners=None):
    """Count row by row, in Python."""
    told = {"requests": Counter(), "outcomes": Counter(), "languages": Counter(), "brochures": Counter()}
    told |= {"articles": Counter(), "accepted": Counter(), "delivered": Counter()}
    for request in Submission.objects.all():
        day = request.created_at.astimezone(ZONE).date()
        if not period.first <= day <= period.last or (partners is not None and request.partner_id not in partners):
            continue
        letters = list(BrochureMessage.objects.filter(submission=request).order_by("pk"))
        if letters:
            outcome = letters[-1].state
        else:
            outcome = "spam" if request.spam_at else "held" if request.quarantined_at else "none"
        told["requests"][day] += 1
        told["outcomes"][outcome] += 1
        told["languages"][request.language] += 1
        told["brochures"][str(request.brochure_id)] += 1
        if request.article_id:
            told["articles"][str(request.article_id)] += 1
        sent = [letter.sent_at for letter in letters if letter.sent_at]
        if sent:
            told["accepted"][span((min(sent) - request.created_at).total_seconds())] += 1
        events = DeliveryEvent.objects.filter(message__in=[letter.pk for letter in letters], kind="delivered")
        if events:
            earliest = min(event.occurred_at for event in events)
            told["delivered"][span((earliest - request.created_at).total_seconds())] += 1
    return told


def told_by(figures):
    return {
        "requests": +figures.requests,
        "outcomes": +figures.outcomes,
        "languages": +figures.languages,
        "brochures": Counter({key: number for key, (_, number) in figures.brochures.items()}),
        "articles": +Counter({key: article.requests for key, article in figures.articles.items()}),
        "accepted": +Counter(dict(enumerate(figures.accepted_within))),
        "delivered": +Counter(dict(enumerate(figures.delivered_within))),
    }


@pytest.mark.parametrize("counted_back", [[], [3], [1, 2, 5], list(range(1, DAYS))], ids=["none", "one", "some", "all"])
def test_figures_are_those_of_a_recount(lived, today, counted_back):
    for back in counted_back:
        count_day(today - timedelta(days=back))
    period = Period(today - timedelta(days=DAYS - 1), today)
    expected = recount(period)
    assert sum(expected["requests"].values()) == 150
    assert set(expected["outcomes"]) == set(STATES)
    assert told_by(figures_of(period, WHOLE)) == expected
    shorter = Period(today - timedelta(days=6), today - timedelta(days=2))
    assert told_by(figures_of(shorter, WHOLE)) == recount(shorter)


def test_a_partner_sees_the_figures_of_its_own(lived, today):
    count_day(today - timedelta(days=1))
    period = Period(today - timedelta(days=DAYS - 1), today)
    partner = lived[1].get_parent().pk
    figures = figures_of(period, Scope(frozenset({partner})))
    assert told_by(figures) == recount(period, {partner})
    own = ArticleReads.objects.filter(partner=partner)
    assert figures.all_reads == sum(own.values_list("reads", flat=True))
    assert figures_of(period, Scope(frozenset())).all_requests == 0


def test_reads_and_conversion_are_sums(lived, today):
    period = Period(today - timedelta(days=4), today)
    figures = figures_of(period, WHOLE)
    rows = ArticleReads.objects.filter(day__range=(period.first, period.last))
    assert figures.all_reads == sum(rows.values_list("reads", flat=True))
    for row in rows:
        own = rows.filter(article=row.article_id)
        article = figures.articles[str(row.article_id)]
        assert article.reads == sum(own.values_list("reads", flat=True))
        assert article.openings == sum(own.values_list("openings", flat=True))
        assert article.conversion == article.requests / article.reads
    made = sum(recount(period)["articles"].values())
    assert figures.conversion == made / figures.all_reads


@pytest.mark.parametrize("counted", [False, True])
def test_few_queries_however_much_there_is(lived, today, django_assert_num_queries, counted):
    if counted:
        count_days(today)
    with django_assert_num_queries(6 if counted else 4):
        figures_of(Period(today - timedelta(days=DAYS), today), WHOLE)


def test_a_brochure_has_its_own_title_whatever_its_files_are_called(lived, today):
    Submission.objects.update(brochure_title="小冊子")
    titles = {brochure.title for brochure in Brochure.objects.all()}
    assert {title for title, _ in figures_of(Period(today, today), WHOLE).brochures.values()} <= titles
    Submission.objects.update(brochure=None)
    found = figures_of(Period(today - timedelta(days=DAYS - 1), today), WHOLE)
    assert found.brochures == {"": ("小冊子", Submission.objects.count())}


def test_counts_outlive_what_is_known_of_people(lived, today, superuser):
    period = Period(today - timedelta(days=DAYS - 1), today)
    live = told_by(figures_of(period, WHOLE))
    open_letters = {"queued", "sending"}
    erase_requests(Submission.objects.all(), by=superuser)
    told = told_by(figures_of(period, WHOLE))
    # What was on its way is called back by an erasure; everything else is as it was.
    cancelled = sum(live["outcomes"].pop(state) for state in open_letters) + live["outcomes"]["cancelled"]
    assert told["outcomes"] == Counter({**live["outcomes"], "cancelled": cancelled})
    assert {**told, "outcomes": None} == {**live, "outcomes": None}
    count_days(today)
    assert told_by(figures_of(period, WHOLE)) == told


def test_a_deleted_article_keeps_its_figures(lived, today):
    article = Page.objects.get(title=f"About {lived[0].pk}")
    period = Period(today - timedelta(days=DAYS - 1), today)
    for back in range(6, DAYS):
        count_day(today - timedelta(days=back))
    before = figures_of(period, WHOLE).articles[str(article.pk)]
    key = str(article.pk)
    article.delete()
    after = figures_of(period, WHOLE).articles
    assert (after[key].requests, after[key].reads) == (before.requests, before.reads) != (0, 0)
    assert not [other for other in after if other.startswith("~")]


def test_days_are_counted_until_they_are_settled(make_submission, today):
    old = make_submission()
    Submission.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=50))
    assert count_days(today) == 50
    oldest = today - timedelta(days=50)
    assert DailyCount.objects.filter(day=oldest, dimension="outcome", key="queued").count() == 1
    assert not CountedDay.objects.filter(day=today).exists()
    # Only those that may still change, a day's worth of which has just become settled.
    assert count_days(today) == counting.SETTLED_AFTER.days
    OutgoingMessage.objects.all().update(state="cancelled", due_at=None, closed_at=timezone.now())
    recent = make_submission(sent=False)
    Submission.objects.filter(pk=recent.pk).update(created_at=timezone.now() - timedelta(days=2))
    count_days(today)
    assert DailyCount.objects.filter(day=oldest, key="queued").exists()
    assert DailyCount.objects.filter(day=today - timedelta(days=2), key="none").exists()


def test_a_day_counted_before_it_was_settled_is_counted_again(make_submission, today):
    old = make_submission()
    Submission.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=50))
    count_days(today)
    early = CountedDay.objects.filter(day=today - timedelta(days=50))
    early.update(counted_at=timezone.now() - timedelta(days=49))
    assert count_days(today) == counting.SETTLED_AFTER.days + 1


def test_nothing_is_counted_where_nothing_was_asked(today):
    assert count_days(today) == 0
    assert figures_of(period_of({}, today), WHOLE).conversion is None
