"""manage.py check_mail: a test message, and the domain's records by a real DNS server."""

import io
from time import monotonic
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from partners.delivery import domain
from partners.delivery.domain_records import Grade
from qianhai_site.local.ports import free as free_port
from tests.faults.mail_server import MailServer, Say
from tests.partners.delivery.conftest import use_smtp
from tests.partners.delivery.dns_server import Zone, running_dns
from tests.partners.delivery.provider_server import Answer, running_provider
from tests.partners.delivery.providers import SECRET, use_provider
from tests.partners.delivery.test_domain_records import RSA_2048

GOOD_ZONE: dict[str, list[str] | None] = {
    "qianhai.example": ["v=spf1 mx -all", "another text"],
    "s1._domainkey.qianhai.example": [f"v=DKIM1; k=rsa; p={RSA_2048}"],
    "_dmarc.qianhai.example": ["v=DMARC1; p=reject; rua=mailto:dmarc@qianhai.example"],
}


@pytest.fixture(autouse=True)
def sender(settings: Any) -> None:
    use_smtp(settings, free_port())
    settings.MAIL_DKIM_SELECTORS = []


def told(zone: Zone, *args: str, **options: Any) -> str:
    """Return what the command writes while `zone` is what the DNS knows."""
    out = io.StringIO()
    with running_dns(zone) as server:
        call_command("check_mail", *args, nameserver=server, stdout=out, no_color=True, **options)
    return out.getvalue()


def lines(zone: Zone, *selectors: str, name: str = "qianhai.example") -> list[tuple[str, str, Grade]]:
    with running_dns(zone) as server:
        found = domain.report(name, selectors, domain.texts_by(domain.resolver(server)))
    return [(line.subject, line.name, line.verdict.grade) for line in found]


def test_a_domain_that_is_set_up_well() -> None:
    assert lines(GOOD_ZONE) == [
        ("SPF", "qianhai.example", Grade.GOOD),
        ("DKIM", "s1._domainkey.qianhai.example", Grade.GOOD),
        ("DMARC", "_dmarc.qianhai.example", Grade.GOOD),
    ]


def test_a_domain_that_nobody_has_set_up() -> None:
    assert lines({}) == [
        ("SPF", "qianhai.example", Grade.WRONG),
        ("DKIM", "*._domainkey.qianhai.example", Grade.UNKNOWN),
        ("DMARC", "_dmarc.qianhai.example", Grade.WRONG),
    ]


def test_a_domain_that_does_not_exist_is_told_from_one_without_records() -> None:
    assert "SPF    wrong    qianhai.example: the domain does not exist (NXDOMAIN)" in told({})
    assert "SPF    wrong    qianhai.example: no record" in told({"qianhai.example": []})


def test_every_selector_that_is_named_is_looked_at() -> None:
    assert lines(GOOD_ZONE, "s1", "gone")[1:3] == [
        ("DKIM", "s1._domainkey.qianhai.example", Grade.GOOD),
        ("DKIM", "gone._domainkey.qianhai.example", Grade.WRONG),
    ]


def test_a_wildcard_is_no_key() -> None:
    wild = {f"{selector}._domainkey.qianhai.example": ["v=spf1 -all"] for selector in domain.COMMON_SELECTORS}
    assert ("DKIM", "*._domainkey.qianhai.example", Grade.UNKNOWN) in lines(wild)


def test_the_policy_of_the_domain_above_holds() -> None:
    assert lines(GOOD_ZONE, name="mail.qianhai.example")[-1] == ("DMARC", "_dmarc.qianhai.example", Grade.GOOD)


def test_a_chinese_domain_is_asked_for_in_ascii() -> None:
    assert lines({"xn--fsqu00a.xn--0zwm56d": ["v=spf1 -all"]}, name="例子.测试")[0] == (
        "SPF",
        "xn--fsqu00a.xn--0zwm56d",
        Grade.GOOD,
    )


def test_a_name_that_its_servers_cannot_answer_for() -> None:
    assert [grade for _, _, grade in lines({**GOOD_ZONE, "qianhai.example": None})] == [
        Grade.UNKNOWN,
        Grade.GOOD,
        Grade.GOOD,
    ]


def test_a_server_that_says_nothing_is_left_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, "TIMEOUT", 0.2)
    monkeypatch.setattr(domain, "LIFETIME", 0.3)
    started = monotonic()
    with running_dns(GOOD_ZONE, silent=True) as server:
        found = domain.report("qianhai.example", [], domain.texts_by(domain.resolver(server)))
    assert [line.verdict.grade for line in found] == [Grade.UNKNOWN] * 3
    assert "in time" in found[0].verdict.found
    assert monotonic() - started < 3


def test_a_machine_without_a_network(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*args: Any, **kwargs: Any) -> None:
        import dns.resolver

        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(domain.dns.resolver, "Resolver", nowhere)
    out = io.StringIO()
    call_command("check_mail", stdout=out, no_color=True)
    assert "This machine knows no DNS server." in out.getvalue()


def test_the_report_says_what_to_mend() -> None:
    said = told({"qianhai.example": ["v=spf1 all"], "_dmarc.qianhai.example": ["p=reject"]})
    assert "SPF    wrong    qianhai.example: anybody may send: v=spf1 all" in said
    assert "End the record with '-all' instead of 'all'." in said
    assert "Put 'v=DMARC1;' in front." in said
    assert "Name yours: --selector" in said


def test_selectors_come_from_the_option_else_the_setting(settings: Any) -> None:
    settings.MAIL_DKIM_SELECTORS = ["s1"]
    assert "DKIM   good     s1._domainkey.qianhai.example: an RSA key of about 2048 bits" in told(GOOD_ZONE)
    assert "DKIM   wrong    s2._domainkey.qianhai.example" in told(GOOD_ZONE, "--selector", "s2")


def test_a_test_message_by_smtp(mail_server: MailServer) -> None:
    said = told(GOOD_ZONE, "desk@example.com")
    assert "Taken, which is not yet delivered. 250 2.0.0 Ok: queued as 4F2A" in said
    [received] = mail_server.wait_for(1, 1)
    assert received.recipient == "desk@example.com"
    assert received.message["Message-ID"] in said
    assert received.message["Auto-Submitted"] == "auto-generated"


def test_a_message_that_is_not_taken_ends_in_an_error_after_the_report(mail_server: MailServer) -> None:
    mail_server.do_next(Say("RCPT", "550 5.1.1 No such mailbox"))
    out = io.StringIO()
    with running_dns(GOOD_ZONE) as server, pytest.raises(CommandError, match="was not sent"):
        call_command("check_mail", "desk@example.com", nameserver=server, stdout=out, no_color=True)
    said = out.getvalue()
    assert "Mail server refused the address or the message. 550 5.1.1 No such mailbox" in said
    assert "DMARC  good" in said


def test_nobody_listens() -> None:
    with pytest.raises(CommandError):
        told(GOOD_ZONE, "desk@example.com")


def test_by_a_provider(settings: Any) -> None:
    taken = Answer(body={"To": "desk@example.com", "MessageID": "b7bc2f4a", "ErrorCode": 0, "Message": "OK"})
    with running_provider(taken) as provider:
        use_provider(settings, "postmark", provider.url)
        said = told(GOOD_ZONE, "desk@example.com")
    assert "Sending by postmark" in said
    assert "HTTP 200 OK (id b7bc2f4a)" in said
    assert f"{settings.SITE_URL}/mail-events/postmark/" in said
    assert SECRET not in said
    assert "postmark-token" not in said


@pytest.mark.parametrize("sender", ["", "Qianhai"])
def test_no_sender(settings: Any, sender: str) -> None:
    settings.DEFAULT_FROM_EMAIL = sender
    assert "MAIL_FROM holds no address." in told(GOOD_ZONE)


def test_a_nameserver_that_is_no_address() -> None:
    out = io.StringIO()
    call_command("check_mail", nameserver="dns.example", stdout=out, no_color=True)
    assert "cannot be looked up" in out.getvalue()
