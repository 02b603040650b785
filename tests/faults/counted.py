"""The site as granian loads it, where each rendering by Django is one byte more in the file that RENDERINGS names."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qianhai_site import wsgi

_path, _site = os.environ["RENDERED_PATH"], wsgi.page_cache._application


def _count(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if environ["PATH_INFO"] == _path:
        with Path(os.environ["RENDERINGS"]).open("ab") as file:
            file.write(b".")
    return _site(environ, start_response)


wsgi.page_cache._application = _count
application = wsgi.application
