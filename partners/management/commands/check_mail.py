"""Try the mail: send a test message, and report how the sender's domain is set up."""

from argparse import ArgumentParser
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from partners.delivery.carrier import carry
from partners.delivery.domain import NoAnswerError, report, resolver, texts_by
from partners.delivery.domain_records import Grade
from partners.delivery.letters import Letter
from partners.delivery.message import new_message_id
from partners.delivery.outside import Conversation, Envelope, NotAccepted, Receipt
from partners.delivery.timing import conversation_seconds


class Command(BaseCommand):
    """`manage.py check_mail [address]`: ends with an error where the message was not taken."""

    help = "Send a test message to an address, if one is given, and report the sender domain's SPF, DKIM and DMARC."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address, the selectors of DKIM keys, and a DNS server."""
        parser.add_argument("address", nargs="?", help="where the test message goes")
        parser.add_argument(
            "--selector",
            action="append",
            default=[],
            help="the name of a DKIM key, as often as there are keys (default: MAIL_DKIM_SELECTORS, else common ones)",
        )
        parser.add_argument("--nameserver", default="", help="the IP address[:port] of the DNS server to ask")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, report, and raise CommandError where sending failed."""
        failure = self._send(options["address"]) if options["address"] else None
        self._report_domain(options["selector"] or settings.MAIL_DKIM_SELECTORS, options["nameserver"])
        if failure is not None:
            raise CommandError(failure)

    def _send(self, address: str) -> str | None:
        """Send the message and say what was answered; return why it was not taken, or None."""
        self.stdout.write(f"Sending by {_carrier()} ...")
        envelope = Envelope(
            to=address,
            message_id=new_message_id(),
            letter=Letter(
                subject=f"Test message from {settings.SITE_URL}",
                text="This message tests that the site can send mail. Nothing needs to be done.",
                html="<p>This message tests that the site can send mail. Nothing needs to be done.</p>",
            ),
        )
        try:
            receipt = carry(envelope, Conversation(conversation_seconds()))
        except NotAccepted as error:
            said = f"{error.code or ''} {error.text}".strip()
            self.stdout.write(self.style.ERROR(f"Not taken: {error.outcome.label}. {said}".rstrip()))
            return "The test message was not sent."
        self.stdout.write(self.style.SUCCESS(f"Taken, which is not yet delivered. {_answer(receipt)}".rstrip()))
        self.stdout.write(f"Message-ID: {envelope.message_id}")
        return None

    def _report_domain(self, selectors: list[str], nameserver: str) -> None:
        _, at, domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")
        if not (at and domain):
            self.stdout.write(self.style.ERROR("MAIL_FROM holds no address."))
            return
        self.stdout.write(f"\nMail leaves in the name of {domain} (MAIL_FROM).")
        try:
            ask = texts_by(resolver(nameserver))
        except (NoAnswerError, ValueError) as error:
            self.stdout.write(self.style.ERROR(f"Its records cannot be looked up. {error}"))
            return
        paint = {Grade.GOOD: self.style.SUCCESS, Grade.WRONG: self.style.ERROR}
        for line in report(domain, selectors, ask):
            verdict = line.verdict
            grade = paint.get(verdict.grade, self.style.WARNING)(f"{verdict.grade:<8}")
            self.stdout.write(f"{line.subject:<6} {grade} {line.name}: {verdict.found}")
            if verdict.mend:
                self.stdout.write(f"{'':<16}{verdict.mend}")
        if settings.MAIL_PROVIDER:
            self.stdout.write(
                f"\n{settings.MAIL_PROVIDER} may send back mail to a domain of its own: SPF is then checked there, and "
                "DKIM must be signed in the name of yours.\n"
                f"It should report to {settings.SITE_URL}/mail-events/{settings.MAIL_PROVIDER}/ (see docs/mail.md)."
            )


def _carrier() -> str:
    if settings.MAIL_PROVIDER:
        return str(settings.MAIL_PROVIDER)
    options = settings.MAILERS["carrier"].get("OPTIONS", {})
    return f"{options.get('host', '')}:{options.get('port', '')}"


def _answer(receipt: Receipt) -> str:
    said = f"{receipt.code or ''} {receipt.text}".strip()
    return f"{said} (id {receipt.provider_id})" if receipt.provider_id else said
