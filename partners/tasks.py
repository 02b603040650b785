"""Where does procrastinate find the jobs of the trade?"""

from partners import background_jobs
from partners.articles import pictures, scheduled
from partners.brochures import cover, housekeeping
from partners.delivery import jobs
from partners.submissions import daily

__all__ = ["background_jobs", "cover", "daily", "housekeeping", "jobs", "pictures", "scheduled"]
