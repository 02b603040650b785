"""Consents to a handover, and the people of partners who may read what they agree to."""

from django.contrib.auth.models import Group, User

from partners.articles.partner_page import PartnerPage
from partners.brochures.consent_boxes import ConsentBox
from partners.brochures.consent_wording import ConsentWording, Purpose, fill_in, gain_sentence
from partners.brochures.keeping_consent import consents_given
from partners.inserting import insert_rows
from partners.submissions.partner_viewer import PartnerViewer

KINDS = {"en": "name and e-mail address", "zh-hant": "姓名及電郵地址", "zh-hans": "姓名和电子邮箱"}


def consent(submission, *, ticked=True, kinds=None):
    """Store the consent to the handover as the form of `submission` would; return its record."""
    language = submission.language
    wording = ConsentWording.objects.current(language).get(purpose=Purpose.HANDOVER)
    values = {
        "site": "Qianhai",
        "partner": submission.form_page.get_parent().title,
        "kinds": KINDS[language] if kinds is None else kinds,
        "goods": "robots for quays",
        "gain": gain_sentence("gain", language, "Qianhai"),
    }
    box = ConsentBox(Purpose.HANDOVER, wording.pk, language, fill_in(wording.text, values), ticked)
    insert_rows([], *consents_given(submission, [box], submission.form_page.get_parent().specific))
    return submission.consents.get(purpose=Purpose.HANDOVER)


def viewer(username, *partners: PartnerPage, group="Partner viewers"):
    """Return a user of `group` who is tied to `partners`."""
    user = User.objects.create_user(username, password=None)
    if group:
        user.groups.add(Group.objects.get(name=group))
    for partner in partners:
        PartnerViewer.objects.create(user=user, partner=partner)
    return user
