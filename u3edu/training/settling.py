"""The end of stage 2: by L-BFGS on samples of tiles, the decoder settles where all pictures want it."""

from collections.abc import Sequence
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from u3edu.model.u3net import U3Net
from u3edu.training.checkpoint import Stateful, load_checkpoint, save_checkpoint
from u3edu.training.losses.perceptual import FeatureDistance
from u3edu.training.progress import Report
from u3edu.training.settling_objective import Objective, one_after_the_other
from u3edu.training.settling_sample import sample
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
    """Move a decoder by L-BFGS on samples of tiles, or go on from `checkpoint`.

    A decoder that learns from few pictures a step wanders about where all of them together want it,
    and what a reader finds in it is that distance. See docs/decisions/11-stage-2.md. Every process
    does the same. Where a sample shows no lower point any more, the next one is drawn.

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
    network, settings = start.to(fabric.device).eval(), config.settling
    distance = FeatureDistance(network.config.windows).to(fabric.device)
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
    iteration = load_checkpoint(fabric, checkpoint, parts, settings) if checkpoint else 0
    if iteration and not torch.equal(begun, moved.first):
        raise ValueError(
            f"{checkpoint}: this decoder began to settle from other weights; move the file away, or choose "
            "another output folder"
        )
    moved.to_decoder()
    while iteration < settings.iterations:
        number, done = divmod(iteration, settings.sample_iterations)
        shown = sample(config, network, pictures, beside, number)
        looked = _Looked(Objective(config, network, *shown, distance, fabric), moved)
        if not iteration:
            moved.scale.copy_(unit_of(looked.here.deviation))
        elif not done:
            _leave_out_the_step_between(optimiser, looked.gradient())
        end = min(settings.iterations, (number + 1) * settings.sample_iterations)
        while iteration < end:
            before = moved.offset.detach().clone()
            optimiser.step(looked)  # type: ignore[no-untyped-call]
            # The line search may have looked farther than it went.
            looked()
            # Or there is no way down that is longer than the errors of rounding.
            stays = torch.equal(before, moved.offset)
            if report and not stays:
                report(iteration, looked.here.losses, network)
            iteration = end if stays else iteration + 1
            if checkpoint:
                save_checkpoint(fabric, checkpoint, parts, settings, iteration)
    return network


def unit_of(deviation: Tensor) -> Tensor:
    """What each parameter moves by in one step down, from how its gradient varies, both float [P]."""
    # The root, so that a first step is as long as the gradient is certain, as Adam's are.
    return (deviation + _LEAST_DEVIATION * deviation.mean()).rsqrt()


class _Looked:
    """An objective where a decoder stands, looked at anew when it has moved.

    Parameters
    ----------
    objective : Objective
    moved : _Offset

    Raises
    ------
    FloatingPointError
        If it is no number to begin with.
    """

    def __init__(self, objective: Objective, moved: "_Offset") -> None:
        self._objective, self._moved = objective, moved
        self.here, self._at = objective.evaluate(), moved.offset.detach().clone()
        height = _WALL * sum(self.here.losses.values())
        self._wall = self.here._replace(
            losses={"wall": height}, gradient=torch.zeros_like(self.here.gradient)
        )

    def __call__(self) -> float:
        """The objective; its gradient goes to the offset."""
        # L-BFGS asks again for where it stands.
        if not torch.equal(self._at, self._moved.offset):
            self._moved.to_decoder()
            self._at = self._moved.offset.detach().clone()
            try:
                self.here = self._objective.evaluate()
            except FloatingPointError:
                self.here = self._wall
        self._moved.offset.grad = self.gradient()
        return sum(self.here.losses.values())

    def gradient(self) -> Tensor:
        """To the offset, float [P]."""
        return self._moved.scale * self.here.gradient


def _leave_out_the_step_between(optimiser: torch.optim.LBFGS, gradient: Tensor) -> None:
    """The last gradient was that of another sample: the difference says nothing of how this one is curved."""
    (state,) = optimiser.state.values()
    # Without a difference L-BFGS remembers no step.
    state["prev_flat_grad"] = gradient


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
