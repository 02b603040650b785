"""How are topics kept in the admin?"""

from wagtail.admin.ui.tables import LocaleColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from partners.articles.topics import Topic


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
