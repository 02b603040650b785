"""qianhai_site/settings/provider.py: no provider without its keys, and none that anybody could speak for."""

import pytest
from anymail.urls import urlpatterns
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from partners.delivery.provider import _email
from qianhai_site.settings.provider import PROVIDERS, provider_settings
from tests.partners.delivery.test_smtp import envelope

SECRET = "reports:0123456789abcdef0123456789"
NEEDED = {
    "postmark": {"POSTMARK_SERVER_TOKEN": "token", "MAIL_WEBHOOK_SECRET": SECRET},
    "mailgun": {"MAILGUN_API_KEY": "key", "MAILGUN_WEBHOOK_SIGNING_KEY": "signing"},
}


@pytest.fixture
def environment(monkeypatch):
    """Return a setter of the environment, in which nothing else of a provider stands."""
    monkeypatch.delenv("MAIL_WEBHOOK_SECRET", raising=False)

    def put(**values):
        for key, value in values.items():
            monkeypatch.setenv(key, value)

    return put


@pytest.mark.parametrize("name", NEEDED)
def test_what_anymail_is_told(environment, name):
    environment(**NEEDED[name])
    told = provider_settings(name, timeout=7.0)
    assert {key: told[key] for key in NEEDED[name] if key in told} == {
        key: value for key, value in NEEDED[name].items() if key != "MAIL_WEBHOOK_SECRET"
    }
    assert told["WEBHOOK_SECRET"] == ([SECRET] if name == "postmark" else [])
    assert told["SEND_DEFAULTS"] == {"track_opens": False, "track_clicks": False}
    assert told["REQUESTS_TIMEOUT"] == 7.0


def test_options_are_passed_on_where_they_are_given(environment):
    environment(**NEEDED["mailgun"], MAILGUN_API_URL="https://api.eu.mailgun.net/v3", MAIL_WEBHOOK_SECRET=SECRET)
    told = provider_settings("mailgun", timeout=7.0)
    assert told["MAILGUN_API_URL"] == "https://api.eu.mailgun.net/v3"
    assert told["WEBHOOK_SECRET"] == [SECRET]
    assert "MAILGUN_SENDER_DOMAIN" not in told


@pytest.mark.parametrize(("name", "missing"), [(name, key) for name, keys in NEEDED.items() for key in keys])
@pytest.mark.parametrize("value", ["", " "])
def test_a_key_that_is_missing_is_named(environment, name, missing, value):
    environment(**NEEDED[name])
    environment(**{missing: value})
    with pytest.raises(ImproperlyConfigured, match=missing):
        provider_settings(name, timeout=7.0)


@pytest.mark.parametrize("secret", ["abcdef", "reports:tooshort", ":" + "x" * 40, "x" * 40])
def test_a_secret_that_could_be_guessed_is_refused_and_not_repeated(environment, secret):
    environment(POSTMARK_SERVER_TOKEN="token", MAIL_WEBHOOK_SECRET=secret)
    with pytest.raises(ImproperlyConfigured, match="MAIL_WEBHOOK_SECRET is missing or weak") as refused:
        provider_settings("postmark", timeout=7.0)
    assert secret not in str(refused.value)


@pytest.mark.parametrize("name", ["pigeon", "amazon_ses", ""])
def test_a_provider_that_we_do_not_know_is_refused(name):
    with pytest.raises(ImproperlyConfigured, match="leave it empty, or name one of mailgun"):
        provider_settings(name, timeout=7.0)


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_that_is_offered_can_do_what_we_need(settings, environment, name):
    """A letter with our headers, our key and tracking forbidden can be put into its words, and it has a webhook."""
    provider = PROVIDERS[name]
    keys = {f"{name.upper()}_{key}": "https://api.example/" for key in (*provider.keys, provider.signing_key) if key}
    environment(**keys, MAIL_WEBHOOK_SECRET=SECRET)
    settings.ANYMAIL = provider_settings(name, timeout=7.0)
    settings.MAILERS = {"carrier": {"BACKEND": f"anymail.backends.{name}.EmailBackend"}}
    backend = import_string(f"anymail.backends.{name}.EmailBackend")()
    payload = backend.build_message_payload(_email(envelope()), backend.send_defaults)
    assert "auto-generated" in repr(vars(payload))
    assert any(pattern.name == f"{name}_tracking_webhook" for pattern in urlpatterns)
