"""From bytes to a Graph call: paths, queries, forms and multipart bodies, which are split by hand.

By hand, because video chunks come in parts whose own type is multipart/form-data, which parsers try to nest.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote

from sandbox.meta.context import Call, Upload
from sandbox.meta.params import decoded, folded

_VERSION = re.compile(r"v\d+\.\d+")
_DISPOSITION = re.compile(r"""(\w+\*?)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))""")
LATEST = "v26.0"


def read(method: str, path: str, query: str, headers: dict[str, str], body: bytes, url: str) -> Call:
    """The call with query and form merged, the form winning; `method` in it replaces the HTTP method.

    HEAD is a GET whose body the server does not send (RFC 9110, 9.3.2).
    """
    parts = [part for part in path.split("/") if part]
    version = parts.pop(0) if parts and _VERSION.fullmatch(parts[0]) else LATEST
    params = folded(parse_qsl(query, keep_blank_values=True))
    files: dict[str, Upload] = {}
    kind = headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        form, files = multipart(body, _boundary(kind))
        params |= folded(form)
    elif kind.startswith("application/json") and body:
        sent = decoded(body.decode())
        params |= sent if isinstance(sent, dict) else {}
    elif body:
        params |= folded(parse_qsl(body.decode(), keep_blank_values=True))
    if "access_token" not in params and " " in headers.get("authorization", ""):
        params["access_token"] = headers["authorization"].split(" ", 1)[1]
    method = str(params.pop("method", "GET" if method == "HEAD" else method)).upper()
    return Call(method, tuple(parts), params, files, version, url)


def _boundary(kind: str) -> bytes:
    found = re.search(r'boundary="?([^";]+)', kind)
    return found[1].encode() if found else b""


def multipart(body: bytes, boundary: bytes) -> tuple[list[tuple[str, str]], dict[str, Upload]]:
    """Fields by name as they come, and files by part name."""
    form: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        about = _disposition(head.decode(errors="replace"))
        name = about.get("name", "")
        if "filename" in about:
            files[name] = Upload(about["filename"], content)
        else:
            form.append((name, content.decode()))
    return form, files


def _disposition(head: str) -> dict[str, str]:
    line = next((one for one in head.splitlines() if one.lower().startswith("content-disposition")), "")
    about = {}
    for key, quoted, plain in _DISPOSITION.findall(line):
        value = quoted or plain
        if key.endswith("*"):
            value = unquote(value.split("''", 1)[-1])
        about[key.rstrip("*")] = value
    return about
