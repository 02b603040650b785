"""Django's configuration of the trade."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """The trade."""

    name = "partners"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what must be known before the first request: letters to delivery, pictures to publishing."""
        # The models must be loaded first.
        from wagtail.signals import page_published  # noqa: PLC0415

        from partners.articles.pictures import make_pictures_later  # noqa: PLC0415
        from partners.brochures import consent_letters, letters  # noqa: PLC0415

        letters.register()
        consent_letters.register()
        page_published.connect(
            make_pictures_later,
            sender=self.get_model("PartnerArticlePage"),
            dispatch_uid="partners.articles.make_pictures_later",
        )
