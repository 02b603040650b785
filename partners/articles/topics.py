"""What is an article about?"""

from collections.abc import Iterable
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.models import TranslatableMixin

from partners.keeping import once


class Topic(TranslatableMixin, models.Model):
    """A subject under which articles are found, one row a language."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("slug"), max_length=80, allow_unicode=True)

    panels: ClassVar[list[Panel]] = [FieldPanel("name"), FieldPanel("slug")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["locale", "slug"], name="topic_slug_once_a_language")
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a second topic of one slug: Django leaves the constraint out, since `locale` is in no form.

        Raises ValidationError on `slug`.
        """
        super().clean()
        if Topic.objects.filter(locale=self.locale_id, slug=self.slug).exclude(pk=self.pk).exists():
            raise ValidationError({"slug": _("Another topic of this language has this slug. Choose another.")})


def all_topics() -> dict[int, Topic]:
    """Return the topics of every language by their keys, in the order of their names. Nobody may change them."""
    return once("topics", lambda: {topic.pk: topic for topic in Topic.objects.all()})


def topics_of(locale_id: int) -> list[Topic]:
    """Return the topics of a language, by name."""
    return [topic for topic in all_topics().values() if topic.locale_id == locale_id]


def topics_in(locale_id: int, ids: Iterable[int]) -> list[Topic]:
    """Return the topics of `ids`, each in the language of `locale_id` where it has a name in it, by name."""
    topics = all_topics()
    own = {topic.translation_key: topic for topic in topics.values() if topic.locale_id == locale_id}
    found = [topics[pk] for pk in ids if pk in topics]
    return sorted((own.get(topic.translation_key, topic) for topic in found), key=lambda topic: topic.name)
