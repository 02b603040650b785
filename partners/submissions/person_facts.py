"""What do we know about one person? Everything, in words that the person can read and a program can take over."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone

from partners.articles.disclosure import words_for
from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.consent_record import ConsentEvent, ConsentRecord
from partners.brochures.consent_suppression import Suppression, digests
from partners.brochures.forgetting import holdings
from partners.brochures.keeping_time import news_in_force, with_last_day
from partners.brochures.link import BrochureLink
from partners.brochures.message import BrochureMessage
from partners.brochures.person import addresses_of, own_of
from partners.brochures.spam_words import mailbox
from partners.brochures.submission import Submission
from partners.delivery.message import OutgoingMessage
from partners.submissions.access_log import AccessRecord
from partners.submissions.mail_words import EVENT_WORDS, WORDS
from partners.submissions.quarantine_view import sign_words

# The name and version of what is written: a program that reads it asks for them first (docs/submissions.md).
FORMAT, VERSION = "qianhai-person-data", 1
# Under which key it has the letters that reached the person about requests of others.
ASTRAY = "letters_astray"
# So many requests are in memory at a time.
_AT_ONCE = 50

Facts = dict[str, Any]


def head_facts(address: str, submission_ids: Sequence[int]) -> Facts:
    """Return what is about the person as a whole: the file, its addresses, what the other parts of the site know.

    Of the requests, which `requests_of` has found, those count that are the mailbox's own now; of the others it has the
    letters that went to this mailbox, and nothing that would tell whose they are (GDPR, article 15 (4)).
    """
    own = own_of(submission_ids, address)
    known = addresses_of(own) or [address]
    # Of an address that was mistyped, its holder may have wished for something, too.
    spellings = [each for each in known if mailbox(each) == mailbox(address)]
    fingerprints = [digest for each in spellings for digest in digests(each)]
    kept_out = Suppression.objects.filter(digest__in=fingerprints, lifted_at=None).order_by("since").first()
    others = {holding.name: list(holding.tell(own, address)) for holding in holdings() if holding.tell is not None}
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": timezone.now(),
        "made_by": settings.WAGTAIL_SITE_NAME,
        "contact": settings.MAIL_REPLY_TO,
        "addresses": known,
        "no_news_since": kept_out.since if kept_out else None,
        ASTRAY: _letters_astray(address, set(submission_ids) - set(own)),
        **others,
    }


def _letters_astray(address: str, submission_ids: Collection[int]) -> list[Facts]:
    """Return the letters of others' requests that went to the mailbox of `address`, oldest first."""
    letters = [
        *BrochureMessage.objects.filter(submission__in=submission_ids),
        *ConsentConfirmation.objects.filter(record__submission__in=submission_ids),
    ]
    ours = (message for message in letters if mailbox(message.to) == mailbox(address))
    return [_sent(message) for message in sorted(ours, key=lambda message: message.pk)]


def request_facts(submission_ids: Sequence[int], address: str) -> Iterator[Facts]:
    """Yield what is known of each request that is the mailbox of `address`'s own now, oldest first.

    _AT_ONCE are in memory; words are in the active language.
    """
    requests = with_last_day(Submission.objects.filter(pk__in=submission_ids)).annotate(by_consent=news_in_force())
    told = requests.annotate(told_disclosure=F("article__disclosure"))
    rows = told.select_related("brochure_file").prefetch_related(
        Prefetch("consents", _consents()),
        Prefetch("messages", BrochureMessage.objects.order_by("pk").prefetch_related("attempts", "events")),
        Prefetch("links", BrochureLink.objects.order_by("pk").prefetch_related("downloads")),
        Prefetch("accesses", AccessRecord.objects.order_by("pk")),
    )
    for row in rows.order_by("pk").iterator(chunk_size=_AT_ONCE):
        # Asked of the row that is told: it may have been corrected since the requests were looked for.
        if mailbox(row.email) == mailbox(address):
            yield _request(row)


def _consents() -> QuerySet[ConsentRecord]:
    confirmations = ConsentConfirmation.objects.order_by("pk").prefetch_related("attempts", "events")
    events = Prefetch("events", ConsentEvent.objects.order_by("pk"))
    return ConsentRecord.objects.select_related("wording").prefetch_related(
        events, Prefetch("confirmations", confirmations)
    )


def _request(row: Any) -> Facts:
    consents = list(row.consents.all())
    confirmations = [message for record in consents for message in record.confirmations.all()]
    letters = sorted([*row.messages.all(), *confirmations], key=lambda message: message.pk)
    return {
        "reference": row.reference,
        "asked_at": row.created_at,
        "kept_until": None if row.by_consent else row.last_day,
        "email": row.email,
        "name": row.name,
        "company": row.company,
        "answers": [{"question": answer["label"], "answer": answer["value"]} for answer in row.answers],
        "form": row.form_title,
        # Strict for an article that is gone.
        "article_label": str(words_for(row.told_disclosure or "").label) if row.article_title else "",
        "article": row.article_title,
        "brochure": row.brochure_title,
        "version": str(row.brochure_file or ""),
        "language": row.language,
        "campaign": row.campaign,
        "held_back_at": row.quarantined_at,
        "held_back_for": [sign_words(code) for code in row.quarantine_reasons],
        "released_at": row.released_at,
        "closed_as_spam_at": row.spam_at,
        "noted": [sign_words(code) for code in row.spam_notes],
        "consents": [_consent(record) for record in consents],
        "letters": [_letter(message) for message in letters],
        "links": [_link(link) for link in row.links.all()],
        "seen": [_access(record) for record in row.accesses.all()],
    }


def _consent(record: ConsentRecord) -> Facts:
    return {
        "purpose": record.get_purpose_display(),
        "sentence": record.text,
        "wording_version": record.wording.version,
        "language": record.language,
        "partner": record.partner_name,
        "ticked": record.ticked,
        "shown_at": record.created_at,
        "state": str(record.state.label),
        "events": [
            {"what": event.get_kind_display(), "how": event.get_how_display(), "at": event.at}
            for event in record.events.all()
        ],
    }


def _sent(message: OutgoingMessage) -> Facts:
    return {
        "kind": message.kind,
        "to": message.to,
        "message_id": message.message_id,
        "state": str(WORDS[message.state].label),
        "queued_at": message.created_at,
        "accepted_at": message.sent_at,
        "closed_at": message.closed_at,
    }


def _letter(message: OutgoingMessage) -> Facts:
    return {
        **_sent(message),
        "attempts": [
            {
                "at": attempt.started_at,
                "outcome": attempt.get_outcome_display(),
                "code": attempt.smtp_code,
                "server_said": attempt.smtp_text,
            }
            for attempt in message.attempts.all()
        ],
        "reports": [
            {
                "at": event.occurred_at,
                "by": event.provider,
                "what": str(EVENT_WORDS[event.kind].label),
                "said": event.text,
            }
            for event in message.events.all()
        ],
    }


def _link(link: Any) -> Facts:
    return {
        "made_at": link.created_at,
        "expires_at": link.expires_at,
        "revoked_at": link.revoked_at,
        "openings": [
            {
                "day": row.day,
                "by": row.get_who_display(),
                "count": row.count,
                "first_at": row.first_at,
                "last_at": row.last_at,
            }
            for row in link.downloads.all()
        ],
    }


def _access(record: AccessRecord) -> Facts:
    """Return when and how somebody saw the request: by role, since a colleague's name is the colleague's own."""
    return {"at": record.at, "how": record.get_way_display(), "by": record.via or "desk"}
