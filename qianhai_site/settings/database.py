"""Where are the rows kept? PostgreSQL 15 or later, named by DATABASE_URL."""

from typing import Any

from environs import env

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.dj_db_url("DATABASE_URL", default="postgresql:///qianhai"),
        "CONN_MAX_AGE": 60,
        # A restarted database costs the first request after it one ping, not an error page; nobody else pays for it
        # (qianhai_site/idle_connections.py).
        "CONN_HEALTH_CHECKS": True,
    }
}
# PostgreSQL cannot know how rare what a subquery finds is, thinks short questions long, and compiles them: a tenth of a
# second for what takes one millisecond. Whatever DATABASE_URL sets as `options` wins.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
# A server that vanishes (its power, its network) says so to nobody: without these a worker would wait for its answer
# for two hours, and send nothing over the server that has taken its place. Seconds, the last in milliseconds; what
# DATABASE_URL sets wins, and a socket of the same machine takes no notice.
for _name, _value in {
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}.items():
    DATABASES["default"]["OPTIONS"].setdefault(_name, _value)
# A form's statements are prepared once in a connection (partners/inserting.py); Django itself prepares none. A pooler
# that gives transactions of one client to several connections has to know of such statements.
if env.bool("DATABASE_PREPARED_STATEMENTS", default=True):
    DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 5)
