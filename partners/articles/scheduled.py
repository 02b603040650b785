"""Who publishes and unpublishes at the time that an editor has set? A job, every minute.

Wagtail's own command does the same in one go, so the first page that cannot be published keeps all later ones back.
Here each is a transaction of its own.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from wagtail.log_actions import LogActionRegistry, LogFormatter, log
from wagtail.models import DraftStateMixin, Page, PageLogEntry, Revision

from partners.articles.publishing import in_words
from partners.deferring import BY_CLOCK

logger = logging.getLogger(__name__)

REFUSED = "partners.publish.refused"
_NAME = "partners.articles.publish_scheduled"


def register_log_actions(actions: LogActionRegistry) -> None:
    """Name to Wagtail's audit log what an editor finds in a page's history when a scheduled publication failed."""

    @actions.register_action(REFUSED)
    class RefusedFormatter(LogFormatter):  # type: ignore[misc, unused-ignore]
        """The words of an entry: what is missing, as the publication's own check said it."""

        label = _("Refuse scheduled publication")

        def format_message(self, entry: Any) -> str:
            """Return the sentence for `entry`."""
            return gettext("Not published as scheduled. %(reason)s") % {"reason": entry.data["reason"]}


@app.periodic(cron="* * * * *")
@app.task(name=_NAME, **BY_CLOCK, lock=_NAME, queueing_lock=_NAME)
def publish_scheduled(timestamp: int) -> None:
    """Unpublish what has expired, then publish what is due; what fails is tried again a minute later."""
    for model in _models_with_drafts():
        expired = model.objects.filter(live=True, expire_at__lte=timezone.now()).order_by("expire_at")
        for item in list(expired):
            _alone(item, _unpublish)
    due = Revision.objects.filter(approved_go_live_at__lte=timezone.now()).order_by("approved_go_live_at")
    for revision in list(due):
        _alone(revision, _publish)


def _models_with_drafts() -> Iterable[Any]:
    yield Page
    for model in apps.get_models():
        if issubclass(model, DraftStateMixin) and not issubclass(model, Page):
            yield model


def _unpublish(item: Any) -> None:
    still = type(item).objects.select_for_update().filter(pk=item.pk, live=True, expire_at__lte=timezone.now()).first()
    if still is not None:
        still.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _publish(revision: Revision) -> None:
    """Publish `revision`, unless its editor has cancelled or replaced it in the meantime."""
    due = Revision.objects.select_for_update().filter(pk=revision.pk, approved_go_live_at__lte=timezone.now()).first()
    if due is not None:
        due.publish(log_action="wagtail.publish.scheduled")


def _alone(item: Any, act: Callable[[Any], None]) -> None:
    """Let `act` treat `item` in a transaction of its own. Why it failed is written down: the others have their turn."""
    try:
        with transaction.atomic():
            act(item)
    except (ValidationError, IntegrityError) as error:
        _write_down(item, error)
    except Exception:
        # Of one page, whatever it is; the job goes on to the next.
        logger.exception("%s %s could not follow its schedule.", type(item).__name__, item.pk)


def _write_down(item: Any, error: ValidationError | IntegrityError) -> None:
    """Tell the editor in the page's history, once for each revision; it is tried every minute."""
    page = item.content_object if isinstance(item, Revision) else None
    if not isinstance(page, Page):
        logger.error("%s %s could not follow its schedule: %s.", type(item).__name__, item.pk, type(error).__name__)
        return
    if PageLogEntry.objects.filter(action=REFUSED, revision=item).exists():
        return
    reason = _what_is_missing(page, error)
    logger.error("Page %s could not be published as scheduled: %s", page.pk, reason)
    log(instance=page, action=REFUSED, revision=item, data={"reason": reason})


def _what_is_missing(page: Page, error: ValidationError | IntegrityError) -> str:
    """Return what `error` says, each message after the name that its field has in the editor."""
    if not isinstance(error, ValidationError):
        return in_words(error) or type(error).__name__
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    names = {field.name: str(field.verbose_name) for field in page.specific_class._meta.fields}
    return " ".join(
        f"{names[field][:1].upper()}{names[field][1:]}: {message}" if field in names else message
        for field, messages in error.message_dict.items()
        for message in messages
    )
