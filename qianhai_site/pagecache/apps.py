"""Django's configuration of the page cache."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class PageCacheConfig(AppConfig):
    """The page cache: no models, only triggers on the tables of others."""

    name = "qianhai_site.pagecache"
    label = "pagecache"

    def ready(self) -> None:
        """Note what an answer loads, and make the triggers after every migration."""
        # The models must be loaded first.
        from qianhai_site.pagecache.opting_in import note_what_is_loaded  # noqa: PLC0415
        from qianhai_site.pagecache.watching import watch  # noqa: PLC0415

        note_what_is_loaded()
        # Of an app with models, since Django tells no other; every app's tables are there by then.
        post_migrate.connect(watch, sender=apps.get_app_config("home"), dispatch_uid="pagecache.watch")
