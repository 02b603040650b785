"""Django's configuration of the trade."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """The trade."""

    name = "partners"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what must be known before the first request: letters to delivery."""
        from partners.brochures import letters  # noqa: PLC0415  models must be loaded first

        letters.register()
