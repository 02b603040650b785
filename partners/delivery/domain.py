"""What does the DNS say about the domain in whose name we send?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import dns.exception
import dns.resolver
from django.utils.encoding import punycode

from partners.delivery.domain_records import Grade, Verdict, judge_dkim, judge_dmarc, judge_spf, tags_of

# Seconds for one server's answer, and for all tries of one question.
TIMEOUT = 1.5
LIFETIME = 3.0
# Selectors that mail servers and providers use when nobody says otherwise. A domain's selectors cannot be listed.
COMMON_SELECTORS = (
    "default",
    "dkim",
    "mail",
    "selector1",
    "selector2",
    "s1",
    "s2",
    "k1",
    "mta",
    "pm",
    "smtp",
    "google",
)


class NoAnswerError(Exception):
    """The DNS could not be asked; its text says why."""


class NoSuchNameError(Exception):
    """The DNS has nothing at all under the name (NXDOMAIN)."""


Ask = Callable[[str], list[str]]


@dataclass(frozen=True)
class Line:
    """One line of the report: what it is about, at which name, and the verdict."""

    subject: str
    name: str
    verdict: Verdict


def resolver(server: str = "") -> dns.resolver.Resolver:
    """Return a resolver with short timeouts: this machine's, or one that asks `server` (an IP address[:port]) alone.

    Raises NoAnswerError where this machine has none, ValueError where `server` is no address.
    """
    try:
        made = dns.resolver.Resolver(configure=not server)
        if server:
            host, _, port = server.rpartition(":") if server.count(":") == 1 else (server, "", "53")
            made.port = int(port)
            made.nameservers = [host]
    except dns.resolver.NoResolverConfiguration as error:
        raise NoAnswerError("This machine knows no DNS server.") from error
    made.timeout, made.lifetime = TIMEOUT, LIFETIME
    return made


def texts_by(using: dns.resolver.Resolver) -> Ask:
    """Return a function that returns the TXT records of a name, none where it has none.

    It raises NoSuchNameError where the name does not exist, and NoAnswerError where nobody answers.
    """

    def texts(name: str) -> list[str]:
        try:
            answer = using.resolve(name, "TXT")
        except dns.resolver.NXDOMAIN as error:
            raise NoSuchNameError(name) from error
        except dns.resolver.NoAnswer:
            return []
        except dns.exception.Timeout as error:
            raise NoAnswerError("No DNS server answered in time: is there a network?") from error
        except dns.resolver.NoNameservers as error:
            raise NoAnswerError("The DNS servers cannot answer (SERVFAIL or REFUSED).") from error
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise NoAnswerError(f"The DNS cannot be asked: {type(error).__name__}.") from error
        return [b"".join(record.strings).decode("utf-8", errors="replace") for record in answer]

    return texts


def report(domain: str, selectors: Sequence[str], ask: Ask) -> list[Line]:
    """Return what `ask` says about mail in the name of `domain`: a line for SPF, one for each DKIM key, one for DMARC.

    Where `selectors` is empty, the common ones are tried.
    """
    name = punycode(domain)

    def asked(of: str) -> list[str]:
        try:
            return ask(of)
        except NoSuchNameError:
            return []

    return [Line("SPF", name, _spf(name, ask)), *_dkim(name, selectors, asked), _dmarc(name, asked)]


def _spf(domain: str, ask: Ask) -> Verdict:
    try:
        return judge_spf(ask(domain))
    except NoSuchNameError:
        return Verdict(
            Grade.WRONG, "the domain does not exist (NXDOMAIN)", "Correct MAIL_FROM, or register the domain."
        )
    except NoAnswerError as error:
        return Verdict(Grade.UNKNOWN, str(error))


def _dkim(domain: str, selectors: Sequence[str], ask: Ask) -> Iterator[Line]:
    if selectors:
        for selector in selectors:
            name = f"{selector}._domainkey.{domain}"
            try:
                verdict = judge_dkim(ask(name))
            except NoAnswerError as error:
                verdict = Verdict(Grade.UNKNOWN, str(error))
            yield Line("DKIM", name, verdict)
        return
    found = False
    for selector in COMMON_SELECTORS:
        name = f"{selector}._domainkey.{domain}"
        try:
            texts = ask(name)
        except NoAnswerError as error:
            yield Line("DKIM", name, Verdict(Grade.UNKNOWN, str(error)))
            # Nobody answers the others either, and each would take seconds.
            return
        # A wildcard answers for every name.
        if any("p" in tags_of(text) for text in texts):
            found = True
            yield Line("DKIM", name, judge_dkim(texts))
    if not found:
        tried = ", ".join(COMMON_SELECTORS)
        yield Line(
            "DKIM",
            f"*._domainkey.{domain}",
            Verdict(
                Grade.UNKNOWN,
                f"no key under the selectors that are common: {tried}",
                "Name yours: --selector, or MAIL_DKIM_SELECTORS. If mail is not signed, let it be.",
            ),
        )


def _dmarc(domain: str, ask: Ask) -> Line:
    """Judge the domain's own record, else that of the nearest domain above that has one."""
    labels = domain.split(".")
    # The last label alone is a registry's.
    above = [".".join(labels[n:]) for n in range(len(labels) - 1)] or [domain]
    try:
        for name in above:
            if texts := ask(f"_dmarc.{name}"):
                return Line("DMARC", f"_dmarc.{name}", judge_dmarc(texts))
    except NoAnswerError as error:
        return Line("DMARC", f"_dmarc.{domain}", Verdict(Grade.UNKNOWN, str(error)))
    return Line("DMARC", f"_dmarc.{domain}", judge_dmarc([]))
