"""partners/reports/counting.py: several workers at the same moment."""

import uuid
from datetime import timedelta

from django.utils import timezone

from partners.brochures.submission import Submission
from partners.reports.counting import count_days
from partners.reports.daily_count import CountedDay, DailyCount
from tests import builders
from tests.at_once import at_once


def test_two_workers_count_a_day_once(committed):
    today = timezone.localdate()
    brochure = builders.brochure()
    request = Submission.objects.create(
        reference="QH-TWO",
        key=uuid.uuid4(),
        brochure=brochure,
        brochure_title="B",
        language="en",
        email="a@example.com",
    )
    try:
        Submission.objects.update(created_at=timezone.now() - timedelta(days=3))
        assert max(at_once(4, lambda _: count_days(today))) == 3
        assert DailyCount.objects.filter(dimension="language").count() == 1
    finally:
        request.delete()
        DailyCount.objects.all().delete()
        CountedDay.objects.all().delete()
        brochure.files.all().delete()
        brochure.delete()
