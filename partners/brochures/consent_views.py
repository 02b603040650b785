"""What do the pages answer at which a person looks at, confirms and withdraws consents?

A GET changes nothing: scanners of mail follow every link. No log-in, no cookie and no CSRF token: whoever holds the
signed address may act, nobody else can name it, and a page that sends no referrer sends no origin either, by which
Django would know its own form (Fetch standard, 'append a request Origin header').
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from partners.brochures.agreements import agreements, withdrawn_purposes
from partners.brochures.confirming import confirm_news
from partners.brochures.consent_links import (
    ConfirmationExpired,
    consent_url,
    submission_for,
    submission_to_confirm,
)
from partners.brochures.consent_record import ConsentState, Means
from partners.brochures.consent_wording import Purpose
from partners.brochures.keeping_time import kept_until
from partners.brochures.submission import Submission
from partners.brochures.withdrawing import withdraw

METHODS = ["GET", "HEAD", "POST"]


@csrf_exempt
@require_http_methods(METHODS)
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was agreed with the request of `token`, and withdraw it (POST `withdraw`: a purpose, or 'all').

    A POST of `List-Unsubscribe=One-Click` (RFC 8058) withdraws news and is answered without a redirect. A POST of
    `confirm=news` confirms, as the second letter's button does: this address too went to the person alone.
    """
    submission = submission_for(token)
    if submission is None:
        return _gone(request)
    if request.method == "POST":
        if request.POST.get("List-Unsubscribe") == "One-Click":
            withdraw(submission, [Purpose.NEWS], Means.ONE_CLICK)
            return _private(HttpResponse("Unsubscribed.\n", content_type="text/plain"))
        return _see_other(request, submission, done=_act(submission, request))
    return _in_language(request, submission, _show_consents)


@csrf_exempt
@require_http_methods(METHODS)
def confirm_consent(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button that confirms the news of `token`, and confirm it (POST)."""
    try:
        submission = submission_to_confirm(token)
    except ConfirmationExpired as expired:
        return _in_language(request, expired.submission, _show_expired)
    if submission is None or not submission.consents.filter(purpose=Purpose.NEWS, ticked=True).exists():
        return _gone(request)
    if request.method == "POST":
        confirm_news(submission, Means.LETTER)
        return _see_other(request, submission)
    return _in_language(request, submission, _show_confirmation)


def _act(submission: Submission, request: HttpRequest) -> str:
    """Do what the pressed button says, and return its word; nothing for a word that no button has."""
    word = request.POST.get("withdraw", "")
    if word == "all":
        withdraw(submission, Purpose, Means.SELF_SERVICE)
    elif word in Purpose.values:
        withdraw(submission, [Purpose(word)], Means.SELF_SERVICE)
    elif request.POST.get("confirm") == Purpose.NEWS and any(
        agreement.can_be_confirmed for agreement in agreements(submission)
    ):
        confirm_news(submission, Means.SELF_SERVICE)
        return "confirm"
    else:
        return ""
    return word


def _show_consents(request: HttpRequest, submission: Submission) -> HttpResponse:
    found = agreements(submission)
    done = request.GET.get("done", "")
    context = {
        "submission": submission,
        "agreements": found,
        "withdrawn": withdrawn_purposes(submission, found, done),
        "confirmed": done == "confirm"
        and any(
            agreement.record.purpose == Purpose.NEWS and agreement.state == ConsentState.IN_FORCE for agreement in found
        ),
        "withdrawable": sum(agreement.can_be_withdrawn for agreement in found),
        "labels": [answer["label"] for answer in submission.answers],
        "address": _veiled(submission.email),
        "kept_until": kept_until(submission),
    }
    return _page(request, submission, "partners/brochures/consent/consents.html", context)


def _show_confirmation(request: HttpRequest, submission: Submission) -> HttpResponse:
    record = submission.consents.select_related("wording").get(purpose=Purpose.NEWS)
    context = {"record": record, "consent_url": consent_url(submission), "address": _veiled(submission.email)}
    return _page(request, submission, "partners/brochures/consent/confirm.html", context)


def _show_expired(request: HttpRequest, _submission: Submission | None) -> HttpResponse:
    return render(request, "partners/brochures/consent/expired.html", status=410)


def _show_gone(request: HttpRequest, _submission: None) -> HttpResponse:
    return render(request, "partners/brochures/consent/gone.html", status=404)


def _page(request: HttpRequest, submission: Submission, template: str, context: dict[str, Any]) -> HttpResponse:
    language = translation.get_language()
    path = request.path
    return render(
        request,
        template,
        {
            **context,
            "action": f"{path}?lang={language}",
            "addresses_by_language": {code: f"{path}?lang={code}" for code, _ in settings.LANGUAGES},
            "desk_email": settings.MAIL_REPLY_TO,
        },
    )


def _language(request: HttpRequest, submission: Submission | None) -> str:
    """Return the language that the reader switched to, else that of the request, else the browser's."""
    asked = request.GET.get("lang", "")
    if asked in dict(settings.LANGUAGES):
        return asked
    return submission.language if submission else translation.get_language_from_request(request)


def _in_language[Of: Submission | None](
    request: HttpRequest, submission: Of, show: Callable[[HttpRequest, Of], HttpResponse]
) -> HttpResponse:
    language = _language(request, submission)
    with translation.override(language):
        response = show(request, submission)
    response.headers["Content-Language"] = language
    return _private(response)


def _see_other(request: HttpRequest, submission: Submission, done: str = "") -> HttpResponse:
    """Redirect by 303 to what came of it, so that a refresh repeats the GET (RFC 9110, 15.4.4)."""
    query = f"?lang={_language(request, submission)}" + (f"&done={done}" if done else "")
    response = HttpResponseRedirect(request.path + query)
    response.status_code = 303
    return _private(response)


def _gone(request: HttpRequest) -> HttpResponse:
    """Return the one page for every address that leads nowhere, whatever is wrong with it."""
    return _in_language(request, None, _show_gone)


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the address and what it shows out of caches, logs of other sites, and search engines."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _veiled(address: str) -> str:
    """Return an address so that its holder knows it, and nobody who looks over the shoulder does."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
