"""How is a link taken back, and who did it?"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from partners.brochures.link import BrochureLink
from partners.brochures.submission import Submission
from partners.submissions.audit import REVOKE_LINK


def revoke_link(link: BrochureLink, user: AbstractBaseUser) -> bool:
    """Let `link` open nothing from now on, and write into the log of its request that `user` did it.

    Returns False where it was revoked already: then nothing is written. From then on nobody gets a fresh link for the
    request until the desk resends. The request's row is locked, so that no fresh link is on its way past this.
    """
    with transaction.atomic():
        submission = Submission.objects.select_for_update(no_key=True).get(pk=link.submission_id)
        if not BrochureLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
            return False
        log(instance=submission, action=REVOKE_LINK, user=user, data={"link": link.pk})
        return True
