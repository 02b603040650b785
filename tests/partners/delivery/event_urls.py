"""The addresses of three providers' reports, side by side."""

from django.urls import include, path

from partners.delivery.receiver import patterns

urlpatterns = [
    path("mail-events/", include([*patterns("postmark"), *patterns("mailgun"), *patterns("sparkpost")])),
]
