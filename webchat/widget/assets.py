"""The chat's script for any site: one address that never changes, and behind it files that browsers keep for a year."""

import hashlib
import re
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

_FOLDER = Path(__file__).parent / "static"
_YEAR = 365 * 24 * 3600
_SHORT = "public, max-age=300"  # after an update a browser takes the former launcher for so long

# A quarter of what would travel: documentation, remarks and indentation.
_FOR_READERS = re.compile(rb"^\s*/\*\*(?s:.*?)\*/\s*\n|^\s*// .*\n|\s// .*$|^\s+", re.MULTILINE)

assets = Blueprint("assets", __name__)


def _version() -> str:
    digest = hashlib.sha256()
    for path in sorted(_FOLDER.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


VERSION = _version()


@assets.get("/ventanilla.js")
def script() -> Response:
    """The launcher, which fetches the other modules of the present version from their own addresses."""
    launcher = (_FOLDER / "ventanilla.js").read_bytes().replace(b'"./', f'"./widget/{VERSION}/'.encode())
    response = Response(_FOR_READERS.sub(b"", launcher), mimetype="text/javascript")
    response.headers["Cache-Control"] = _SHORT
    response.set_etag(VERSION)
    response.make_conditional(request)
    return response


@assets.get("/widget/<version>/<path:name>")
def file(version: str, name: str) -> Response:
    """A file without what is for its readers; of a former version the present one, which nobody keeps under that name."""
    response = send_from_directory(_FOLDER, name)
    response.direct_passthrough = False
    response.data = _FOR_READERS.sub(b"", response.data)
    if version == VERSION:
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


@assets.after_request
def for_any_site(response: Response) -> Response:
    """The response, loadable by pages of all origins: it holds nothing but the script."""
    response.access_control_allow_origin = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
