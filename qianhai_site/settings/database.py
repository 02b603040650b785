"""Where are the rows kept? PostgreSQL 15 or later, named by DATABASE_URL."""

from typing import Any

from environs import env

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.dj_db_url("DATABASE_URL", default="postgresql:///qianhai"),
        "CONN_MAX_AGE": 60,
        # A restarted database costs the first request after it one ping, not an error page.
        "CONN_HEALTH_CHECKS": True,
    }
}
