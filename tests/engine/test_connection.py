"""HTTP with an end: servers that are away, silent, slow or closing, and what the caller gets."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from u3edu.engine.connection import Connections, NoAnswer

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def server(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[tuple[str, threading.Event]]:
    """A server that talks to each connection on a thread of its own; the event ends the talks."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection, over), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", over
    finally:
        over.set()
        listener.close()


def ask(connections: Connections, within: float = 20.0) -> bytes:
    return connections.ask("GET", "/x", token="secret", within=within).content


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NoAnswer, match="refused"):
        ask(Connections(f"http://127.0.0.1:{port}", 100))


def test_a_name_that_is_none() -> None:
    with pytest.raises(NoAnswer):
        ask(Connections("http://no-such-host.invalid:1", 100))


@pytest.mark.parametrize("url", ["engine:8000", "ftp://engine", "http://", "file:///etc/passwd"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="http://engine:8000"):
        Connections(url, 100)


def test_the_token_is_sent_and_the_connection_kept() -> None:
    seen: list[tuple[int, bytes]] = []

    def talk(connection: socket.socket, over: threading.Event) -> None:
        while received := connection.recv(4096):
            seen.append((id(connection), received))
            connection.sendall(OK)

    with server(talk) as (url, _):
        connections = Connections(url + "/engine/", 100)
        assert [ask(connections) for _ in range(3)] == [b"ok"] * 3
    assert len({number for number, _ in seen}) == 1
    assert all(b"GET /engine/x " in text and b"Authorization: token secret" in text for _, text in seen)


def test_a_connection_that_the_server_closed_meanwhile_is_opened_again() -> None:
    count = []

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(4096)
        count.append(1)
        connection.sendall(OK)
        connection.close()

    with server(talk) as (url, _):
        connections = Connections(url, 100)
        assert [ask(connections) for _ in range(3)] == [b"ok"] * 3
    assert len(count) == 3


def drip(connection: socket.socket, over: threading.Event) -> None:
    """Never silent for long, and never done."""
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not over.wait(0.05):
        connection.sendall(b".")


def silent(connection: socket.socket, over: threading.Event) -> None:
    over.wait()


@pytest.mark.parametrize("talk", [drip, silent])
def test_whoever_asks_is_not_kept_by_a_server_that_never_ends(
    talk: Callable[[socket.socket, threading.Event], None],
) -> None:
    with server(talk) as (url, over):
        with pytest.raises(NoAnswer, match=r"no answer within 0\.5 s"):
            ask(Connections(url, 10**7), within=0.5)
        for thread in threading.enumerate():
            if thread.name == "u3edu-request":
                thread.join(20)
                assert not thread.is_alive()
        assert not over.is_set()


def test_an_answer_that_is_too_long_is_not_read() -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(1000))
        connection.close()

    with server(talk) as (url, _), pytest.raises(NoAnswer, match="more than 100 bytes"):
        ask(Connections(url, 100))


def test_an_answer_that_breaks_off_is_none() -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
        connection.close()

    with server(talk) as (url, _), pytest.raises(NoAnswer, match="broke off"):
        ask(Connections(url, 100))


def test_what_speaks_no_http_is_no_answer() -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
        connection.close()

    with server(talk) as (url, _), pytest.raises(NoAnswer):
        ask(Connections(url, 100))


def test_a_redirect_is_an_answer_and_the_token_goes_nowhere_else() -> None:
    asked = []

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(4096)
        asked.append(1)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")

    with server(talk) as (url, _):
        assert Connections(url, 100).ask("GET", "/x", token="secret", within=20).status == 302
    assert len(asked) == 1
