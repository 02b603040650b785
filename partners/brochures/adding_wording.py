"""How does a new version of a consent's wording come to be?"""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from partners.brochures.consent_lock import hold
from partners.brochures.consent_wording import ConsentWording


def add_wording(purpose: str, language: str, text: str, by: User | None = None) -> ConsentWording:
    """Store `text` as the next version for `purpose` in `language`, and return it; forms show it from now on.

    Two at the same moment get two numbers. Raises ValidationError as ConsentWording.clean does.
    """
    with transaction.atomic():
        hold("partners.consent.wording", purpose, language)
        versions = ConsentWording.objects.filter(purpose=purpose, language=language)
        newest = versions.aggregate(newest=Max("version"))["newest"] or 0
        wording = ConsentWording(
            purpose=purpose, language=language, text=text.strip(), version=newest + 1, created_by=by
        )
        wording.full_clean()
        wording.save()
    return wording
