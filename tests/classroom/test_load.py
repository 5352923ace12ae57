"""A small class at full speed: every acknowledged answer is kept, once, also through crashes."""

from pathlib import Path

from benchmarks.classroom_load import Outcome, run
from tests.classroom.postgres_server import PostgresServer


def check(outcome: Outcome, total: int) -> None:
    assert (outcome.acknowledged, outcome.kept) == (total, total)
    assert (outcome.twice, outcome.lost, outcome.wrong) == (0, 0, 0)


def test_answers_to_a_service_that_is_killed_are_kept_once_in_sqlite(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'classroom.sqlite'}"
    outcome = run(database, tmp_path, trainees=12, answers=10, kills=2)
    check(outcome, 120)
    assert outcome.sent_again > 0


def test_answers_are_kept_once_in_postgresql_which_is_restarted_too(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    database = postgres.address()
    outcome = run(database, tmp_path, trainees=12, answers=10, kills=1, postgres=postgres, restarts=1)
    check(outcome, 120)
