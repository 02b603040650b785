"""How do static files, and those at fixed addresses such as /favicon.ico, reach a browser without nginx in front?"""

from typing import Any

from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from whitenoise.middleware import WhiteNoiseFileResponse, WhiteNoiseMiddleware

from qianhai_site.file_answers import PIECE, Answering, File


class _InPieces(WhiteNoiseFileResponse):
    """A file that is read while it is sent."""

    block_size = PIECE


class StaticFilesMiddleware(Answering, WhiteNoiseMiddleware):
    """WhiteNoise's middleware, whose files answer as nginx's do."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        # What collectstatic notes for itself.
        self.files.pop(self.static_prefix + ManifestFilesMixin.manifest_name, None)

    @staticmethod
    def serve(static_file: File, request: HttpRequest) -> HttpResponseBase:
        """Return what the file answers."""
        answer = static_file.get_response(request.method or "", request.META)
        response: HttpResponseBase
        if isinstance(answer.body, bytes):
            response = HttpResponse(answer.body, status=answer.status)
        else:
            response = _InPieces(answer.body, status=answer.status)
        # Django's own guess.
        response.headers.pop("Content-Type", None)
        for name, value in answer.headers:
            response.headers[name] = value
        return response
