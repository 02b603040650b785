"""What does the page that asks before an act upon many requests send along with its button?"""

import uuid
from typing import Any

from django import forms
from django.db.models import BigIntegerField, Max

from partners.delivery.message import OutgoingMessage
from partners.submissions.bulk.run import MOST


class ConfirmForm(forms.Form):
    """The one-time key of the page, how many requests it said that there are, and the last letter that it knew of."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    expected = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)
    newest_letter = forms.IntegerField(
        min_value=0, max_value=BigIntegerField.MAX_BIGINT, required=False, widget=forms.HiddenInput
    )


def initial_for(number: int) -> dict[str, Any]:
    """Return what the form of a page that says that there are `number` requests holds."""
    newest = OutgoingMessage.objects.aggregate(newest=Max("pk"))["newest"]
    return {"key": uuid.uuid4(), "expected": number, "newest_letter": newest or 0}
