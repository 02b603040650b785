"""What SPF, DKIM and DMARC records are worth, as tables."""

import base64

import pytest

from partners.delivery.domain_records import Grade, judge_dkim, judge_dmarc, judge_spf

RSA_1024 = base64.b64encode(b"x" * 162).decode()
RSA_2048 = base64.b64encode(b"x" * 294).decode()
ED25519 = base64.b64encode(b"x" * 32).decode()


@pytest.mark.parametrize(
    ("texts", "grade", "found"),
    [
        ([], Grade.WRONG, "no record"),
        (["google-site-verification=x", "v=spf10 all"], Grade.WRONG, "no record"),
        (["v=spf1 -all", "v=spf1 mx -all"], Grade.WRONG, "2 records"),
        (["v=spf1 include:spf.mtasv.net -all", "unrelated"], Grade.GOOD, "include:spf.mtasv.net"),
        (["V=SPF1 MX ~ALL"], Grade.GOOD, "MX"),
        (["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 a/24 mx:example.com/24 -all"], Grade.GOOD, "ip4"),
        (["v=spf1 redirect=_spf.example.com"], Grade.GOOD, "redirect"),
        (["v=spf1 mx unknown=ignored -all"], Grade.GOOD, "mx"),
        (["v=spf1"], Grade.WEAK, "says nothing"),
        (["v=spf1 mx"], Grade.WEAK, "says nothing"),
        (["v=spf1 mx ?all"], Grade.WEAK, "says nothing"),
        (["v=spf1 ptr -all"], Grade.WEAK, "ptr"),
        (["v=spf1 +all"], Grade.WRONG, "anybody"),
        (["v=spf1 mx all"], Grade.WRONG, "anybody"),
        (["v=spf1 mx -all;"], Grade.WRONG, "cannot be read at '-all;'"),
        (["v=spf1 ipv4:192.0.2.1 -all"], Grade.WRONG, "cannot be read at 'ipv4:192.0.2.1'"),
        (["v=spf1 include: -all"], Grade.WRONG, "cannot be read at 'include:'"),
        (["v=spf1 ip4 -all"], Grade.WRONG, "cannot be read at 'ip4'"),
        (["v=spf1 " + "include:a.example " * 10 + "-all"], Grade.GOOD, "include"),
        (["v=spf1 " + "include:a.example " * 11 + "-all"], Grade.WRONG, "11 look-ups"),
    ],
)
def test_spf(texts: list[str], grade: Grade, found: str) -> None:
    verdict = judge_spf(texts)
    assert verdict.grade is grade
    assert found in verdict.found
    assert bool(verdict.mend) is (grade is not Grade.GOOD)


@pytest.mark.parametrize(
    ("texts", "grade", "found"),
    [
        ([], Grade.WRONG, "no key"),
        (["v=spf1 -all"], Grade.WRONG, "no key"),
        ([f"v=DKIM1; k=rsa; p={RSA_2048}"], Grade.GOOD, "2048 bits"),
        ([f"p={RSA_2048}"], Grade.GOOD, "2048 bits"),
        ([f"v=DKIM1; k=ed25519; p={ED25519}"], Grade.GOOD, "ed25519"),
        ([f"v=DKIM1; p={RSA_2048[:100]} {RSA_2048[100:]}"], Grade.GOOD, "2048 bits"),
        ([f"v=DKIM1; p={RSA_1024}"], Grade.WEAK, "1024 bits"),
        ([f"v=DKIM1; t=s:y; p={RSA_2048}"], Grade.WEAK, "test"),
        ([f"v=DKIM1; p={RSA_2048}", f"v=DKIM1; p={RSA_1024}"], Grade.WRONG, "2 keys"),
        (["v=DKIM1; p="], Grade.WRONG, "withdrawn"),
        (["v=DKIM1; p=not*base64"], Grade.WRONG, "not base64"),
        ([f"v=DKIM2; p={RSA_2048}"], Grade.WRONG, "version"),
    ],
)
def test_dkim(texts: list[str], grade: Grade, found: str) -> None:
    verdict = judge_dkim(texts)
    assert verdict.grade is grade
    assert found in verdict.found
    assert bool(verdict.mend) is (grade is not Grade.GOOD)


@pytest.mark.parametrize(
    ("texts", "grade", "found"),
    [
        ([], Grade.WRONG, "no record"),
        (["unrelated"], Grade.WRONG, "no record"),
        (["p=reject; rua=mailto:x@example.com"], Grade.WRONG, "does not begin with 'v=DMARC1;'"),
        (["p=reject; v=DMARC1"], Grade.WRONG, "does not begin"),
        (["v=dmarc1; p=reject"], Grade.WRONG, "does not begin"),
        (["v=DMARC1; p=reject", "v=DMARC1; p=none"], Grade.WRONG, "2 records"),
        (["v=DMARC1"], Grade.WRONG, "no policy"),
        (["v=DMARC1; p=maybe"], Grade.WRONG, "no policy"),
        (["v=DMARC1; p=none; rua=mailto:x@example.com"], Grade.WEAK, "forgers"),
        (["v=DMARC1; p=reject; pct=20; rua=mailto:x@example.com"], Grade.WEAK, "20%"),
        (["v=DMARC1; p=reject"], Grade.WEAK, "nobody is told"),
        (["v=DMARC1; p=quarantine; rua=mailto:x@example.com"], Grade.GOOD, "quarantine"),
        (["v = DMARC1 ; P = Reject ; rua=mailto:x@example.com", "unrelated"], Grade.GOOD, "Reject"),
    ],
)
def test_dmarc(texts: list[str], grade: Grade, found: str) -> None:
    verdict = judge_dmarc(texts)
    assert verdict.grade is grade
    assert found in verdict.found
    assert bool(verdict.mend) is (grade is not Grade.GOOD)
