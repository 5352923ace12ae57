"""Making a quiz: items and keys go in side by side, and come out apart, in an order that tells nothing."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Any

import numpy as np

from u3edu.editing.label_map import LabelMap
from u3edu.imaging.export.reader_png import reader_levels, reader_png, reader_window
from u3edu.imaging.slice import Slice, Window
from u3edu.quiz.answer_book import AnswerBook, Keys
from u3edu.quiz.answers import Source
from u3edu.quiz.errors import InvalidQuiz
from u3edu.quiz.files import picture_png
from u3edu.quiz.items import PaintIt, RateABC, RealOrSynthetic, StageIt, WhatChanged
from u3edu.quiz.keys import Fault, PaintItKey, RateABCKey, RealOrSyntheticKey, StageItKey, WhatChangedKey
from u3edu.quiz.painting import PaintTask
from u3edu.quiz.quiz import Quiz, QuizDocument, Rules

REAL_OR_SYNTHETIC = "Is this picture real or synthetic?"
RATE_ABC = "Rate the picture with its caption."


class QuizBuilder:
    """Collects questions with their answers, and makes a quiz and its answer book of them.

    Parameters
    ----------
    title, introduction : str
    dataset : str
        What tables group by, for example ``"pelvic MRI"``.
    rules : Rules, optional
    window : Window, optional
        Through which all pictures are shown, unless a question names another; each picture's own
        if left out (`u3edu.imaging.export.reader_png.reader_window`).
    seed : int, optional
        From 0. Makes order and identifiers repeatable, for demonstrations and tests. Whoever knows
        the seed and the order of your calls knows the order of the items: leave it out when it counts.
    """

    def __init__(
        self,
        title: str,
        introduction: str,
        *,
        dataset: str,
        rules: Rules | None = None,
        window: Window | None = None,
        seed: int | None = None,
    ) -> None:
        self._title, self._introduction, self._dataset = title, introduction, dataset
        self._rules, self._window = rules or Rules(), window
        self._secret = secrets.token_bytes(32) if seed is None else str(seed).encode()
        self._drawn = 0
        self._items: list[Any] = []
        self._keys: dict[str, Any] = {}
        self._shown: dict[str, bytes] = {}
        self._kept: dict[str, bytes] = {}
        self._shapes: dict[Source, set[tuple[int, int]]] = {"real": set(), "synthetic": set()}

    def real_or_synthetic(self, picture: Slice, source: Source, reason: str) -> None:
        """Ask whether a picture is real or synthetic.

        Parameters
        ----------
        picture : Slice
            Of the same size as those of all other such questions of this quiz.
        source : str
        reason : str
            Said after submission.
        """
        self._shapes[source].add(picture.shape)
        item = RealOrSynthetic(picture=self._show(picture), question=REAL_OR_SYNTHETIC, **self._common())
        self._add(item, RealOrSyntheticKey(item=item.id, source=source, reason=reason))

    def rate_abc(
        self,
        picture: Slice,
        caption: str,
        source: Source,
        reason: str,
        *,
        fault: Fault = "none",
        question: str = RATE_ABC,
        seconds: float | None = None,
        window: Window | None = None,
    ) -> None:
        """Ask for an A/B/C rating of a picture with a caption.

        Parameters
        ----------
        picture : Slice
            Already made unnatural where `fault` says so (`u3edu.quiz.degradations`).
        caption : str
            Already made wrong where `fault` says so.
        source : str
        reason : str
        fault : str
            ``"none"`` for a natural picture with its true caption.
        question : str
        seconds : float, optional
            Time limit, instead of the quiz's.
        window : Window, optional
            Instead of the quiz's.
        """
        self._shapes[source].add(picture.shape)
        item = RateABC(
            picture=self._show(picture, window), caption=caption, question=question, **self._common(seconds)
        )
        self._add(item, RateABCKey(item=item.id, source=source, fault=fault, reason=reason))

    def stage_it(
        self,
        picture: Slice,
        question: str,
        choices: Sequence[str],
        right: str,
        reason: str,
        *,
        seconds: float | None = None,
        window: Window | None = None,
    ) -> None:
        """Ask for a stage, or any other one of several answers; `right` is one of the choices."""
        number = _number(right, choices)
        item = StageIt(
            picture=self._show(picture, window),
            question=question,
            choices=tuple(choices),
            **self._common(seconds),
        )
        self._add(item, StageItKey(item=item.id, choice=number, reason=reason))

    def what_changed(
        self,
        before: Slice,
        after: Slice,
        edited: np.ndarray,
        question: str,
        choices: Sequence[str],
        right: str,
        reason: str,
        *,
        within_mm: float = 3.0,
        seconds: float | None = None,
        window: Window | None = None,
    ) -> None:
        """Ask what changed between two pictures, and where.

        Parameters
        ----------
        before, after : Slice
        edited : bool [H, W]
            The pixels that changed (see `u3edu.editing.edited_pixels`).
        question : str
        choices : sequence of str
        right : str
            One of the choices.
        reason : str
        within_mm : float
            A click this near to the change is right.
        seconds, window
            As for `rate_abc`; by default both pictures are shown through the window of the first.

        Raises
        ------
        InvalidQuiz
            If the sizes differ, or nothing changed.
        """
        if not before.shape == after.shape == edited.shape:
            raise InvalidQuiz(f"before, after and the change differ in size: {before.shape}, {after.shape}")
        if not edited.any():
            raise InvalidQuiz("nothing changed between the two pictures; there is no place to ask for")
        number = _number(right, choices)
        window = window or self._window or reader_window(before)
        item = WhatChanged(
            before=self._show_pixel_by_pixel(before, window),
            after=self._show_pixel_by_pixel(after, window),
            question=question,
            choices=tuple(choices),
            spacing=_published(before.spacing),
            **self._common(seconds),
        )
        region = self._keep(picture_png(edited.astype(bool)))
        key = WhatChangedKey(item=item.id, choice=number, region=region, within_mm=within_mm, reason=reason)
        self._add(item, key)

    def paint_it(
        self,
        picture: Slice,
        label_map: LabelMap,
        model: str,
        question: str,
        task: PaintTask,
        reason: str,
        *,
        seconds: float | None = None,
        window: Window | None = None,
    ) -> None:
        """Ask for an edit.

        Parameters
        ----------
        picture : Slice
        label_map : LabelMap
            Its elements.
        model : str
            Name of the model whose elements they are.
        question : str
            For example ``"Extend this tumour to T3, 4 mm into the fat"``.
        task : PaintTask
            What is right, and where everything is.
        reason : str
        seconds, window
            As for `rate_abc`.

        Raises
        ------
        InvalidQuiz
            If the sizes differ.
        """
        if not picture.shape == label_map.shape == task.layers.shape:
            raise InvalidQuiz(
                f"picture, elements and layers differ in size: {picture.shape}, {label_map.shape}, "
                f"{task.layers.shape}"
            )
        palette = [part for element in label_map.elements for part in element.rgb]
        item = PaintIt(
            picture=self._show_pixel_by_pixel(picture, window),
            label_map=self._name(self._shown, picture_png(label_map.labels, palette)),
            model=model,
            modality=picture.acquisition.modality,  # type: ignore[arg-type]
            spacing=_published(picture.spacing),
            tumour_elements=task.tumour_elements,
            question=question,
            **self._common(seconds),
        )
        key = PaintItKey(
            item=item.id,
            reason=reason,
            layers=self._keep(picture_png(task.layers.astype(np.uint8))),
            layer_names=task.layer_names,
            lesion=self._keep(picture_png(task.lesion.astype(bool))),
            target=task.target,
            depth_mm=task.depth_mm,
            within_mm=task.within_mm,
            place=task.place,
            place_within_mm=task.place_within_mm,
            spared={name: self._keep(picture_png(mask.astype(bool))) for name, mask in task.spared.items()},
        )
        self._add(item, key)

    def build(self) -> tuple[Quiz, AnswerBook]:
        """The quiz for the trainees, and its answer book.

        Raises
        ------
        InvalidQuiz
            If there is no question, or a picture's size would tell real from synthetic ones.
        """
        if not self._items:
            raise InvalidQuiz(f"{self._title}: no question yet")
        self._check_sizes()
        # The identifiers are drawn at random: their order is no order.
        items = tuple(sorted(self._items, key=lambda item: item.id))
        document = QuizDocument(
            id=self._identifier(),
            title=self._title,
            introduction=self._introduction,
            items=items,
            rules=self._rules,
        )
        keys = Keys(quiz=document.id, keys=tuple(self._keys[item.id] for item in items))
        return Quiz(document, dict(self._shown)), AnswerBook(keys, dict(self._kept))

    def _add(self, item: Any, key: Any) -> None:
        self._items.append(item)
        self._keys[item.id] = key

    def _common(self, seconds: float | None = None) -> dict[str, Any]:
        return {"id": self._identifier(), "dataset": self._dataset, "seconds": seconds}

    def _identifier(self) -> str:
        """16 hexadecimal digits from which nobody can work out others (HMAC with SHA-256)."""
        self._drawn += 1
        return hmac.new(self._secret, str(self._drawn).encode(), hashlib.sha256).hexdigest()[:16]

    def _show(self, picture: Slice, window: Window | None = None) -> str:
        """A picture alone, by the one writer that real and synthetic pictures share."""
        return self._name(self._shown, reader_png(picture, window or self._window))

    def _show_pixel_by_pixel(self, picture: Slice, window: Window | None) -> str:
        """A picture in which places are pointed at: the same grey levels at its own pixels."""
        return self._name(self._shown, picture_png(reader_levels(picture, window or self._window)))

    def _keep(self, content: bytes) -> str:
        return self._name(self._kept, content)

    def _name(self, files: dict[str, bytes], content: bytes) -> str:
        name = f"{self._identifier()}.png"
        files[name] = content
        return name

    def _check_sizes(self) -> None:
        """Real and synthetic pictures of one quiz must not differ by their size."""
        shapes = self._shapes["real"] | self._shapes["synthetic"]
        if all(self._shapes.values()) and len(shapes) > 1:
            sizes = " and ".join(f"{rows} x {columns}" for rows, columns in sorted(shapes))
            raise InvalidQuiz(
                f"pictures of {sizes} pixels in one test: the size would tell them apart; crop them"
            )


def _number(right: str, choices: Sequence[str]) -> int:
    """The number of the right choice."""
    if right not in choices:
        raise InvalidQuiz(f"the right answer {right!r} is none of the choices: {', '.join(choices)}")
    return list(choices).index(right)


def _published(spacing: tuple[float, float]) -> tuple[float, float]:
    """Spacing to a micrometre: more digits would tell one scan from another."""
    return (round(spacing[0], 3), round(spacing[1], 3))
