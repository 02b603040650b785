"""Which addresses does the API have, below /api/v1/?"""

from partners.handover.api import api_urls

urlpatterns = api_urls()
