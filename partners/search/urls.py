"""Where is the search?"""

from django.urls import path

from partners.search.views import search, suggestions

urlpatterns = [
    path("search/", search, name="search"),
    path("search/suggestions/", suggestions, name="search_suggestions"),
]
