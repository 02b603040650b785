"""What does the form look like as a page, and what happens when it is sent?"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import DatabaseError, InterfaceError, connection, models
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Page

from partners.brochures.brochure import Brochure
from partners.brochures.campaign import tags_of, write_tags
from partners.brochures.circumstances import circumstances_of
from partners.brochures.confirming import thanked
from partners.brochures.consent_asking_page import ConsentAskingPage
from partners.brochures.consent_boxes import ConsentBoxes
from partners.brochures.form import BrochureRequestForm, article_key, known_questions, questions_of
from partners.brochures.intake import FormGone, accept_request, accepted_before
from partners.brochures.keeping_time import KeepingTime
from partners.brochures.known_form import asked_from
from partners.brochures.request_fields import RequestPageForm
from partners.brochures.request_showing import show_closed, show_form, show_thanks
from partners.brochures.spam_choices import SpamChoices
from partners.brochures.submission import Submission
from partners.database_away import database_is_away, leave_read_only
from partners.renditions.uses import COVER_KIND

logger = logging.getLogger(__name__)

# Seconds after which a program may send the form again (RFC 9110, 10.2.3); a database restarts in less.
RETRY_AFTER = 60
_thanks_signer = Signer(salt="partners.brochures.thanks")


class BrochureRequestPage(RoutablePageMixin, ConsentAskingPage, SpamChoices, KeepingTime):
    """The form by which a reader asks for a brochure: a page of its own that also opens over articles."""

    brochure = models.ForeignKey(
        Brochure, verbose_name=_("brochure"), on_delete=models.PROTECT, related_name="request_pages", null=True
    )
    introduction = models.TextField(_("introduction"), blank=True)
    opener_label = models.CharField(_("words of the opener"), max_length=80, default="Get the brochure")
    heading = models.CharField(
        _("heading"),
        max_length=160,
        default="Enter Your Info Below And We Will Send You The Brochure To Your Inbox!",
    )
    close_label = models.CharField(_("words that close the form"), max_length=40, default="close x")
    submit_label = models.CharField(_("words of the send button"), max_length=80, default="Send me the brochure")
    thanks_text = models.CharField(
        _("thank-you"), max_length=200, default="Thank you! Your submission has been received!"
    )
    error_text = models.CharField(
        _("words when sending fails"), max_length=200, default="Oops! Something went wrong while submitting the form"
    )

    base_form_class = RequestPageForm
    template = "partners/brochure_request_page.html"
    has_steady_head = True
    parent_page_types: ClassVar[list[str]] = ["partners.PartnerPage"]
    subpage_types: ClassVar[list[str]] = []
    preview_modes: ClassVar[list[tuple[str, Any]]] = [("", _("Form")), ("thanks", _("Thank-you"))]
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("brochure"),
        FieldPanel("introduction"),
        InlinePanel(
            "request_fields",
            heading=_("Questions"),
            label=_("Question"),
            help_text=_("The form always asks for the e-mail address. Ask for no more than you need."),
        ),
        MultiFieldPanel(
            [
                FieldPanel("opener_label"),
                FieldPanel("heading"),
                FieldPanel("close_label"),
                FieldPanel("submit_label"),
                FieldPanel("thanks_text"),
                FieldPanel("error_text"),
            ],
            heading=_("Words of the form"),
        ),
        *ConsentAskingPage.consent_panels,
        KeepingTime.keeping_panel,
        SpamChoices.spam_panel,
        InlinePanel(
            "staff_recipients",
            heading=_("Who is told about requests"),
            label=_("Recipient"),
            help_text=_("A notice holds no personal data: the request itself is seen at the desk."),
        ),
    ]

    class Meta:
        verbose_name = _("brochure form")
        verbose_name_plural = _("brochure forms")

    def clean(self) -> None:
        """Refuse a form whose brochure has nothing to send.

        Raises ValidationError on `brochure`.
        """
        super().clean()
        if self.brochure and self.brochure.file_for(self.locale.language_code) is None:
            raise ValidationError({"brochure": _("This brochure has no file yet. Add one before using it in a form.")})

    def own_pictures(self) -> Iterator[tuple[Any, str]]:
        """Yield the cover of the brochure."""
        if self.brochure and (cover := self.brochure.cover_for(self.locale.language_code)) is not None:
            yield cover, COVER_KIND

    def get_opener_label(self) -> str:
        """Return the words of the link that opens the form."""
        return self.opener_label

    def get_close_label(self) -> str:
        """Return the words that close the form."""
        return self.close_label

    def get_dialog_error(self) -> str:
        """Return the words shown where the form could not be fetched or sent."""
        return self.error_text

    @path("")
    def answer_form(self, request: HttpRequest) -> HttpResponseBase:
        """Show the form, or take it.

        303 to the thank-you when accepted, 422 with the errors when not, 503 when it could not be stored. Where the
        campaign of the article is over that led here, it is closed: what was typed is shown, and nothing is stored.
        """
        if request.method == "POST":
            form = BrochureRequestForm(known_questions(self), request.POST)
            closed = asked_from(article_key(request.POST.get("article", ""))).closed
            if form.is_valid():
                consents = ConsentBoxes(self, request.POST).answered
                try:
                    asked = replace(form.to_request(self), consents=consents)
                    if closed and (accepted := accepted_before(asked)) is not None:
                        # In time; the answer was lost, or the button was pressed again.
                        return self._see_thanks(request, accepted)
                    if closed:
                        return self._uncached(show_closed(self, request, closed, form, status=422))
                    submission = accept_request(asked, circumstances_of(request))
                except FormGone as gone:
                    raise Http404 from gone
                except (DatabaseError, InterfaceError) as error:
                    if not database_is_away(error):
                        raise
                    return self._excuse(request, form, error)
                return self._see_thanks(request, submission)
            if closed:
                return self._uncached(show_closed(self, request, closed, form, status=422))
            form.renew_key_if_refused()
            return self._uncached(show_form(self, request, form, status=422))
        article = article_key(request.GET.get("article", ""))
        if closed := asked_from(article).closed:
            return self._uncached(show_closed(self, request, closed))
        initial = {"article": article, "campaign": write_tags(tags_of(request))}
        form = BrochureRequestForm(known_questions(self), initial=initial)
        return self._uncached(show_form(self, request, form))

    @path("thanks/<str:token>/")
    def thanks(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Confirm a request under an address that only its sender was given.

        Raises Http404 for a token that this site did not make.
        """
        try:
            reference = _thanks_signer.unsign(urlsafe_base64_decode(token).decode())
        except (BadSignature, ValueError) as error:
            raise Http404 from error
        found = thanked().rows(translation_key=self.translation_key, reference=reference)
        if not found:
            raise Http404
        return self._uncached(show_thanks(self, request, found[0], self._thanks_path(found[0])))

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        """Show the form or the thank-you as they would be; nothing is sent from either."""
        if mode_name == "thanks":
            example = Submission(reference="QH-0000-0000", language=self.locale.language_code)
            return show_thanks(self, request, example, self._thanks_path(example))
        return show_form(self, request, BrochureRequestForm(questions_of(self)))

    def _excuse(self, request: HttpRequest, form: BrochureRequestForm, error: Exception) -> HttpResponseBase:
        """Show the form as it was filled in, with the words for a failure; its key counts the next try once.

        Nothing but the kind of the error is logged: the database's words may repeat the row.
        """
        logger.error(
            "A request could not be stored: %s %s.", type(error).__name__, getattr(error.__cause__, "sqlstate", None)
        )
        leave_read_only(error)
        if not connection.in_atomic_block:
            # A line that broke would break the page as well, which reads its menu from the database.
            connection.close_if_unusable_or_obsolete()
        response = show_form(self, request, form, status=503, problem=self.error_text)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return self._uncached(response)

    def _see_thanks(self, request: HttpRequest, submission: Submission) -> HttpResponseBase:
        """Redirect by 303, so that a refresh repeats the GET and never the POST (RFC 9110, 15.4.4)."""
        # The form was sent to the page's own address.
        url = request.path + self._thanks_path(submission)
        response = HttpResponseRedirect(url, preserve_request=False)
        response.status_code = 303
        return self._uncached(response)

    def _thanks_path(self, submission: Submission) -> str:
        # In base 64, since Wagtail's addresses hold letters, digits, '-' and '_' only.
        token = urlsafe_base64_encode(_thanks_signer.sign(submission.reference).encode())
        return str(self.reverse_subpage("thanks", args=[token]))

    def _uncached(self, response: HttpResponseBase) -> Any:
        """Keep what belongs to one visitor (the form's key, a reference) out of every cache."""
        add_never_cache_headers(response)
        response.headers["X-Robots-Tag"] = "noarchive"
        return response
