"""The addresses of brochures' files."""

from django.urls import path

from partners.brochures import views

urlpatterns = [path("<str:token>/", views.brochure_file, name="brochure_file")]
