"""An editor puts another file in the place of a picture's, and has not committed that when the former is encoded."""

import threading

import pytest
from django.db import connection, connections, transaction
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage

from partners.renditions.making import make
from tests.faults.waiting import wait_until
from tests.partners.renditions.replacing import colour_of, upload


def somebody_waits():
    # Of this database: the server has those of other tests, too.
    here = "SELECT pid FROM pg_locks JOIN pg_database ON oid = database WHERE datname = current_database()"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN ({here})")
        return cursor.fetchone()[0] > 0


@pytest.mark.usefixtures("committed")
def test_whoever_made_the_former_waits_for_the_commit_and_makes_the_new_one(monkeypatch):
    image = upload("red", "hero.png")
    encode, is_encoded, is_replaced = AbstractImage.generate_rendition_file, threading.Event(), threading.Event()
    failures = []

    def encode_slowly(read, wanted, *, source=None):
        made = encode(read, wanted, source=source)
        is_encoded.set()
        assert is_replaced.wait(timeout=30)
        return made

    def work():
        try:
            make(get_image_model().objects.get(pk=image.pk), ["format-webp|fill-420x280"])
        except Exception as error:  # noqa: BLE001  asserted on below
            failures.append(error)
        finally:
            connections.close_all()

    monkeypatch.setattr(AbstractImage, "generate_rendition_file", encode_slowly)
    worker = threading.Thread(target=work)
    worker.start()
    assert is_encoded.wait(timeout=30)
    with transaction.atomic():
        upload("blue", "hero.png", image)
        is_replaced.set()
        wait_until(somebody_waits, 20, "the worker waits for the editor")
    worker.join(timeout=30)
    assert failures == []
    rendition = image.renditions.get()
    assert colour_of(rendition.file, (50, 50)) == "blue"
    image.delete()
