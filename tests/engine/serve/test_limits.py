"""How often one user may ask, by a clock that the test turns."""

import pytest

from u3edu.engine.serve.limits import RateLimits


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_burst_is_allowed_and_then_a_steady_rate(clock: Clock) -> None:
    limits = RateLimits(2.0, 5, clock)
    assert [limits.wait_for("anna") for _ in range(5)] == [0.0] * 5
    assert limits.wait_for("anna") == pytest.approx(0.5)
    clock.now += 0.5
    assert limits.wait_for("anna") == 0.0
    assert limits.wait_for("anna") == pytest.approx(0.5)
    clock.now += 100  # never more than a burst is saved up
    assert sum(limits.wait_for("anna") == 0.0 for _ in range(20)) == 5


def test_a_refused_request_does_not_count(clock: Clock) -> None:
    limits = RateLimits(1.0, 1, clock)
    limits.wait_for("anna")
    waits = [limits.wait_for("anna") for _ in range(10)]
    assert waits == pytest.approx([1.0] * 10)


def test_users_do_not_feel_each_other(clock: Clock) -> None:
    limits = RateLimits(1.0, 1, clock)
    assert [limits.wait_for(f"user {number}") for number in range(100)] == [0.0] * 100
    assert limits.wait_for("user 0") > 0
