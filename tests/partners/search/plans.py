"""What does a search find, and by which plan?"""

import re

from django.db import connection
from django.utils import timezone
from wagtail.models import Locale

from partners.search.finding import find
from partners.search.lexemes import Narrowing
from partners.search.query import SearchQuery
from tests.partners.statements import statements

# Those that a search reads. What is known of them depends on what ran before, and plans depend on that.
_TABLES = (
    "partners_searchentry, partners_searchtitle, partners_searchword, wagtailcore_page, partners_partnerarticlepage,"
    " partners_partnercampaign"
)


def found(text, **narrowing):
    """Return what is found for `text`, narrowed, for a reader of English."""
    locale = Locale.objects.get(language_code="en").pk
    return find(SearchQuery.of(text), locale, Narrowing(**narrowing), today=timezone.localdate())


def plan_of(query, *, how="custom", **narrowing):
    """Return the plan of the statement that finds, with what was executed of it: that for these values, or (`how`) the
    'generic' one for any, by which the server carries it out when it has come often.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {_TABLES}")
    found("so that it is known where the windows begin")
    with statements() as made:
        found(query, **narrowing)
    one = next(one for one in made if "ts_rank" in one.sql)
    numbers = iter(range(1, len(one.values) + 1))
    numbered = re.sub("%s", lambda _place: f"${next(numbers)}", one.sql)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"SET LOCAL plan_cache_mode = force_{how}_plan")
        cursor.execute(f"PREPARE finding AS {numbered}")
        try:
            values = ", ".join(["%s"] * len(one.values))
            cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) EXECUTE finding ({values})", one.values)
            return "\n".join(row[0] for row in cursor.fetchall())
        finally:
            cursor.execute("DEALLOCATE finding")


def parts_of(plan):
    """Return the parts of a plan by their names in the statement; the last one with all that follows."""
    parts = re.split(r"\n +CTE (\w+)\n", plan)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def executed(plan, index):
    """Return how often the plan has carried out a scan of an index."""
    return len(re.findall(rf"\b{index}\b(?: on \S+(?: \S+)?)? \(actual", plan))
