"""Where does procrastinate find the jobs of the trade?"""

from partners import background_jobs
from partners.articles import pictures, scheduled
from partners.brochures import cover, housekeeping
from partners.delivery import jobs

__all__ = ["background_jobs", "cover", "housekeeping", "jobs", "pictures", "scheduled"]
