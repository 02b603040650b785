"""The real worker and real receivers of webhooks: killed in the middle, and with one that hangs."""

import pytest
import trustme

from partners.handover.webhook_delivery import WebhookAttempt, WebhookDelivery
from qianhai_site.local.ports import free as free_port
from tests.faults import rows
from tests.faults.mail_server import running_mail_server
from tests.faults.waiting import wait_until
from tests.faults.worker import running_worker
from tests.partners.delivery.provider_server import Answer, FallSilent, running_provider
from tests.partners.handover.conftest import certificate
from tests.partners.handover.outgoing import committed_endpoint, deliver

__all__ = ["certificate"]
pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("committed"), pytest.mark.timeout(120)]


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture
def environment(authority, tmp_path):
    """Return what lets a worker send to this machine."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(file)
    return {"SSL_CERT_FILE": str(file), "WEBHOOK_NETWORKS": "127.0.0.0/8"}


def all_arrived():
    return not WebhookDelivery.objects.exclude(state="sent").exists()


def test_a_worker_killed_while_it_delivers(tmp_path, certificate, environment):
    """The webhook comes again, under the same id, as soon as the dead worker's lease has run out."""
    with running_provider(FallSilent(), tls=certificate) as receiver, committed_endpoint(receiver.url) as endpoint:
        delivery = deliver(endpoint)
        with running_worker(tmp_path / "first.log", free_port(), WEBHOOK_SECONDS="5", **environment) as worker:
            wait_until(lambda: len(receiver.calls) == 1, 30, "the receiver hears it")
            worker.kill()
        receiver.says = Answer()
        with running_worker(tmp_path / "second.log", free_port(), WEBHOOK_SECONDS="1", **environment):
            took = wait_until(all_arrived, 60, "it arrives after all")
        assert took < 45
        assert [call.headers["webhook-id"] for call in receiver.calls] == [delivery.webhook_id] * 2
        outcomes = WebhookAttempt.objects.filter(delivery=delivery).order_by("number").values_list("outcome", flat=True)
        assert list(outcomes) == ["abandoned", "accepted"]


def test_a_receiver_that_hangs_holds_up_neither_mail_nor_other_receivers(tmp_path, certificate, environment):
    with (
        running_provider(FallSilent(), tls=certificate) as hanging,
        running_provider(tls=certificate) as good,
        committed_endpoint(hanging.url) as slow,
        committed_endpoint(good.url) as quick,
        running_mail_server(free_port()) as mail,
    ):
        for _ in range(5):
            deliver(slow)
        with running_worker(tmp_path / "worker.log", mail.port, **environment):
            wait_until(lambda: len(hanging.calls) >= 1, 30, "one hangs")
            for _ in range(5):
                deliver(quick)
            rows.queue("ada", "ben")
            arrived = wait_until(lambda: len(good.calls) == 5, 10, "the others arrive")
            wait_until(rows.all_sent, 10, "mail goes out")
            assert len(hanging.calls) == 1
            print(f"five webhooks to another receiver while one hangs: {arrived:.2f} s")
