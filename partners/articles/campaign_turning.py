"""Who is told that a campaign has begun, ended or been prolonged?

Nothing waits for this job: what readers see is decided by the clock whenever they ask. It writes the turn into the
articles' histories, which dates their feeds, and tells whoever keeps copies of pages.
"""

import logging

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from wagtail.log_actions import LogActionRegistry, LogFormatter, log

from partners.articles.partner_campaign import OVER, RUNNING, Ending, PartnerCampaign
from partners.deferring import BY_CLOCK

logger = logging.getLogger(__name__)

ENDED, RESUMED = "partners.campaign.end", "partners.campaign.resume"
_NAME = "partners.articles.follow_campaigns"

# Sent after the turn is committed, with `campaign` and `article_ids`: the place for whoever keeps copies of pages. The
# lists that may name the articles are those that follow their publication.
campaign_turned = Signal()


def register_log_actions(actions: LogActionRegistry) -> None:
    """Name to Wagtail's audit log what an editor finds in an article's history."""

    @actions.register_action(ENDED)
    class EndFormatter(LogFormatter):  # type: ignore[misc, unused-ignore]
        """Says which campaign ended, and what became of the page."""

        label = _("End campaign")

        def format_message(self, entry: object) -> str:
            """Return the sentence for `entry`."""
            data = entry.data  # type: ignore[attr-defined]
            words = {ending.value: str(ending.label) for ending in Ending}
            return gettext("Campaign “%(campaign)s” ended. %(ending)s.") % {
                "campaign": data["campaign"],
                "ending": words.get(data["ending"], data["ending"]),
            }

    @actions.register_action(RESUMED)
    class ResumeFormatter(LogFormatter):  # type: ignore[misc, unused-ignore]
        """Says which campaign goes on."""

        label = _("Resume campaign")

        def format_message(self, entry: object) -> str:
            """Return the sentence for `entry`."""
            data = entry.data  # type: ignore[attr-defined]
            return gettext("Campaign “%(campaign)s” goes on.") % {"campaign": data["campaign"]}


@app.periodic(cron="* * * * *")
@app.task(name=_NAME, **BY_CLOCK, lock=_NAME, queueing_lock=_NAME)
def follow_campaigns(timestamp: int) -> None:
    """Tell of what has turned since the last run."""
    tell_turns()


def tell_turns() -> list[int]:
    """Write down and tell each campaign whose standing is not the one told last; return the ids of its articles."""
    turned = PartnerCampaign.objects.with_standing().exclude(told=F("standing")).order_by("pk")
    return [article_id for campaign in list(turned) for article_id in _tell(campaign, str(campaign.standing))]


def _tell(campaign: PartnerCampaign, standing: str) -> list[int]:
    """Tell one turn; of two who do it at once, one finds nothing to tell."""
    with transaction.atomic():
        told = PartnerCampaign.objects.filter(pk=campaign.pk, told=campaign.told)
        if not told.update(told=standing):
            return []
        articles = list(campaign.articles.order_by("pk"))
        is_over, was_over = standing.startswith(OVER), campaign.told.startswith(OVER)
        if is_over or was_over:
            data = {"campaign": campaign.name, "ending": campaign.ending}
            for article in articles:
                log(instance=article, action=ENDED if is_over else RESUMED, data=data)
    keys = [article.pk for article in articles]
    if keys and (is_over or was_over or standing == RUNNING):
        # `robust`: one that fails keeps no other from hearing of it, and the turn is written down already.
        for receiver, answer in campaign_turned.send_robust(PartnerCampaign, campaign=campaign, article_ids=keys):
            if isinstance(answer, Exception):
                logger.error("%r could not follow campaign %s.", receiver, campaign.pk, exc_info=answer)
    return keys
