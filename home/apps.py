"""Django's configuration of the front door."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class HomeConfig(AppConfig):
    """The front door."""

    name = "home"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the site's address follow the environment, and name the site to its letters."""
        from home.letter_sender import letter_sender  # noqa: PLC0415
        from home.searching import register_searched_pages  # noqa: PLC0415
        from home.site_address import set_site_address  # noqa: PLC0415  models must be loaded first
        from partners.letters.sender import register_sender  # noqa: PLC0415

        register_sender(letter_sender)
        register_searched_pages()
        post_migrate.connect(set_site_address, sender=self, dispatch_uid="home.set_site_address")
