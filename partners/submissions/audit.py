"""Which acts of the desk are written into Wagtail's audit log?"""

from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry

from partners.brochures.erasing import ERASE
from partners.brochures.quarantine import MARK_AS_SPAM, RELEASE
from partners.submissions.exporting.making import EXPORT
from partners.submissions.working import ADD_NOTE, ASSIGN, SET_STATUS

RESEND = "partners.submission.resend"
CANCEL_LETTER = "partners.submission.cancel_letter"
HOLD_LETTER = "partners.submission.hold_letter"
CORRECT_ADDRESS = "partners.submission.correct_address"
WITHDRAW = "partners.submission.withdraw"
REVOKE_LINK = "partners.submission.revoke_link"


def register_log_actions(actions: LogActionRegistry) -> None:
    """Name the desk's acts to the log. Entries carry the request's reference, never a name or an address."""
    actions.register_action(SET_STATUS, _("Set status"), _("Status changed"))
    actions.register_action(ASSIGN, _("Assign"), _("Assignment changed"))
    actions.register_action(ADD_NOTE, _("Add note"), _("Note added"))
    actions.register_action(RESEND, _("Resend brochure"), _("Brochure resent"))
    actions.register_action(CORRECT_ADDRESS, _("Correct address"), _("Address corrected"))
    actions.register_action(CANCEL_LETTER, _("Cancel letter"), _("Letter cancelled"))
    actions.register_action(HOLD_LETTER, _("Hold letter after a restore"), _("Letter held after a restore"))
    actions.register_action(WITHDRAW, _("Withdraw consent"), _("Consent withdrawn"))
    actions.register_action(RELEASE, _("Release request"), _("Request released, brochure sent"))
    actions.register_action(MARK_AS_SPAM, _("Close request as spam"), _("Request closed as spam"))
    actions.register_action(REVOKE_LINK, _("Revoke link"), _("Link revoked"))
    actions.register_action(EXPORT, _("Export requests"), _("Requests exported"))
    actions.register_action(ERASE, _("Erase personal data"), _("Personal data erased"))
