"""The end of stage 2: by Gauss-Newton steps, the decoder settles where all pictures together want it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric

from u3edu.model.u3net import U3Net
from u3edu.training.checkpoint import load_checkpoint, save_checkpoint
from u3edu.training.curvature import Curvature
from u3edu.training.losses.perceptual import FeatureDistance
from u3edu.training.losses.reader import RealFeatures
from u3edu.training.progress import Report
from u3edu.training.settling_objective import Objective, move
from u3edu.training.settling_sample import sample
from u3edu.training.settling_state import Settled
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.whole_pictures import WholePicture


def settle(
    config: Stage2Config,
    start: U3Net,
    pictures: Sequence[WholePicture],
    beside: Sequence[WholePicture],
    fabric: Fabric,
    *,
    checkpoint: Path | None = None,
    report: Report | None = None,
) -> U3Net:
    """Move a decoder by Gauss-Newton steps, each on a sample of tiles, or go on from `checkpoint`.

    A decoder that learns from few pictures a step wanders about where all of them together want it,
    and what a reader finds in it is that distance. See docs/decisions/11-stage-2.md. Every process
    does the same.

    Parameters
    ----------
    config : Stage2Config
    start : U3Net
        Changed in place.
    pictures : sequence of WholePicture
        Whose tiles a reader would look at; those without a tile are left out.
    beside : sequence of WholePicture
        Of other spacings, that are to be drawn as well as before: their tiles count for the squared
        error alone.
    fabric : Fabric
    checkpoint : Path, optional
        Written after every step.
    report : callable, optional
        Called after every step with its number, the parts of the objective, and the network.

    Returns
    -------
    U3Net
        `start`, in evaluation mode.

    Raises
    ------
    FloatingPointError
        If the objective of `start` or its gradient is no number.
    ValueError
        If too few pictures have tiles, or the checkpoint is of a decoder that was another to begin with.
    """
    network, settings = start.to(fabric.device).eval(), config.settling
    distance = FeatureDistance(network.config.windows).to(fabric.device)
    known = _real_features(config, pictures, distance)
    objective_of = partial(Objective, config, network, known=known, distance=distance)
    state = Settled(network.decoder, known, settings)
    begun = state.first.clone()
    step = load_checkpoint(fabric, checkpoint, {"settled": state}, settings) if checkpoint else 0
    if step and not torch.equal(begun, state.first):
        raise ValueError(
            f"{checkpoint}: this decoder began to settle from other weights; move the file away, or choose "
            "another output folder"
        )
    move(list(network.decoder.parameters()), state.here)
    for number in range(step, settings.steps):
        shown, others = sample(config, network, pictures, beside, number)
        objective = objective_of(shown, others)
        looked = state.follow(objective)
        gradient = objective.gradient(state.difference)
        numbers = np.random.default_rng((config.seed, number, 1))
        share = settings.curvature_slices / len(shown)
        part = [_spread(some, round(share * len(some)), numbers) for some in (shown, others)]
        curvature = Curvature(objective_of(*part), numbers)
        down = curvature.step(state.pool(gradient), state.damping.item(), settings.products)
        losses = state.take(down, objective, looked, gradient)
        if report:
            report(number, losses, network)
        if checkpoint:
            save_checkpoint(fabric, checkpoint, {"settled": state}, settings, number + 1)
    return network


def _real_features(
    config: Stage2Config, pictures: Sequence[WholePicture], distance: FeatureDistance
) -> RealFeatures:
    """Of all tiles of all pictures, so that what one sample says of a decoder adds to what others say."""
    shown = [picture for picture in pictures if picture.tiles]
    if not shown:
        raise ValueError(
            f"no slice with a tile of {config.crop} pixels inside the body to settle on; "
            "lower reader.least_foreground or crop"
        )
    device = next(distance.parameters()).device
    with torch.no_grad():
        real = [picture.statistics(picture.original(device), distance) for picture in shown]
        return RealFeatures(torch.cat(real), config.reader)


def _spread(pictures: Sequence[WholePicture], count: int, numbers: np.random.Generator) -> list[WholePicture]:
    """So many of them, evenly spread from one chosen by chance."""
    first, distance = numbers.random(), len(pictures) / max(count, 1)
    places = {int((first + number) * distance) for number in range(min(count, len(pictures)))}
    return [pictures[place] for place in sorted(places)]
