"""Whose token a call brings: the service's own, or one that JupyterHub knows."""

import asyncio
import hashlib
import hmac
import json
import time

from u3edu.engine.connection import Connections, NoAnswer

# How long an answer of the Hub is believed: a token that is taken back works as long.
_BELIEVED = 60.0
# A token that the Hub did not know may be known soon, and is not asked about with each call.
_REFUSED = 10.0
_WITHIN = 3.0
_MOST_TOKENS = 100_000
_LARGEST_ANSWER = 2**20


class RefusedToken(Exception):
    """The token is missing, or nobody's."""


class HubAway(Exception):
    """The Hub could not be asked."""


class TokenChecks:
    """Says who calls.

    Parameters
    ----------
    shared : str
        A token that all callers share; empty for none.
    hub_api_url : str, optional
        JupyterHub's API, which is asked about all other tokens.

    Raises
    ------
    ValueError
        If there is neither: then nobody could call.
    """

    def __init__(self, shared: str, hub_api_url: str | None) -> None:
        if not shared and not hub_api_url:
            raise ValueError(
                "nobody could use this engine: set U3EDU_ENGINE_TOKEN to a secret of your own "
                "(openssl rand -hex 32), or hub_api_url to the address of JupyterHub's API"
            )
        self._shared = shared.encode()
        self._hub = Connections(hub_api_url, _LARGEST_ANSWER) if hub_api_url else None
        self._known: dict[bytes, tuple[float, asyncio.Task[str | None]]] = {}

    async def user_of(self, authorization: str, address: str) -> str:
        """The user of a call.

        Parameters
        ----------
        authorization : str
            The call's header, ``token ...`` or ``Bearer ...``.
        address : str
            Where the call comes from; tells callers apart who share a token.

        Raises
        ------
        RefusedToken
            If nobody has this token.
        HubAway
            If the Hub cannot be asked.
        """
        kind, _, token = authorization.partition(" ")
        token = token.strip()
        if kind.lower() not in ("token", "bearer") or not token:
            raise RefusedToken("no token: set U3EDU_ENGINE_TOKEN, or use the token of your Hub")
        if self._shared and hmac.compare_digest(token.encode(), self._shared):
            return f"address {address}"
        user = await self._hub_user(token) if self._hub is not None else None
        if user is None:
            raise RefusedToken("this token is not known here; U3EDU_ENGINE_TOKEN may be an old one")
        return f"user {user}"

    async def _hub_user(self, token: str) -> str | None:
        """Whose token the Hub says it is; calls that come meanwhile wait for the same answer."""
        key, now = hashlib.sha256(token.encode()).digest(), time.monotonic()
        until, task = self._known.get(key, (0.0, None))
        if task is None or now >= until:
            self._forget(now)
            task = asyncio.create_task(self._ask(token, key))
            self._known[key] = now + _BELIEVED, task
        return await asyncio.shield(task)

    async def _ask(self, token: str, key: bytes) -> str | None:
        assert self._hub is not None
        try:
            answer = await asyncio.to_thread(self._hub.ask, "GET", "/user", token=token, within=_WITHIN)
            if answer.status >= 500:
                raise NoAnswer(f"status {answer.status}")
            name = json.loads(answer.content)["name"] if answer.status == 200 else None
        except (NoAnswer, ValueError, KeyError, TypeError) as error:
            del self._known[key]
            raise HubAway(f"the Hub could not be asked about this token: {error}") from error
        if name is None:
            self._known[key] = time.monotonic() + _REFUSED, self._known[key][1]
        return name

    def _forget(self, now: float) -> None:
        """Make room for others."""
        if len(self._known) >= _MOST_TOKENS:
            self._known = {key: known for key, known in self._known.items() if known[0] > now}
        while len(self._known) >= _MOST_TOKENS:
            self._known.pop(next(iter(self._known)))
