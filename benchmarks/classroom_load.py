"""A class answers as fast as it can: latency, and whether every answer is kept once, also through crashes.

    python -m benchmarks.classroom_load --json

The service is a process of its own with its database on loopback; 200 trainees are threads with a
connection each, who send their next answer when the last one is acknowledged and the same one again
when it is not. With `--kills 10 --restarts 2` the service is killed (SIGKILL) ten times and
PostgreSQL ended without a checkpoint twice while they do. Each answer's time runs from its first
sending to its acknowledgement, waits between tries included. Afterwards the database is read and
compared with what was acknowledged.
"""

import argparse
import http.client
import json
import os
import resource
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tests.classroom.hub_stand_in import HubStandIn
from tests.classroom.postgres_server import PostgresServer, postgres_programs
from tests.classroom.served import PREFIX, Served
from tests.quiz.stand_ins import picture
from u3edu.classroom.client import ClassroomClient
from u3edu.classroom.database import connect
from u3edu.classroom.ledger import Entry, Ledger
from u3edu.classroom.messages import Submission
from u3edu.classroom.publication import Publication
from u3edu.quiz.answer_book import AnswerBook
from u3edu.quiz.answers import answer_to
from u3edu.quiz.build import QuizBuilder
from u3edu.quiz.marking import BookMarker
from u3edu.quiz.quiz import Quiz

CHOICES = ("T1", "T2", "T3", "T4")
# How long a trainee waits before an answer that was not acknowledged is sent again.
AGAIN_SECONDS = 0.25
GIVE_UP_SECONDS = 1200.0


@dataclass
class Outcome:
    """What came of a run.

    Parameters
    ----------
    database : str
    trainees, answers, kills, restarts : int
        Answers of each trainee; kills of the service and restarts of the database.
    acknowledged, kept, twice, lost, wrong : int
        Acknowledged to trainees; in the database; there more than once for one question; acknowledged
        and not there; there with another answer or without its right mark.
    seconds : float
        Until the last acknowledgement.
    per_second : float
    p50_ms, p95_ms, p99_ms, longest_ms : float
        From the first sending of an answer to its acknowledgement.
    sent_again : int
    service_cpu_ms : float
        Of the service's processes for each answer, their starts included.
    load_average : float
        Of the machine in the last minute, at the end: others' work makes all times longer.
    """

    database: str
    trainees: int
    answers: int
    kills: int
    restarts: int
    acknowledged: int
    kept: int
    twice: int
    lost: int
    wrong: int
    seconds: float
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    longest_ms: float
    sent_again: int
    service_cpu_ms: float
    load_average: float


@dataclass
class Log:
    """What the trainees saw."""

    acknowledged: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    sent_again: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def choice_quiz(answers: int) -> tuple[Quiz, AnswerBook]:
    """A quiz of choices about small pictures."""
    builder = QuizBuilder("Load", "As fast as you can.", dataset="pelvic MRI", seed=7)
    for number in range(answers):
        builder.stage_it(
            picture(number), "Which T category?", CHOICES, CHOICES[number % 4], "It is as it is."
        )
    return builder.build()


def take(served: Served, token: str, quiz: Quiz, seed: int, log: Log) -> None:
    """One trainee answers every question, each until it is acknowledged."""
    rng = np.random.default_rng(seed)
    path = f"{PREFIX}api/quizzes/{quiz.id}/responses"
    headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
    connection: http.client.HTTPConnection | None = None
    for item in quiz.items:
        given = Submission(
            id=uuid.UUID(bytes=rng.bytes(16)).hex,
            item=item.id,
            attempt=1,
            answer=answer_to(item, CHOICES[rng.integers(4)]),
            given_at=datetime.now(UTC),
        )
        body = given.model_dump_json().encode()
        began = time.perf_counter()
        while True:
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
                connection.request("POST", path, body, headers)
                reply = connection.getresponse()
                content = reply.read()
                if reply.status == 200:
                    break
                if reply.status < 500:
                    raise RuntimeError(f"{reply.status}: {content.decode()}")
            except (OSError, http.client.HTTPException):
                connection = None
            if time.perf_counter() - began > GIVE_UP_SECONDS:
                raise TimeoutError(f"no acknowledgement within {GIVE_UP_SECONDS:g} s")
            with log.lock:
                log.sent_again += 1
            time.sleep(AGAIN_SECONDS)
        with log.lock:
            log.seconds.append(time.perf_counter() - began)
            log.acknowledged[given.id] = (
                json.loads(content)["response"]["who"],
                item.id,
                _words(given.answer),
            )


def run(
    database: str,
    folder: Path,
    *,
    trainees: int = 200,
    answers: int = 40,
    kills: int = 0,
    postgres: PostgresServer | None = None,
    restarts: int = 0,
) -> Outcome:
    """Serve a class on a database and compare what is kept with what was acknowledged.

    Parameters
    ----------
    database : str
        An empty one.
    folder : pathlib.Path
        For the service's log.
    trainees, answers, kills, restarts : int
    postgres : PostgresServer, optional
        What is restarted.
    """
    cpu_before = _children_cpu()
    hub = HubStandIn()
    served = Served(hub, database, folder / "service.log")
    quiz, book = choice_quiz(answers)
    ClassroomClient(served.address, hub.instructor("grace")).publish(Publication.of("load", quiz, book))
    log = Log()
    tokens = [hub.trainee(f"trainee{number:03}") for number in range(trainees)]
    failures: list[BaseException] = []

    def guarded(token: str, seed: int) -> None:
        try:
            take(served, token, quiz, seed, log)
        except BaseException as error:  # told by the caller; a thread's own would be lost
            failures.append(error)

    threads = [
        threading.Thread(target=guarded, args=(token, seed), daemon=True) for seed, token in enumerate(tokens)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    # Spread evenly over the answers, the database's restarts among the kills.
    events = sorted([(kill + 1) / (kills + 1) for kill in range(kills)])
    ends = sorted([(one + 0.7) / (restarts + 0.5) for one in range(restarts)])
    total = trainees * answers
    for share, ends_database in sorted([(one, False) for one in events] + [(one, True) for one in ends]):
        while len(log.acknowledged) < min(share, 0.97) * total and any(
            map(threading.Thread.is_alive, threads)
        ):
            time.sleep(0.01)
        if ends_database and postgres is not None:
            postgres.restart()
        elif not ends_database:
            served.kill()
            served.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    served.close()
    cpu = _children_cpu() - cpu_before
    hub.close()
    if failures:
        raise failures[0]
    engine = connect(database)
    entries = Ledger(engine).entries(quiz.id)
    engine.dispose()
    return _outcome(
        database, trainees, answers, kills, restarts, log, entries, BookMarker(quiz, book), seconds, cpu
    )


def _outcome(
    database: str, trainees: int, answers: int, kills: int, restarts: int, log: Log,
    entries: tuple[Entry, ...], marker: BookMarker, seconds: float, cpu: float,
) -> Outcome:  # fmt: skip
    kept = {
        one.response.id: (one.response.who, one.response.item, _words(one.response.answer)) for one in entries
    }
    turns = Counter((one.response.who, one.response.item) for one in entries)
    unmarked = [
        one
        for one in entries
        if [mark for _, mark in one.marks] != [marker.mark(one.response.item, one.response.answer)]
    ]
    differ = [one for one, said in log.acknowledged.items() if one in kept and kept[one] != said]
    p50, p95, p99, longest = (1000 * np.percentile(log.seconds, [50, 95, 99, 100])).round(1).tolist()
    return Outcome(
        database=database.split(":")[0],
        trainees=trainees,
        answers=answers,
        kills=kills,
        restarts=restarts,
        acknowledged=len(log.acknowledged),
        kept=len(entries),
        twice=sum(count - 1 for count in turns.values()),
        lost=len(set(log.acknowledged) - set(kept)),
        wrong=len(unmarked) + len(differ),
        seconds=round(seconds, 1),
        per_second=round(len(log.acknowledged) / seconds, 1),
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        longest_ms=longest,
        sent_again=log.sent_again,
        service_cpu_ms=round(1000 * cpu / len(entries), 2),
        load_average=round(os.getloadavg()[0], 1),
    )


def _children_cpu() -> float:
    """Seconds of processor time of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _words(answer: object) -> str:
    return answer.model_dump_json()  # type: ignore[attr-defined, no-any-return]


def main() -> int:
    """Run on both databases, or on one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--database", choices=("sqlite", "postgresql"), help="one of the two; by default both"
    )
    parser.add_argument("--trainees", type=int, default=200)
    parser.add_argument("--answers", type=int, default=40)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--restarts", type=int, default=0, help="of PostgreSQL")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    good = True
    for kind in [chosen.database] if chosen.database else ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory() as name:
            folder, postgres, database = Path(name), None, f"sqlite:///{name}/classroom.sqlite"
            if kind == "postgresql":
                programs = postgres_programs()
                if programs is None:
                    parser.error("PostgreSQL is not installed")
                postgres = PostgresServer(programs)
                database = postgres.address()
            try:
                outcome = run(
                    database,
                    folder,
                    trainees=chosen.trainees,
                    answers=chosen.answers,
                    kills=chosen.kills,
                    postgres=postgres,
                    restarts=chosen.restarts if postgres else 0,
                )
            finally:
                if postgres is not None:
                    postgres.close()
        if chosen.json:
            print(json.dumps(asdict(outcome)), flush=True)
        else:
            print("\n".join(f"{name}: {value}" for name, value in asdict(outcome).items()), flush=True)
        total = chosen.trainees * chosen.answers
        good &= outcome.acknowledged == outcome.kept == total
        good &= outcome.twice == outcome.lost == outcome.wrong == 0
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
