"""The addresses of brochures' files."""

from django.urls import path

from partners.brochures import views

urlpatterns = [
    # No token looks like it: those end in a signature behind a dot.
    path("fresh-link/", views.fresh_link_asked, name="fresh_link_asked"),
    path("<str:token>/", views.brochure_file, name="brochure_file"),
]
