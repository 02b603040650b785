"""What is an e-mail address that a letter can be sent to, and what is said of one that is none?"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.brochures.words import one_line


class AddressField(forms.EmailField):
    """An e-mail address without characters that no header may hold, or that are not seen.

    Django allows control characters between quotes, as RFC 5321 did, and direction characters in a domain.
    """

    default_error_messages = {
        "invalid": _("This is not a complete e-mail address. It should look like name@example.com.")
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 254, **options})

    def clean(self, value: Any) -> Any:
        """Return the address. Raises ValidationError."""
        address = super().clean(value)
        if one_line(address) != address:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address
