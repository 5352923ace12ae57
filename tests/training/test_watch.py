"""Clusters that stay dead, a discriminator that has won or never separates: seen and said once."""

import torch

from u3edu.model.quantizer import Quantizer
from u3edu.training.stage1_config import Stage1Config
from u3edu.training.watch import AdversarialWatch, ClusterWatch

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


def first_stage(**changes: object) -> Stage1Config:
    return Stage1Config.model_validate({"name": "x", "modality": "MR", "steps": 2000, **changes})


def quantizer(*shares: float) -> Quantizer:
    """With a cluster for each share of the pixels."""
    made = Quantizer(len(shares), 2)
    made.counts.copy_(1000 * torch.tensor(shares))
    return made


def test_a_cluster_that_is_revived_in_vain_is_said_once_by_its_number() -> None:
    watch, clusters = ClusterWatch(first_stage()), quantizer(0.5, 0.3, 0.2)
    said = []
    for step in range(1000):
        clusters.revivals[1] += step % 70 == 69
        said.append(watch.look(step, clusters))
    (remark,) = filter(None, said)
    assert said.index(remark) == 4 * 70 - 1
    assert remark.startswith("step 280: cluster 1 is dead again and again") and "fewer elements" in remark


def test_clusters_that_are_revived_now_and_then_need_no_words() -> None:
    watch, clusters = ClusterWatch(first_stage()), quantizer(0.5, 0.3, 0.2)
    for step in range(1300):
        clusters.revivals[(step // 100) % 3] += step % 100 == 0
        assert watch.look(step, clusters) is None


def test_clusters_that_are_dead_when_the_run_has_settled_are_said() -> None:
    watch, clusters = ClusterWatch(first_stage(settle_from=0.5)), quantizer(0.5, 0.005, 0.49, 0.005)
    said = [watch.look(step, clusters) for step in range(2000)]
    (remark,) = filter(None, said)
    assert remark.startswith("step 1100: the run has settled and clusters 1, 3 are dead")


def test_what_counts_as_dead_is_a_setting() -> None:
    rare = quantizer(0.995, 0.005)
    lenient = ClusterWatch(first_stage(revive_below=0.003))
    assert not any(lenient.look(step, rare) for step in range(2000))
    labels = torch.zeros(1, 1, 4, dtype=torch.int64)
    arguments = torch.rand(1, 2, 1, 4), labels, torch.Generator().manual_seed(0)
    assert rare.revive(*arguments, below=0.003) == 0
    assert rare.revive(*arguments, below=0.01) == 1
    assert rare.revivals.tolist() == [0, 1]
