"""Where does procrastinate find the jobs of the trade?"""

from partners.articles import pictures
from partners.delivery import jobs

__all__ = ["jobs", "pictures"]
