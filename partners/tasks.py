"""Where does procrastinate find the jobs of the trade?"""

from partners import background_jobs
from partners.articles import pictures, scheduled
from partners.brochures import cover, forgetting_jobs, housekeeping
from partners.delivery import jobs
from partners.submissions import daily
from partners.submissions.exporting import jobs as export_jobs

__all__ = [
    "background_jobs",
    "cover",
    "daily",
    "export_jobs",
    "forgetting_jobs",
    "housekeeping",
    "jobs",
    "pictures",
    "scheduled",
]
