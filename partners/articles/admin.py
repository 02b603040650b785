"""How are topics kept in the admin?"""

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.ui.tables import LocaleColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from partners.articles.topics import Topic
from partners.articles.translation_buttons import ask_with


class TopicViewSet(SnippetViewSet):
    """Topics, one row a language."""

    model = Topic
    icon = "tag"
    menu_order = 260
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["name", "slug", LocaleColumn()]
    search_fields = ["name", "slug"]
    search_backend_name = None
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        """Return the topics, each with what its buttons depend on."""
        return ask_with(Topic.objects.all(), Topic.objects.all())
