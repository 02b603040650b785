"""Django's configuration of the trade."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """The trade."""

    name = "partners"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what must be known before the first request: letters to delivery, webhooks to requests,
        what is kept about people to erasures, pictures to publishing, share images to
        what they show, covers to uploads."""
        # The models must be loaded first.
        from django.db.models.signals import post_delete, post_save  # noqa: PLC0415
        from wagtail.images import get_image_model  # noqa: PLC0415
        from wagtail.signals import page_published, page_unpublished, post_page_move  # noqa: PLC0415

        from partners.articles.moving import follow_moved_article  # noqa: PLC0415
        from partners.articles.pictures import make_pictures_later  # noqa: PLC0415
        from partners.articles.share import drawing  # noqa: PLC0415
        from partners.articles.share.share_image import remove_stored_picture  # noqa: PLC0415
        from partners.brochures import consent_letters, correction, forget_request, letters  # noqa: PLC0415
        from partners.brochures.brochure import remove_stored_pdf  # noqa: PLC0415
        from partners.brochures.cover import make_cover_later, show_cover_later  # noqa: PLC0415
        from partners.brochures.request_events import register_listener  # noqa: PLC0415
        from partners.delivery import admin_mail  # noqa: PLC0415
        from partners.handover.queueing import is_interested, queue_webhooks  # noqa: PLC0415
        from partners.letters import trial  # noqa: PLC0415
        from partners.renditions import bare_files  # noqa: PLC0415
        from partners.reports import bounce_alarm  # noqa: PLC0415
        from partners.search.jobs import index_later, index_topic_later  # noqa: PLC0415
        from partners.submissions import forget_traces, note, saved_filter, staff_letters  # noqa: PLC0415
        from partners.submissions.exporting import ending  # noqa: PLC0415

        # Wagtail makes it at the first request by walking over the class, which another one changes meanwhile.
        self.get_model("BrochureRequestPage").get_resolver()  # type: ignore[attr-defined]
        bare_files.register()
        admin_mail.register()
        letters.register()
        consent_letters.register()
        staff_letters.register()
        trial.register()
        bounce_alarm.register()
        post_page_move.connect(follow_moved_article, dispatch_uid="partners.articles.moving")
        register_listener(queue_webhooks, is_interested)
        forget_request.register()
        correction.register()
        forget_traces.register()
        ending.register()
        note.register()
        saved_filter.register()
        page_published.connect(make_pictures_later, dispatch_uid="partners.articles.make_pictures_later")
        for changed in (page_published, page_unpublished, post_page_move):
            changed.connect(index_later, dispatch_uid="partners.search.index_later")
        for changed in (post_save, post_delete):
            changed.connect(index_topic_later, sender=self.get_model("Topic"), dispatch_uid="partners.search.topics")
        # Wagtail tells of a brochure that was saved by an editor, not of its files, nor of one that a command makes.
        brochure = self.get_model("Brochure")
        post_save.connect(show_cover_later, sender=brochure, dispatch_uid="partners.brochures.show_cover_later")
        file = self.get_model("BrochureFile")
        post_save.connect(make_cover_later, sender=file, dispatch_uid="partners.brochures.make_cover_later")
        post_delete.connect(remove_stored_pdf, sender=file, dispatch_uid="partners.brochures.remove_stored_pdf")
        # A share image shows what an import or a script changes too, of which Wagtail tells nothing.
        share = "partners.articles.share.drawing"
        article = self.get_model("PartnerArticlePage")
        post_save.connect(drawing.order_for_saved_article, sender=article, dispatch_uid=f"{share}.article")
        post_page_move.connect(drawing.order_for_moved_page, dispatch_uid=f"{share}.move")
        partner = self.get_model("PartnerPage")
        post_save.connect(drawing.follow_partner_later, sender=partner, dispatch_uid=f"{share}.partner")
        post_save.connect(drawing.follow_image_later, sender=get_image_model(), dispatch_uid=f"{share}.image")
        post_delete.connect(
            remove_stored_picture, sender=self.get_model("ShareImage"), dispatch_uid=f"{share}.remove_stored_picture"
        )
