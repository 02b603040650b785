"""What does the editor refuse when an article is published, and let pass in a draft?"""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from partners.articles.publishing import what_is_missing, what_kind_is_it


class ArticleForm(WagtailAdminPageForm):
    """The form of an article: what is missing stands at its field, when publishing is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind := self.fields.get("disclosure"):
            # Wagtail marks it so, and waits with asking for it until the article is published.
            kind.required = True
            kind.error_messages["required"] = what_kind_is_it()

    def _post_clean(self) -> None:
        """Check the article as it would be stored; Django fills it in here, after the fields have been cleaned."""
        super()._post_clean()
        if self.is_deferred_validation:
            return
        if not self.instance.path:
            # Not in the tree yet, which is where an article finds its sponsor.
            self.instance.sponsor = self.parent_page.specific
        for field, message in what_is_missing(self.instance).items():
            if field not in self.fields:
                self.add_error(None, message)
            elif field not in self.errors:
                self.add_error(field, message)
