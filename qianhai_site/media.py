"""How do pictures reach a browser where no web server in front serves them?"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, re_path
from django.views.static import serve

# A rendition's name holds its filter and its original's digest: a changed picture has another name.
RENDITION_MAX_AGE = 31_536_000


def rendition(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send a rendition from MEDIA_ROOT/images.

    Only that folder: uploaded originals and documents beside it are not for visitors.
    Raises Http404 for what is not there.
    """
    try:
        response = serve(request, path, document_root=str(settings.MEDIA_ROOT / "images"))
    except OSError as error:  # such as a name that no file system can hold
        raise Http404 from error
    response.headers["Cache-Control"] = f"public, max-age={RENDITION_MAX_AGE}, immutable"
    return response


def urlpatterns() -> list[URLPattern]:
    """Return the address of renditions; a web server that maps it to the folder is asked first and this never."""
    return [re_path(r"^media/images/(?P<path>.*)$", rendition)]
