"""What is an e-mail address that a letter can be sent to, and what is said of one that is none?"""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from partners.brochures.words import one_line
from partners.delivery.recipient_domain import OF_OTHER_DOMAINS


class AddressField(forms.EmailField):
    """An e-mail address in the one spelling that people use: a plain name at the name of a domain, on one line.

    Between quotation marks a name has many spellings, and mail servers take them all for the same mailbox: limits and
    erasures would miss it. RFC 5321 (4.1.2) asks that no mailbox should need them. An IP address in brackets and
    'localhost' are the mail server's own machine or network. A letter to a domain with one of OF_OTHER_DOMAINS would go
    to another domain. Django allows all of these, and what is not seen: control characters between the marks,
    direction characters in a domain.
    """

    default_validators = [EmailValidator(allowlist=[])]
    default_error_messages = {
        "invalid": _("This is not a complete e-mail address. It should look like name@example.com."),
        "other_domain": _(
            "Letters do not arrive at a domain with the letter ‘%(letter)s’. Write the domain as it is registered, "
            "with ‘xn--’, or give another address."
        ),
        "quoted": _("Write the address without quotation marks. It should look like name@example.com."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 254, **options})

    def clean(self, value: Any) -> Any:
        """Return the address. Raises ValidationError, with words that say how to mend it."""
        address = super().clean(value)
        local, _at, domain = address.rpartition("@")
        if domain.startswith("[") or one_line(address) != address:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if local.startswith('"'):
            raise ValidationError(self.error_messages["quoted"], code="quoted")
        for letter in unicodedata.normalize("NFKC", domain):
            if letter in OF_OTHER_DOMAINS:
                raise ValidationError(self.error_messages["other_domain"], "other_domain", {"letter": letter})
        return address
