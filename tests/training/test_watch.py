"""A discriminator that has won, or never separates, is seen and said once."""

from u3edu.training.watch import AdversarialWatch

EVEN = {"discriminator": 3.0, "told_apart": 0.7}
WON = {"discriminator": 0.01, "told_apart": 1.0}
BLIND = {"discriminator": 4.0, "told_apart": 0.5}


def remarks(watch: AdversarialWatch, start: int, count: int, losses: dict[str, float]) -> list[str]:
    said = (watch.look(step, losses) for step in range(start, start + count))
    return [remark for remark in said if remark]


def test_a_fair_game_needs_no_words() -> None:
    assert remarks(AdversarialWatch(100), 0, 2000, EVEN) == []


def test_a_discriminator_that_has_won_is_said_once() -> None:
    watch = AdversarialWatch(100)
    assert remarks(watch, 0, 300, EVEN) == []
    (remark,) = remarks(watch, 300, 1000, WON)
    assert "has won" in remark and "discriminator_learning_rate" in remark


def test_it_is_said_again_after_the_game_was_fair_again() -> None:
    watch = AdversarialWatch(0)
    assert len(remarks(watch, 0, 1000, WON)) == 1
    assert remarks(watch, 1000, 1000, EVEN) == []
    assert len(remarks(watch, 2000, 1000, WON)) == 1


def test_winning_in_the_warm_up_is_what_the_warm_up_is_for() -> None:
    assert remarks(AdversarialWatch(500), 0, 500, WON) == []


def test_a_discriminator_that_does_not_separate_is_said_at_the_end_of_the_warm_up() -> None:
    (remark,) = remarks(AdversarialWatch(100), 0, 500, BLIND)
    assert remark.startswith("step 100: after the warm-up") and "50%" in remark
