"""HTTP with an end: an answer, or an error within the time that was given."""

import contextlib
import http.client
import ssl
import threading
from collections import deque
from dataclasses import dataclass
from email.message import Message
from socket import SHUT_RDWR
from urllib.parse import urlsplit

_SCHEMES = ("http", "https")


class NoAnswer(OSError):
    """The other side could not be reached, broke off, or took too long."""


@dataclass(frozen=True)
class Answer:
    """What came back.

    Parameters
    ----------
    status : int
    headers : Message
    content : bytes
    """

    status: int
    headers: Message
    content: bytes


class Connections:
    """Connections to one server, kept alive between requests; any thread may ask.

    Redirects are not followed, and proxies of the environment not used: a token goes nowhere
    else.

    Parameters
    ----------
    url : str
        ``http`` or ``https``, with a path that all requests begin with.
    largest : int
        The most bytes of an answer.

    Raises
    ------
    ValueError
        If this is no such URL.
    """

    def __init__(self, url: str, largest: int) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError(f"a server is named by an address such as http://engine:8000; got {url!r}")
        self.url = url.rstrip("/")
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path.rstrip("/")
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._largest = largest
        self._idle: deque[http.client.HTTPConnection] = deque(maxlen=4)

    def ask(
        self, method: str, path: str, *, token: str, within: float, content: bytes | None = None
    ) -> Answer:
        """Send a request and wait for its answer.

        Parameters
        ----------
        method, path : str
        token : str
            For the ``Authorization`` header; empty for none.
        within : float
            Seconds, all in all: for finding the server, sending, and waiting for the last byte.
        content : bytes, optional

        Raises
        ------
        NoAnswer
            If there is none in time.
        """
        exchange = _Exchange(self, method, self._path + path, token, content, within)
        exchange.start()
        exchange.join(within)
        if exchange.is_alive():
            exchange.abandon()
            raise NoAnswer(f"no answer within {within:.1f} s")
        return exchange.result(within)

    def take(self, within: float) -> http.client.HTTPConnection:
        """A connection that was used before, or a new one."""
        try:
            return self._idle.pop()
        except IndexError:
            pass
        if self._tls is not None:
            return http.client.HTTPSConnection(self._host, self._port, timeout=within, context=self._tls)
        return http.client.HTTPConnection(self._host, self._port, timeout=within)

    def keep(self, connection: http.client.HTTPConnection) -> None:
        """Keep a connection for the next request."""
        self._idle.append(connection)

    def read(self, response: http.client.HTTPResponse) -> bytes:
        """The whole answer, if it is not too long."""
        content = response.read(self._largest + 1)
        if len(content) > self._largest:
            raise http.client.HTTPException(f"an answer of more than {self._largest} bytes")
        if response.length:
            raise http.client.HTTPException("the answer broke off")
        return content


class _Exchange(threading.Thread):
    """One request on a thread of its own, which nobody has to wait for.

    A socket's time-out holds for each read alone, and looking up a name has none: only a thread
    that can be left behind keeps a promise about the whole.
    """

    def __init__(
        self,
        connections: Connections,
        method: str,
        path: str,
        token: str,
        content: bytes | None,
        within: float,
    ) -> None:
        super().__init__(name="u3edu-request", daemon=True)
        self._connections = connections
        self._method, self._path, self._content = method, path, content
        self._headers = {"Authorization": f"token {token}"} if token else {}
        self._connection, self._abandoned = connections.take(within), False
        self._answer: Answer | None = None
        self._error: Exception | None = None

    def run(self) -> None:
        """Send and wait; a connection that the server has closed meanwhile is replaced once."""
        connection = self._connection
        try:
            was_open = connection.sock is not None
            try:
                self._answer = self._exchange(connection)
            except (ConnectionError, http.client.BadStatusLine):
                connection.close()
                if not was_open or self._abandoned:
                    raise
                self._answer = self._exchange(connection)
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            self._error = error
        else:
            if not self._abandoned:
                self._connections.keep(connection)

    def abandon(self) -> None:
        """End the request: a server that never ends would keep the thread."""
        self._abandoned = True
        socket = self._connection.sock
        if socket is not None:
            with contextlib.suppress(OSError):
                socket.shutdown(SHUT_RDWR)

    def result(self, within: float) -> Answer:
        """The answer, if there is one by now."""
        answer, error = self._answer, self._error
        if answer is not None:
            return answer
        if error is None or isinstance(error, TimeoutError):
            raise NoAnswer(f"no answer within {within:.1f} s")
        words = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise NoAnswer(words) from error

    def _exchange(self, connection: http.client.HTTPConnection) -> Answer:
        connection.request(self._method, self._path, self._content, self._headers)
        response = connection.getresponse()
        content = self._connections.read(response)
        return Answer(response.status, response.headers, content)
