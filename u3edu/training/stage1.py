"""The first training stage: encoder and decoder for self-supervised segmentation (paper section 2.1)."""

import math
from pathlib import Path
from typing import cast

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from u3edu.model.symmetry import symmetrise
from u3edu.model.u3net import U3Net
from u3edu.training.checkpoint import Stateful, load_checkpoint, save_checkpoint
from u3edu.training.compilation import compiled
from u3edu.training.data import CropSampler, step_generator
from u3edu.training.losses.cluster import cluster_loss
from u3edu.training.losses.cross_view import cross_view_loss
from u3edu.training.losses.distance import batch_means, distance_loss
from u3edu.training.losses.reconstruction import reconstruction_loss
from u3edu.training.progress import Report
from u3edu.training.stage1_batch import Stage1Batch, draw_batch
from u3edu.training.stage1_config import Stage1Config


def train_stage1(
    config: Stage1Config,
    crops: CropSampler,
    fabric: Fabric,
    *,
    checkpoint: Path | None = None,
    checkpoint_every: int = 200,
    compile_model: bool = False,
    report: Report | None = None,
) -> U3Net:
    """Train encoder and decoder, from the start or from where `checkpoint` stands.

    Parameters
    ----------
    config : Stage1Config
    crops : CropSampler
    fabric : Fabric
        Launched; decides device, precision and data parallelism.
    checkpoint : Path, optional
        Written every `checkpoint_every` steps and at the end; where it exists, the run goes on
        from it.
    checkpoint_every : int
        Steps between two checkpoints.
    compile_model : bool
        Whether torch.compile makes the steps faster; see `u3edu.training.compilation`.
    report : callable, optional
        Called after every step with the step, the losses (means over all processes), and the
        network.

    Returns
    -------
    U3Net
        In evaluation mode.

    Raises
    ------
    FloatingPointError
        If the loss is no longer a number.
    CannotCompile
        If a compiler is wanted and there is none.
    """
    torch.manual_seed(config.seed)
    network = U3Net(config.model).to_channels_last()
    if config.symmetric:
        symmetrise(network.encoder)
    optimiser = torch.optim.Adam(network.parameters(), lr=config.learning_rate)
    forward = compiled(network, fabric.device) if compile_model else network
    model, optimiser = fabric.setup(forward, optimiser)
    parts: dict[str, Stateful] = {"network": network, "optimiser": optimiser}
    start = load_checkpoint(fabric, checkpoint, parts, config) if checkpoint else 0
    for step in range(start, config.steps):
        generator = step_generator(config.seed, step)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(config, step)
        settling = step >= config.settles_at
        _set_mode(network, frozen_norm=settling)
        batch = draw_batch(config, crops, generator, fabric)
        losses = stage1_losses(model, network, batch, config, generator, settling)
        total = sum(getattr(config.weights, name) * loss for name, loss in losses.items())
        if not torch.isfinite(total):
            raise FloatingPointError(f"step {step}: the loss is {total.item()}; lower the learning rate")
        optimiser.zero_grad()
        fabric.backward(total)
        fabric.clip_gradients(model, optimiser, max_norm=1.0)
        optimiser.step()
        if config.symmetric:
            symmetrise(network.encoder)
        if report:
            own = torch.stack([loss.detach() for loss in losses.values()])
            means = cast(Tensor, fabric.all_reduce(own, reduce_op="mean")).tolist()
            report(step, dict(zip(losses, means, strict=True)), network)
        if checkpoint and ((step + 1) % checkpoint_every == 0 or step + 1 == config.steps):
            save_checkpoint(fabric, checkpoint, parts, config, step + 1)
    return network.eval()


def stage1_losses(
    model: nn.Module,
    network: U3Net,
    batch: Stage1Batch,
    config: Stage1Config,
    generator: torch.Generator,
    settling: bool = False,
) -> dict[str, Tensor]:
    """The four losses of one step, and the quantizer's update.

    Parameters
    ----------
    model : Module
        `network` as set up for its device, precision and data parallelism.
    network : U3Net
    batch : Stage1Batch
    config : Stage1Config
    generator : torch.Generator
        The same on all processes.
    settling : bool
        True towards the end of a run: clusters are no longer moved elsewhere.

    Returns
    -------
    dict of str to scalar
        Keys as in `LossWeights`. Under data parallelism the losses of one process with all
        images are the means over the processes.
    """
    quantizer = network.encoder.quantizer
    if not quantizer.initialised:
        with torch.no_grad():
            quantizer.initialise(network.encoder(batch.views), generator, views=2)
    embedding, labels, reconstruction = model(batch.views)
    embedding = embedding.float()
    one, other = batch.geometries
    first, second = labels.cpu().chunk(2)
    second_in_first, valid_first = other.retransform(second, one)
    first_in_second, valid_second = one.retransform(first, other)
    from_other = torch.cat([second_in_first, first_in_second]).to(labels.device)
    valid = torch.cat([valid_first, valid_second]).to(labels.device)
    losses = {
        "cluster": cluster_loss(embedding, quantizer.look_up(labels)),
        "distance": distance_loss(batch_means(embedding, labels, quantizer.means), config.margin),
        "cross_view": cross_view_loss(embedding, quantizer.look_up(from_other), valid),
        "reconstruction": reconstruction_loss(reconstruction.float(), batch.clean),
    }
    quantizer.update(embedding, labels)
    if not settling:
        quantizer.revive(embedding, labels, generator, config.revive_below, views=2)
    return losses


def learning_rate(config: Stage1Config, step: int) -> float:
    """Linear warm-up over the first 100 steps, then half a cosine down to zero."""
    warm_up = min(1.0, (step + 1) / 100)
    return config.learning_rate * warm_up * 0.5 * (1 + math.cos(math.pi * step / config.steps))


def _set_mode(network: nn.Module, frozen_norm: bool) -> None:
    network.train()
    if frozen_norm:
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
