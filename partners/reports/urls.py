"""The addresses to which pages send their beacons."""

from django.urls import path

from partners.articles.reads import Happening
from partners.reports.beacon import beacon

urlpatterns = [
    path("<int:article_id>/", beacon, {"happening": Happening.READ.value}, name="article_read"),
    path("<int:article_id>/opened/", beacon, {"happening": Happening.OPENED.value}, name="form_opened"),
]
