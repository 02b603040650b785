"""Where does procrastinate find the jobs of the trade?"""

from partners import background_jobs
from partners.articles import article_count, campaign_turning, pictures, scheduled
from partners.articles.share import drawing as share_drawing
from partners.brochures import cover, forgetting_jobs, housekeeping
from partners.delivery import jobs
from partners.renditions import making as renditions
from partners.reports import jobs as report_jobs
from partners.search import jobs as search_jobs
from partners.submissions import daily
from partners.submissions.bulk import jobs as bulk_jobs
from partners.submissions.exporting import jobs as export_jobs

__all__ = [
    "article_count",
    "background_jobs",
    "bulk_jobs",
    "campaign_turning",
    "cover",
    "daily",
    "export_jobs",
    "forgetting_jobs",
    "housekeeping",
    "jobs",
    "pictures",
    "renditions",
    "report_jobs",
    "scheduled",
    "search_jobs",
    "share_drawing",
]
