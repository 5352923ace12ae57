"""The end of stage 2: the decoder settles where all pictures together want it, by steps without chance."""

from collections.abc import Sequence
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from u3edu.model.u3net import U3Net
from u3edu.training.checkpoint import Stateful, load_checkpoint, save_checkpoint
from u3edu.training.progress import Report
from u3edu.training.settling_objective import Objective, one_after_the_other
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.whole_pictures import WholePicture

_HISTORY = 30
# To find a point that lies lower; L-BFGS itself would allow a line search of one iteration none.
_EVALUATIONS = 26
# Times as high as the start counts a point where the objective is no number: the step is shortened.
# Not much more: L-BFGS squares it in single precision.
_WALL = 100.0
# Of the mean deviation: what hardly differs from picture to picture is not moved without bound.
_LEAST_DEVIATION = 0.03
# Pixels around a tile that is drawn by itself; see docs/decisions/11-stage-2.md.
_HALO = 16


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
    """Move a decoder by L-BFGS, each iteration over all pictures, or go on from `checkpoint`.

    A decoder that learns from few pictures a step wanders about where all of them together want it,
    and what a reader finds in it is that distance. See docs/decisions/11-stage-2.md. Every process
    does the same. Where no lower point is found any more, it ends early.

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
        Written after every iteration.
    report : callable, optional
        Called after every iteration with its number, the parts of the objective, and the network.

    Returns
    -------
    U3Net
        `start`, in evaluation mode.

    Raises
    ------
    FloatingPointError
        If the objective of `start` is no number.
    ValueError
        If too few pictures have tiles, or the checkpoint is of a decoder that was another to begin with.
    """
    network = start.to(fabric.device).eval()
    objective = Objective(config, network, pictures, beside, fabric)
    moved = _Offset(network.decoder)
    optimiser = torch.optim.LBFGS(
        [moved.offset],
        max_iter=1,
        max_eval=_EVALUATIONS,
        history_size=_HISTORY,
        line_search_fn="strong_wolfe",
    )
    parts: dict[str, Stateful] = {"moved": moved, "optimiser": optimiser}
    begun = moved.first.clone()
    first = load_checkpoint(fabric, checkpoint, parts, config.settling) if checkpoint else 0
    if first and not torch.equal(begun, moved.first):
        raise ValueError(
            f"{checkpoint}: this decoder began to settle from other weights; move the file away, or choose "
            "another output folder"
        )
    moved.to_decoder()
    here, at = objective.evaluate(), moved.offset.detach().clone()
    if not first:
        moved.scale.copy_(unit_of(here.deviation))
    height = _WALL * sum(here.losses.values())
    wall = here._replace(losses={"wall": height}, gradient=torch.zeros_like(here.gradient))

    def closure() -> float:
        nonlocal here, at
        # L-BFGS asks again for where it stands.
        if not torch.equal(at, moved.offset):
            moved.to_decoder()
            at = moved.offset.detach().clone()
            try:
                here = objective.evaluate()
            except FloatingPointError:
                here = wall
        moved.offset.grad = moved.scale * here.gradient
        return sum(here.losses.values())

    for iteration in range(first, config.settling.iterations):
        before = moved.offset.detach().clone()
        optimiser.step(closure)  # type: ignore[no-untyped-call]
        # The line search may have looked farther than it went.
        closure()
        if torch.equal(before, moved.offset):
            # No way down is left that is longer than the errors of rounding.
            break
        if report:
            report(iteration, here.losses, network)
        if checkpoint:
            save_checkpoint(fabric, checkpoint, parts, config.settling, iteration + 1)
    return network


def unit_of(deviation: Tensor) -> Tensor:
    """What each parameter moves by in one step down, from how its gradient varies, both float [P]."""
    # The root, so that a first step is as long as the gradient is certain, as Adam's are.
    return (deviation + _LEAST_DEVIATION * deviation.mean()).rsqrt()


def by_turns_mirrored(pictures: Sequence[WholePicture]) -> list[WholePicture]:
    """Every second one mirrored, so that it is not just these tiles that are drawn well in the end."""
    return [picture.mirrored() if index % 2 else picture for index, picture in enumerate(pictures)]


def one_tile_each(pictures: Sequence[WholePicture]) -> list[WholePicture]:
    """One tile of each picture that has any, the first, the second, ... by turns, with what lies around."""
    shown = [picture for picture in pictures if picture.tiles]
    return [
        picture.around(picture.tiles[index % len(picture.tiles)], _HALO)
        for index, picture in enumerate(shown)
    ]


class _Offset(nn.Module):
    """How far a decoder's parameters have moved, each in a unit of its own."""

    first: Tensor
    scale: Tensor

    def __init__(self, decoder: nn.Module) -> None:
        super().__init__()
        parameters = list(decoder.parameters())
        first = one_after_the_other([parameter.detach() for parameter in parameters])
        self.register_buffer("first", first)
        self.register_buffer("scale", torch.ones_like(first))
        self.offset = nn.Parameter(torch.zeros_like(first))
        # Not a part of this module: a list of them would be.
        self._moves = tuple(parameters)

    @torch.no_grad()
    def to_decoder(self) -> None:
        """Move the decoder there."""
        values = torch.split(self.first + self.scale * self.offset, [one.numel() for one in self._moves])
        for parameter, own in zip(self._moves, values, strict=True):
            parameter.copy_(own.view(parameter.shape))
