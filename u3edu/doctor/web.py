"""One question to a server, with an answer or the reason why there is none."""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

SECONDS = 5.0


@dataclass(frozen=True)
class Answer:
    """What a server said.

    Parameters
    ----------
    status : int
        0 where nothing was heard.
    content : Any
        The JSON, or None.
    problem : str
        Why nothing was heard.
    headers : Message
    """

    status: int
    content: Any = None
    problem: str = ""
    headers: Message = field(default_factory=Message)

    @property
    def said(self) -> str:
        """The problem or the status, in words."""
        return self.problem or f"it answers {self.status}"


def ask(url: str, token: str = "") -> Answer:
    """GET a URL, with a token of JupyterHub's kind."""
    request = urllib.request.Request(url, headers={"Accept": "application/json"})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return Answer(response.status, _json(response.read()), headers=response.headers)
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _json(error.read()), headers=error.headers)
    except (OSError, ValueError) as error:  # ValueError: no address at all
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        return Answer(0, problem=f"no answer ({reason})")


def through_proxy(url: str) -> str:
    """The proxy that stands between this machine and a URL; empty where there is none."""
    parts = urllib.parse.urlsplit(url)
    proxy = urllib.request.getproxies().get(parts.scheme, "")
    return "" if not proxy or urllib.request.proxy_bypass(parts.netloc) else proxy


def reaching(url: str, otherwise: str) -> str:
    """What to do where a server does not answer: the proxy first, if one stands between."""
    proxy = through_proxy(url)
    if not proxy:
        return otherwise
    host = urllib.parse.urlsplit(url).hostname
    return f"the question goes through the proxy {proxy}; add {host} to NO_PROXY, else {otherwise}"


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
