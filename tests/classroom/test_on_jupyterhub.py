"""A class on a real JupyterHub: grades arrive, and nobody reads or writes what is not theirs."""

import csv
import io
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.classroom.classes import Class, start_class
from tests.classroom.conftest import needed
from tests.classroom.real_hub import Person, RealHub, find_proxy
from tests.quiz.stand_ins import Clock
from u3edu.classroom.database import connect
from u3edu.quiz.answer_book import write_answer_book
from u3edu.quiz.quiz import write_quiz

# What a trainee's notebook has in it; the answers come from the trainee.
QUIZ_NOTEBOOK = [
    "from u3edu.classroom import open_quiz\nfrom u3edu.widgets.quiz_card import QuizCard\n"
    "card = QuizCard(open_quiz('every-kind'))\ncard",
    "from u3edu.editing import BrushStroke, EditScript\n"
    "stroke = EditScript(operations=(BrushStroke(element=2, points=((24, 4), (24, 21)), diameter=5),))\n"
    "right = {'real_or_synthetic': ('real', None), 'rate_abc': ('B', None), 'stage_it': ('T2', None),\n"
    "         'what_changed': ('margin', (32.0, 12.0)), 'paint_it': (stroke, None)}",
    "while card.session.item is not None:\n"
    "    given, place = right[card.session.item.kind]\n"
    "    card.answer(ANSWER if card.session.item.kind == 'stage_it' else given, place=place)",
    "print(card.session.who, '|', card.score())",
]
# The third test of the workbook, once as it is and once as the instructor has published it.
WORKBOOK = Path(__file__).parents[2] / "notebooks" / "11_stage_find_paint.ipynb"
# Its right answers, from the answer book that lies in the kernel for practice; `wrong` of the stages
# are answered wrong in both attempts.
ANSWER_IT = """
def right(item):
    key = book.key(item.id)
    if item.kind == 'paint_it':
        path = (tuple(np.argwhere(before.lesion).mean(axis=0)), tuple(place))
        stroke = BrushStroke(element=task.tumour_elements[0], points=path, diameter=8)
        return u3edu.EditScript(operations=(stroke,)), None
    if item.kind == 'what_changed':
        return key.choice, tuple(float(number) for number in np.argwhere(book.mask(key.region))[0])
    return key.choice, None

def answer_all(card, wrong):
    mistaken = [item.id for item in card.session.quiz.items if item.kind == 'stage_it'][:wrong]
    while (item := card.session.item) is not None:
        given, where = right(item)
        card.answer((given + 1) % 4 if item.id in mistaken else given, place=where)
    print(card.score())
"""
# What somebody who has a kernel, and so its token, can try.
TRY = """
import json, os, urllib.error, urllib.request
def try_it(path, body=None, address=os.environ['U3EDU_CLASSROOM_URL']):
    request = urllib.request.Request(address + path, data=None if body is None else json.dumps(body).encode())
    request.add_header('Authorization', 'token ' + os.environ['JUPYTERHUB_API_TOKEN'])
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, reply.read().decode(errors='replace')
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors='replace')
"""


@dataclass
class OnHub:
    hub: RealHub
    ada: Person
    alan: Person
    grace: Person
    taught: Class
    engine: Engine

    @property
    def quiz(self) -> str:
        return self.taught.quiz.id


@pytest.fixture(scope="module")
def on_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnHub]:
    proxy = find_proxy()
    if proxy is None:
        needed("configurable-http-proxy is not installed (npm install configurable-http-proxy)")
    assert proxy is not None
    folder = tmp_path_factory.mktemp("hub")
    database = f"sqlite:///{folder / 'classroom.sqlite'}"
    hub = RealHub(folder, proxy, database)
    try:
        hub.wait()
        engine = connect(database)
        taught = start_class(engine, Clock(), publish=False)
        ada, alan, grace = (Person(hub, name) for name in ("ada", "alan", "grace"))
        for person in (ada, alan, grace):
            person.log_in()
            person.let_in()
            person.start_server()
        # The instructor publishes from a notebook of her own server.
        home = folder / "homes" / "grace"
        write_quiz(taught.quiz, home / "every-kind")
        write_answer_book(taught.book, home / "every-kind-keys")
        command = "!u3edu classroom publish-to every-kind --keys every-kind-keys"
        (said,) = grace.run_notebook("publish.ipynb", [command])
        assert "5 questions published as every-kind" in said, said
        yield OnHub(hub, ada, alan, grace, taught, engine)
        engine.dispose()
    finally:
        hub.close()


@pytest.fixture(scope="module")
def taken(on_hub: OnHub) -> OnHub:
    """Both trainees have run the quiz notebook in their own servers; one of them errs once."""
    for person, staged, score in ((on_hub.ada, "T2", "5 right"), (on_hub.alan, "T3", "4 right")):
        printed = person.run_notebook("quiz.ipynb", [f"ANSWER = {staged!r}", *QUIZ_NOTEBOOK])
        assert printed[-1].strip() == f"{person.name} | 5 of 5 answered, {score}", printed
    return on_hub


def test_grades_arrive_at_the_instructor(taken: OnHub) -> None:
    page = taken.grace.ask(f"/services/u3edu/quizzes/{taken.quiz}")
    assert page.status == 200 and "Every kind: class" in page.text
    file = taken.grace.ask(f"/services/u3edu/quizzes/{taken.quiz}/gradebook.csv")
    rows = {row["username"]: row for row in csv.DictReader(io.StringIO(file.text))}
    assert {name: row["points"] for name, row in rows.items()} == {"ada": "5", "alan": "4"}
    kept = taken.taught.ledger.entries(taken.quiz)
    assert sorted(entry.response.who for entry in kept) == ["ada"] * 5 + ["alan"] * 5


def test_a_trainee_reads_neither_the_class_nor_the_answers_nor_anothers_responses(taken: OnHub) -> None:
    at = f"quizzes/{taken.quiz}"
    closed = [
        at, f"api/{at}/class", f"{at}/answers.csv", f"{at}/gradebook.csv", f"{at}/readings.csv",
        f"{at}/statements.jsonl", "trail.jsonl", f"api/{at}/answer-books", f"api/{at}/keys.json",
        *(f"api/{at}/pictures/{name}" for name in taken.taught.book.files),
    ]  # fmt: skip
    # With the token in the kernel's environment …
    (said,) = taken.ada.run_notebook(
        "closed.ipynb", [TRY + f"print(json.dumps([try_it(path) for path in {closed!r}]))"]
    )
    tried = json.loads(said)
    assert [status for status, _ in tried if status not in (403, 404, 405)] == []
    assert [status for status, _ in tried[:7]] == [403] * 7
    assert not any("alan" in text or "muscularis" in text for _, text in tried)
    # … with her browser's log-in, and with a token of her own making.
    own = taken.ada.make_token()
    for path in closed[:7]:
        assert taken.ada.ask(f"/services/u3edu/{path}").status == 403
        assert taken.ada.ask(f"/services/u3edu/{path}", token=own).status == 403
    # What is hers, she may read; what is his, however asked for, is not in it.
    mine = f"/services/u3edu/api/{at}/responses"
    for path in (mine, f"{mine}?who=alan", f"{mine}?user=alan"):
        reply = taken.ada.ask(path, token=own)
        assert reply.json()["who"] == "ada" and "alan" not in reply.text
        assert len(reply.json()["responses"]) == 5
    assert taken.ada.ask("/user/alan/api/contents", token=own).status in (403, 404)
    assert taken.ada.ask("/hub/api/users/alan", token=own).status in (403, 404)
    # Nobody can give her the instructor's scope, herself least of all.
    refused = taken.ada.ask("/hub/api/users/ada/tokens", {"scopes": ["custom:u3edu:grade"]})
    assert refused.status == 400


def test_tokens_without_the_scope_are_refused(taken: OnHub) -> None:
    path = f"/services/u3edu/api/quizzes/{taken.quiz}"
    token = taken.ada.make_token(["access:services!service=u3edu"])
    assert taken.ada.ask(path, token=token).status == 403
    assert taken.ada.ask(path, token="no-token-of-this-hub").status == 403
    both = taken.ada.make_token(["access:services!service=u3edu", "custom:u3edu:submit"])
    assert taken.ada.ask(path, token=both).status == 200


def test_forged_names_replayed_and_reordered_submissions_change_nothing(taken: OnHub) -> None:
    before = taken.taught.ledger.entries()
    given = [
        json.loads(taken.taught.submission(item.kind).model_dump_json()) for item in taken.taught.quiz.items
    ]
    mine = [entry.response for entry in before if entry.response.who == "ada"]
    his = [entry.response for entry in before if entry.response.who == "alan"]

    def wire(response: object) -> dict[str, object]:
        whole = json.loads(response.model_dump_json())  # type: ignore[attr-defined]
        return {name: whole[name] for name in ("id", "item", "attempt", "answer", "given_at")}

    tries = [
        *({**one, "who": "alan"} for one in given),  # a name in the message
        *(wire(one) for one in reversed(mine)),  # her own again, the last one first
        *(wire(one) for one in his),  # his, in her name: her attempts are used up
        *({**wire(one), "attempt": 2} for one in mine),
        *given,  # new identifiers for attempts that are answered
    ]
    path = f"api/quizzes/{taken.quiz}/responses"
    (said,) = taken.ada.run_notebook(
        "forged.ipynb",
        [TRY + f"print(json.dumps([try_it({path!r}, one)[0] for one in json.loads({json.dumps(tries)!r})]))"],
    )
    assert json.loads(said) == [422] * 5 + [200] * 5 + [409] * 15
    assert taken.taught.ledger.entries() == before


def test_a_page_of_a_trainee_cannot_ask_in_the_instructors_name(taken: OnHub) -> None:
    """A script in somebody else's page has the instructor's cookies, but not the token beside them."""
    taken.grace.ask("/services/u3edu/")
    request_headers = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(taken.grace.cookies))
    for method, path in (("GET", f"api/quizzes/{taken.quiz}/class"), ("POST", "api/publications")):
        request = urllib.request.Request(
            f"{taken.hub.address}/services/u3edu/{path}",
            headers=request_headers,
            method=method,
            data=b"{}" if method == "POST" else None,
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            opener.open(request, timeout=30)
        assert refused.value.code == 403


def test_the_workbooks_own_test_runs_in_trainees_servers_and_counts_once_it_is_published(
    on_hub: OnHub,
) -> None:
    cells = [
        "".join(cell["source"])
        for cell in json.loads(WORKBOOK.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    made = 1 + next(number for number, cell in enumerate(cells) if "builder.build()" in cell)
    shown = 1 + next(number for number, cell in enumerate(cells) if "QuizCard(session" in cell)
    publish = [
        "from u3edu.quiz.answer_book import write_answer_book\nfrom u3edu.quiz.quiz import write_quiz\n"
        "write_quiz(quiz, 'stage-find-paint')\nwrite_answer_book(book, 'stage-find-paint-keys')",
        "!u3edu classroom publish-to stage-find-paint --keys stage-find-paint-keys",
    ]
    *_, said = on_hub.grace.run_notebook("publish-11.ipynb", [*cells[:made], *publish])
    assert "6 questions published as stage-find-paint" in said, said
    for person, wrong in ((on_hub.ada, 0), (on_hub.alan, 1)):
        score = f"6 of 6 answered, {6 - wrong} right"
        practice = [*cells[:shown], f"{ANSWER_IT}\nanswer_all(card, {wrong})", *cells[shown:]]
        graded = (
            "from u3edu.classroom import open_quiz\n"
            f"answer_all(QuizCard(open_quiz('stage-find-paint'), engine), {wrong})"
        )
        printed = person.run_notebook(WORKBOOK.name, [*practice, graded])
        assert [line for line in printed if "Error" in line] == []
        assert [printed[shown].strip(), printed[shown + 1].strip(), printed[-1].strip()] == [score] * 3
        assert "1.0 of the way: Mark(right" in printed[-2]
        kept = on_hub.hub.folder / "homes" / person.name / "answers" / "11-stage-find-paint.jsonl"
        assert kept.exists()
    (quiz,) = re.findall(r"\(([0-9a-f]{16})\)", said)
    file = on_hub.grace.ask(f"/services/u3edu/quizzes/{quiz}/gradebook.csv")
    rows = {row["username"]: row["points"] for row in csv.DictReader(io.StringIO(file.text))}
    assert rows == {"ada": "6", "alan": "5"}
