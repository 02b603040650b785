"""Which requests may another system have at this moment? Everything that leaves by itself is read through here."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from partners.articles.linked_pages import page_above
from partners.articles.partner_page import PartnerPage
from partners.brochures.consent_record import ConsentEvent, ConsentRecord
from partners.brochures.consent_wording import Purpose
from partners.brochures.correction import AddressCorrection
from partners.brochures.quarantine import WITHOUT_LETTER
from partners.brochures.request_page import BrochureRequestPage
from partners.brochures.submission import Submission
from partners.handover.recipient import Ground, Recipient

# What a partner's system learns of consents: those that are about it.
PURPOSES_OF_PARTNERS = (Purpose.HANDOVER, Purpose.TRANSFER)


def allowed_to(recipient: Recipient) -> QuerySet[Submission]:
    """Return the requests whose data `recipient` may have now, through whatever form they came.

    What is held back, closed as spam or erased, nobody gets. A partner gets those whose consent to the handover is in
    force and names this very partner: a form that was moved since hands nothing to its new one.
    """
    requests = Submission.objects.exclude(WITHOUT_LETTER).exclude(email="")
    if recipient.ground == Ground.PARTNER:
        named = ConsentRecord.objects.filter(
            submission=OuterRef("pk"), purpose=Purpose.HANDOVER, ticked=True, partner_key=recipient.partner_key
        )
        requests = requests.consenting_to(Purpose.HANDOVER).filter(Exists(named))
    elif recipient.ground != Ground.OWN:
        return requests.none()
    return requests


def readable_by(recipient: Recipient) -> QuerySet[Submission]:
    """Return the requests that `recipient` may have and asks for: of its partner, and of its form, where it has one."""
    requests = allowed_to(recipient)
    if recipient.form_key:
        requests = requests.filter(form_page__translation_key=recipient.form_key)
    if recipient.ground == Ground.OWN and recipient.partner_key:
        below = Q(pk__in=[])
        for path in PartnerPage.objects.filter(translation_key=recipient.partner_key).values_list("path", flat=True):
            below |= Q(path__startswith=path)
        requests = requests.filter(form_page__in=BrochureRequestPage.objects.filter(below))
    return requests


def fetch(requests: QuerySet[Submission], recipient: Recipient) -> list[Submission]:
    """Return `requests`, a page of them, with what `request_data.describe` reads, in a fixed number of queries.

    What else is told is asked for the page alone: within the first query, the database would reckon it for every
    request.
    """
    purposes = list(Purpose) if recipient.ground == Ground.OWN else list(PURPOSES_OF_PARTNERS)
    records = ConsentRecord.objects.filter(purpose__in=purposes).prefetch_related("events")
    consents = Prefetch("consents", queryset=records, to_attr="told_consents")
    found: list[Any] = list(requests.select_related("form_page").prefetch_related(consents))
    page = Submission.objects.filter(pk__in=[submission.pk for submission in found])
    corrections = AddressCorrection.objects.filter(submission=OuterRef("pk")).order_by("-at")
    rows: Any = page.values(
        "pk",
        "article__disclosure",
        sponsor=page_above("article__path"),
        corrected_at=Subquery(corrections.values("at")[:1]),
    )
    by_request = {row["pk"]: row for row in rows}
    for submission in found:
        row = by_request.get(submission.pk, {})
        submission.told_corrected_at = row.get("corrected_at")
        # As they are now; neither where no article is left.
        submission.told_disclosure = row.get("article__disclosure")
        submission.told_sponsor = (row.get("sponsor") or {}).get("title")
    return found


def changed_since(moment: datetime) -> QuerySet[Any]:
    """Return the numbers of the requests that were asked, released, corrected or had a consent changed since `moment`.

    The parts of a union look into an index each, or through the few corrections that are made by hand; one condition
    with 'or' would read the whole table of requests.
    """
    asked = Submission.objects.filter(created_at__gte=moment).order_by().values("pk")
    released = Submission.objects.filter(released_at__gte=moment).order_by().values("pk")
    agreed = ConsentEvent.objects.filter(at__gte=moment).order_by().values("record__submission")
    corrected = AddressCorrection.objects.filter(at__gte=moment).order_by().values("submission")
    return asked.union(released, agreed, corrected)
