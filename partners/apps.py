"""Django's configuration of the trade."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """The trade."""

    name = "partners"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what must be known before the first request: letters to delivery, webhooks to requests,
        what is kept about people to erasures, pictures to publishing and covers to uploads."""
        # The models must be loaded first.
        from django.db.models.signals import post_delete, post_save  # noqa: PLC0415
        from wagtail.signals import page_published, post_page_move  # noqa: PLC0415

        from partners.articles.label_change import note_moved_article  # noqa: PLC0415
        from partners.articles.pictures import make_pictures_later  # noqa: PLC0415
        from partners.brochures import consent_letters, forget_request, letters  # noqa: PLC0415
        from partners.brochures.brochure import remove_stored_pdf  # noqa: PLC0415
        from partners.brochures.cover import make_cover_later  # noqa: PLC0415
        from partners.brochures.request_events import register_listener  # noqa: PLC0415
        from partners.handover.queueing import queue_webhooks  # noqa: PLC0415
        from partners.letters import trial  # noqa: PLC0415
        from partners.submissions import forget_traces, note, staff_letters  # noqa: PLC0415
        from partners.submissions.exporting import ending  # noqa: PLC0415

        letters.register()
        consent_letters.register()
        staff_letters.register()
        trial.register()
        post_page_move.connect(note_moved_article, dispatch_uid="partners.articles.label_change")
        register_listener(queue_webhooks)
        forget_request.register()
        forget_traces.register()
        ending.register()
        note.register()
        page_published.connect(
            make_pictures_later,
            sender=self.get_model("PartnerArticlePage"),
            dispatch_uid="partners.articles.make_pictures_later",
        )
        # Wagtail tells of a brochure that was saved by an editor, not of its files, nor of one that a command makes.
        file = self.get_model("BrochureFile")
        post_save.connect(make_cover_later, sender=file, dispatch_uid="partners.brochures.make_cover_later")
        post_delete.connect(remove_stored_pdf, sender=file, dispatch_uid="partners.brochures.remove_stored_pdf")
