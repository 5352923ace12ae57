"""A service that is away: nobody waits for it, and it is found when it is back."""

import threading

from u3edu.engine.presence import Presence


class Service:
    """Away while `reason` says so; counts who looked for it, and can keep them waiting."""

    def __init__(self) -> None:
        self.reason = "unplugged"
        self.looks = 0
        self.gate = threading.Event()
        self.gate.set()
        self.looked = threading.Event()

    def __call__(self) -> None:
        self.looks += 1
        try:
            assert self.gate.wait(20)
            if self.reason:
                raise OSError(self.reason)
        finally:
            self.looked.set()


def settled(presence: Presence) -> None:
    """Wait until nobody is looking."""
    for thread in threading.enumerate():
        if thread.name == "u3edu-presence":
            thread.join(20)


def test_a_service_is_there_until_it_fails() -> None:
    presence = Presence(Service())
    assert presence.ask() and presence.reason == ""
    presence.lose("no answer")
    assert not presence.ask() and presence.reason == "no answer"


def test_nobody_looks_before_the_pause_is_over() -> None:
    service = Service()
    presence = Presence(service, first_pause=1000)
    presence.lose("no answer")
    assert not presence.ask()
    settled(presence)
    assert service.looks == 0


def test_whoever_asks_does_not_wait_while_another_looks() -> None:
    service = Service()
    service.gate.clear()
    presence = Presence(service, first_pause=0)
    presence.lose("no answer")
    assert [presence.ask() for _ in range(5)] == [False] * 5  # the look has not ended
    service.reason = ""
    service.gate.set()
    settled(presence)
    assert presence.ask() and service.looks == 1


def test_a_look_in_vain_says_why_and_the_next_comes_later() -> None:
    service = Service()
    presence = Presence(service, first_pause=0)
    presence.lose("no answer")
    presence.ask()
    settled(presence)
    assert presence.reason == "unplugged"
    presence = Presence(service, first_pause=1)
    presence.lose("one")
    presence.lose("two")
    assert presence._pause == 4
    presence.confirm()
    assert presence._pause == 1


def test_a_service_that_said_how_long_is_left_alone_as_long() -> None:
    service = Service()
    presence = Presence(service, first_pause=0)
    presence.lose("more requests than one user may make", pause=1000)
    assert not presence.ask()
    settled(presence)
    assert service.looks == 0
