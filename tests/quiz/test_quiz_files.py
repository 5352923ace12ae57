"""Quizzes and answer books on disk: whole, checked, and without an answer in the trainee's part."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.quiz.stand_ins import SIDE, every_kind, picture
from u3edu.quiz.answer_book import AnswerBook, read_answer_book, write_answer_book
from u3edu.quiz.build import QuizBuilder
from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.quiz import Quiz, read_quiz, write_quiz
from u3edu.quiz.real_or_synthetic import real_or_synthetic_quiz


def test_a_quiz_is_read_as_it_was_written(built: tuple[Quiz, AnswerBook], tmp_path: Path) -> None:
    quiz, book = built
    read = read_quiz(write_quiz(quiz, tmp_path / "quiz"))
    assert read.document == quiz.document and read.files == quiz.files
    kept = read_answer_book(write_answer_book(book, tmp_path / "keys"))
    assert kept.document == book.document and kept.files == book.files
    kept.check(read)


def test_nothing_of_the_keys_is_in_the_trainees_folder(
    built: tuple[Quiz, AnswerBook], tmp_path: Path
) -> None:
    quiz, book = built
    folder = write_quiz(quiz, tmp_path / "quiz")
    content = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    for word in (b"reason", b"source", b"fault", b"within_mm", b"region", b"spared", b"target", b"key"):
        assert word not in content
    for key in book.document.keys:
        assert key.reason.encode() not in content
    for name in book.files:
        assert name.encode() not in content
    fields = {name for item in json.loads((folder / "quiz.json").read_text())["items"] for name in item}
    assert fields == {
        "id", "dataset", "question", "kind", "picture", "caption", "choices", "before", "after", "spacing",
        "label_map", "model", "modality", "tumour_elements", "seconds",
    }  # fmt: skip


def test_files_of_real_and_synthetic_pictures_do_not_differ_but_in_their_pixels(tmp_path: Path) -> None:
    smooth = [picture(9, synthetic=True).with_pixels(np.full((SIDE, SIDE), n / 20)) for n in range(10)]
    quiz, _ = real_or_synthetic_quiz([picture(n) for n in range(10)], smooth, dataset="MR", seed=1)
    folder = write_quiz(quiz, tmp_path / "quiz")
    files = [path for path in folder.rglob("*.png")]
    assert len({path.stat().st_size for path in files}) == 1
    assert len({path.stat().st_mtime for path in files}) == 1
    assert len({path.stat().st_mode for path in files}) == 1
    for path in files:
        with Image.open(path) as image:
            assert (image.mode, image.info) == ("L", {})


def test_the_order_is_the_seeds_and_mixes_what_went_in() -> None:
    def order(seed: int | None) -> list[str]:
        real = [picture(n, side=8) for n in range(10)]
        synthetic = [picture(50 + n, synthetic=True, side=8) for n in range(10)]
        quiz, book = real_or_synthetic_quiz(real, synthetic, dataset="MR", seed=seed)
        return [book.key(item.id).source for item in quiz.items]  # type: ignore[union-attr]

    assert order(1) == order(1)
    assert order(1) != order(2)
    assert order(1).count("real") == order(1).count("synthetic") == 10
    assert order(None) != order(None) or order(None) != order(None)


def test_identifiers_without_a_seed_cannot_be_guessed() -> None:
    first, second = (_one_item().items[0].id for _ in range(2))
    assert first != second


def _one_item() -> Quiz:
    builder = QuizBuilder("Q", "I", dataset="MR")
    builder.real_or_synthetic(picture(1), "real", "So it is.")
    return builder.build()[0]


def test_a_size_that_gives_the_answer_away_is_refused() -> None:
    with pytest.raises(InvalidQuiz, match="8 x 8 and 16 x 16 pixels"):
        real_or_synthetic_quiz(
            [picture(1, side=8)], [picture(2, synthetic=True, side=16)], dataset="MR", each=1
        )


def test_too_few_pictures_are_refused() -> None:
    with pytest.raises(InvalidQuiz, match="1 real pictures; the test needs 10"):
        real_or_synthetic_quiz([picture(1)], [], dataset="MR")


def _change(path: Path, **fields: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_each_kind_of_broken_quiz_gets_one_clear_line(built: tuple[Quiz, AnswerBook], tmp_path: Path) -> None:
    quiz, _ = built

    def broken(name: str) -> Path:
        return write_quiz(quiz, tmp_path / name)

    gone = broken("gone")
    next((gone / "pictures").iterdir()).unlink()
    with pytest.raises(InvalidQuiz, match=r"pictures/[0-9a-f]{16}\.png is missing"):
        read_quiz(gone)
    escaping = broken("escaping")
    items = json.loads((escaping / "quiz.json").read_text())["items"]
    items[0] = {**items[0], "picture": "../../secret.png"} if "picture" in items[0] else items[0]
    _change(escaping / "quiz.json", items=[{**one, "id": "../x"} for one in items])
    with pytest.raises(InvalidQuiz, match="no quiz of version 1: items"):
        read_quiz(escaping)
    newer = broken("newer")
    _change(newer / "quiz.json", version=2)
    with pytest.raises(InvalidQuiz, match="version"):
        read_quiz(newer)
    linked = broken("linked")
    victim = next((linked / "pictures").iterdir())
    victim.unlink()
    victim.symlink_to(tmp_path / "elsewhere.png")
    with pytest.raises(InvalidQuiz, match="is missing"):
        read_quiz(linked)
    twice = broken("twice")
    items = json.loads((twice / "quiz.json").read_text())["items"]
    _change(twice / "quiz.json", items=[*items, items[0]])
    with pytest.raises(InvalidQuiz, match="two items have one identifier"):
        read_quiz(twice)
    with pytest.raises(InvalidQuiz, match=r"no quiz\.json in it"):
        read_quiz(tmp_path)
    no_picture = read_quiz(broken("text"))
    name = next(iter(no_picture.files))
    with pytest.raises(InvalidQuiz, match="no readable PNG"):
        Quiz(no_picture.document, {**no_picture.files, name: b"text"}).pixels(name)


def test_the_answer_book_of_another_quiz_is_refused(built: tuple[Quiz, AnswerBook]) -> None:
    other, _ = real_or_synthetic_quiz(
        [picture(1)], [picture(2, synthetic=True)], dataset="MR", each=1, seed=7
    )
    with pytest.raises(InvalidQuiz, match="answer book of quiz"):
        built[1].check(other)
    quiz, book = every_kind()
    short = AnswerBook(book.document.model_copy(update={"keys": book.document.keys[1:]}), book.files)
    with pytest.raises(InvalidQuiz, match=f"no key of kind .* to item {quiz.items[0].id}"):
        short.check(quiz)


def test_a_folder_with_something_in_it_is_left_alone(built: tuple[Quiz, AnswerBook], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="not empty"):
        write_quiz(built[0], tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
