"""The addresses at which a person looks at, confirms and withdraws consents."""

from django.urls import path

from partners.brochures import consent_views

urlpatterns = [
    path("confirm/<str:token>/", consent_views.confirm_consent, name="confirm_consent"),
    path("<str:token>/", consent_views.consent, name="consent"),
]
