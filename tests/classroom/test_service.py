"""The service over HTTP: who may what, and what is sent before an answer."""

import base64
import http.client
import json
import re

import pytest

from tests.classroom.hub_stand_in import ACCESS, GRADE, SUBMIT
from tests.classroom.service_site import Site, client
from tests.quiz.stand_ins import every_kind
from u3edu.classroom.errors import Conflict
from u3edu.classroom.publication import Publication
from u3edu.quiz.quiz import Rules


def test_a_quiz_comes_over_the_wire_as_it_is(site: Site) -> None:
    ada = client(site, site.hub.trainee("ada"))
    (listed,) = ada.quizzes()
    assert (listed.name, listed.id) == ("every-kind", site.taught.quiz.id)
    quiz = ada.quiz(listed.id)
    assert quiz.document == site.taught.quiz.document
    assert quiz.files == site.taught.quiz.files


def test_answers_arrive_with_the_name_that_the_hub_says(site: Site) -> None:
    token = site.hub.trainee("barbara")
    given = site.taught.submission("stage_it")
    receipt = client(site, token).submit(site.taught.quiz.id, given)
    assert receipt.response.who == "barbara"
    assert receipt.item[-1].mark is not None and receipt.item[-1].mark.right
    assert [one.who for one in site.taught.ledger.responses() if one.id == given.id] == ["barbara"]


@pytest.mark.parametrize("where", ["who", "user", "name", "username"])
def test_a_name_in_a_message_is_refused(site: Site, where: str) -> None:
    token = site.hub.trainee("mallory")
    given = json.loads(site.taught.submission("stage_it").model_dump_json())
    before = site.taught.ledger.responses()
    assert site.ask(f"{site.at}/responses", token, given | {where: "ada"}).status == 422
    assert site.taught.ledger.responses() == before
    # In an address or a header it changes nothing.
    reply = site.ask(
        f"{site.at}/responses?{where}=ada", token, given, **{"X-Forwarded-User": "ada", "Cookie": "user=ada"}
    )
    kept = [one for one in site.taught.ledger.responses() if one.id == given["id"]]
    assert reply.status in (200, 409) and all(one.who == "mallory" for one in kept)


def test_a_trainee_sees_nobody_elses_answers(site: Site) -> None:
    carol, dave = site.hub.trainee("carol"), site.hub.trainee("dave")
    client(site, carol).submit(site.taught.quiz.id, site.taught.submission("stage_it"))
    for path in ("responses", "responses?who=carol"):
        assert site.ask(f"{site.at}/{path}", dave).json() == {"who": "dave", "responses": []}
    assert b"carol" not in site.ask(f"{site.at}/responses", dave).content


FOR_INSTRUCTORS = [
    ("GET", "api/quizzes/{quiz}/class"),
    ("GET", "quizzes/{quiz}"),
    ("GET", "quizzes/{quiz}/answers.csv"),
    ("GET", "quizzes/{quiz}/gradebook.csv"),
    ("GET", "quizzes/{quiz}/readings.csv"),
    ("GET", "quizzes/{quiz}/statements.jsonl"),
    ("GET", "trail.jsonl"),
    ("POST", "api/publications"),
    ("POST", "api/quizzes/{quiz}/answer-books"),
]


@pytest.mark.parametrize(("method", "path"), FOR_INSTRUCTORS)
def test_what_is_for_instructors_is_refused_to_trainees_and_strangers(
    site: Site, method: str, path: str
) -> None:
    path = path.format(quiz=site.taught.quiz.id)
    body = b"{}" if method == "POST" else None
    assert site.ask(path, site.hub.trainee("eve"), body).status == 403
    assert site.ask(path, "a-token-that-the-hub-does-not-know", body).status in (302, 403)
    assert site.ask(path, "", body).status in (302, 403)
    assert site.ask(path, site.hub.token("robot", ACCESS, GRADE, kind="service"), body).status == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "api/quizzes"),
        ("GET", "api/quizzes/{quiz}"),
        ("GET", "api/quizzes/{quiz}/pictures/{picture}"),
        ("GET", "api/quizzes/{quiz}/responses"),
        ("POST", "api/quizzes/{quiz}/responses"),
        ("POST", "api/quizzes/{quiz}/openings"),
    ],
)
def test_a_token_without_the_scope_is_refused(site: Site, method: str, path: str) -> None:
    path = path.format(quiz=site.taught.quiz.id, picture=sorted(site.taught.quiz.files)[0])
    body = b"{}" if method == "POST" else None
    for scopes in ((ACCESS,), (SUBMIT,), ("users:activity!user=eve",), ()):
        reply = site.ask(path, site.hub.token("eve", *scopes), body)
        assert reply.status == 403
        assert b"pictures" not in reply.content
    assert site.ask(path, "", body).status == 403


def test_refusals_are_in_the_audit_trail(site: Site) -> None:
    token = site.hub.trainee("nosy")
    for _ in range(3):
        site.ask(f"quizzes/{site.taught.quiz.id}/answers.csv", token)
    steps = [step for step in site.taught.trail.steps() if step.who == "nosy"]
    assert [(step.action, step.quiz) for step in steps] == [("refused", site.taught.quiz.id)]


def test_everything_sent_before_an_answer_holds_no_answer(site: Site) -> None:
    """Recorded byte for byte, and searched for every key's words, choices, names and pictures."""
    token = site.hub.trainee("frank")
    quiz, book = site.taught.quiz, site.taught.book
    paths = ["", "api/quizzes", site.at, f"{site.at}/responses", "health"]
    paths += [f"{site.at}/pictures/{name}" for name in sorted(quiz.files)]
    guesses = [f"{site.at}/pictures/{name}" for name in sorted(book.files)]
    guesses += [
        f"{site.at}/{name}" for name in ("keys", "keys.json", "answer-books", "class", "../keys.json")
    ]
    guesses += ["static/../class.html", "static/%2e%2e/class.html", "quizzes", "keys.json"]
    replies = {path: site.ask(path, token) for path in paths}
    assert all(reply.status == 200 for reply in replies.values())
    refused = {path: site.ask(path, token) for path in guesses}
    assert all(reply.status in (403, 404, 405) for reply in refused.values()), refused
    opened = [site.ask(f"{site.at}/openings", token, {"item": item.id, "attempt": 1}) for item in quiz.items]
    assert all(reply.status == 200 for reply in opened)
    spoilt = site.ask(f"{site.at}/responses", token, {"id": "0" * 32})
    said = [*replies.values(), *refused.values(), *opened, spoilt]
    traffic = b"\0".join(reply.content + str(reply.headers).encode() for reply in said)
    for key in book.document.keys:
        assert key.reason.encode() not in traffic
    for name, content in book.files.items():
        assert content not in traffic and base64.b64encode(content) not in traffic
        # The names were asked for and are said back in refusals; nothing of the others is.
        assert name.encode() not in b"".join(reply.content for reply in replies.values())
    # The fields of a key that are not those of an item.
    asked = {field for item in quiz.items for field in type(item).model_fields}
    secret = {field for key in book.document.keys for field in type(key).model_fields} - asked - {"item"}
    assert {"source", "fault", "reason", "choice", "region", "lesion"} <= secret
    for field in secret:
        assert f'"{field}":'.encode() not in b"".join(reply.content for reply in replies.values())
    # All pictures come with the same headers but for their length.
    heads = {
        re.sub(r"(Content-Length|Date|Etag): .*", "", str(replies[path].headers))
        for path in paths
        if "pictures" in path
    }
    assert len(heads) == 1


def test_marks_follow_the_answer_and_not_the_question(site: Site) -> None:
    token = site.hub.trainee("gus")
    given = site.taught.submission("stage_it", right=False)
    reply = site.ask(f"{site.at}/responses", token, json.loads(given.model_dump_json()))
    assert b"muscularis" in reply.content
    others = [key.reason for key in site.taught.book.document.keys if key.kind != "stage_it"]
    assert not any(reason.encode() in reply.content for reason in others)


def test_replayed_and_reordered_submissions_change_nothing(site: Site) -> None:
    quiz, book = every_kind(Rules(attempts=2))
    quiz = type(quiz)(quiz.document.model_copy(update={"id": "f" * 16}), quiz.files)
    book = type(book)(book.document.model_copy(update={"quiz": quiz.id}), book.files)
    client(site, site.hub.instructor("grace")).publish(Publication.of("two-attempts", quiz, book))
    hal = client(site, site.hub.trainee("hal"))
    first = site.taught.submission("stage_it", right=False)
    second = site.taught.submission("stage_it", attempt=2)
    with pytest.raises(Conflict):
        hal.submit(quiz.id, second)
    receipts = [hal.submit(quiz.id, one) for one in (first, second)]
    kept = site.taught.ledger.entries(quiz.id)
    for one in (second, first, second, first, first):
        hal.submit(quiz.id, one)
    with pytest.raises(Conflict):
        hal.submit(quiz.id, second.model_copy(update={"id": "e" * 32, "attempt": 1}))
    assert site.taught.ledger.entries(quiz.id) == kept
    assert [entry.response for entry in kept] == [receipt.response for receipt in receipts]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"id": 1}', b"\xff\xfe", b'{"a":' * 2000])
def test_rubbish_is_refused_in_words(site: Site, body: bytes) -> None:
    token = site.hub.trainee("ivan")
    for path in ("responses", "openings"):
        reply = site.ask(f"{site.at}/{path}", token, body)
        assert reply.status == 422 and reply.json()["message"]


def test_a_trainee_cannot_send_more_than_any_answer_has(site: Site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.served.port, timeout=30)
    connection.putrequest("POST", f"/services/u3edu/{site.at}/responses")
    connection.putheader("Authorization", f"token {site.hub.trainee('judy')}")
    connection.putheader("Content-Length", str(100 * 1024 * 1024))
    connection.endheaders()
    assert connection.getresponse().status in (400, 413)
    connection = http.client.HTTPConnection("127.0.0.1", site.served.port, timeout=30)
    connection.putrequest("POST", "/services/u3edu/api/publications")
    connection.putheader("Authorization", f"token {site.hub.trainee('judy')}")
    connection.putheader("Content-Length", str(100 * 1024 * 1024))
    connection.endheaders()
    assert connection.getresponse().status in (400, 403, 413)


def test_pages_send_people_to_the_hub_and_show_names_as_text(site: Site) -> None:
    assert "/hub/api/oauth2/authorize" in site.ask("").headers["Location"]
    name = "<script>alert(1)</script>"
    page = site.ask("", site.hub.token(name, ACCESS, SUBMIT)).content.decode()
    assert name not in page and "&lt;script&gt;" in page
    page = site.ask(f"quizzes/{site.taught.quiz.id}", site.hub.instructor("grace"))
    assert page.status == 200 and "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
