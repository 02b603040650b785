"""Which versions does a brochure have, and what became of each?"""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from partners.brochures.brochure import Brochure, BrochureFile
from partners.brochures.downloads import BrochureDownload, Who
from partners.brochures.link import BrochureLink
from partners.brochures.submission import Submission


def versions_of(brochure: Brochure) -> QuerySet[BrochureFile]:
    """Return the versions of `brochure` by language, newest first.

    Each has `requests` (how many asked and got this one), `links` of letters as `links_made`, and how often those were
    opened by people (`opened`) and by robots (`scanned`).
    """
    return (
        BrochureFile.objects.filter(brochure=brochure)
        .annotate(
            requests=_count(Submission.objects.filter(brochure_file=OuterRef("pk")), "brochure_file"),
            links_made=_count(BrochureLink.objects.filter(brochure_file=OuterRef("pk")), "brochure_file"),
            opened=_downloads(Who.PERSON),
            scanned=_downloads(Who.ROBOT),
        )
        .select_related("cover")
        .order_by("language", "-version")
    )


def is_used(file: BrochureFile) -> bool:
    """Say whether a request or a link refers to the version, so that it has to stay."""
    return file.submissions.exists() or file.links.exists()


def _count(rows: QuerySet, by: str) -> Coalesce:  # type: ignore[type-arg]  # of either model
    counted = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _downloads(who: Who) -> Coalesce:
    rows = BrochureDownload.objects.filter(link__brochure_file=OuterRef("pk"), who=who).order_by()
    return Coalesce(
        Subquery(rows.values("link__brochure_file").annotate(number=Sum("count")).values("number")),
        0,
        output_field=IntegerField(),
    )
