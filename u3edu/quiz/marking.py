"""Marking: what an answer is worth, from the answer book or from whoever holds it."""

from typing import Protocol

import numpy as np

from u3edu.editing.context import EditContext
from u3edu.editing.errors import InvalidEdit
from u3edu.editing.label_map import Element, LabelMap
from u3edu.imaging.slice import Acquisition, IntensityScale, Slice, Window
from u3edu.quiz.answer_book import AnswerBook
from u3edu.quiz.answers import (
    Answer,
    PaintItAnswer,
    RateABCAnswer,
    RealOrSyntheticAnswer,
    StageItAnswer,
    WhatChangedAnswer,
    check_answer,
)
from u3edu.quiz.errors import InvalidAnswer
from u3edu.quiz.files import picture_png
from u3edu.quiz.items import Item, PaintIt, StageIt, WhatChanged
from u3edu.quiz.keys import PaintItKey, RateABCKey, RealOrSyntheticKey, StageItKey, WhatChangedKey
from u3edu.quiz.mark import Mark, Part
from u3edu.quiz.paint_marking import layer_picture, paint_parts
from u3edu.quiz.painting import PaintTask, measure_painting
from u3edu.quiz.quiz import Quiz

RATINGS = {
    "A": "natural, and the caption fits",
    "B": "natural, but the caption does not fit",
    "C": "not natural",
}


class Marker(Protocol):
    """Marks answers; the trainee's side knows only this."""

    def mark(self, item: str, answer: Answer | None) -> Mark | None:
        """The mark of an answer to an item (None where the time was over); None while it is kept back."""
        ...


class KnownMarks:
    """Marks that somebody else gave: a store that keeps them, or a service that has the answer book."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Mark] = {}

    def learn(self, answer: Answer | None, mark: Mark) -> None:
        """Remember the mark of an answer, in place of an earlier one."""
        self._known[self._key(mark.item, answer)] = mark

    def mark(self, item: str, answer: Answer | None) -> Mark | None:
        """The mark of an answer to an item; None where nobody knows."""
        return self._known.get(self._key(item, answer))

    @staticmethod
    def _key(item: str, answer: Answer | None) -> tuple[str, str]:
        return item, "" if answer is None else answer.model_dump_json()


class BookMarker:
    """Marks from an answer book in this process: for practice, and on the instructor's side.

    Parameters
    ----------
    quiz : Quiz
    book : AnswerBook

    Raises
    ------
    InvalidQuiz
        If the book is not this quiz's.
    """

    def __init__(self, quiz: Quiz, book: AnswerBook) -> None:
        book.check(quiz)
        self._quiz, self._book = quiz, book

    def mark(self, item: str, answer: Answer | None) -> Mark:
        """The mark of an answer to an item; None where the time was over.

        Raises
        ------
        InvalidAnswer
            If the answer is none to this item.
        """
        asked, key = self._quiz.item(item), self._book.key(item)
        picture = self._book.files[key.picture] if key.picture else None
        if answer is None:
            reason = f"The time was over. {key.reason}"
            return Mark(item=item, right=False, score=0, reason=reason, picture=picture)
        check_answer(asked, answer)
        if isinstance(answer, PaintItAnswer) and isinstance(key, PaintItKey) and isinstance(asked, PaintIt):
            return self._mark_painting(asked, key, answer)
        parts = self._parts(asked, key, answer)
        right = sum(part.right for part in parts)
        return Mark(
            item=item,
            right=right == len(parts),
            score=right / len(parts),
            reason=" ".join([*(part.words for part in parts), key.reason]),
            parts=parts if len(parts) > 1 else (),
            picture=picture,
        )

    def _parts(self, item: Item, key: object, answer: Answer) -> tuple[Part, ...]:
        """What is looked at in an answer that is no painting."""
        if isinstance(key, RealOrSyntheticKey) and isinstance(answer, RealOrSyntheticAnswer):
            right = answer.verdict == key.source
            return (Part(name="source", right=right, words=f"This picture is {key.source}."),)
        if isinstance(key, RateABCKey) and isinstance(answer, RateABCAnswer):
            words = f"By the way it was made, this is {key.rating}: {RATINGS[key.rating]}."
            return (Part(name="rating", right=answer.rating == key.rating, words=words),)
        if isinstance(key, StageItKey) and isinstance(answer, StageItAnswer) and isinstance(item, StageIt):
            return (_choice(answer.choice, key.choice, item.choices),)
        assert isinstance(key, WhatChangedKey) and isinstance(
            item, WhatChanged
        )  # one key of each item's kind
        assert isinstance(answer, WhatChangedAnswer)
        away = distance_to(self._book.mask(key.region), answer.place, item.spacing)
        words = (
            "You pointed at the change." if away <= key.within_mm else f"The change is {away:.0f} mm away."
        )
        place = Part(name="place", right=away <= key.within_mm, words=words)
        return (_choice(answer.choice, key.choice, item.choices), place)

    def _mark_painting(self, item: PaintIt, key: PaintItKey, answer: PaintItAnswer) -> Mark:
        before = label_map_of(item, self._quiz)
        try:
            after, _ = answer.script.apply(before, EditContext(before, picture_of(item, self._quiz)))
        except InvalidEdit as error:
            raise InvalidAnswer(f"the edit does not fit the picture: {error}") from error
        task = self._task(item, key)
        tumour = measure_painting(before, after, task)
        parts = paint_parts(tumour, task)
        drawn = layer_picture(self._quiz.pixels(item.picture), tumour, task)
        right = sum(part.right for part in parts)
        return Mark(
            item=item.id,
            right=right == len(parts),
            score=right / len(parts),
            reason=" ".join([*(part.words for part in parts), key.reason]),
            parts=parts,
            picture=picture_png(drawn),
        )

    def _task(self, item: PaintIt, key: PaintItKey) -> PaintTask:
        return PaintTask(
            layers=self._book.pixels(key.layers),
            layer_names=key.layer_names,
            lesion=self._book.mask(key.lesion),
            tumour_elements=item.tumour_elements,
            target=key.target,
            depth_mm=key.depth_mm,
            within_mm=key.within_mm,
            place=key.place,
            place_within_mm=key.place_within_mm,
            spared={name: self._book.mask(mask) for name, mask in key.spared.items()},
        )


def label_map_of(item: PaintIt, quiz: Quiz, elements: tuple[Element, ...] | None = None) -> LabelMap:
    """The elements of a paint-it item.

    Parameters
    ----------
    item : PaintIt
    quiz : Quiz
    elements : tuple of Element, optional
        The model's; marking needs none, and makes do with as many nameless ones as a map can have.
    """
    nameless = tuple(Element(f"element {number}", "#888888", 0.0) for number in range(256))
    return LabelMap(quiz.pixels(item.label_map), elements or nameless, picture_of(item, quiz).acquisition)


def picture_of(item: PaintIt, quiz: Quiz) -> Slice:
    """The picture of a paint-it item, as it is shown: its grey levels are its raw values."""
    grey = quiz.pixels(item.picture).astype(np.float32)
    scale = IntensityScale(127.5, 127.5, "signal")
    acquisition = Acquisition(item.modality, item.spacing, scale, (Window("as shown", 127.5, 255.0),))
    return Slice(scale.to_pixels(grey), acquisition)


def distance_to(mask: np.ndarray, place: tuple[float, float], spacing: tuple[float, float]) -> float:
    """From a place (row, column) to the nearest pixel of a mask, in mm; 0 inside.

    Places outside the picture are as far as they are.
    """
    places = np.argwhere(mask)
    if not places.size:
        return float("inf")
    row, column = (round(coordinate) for coordinate in place)
    if 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1] and mask[row, column]:
        return 0.0
    return float(np.hypot(*((places - np.asarray(place)) * spacing).T).min())


def _choice(given: int, right: int, choices: tuple[str, ...]) -> Part:
    if given == right:
        return Part(name="choice", right=True, words=f"The answer is: {choices[right]}.")
    return Part(
        name="choice", right=False, words=f"You chose: {choices[given]}. The answer is: {choices[right]}."
    )
