"""The addresses of feeds: /feeds/all.rss, /feeds/partners/<slug>.atom, /feeds/topics/<slug>.json and so on.

They stand below the language's prefix, so that each language has its own.
"""

from django.urls import path, register_converter

from partners.articles.feeds import views
from partners.articles.feeds.addresses import FormatConverter

register_converter(FormatConverter, "feed_format")

urlpatterns = [
    path("all.<feed_format:form>", views.feed_all, name="feed_all"),
    path("partners/<str:slug>.<feed_format:form>", views.feed_partners, name="feed_partners"),
    path("topics/<str:slug>.<feed_format:form>", views.feed_topics, name="feed_topics"),
]
