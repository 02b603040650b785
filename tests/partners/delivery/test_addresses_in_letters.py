"""partners/delivery/pump.py: letters name the site by the address that it has now, whoever has changed it."""

import threading

import pytest
from django.db import connection
from wagtail.models import Site

from partners.delivery.pump import Pump
from tests.faults.waiting import wait_until
from tests.partners.delivery.conftest import queued

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.timeout(60)]


def test_another_process_moves_the_site_and_the_next_letter_knows(settings):
    """Which the worker hears nothing of: Wagtail clears what is kept in the process that changes it."""
    settings.DELIVERY_SWEEP_SECONDS = 60.0
    known = []

    def send(**_options):
        known.append({path.root_url for path in Site.get_site_root_paths()})
        return False

    def update(hostname):
        # As another process does, whose signals nobody here receives.
        with connection.cursor() as cursor:
            cursor.execute("UPDATE wagtailcore_site SET hostname = %s", [hostname])

    before = Site.objects.get().hostname
    pump = Pump(1, send)
    pump.start()
    try:
        wait_until(lambda: known, 10, "the sender has looked for letters")
        update("moved.example")
        queued()
        wait_until(
            lambda: any("moved.example" in url for url in known[-1]), 10, "the next letter names the new address"
        )
    finally:
        update(before)
        Site.clear_site_root_paths_cache()
        pump.stop()
        joining = threading.Thread(target=pump.join)
        joining.start()
        joining.join(10)
        assert not joining.is_alive()
