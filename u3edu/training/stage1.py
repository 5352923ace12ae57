"""The first training stage: encoder and decoder for self-supervised segmentation (paper section 2.1)."""

import math
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from u3edu.model.u3net import U3Net
from u3edu.training.checkpoint import Stateful, load_checkpoint, save_checkpoint
from u3edu.training.config import Stage1Config
from u3edu.training.data import CropSampler, step_generator
from u3edu.training.losses.cluster import cluster_loss
from u3edu.training.losses.cross_view import cross_view_loss
from u3edu.training.losses.distance import batch_means, distance_loss
from u3edu.training.losses.reconstruction import reconstruction_loss
from u3edu.training.progress import Report
from u3edu.training.transforms.geometric import draw_geometry
from u3edu.training.transforms.photometric import draw_photometry


def train_stage1(
    config: Stage1Config,
    crops: CropSampler,
    fabric: Fabric,
    *,
    checkpoint: Path | None = None,
    checkpoint_every: int = 200,
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
    report : callable, optional
        Called after every step with the step, the losses, and the network.

    Returns
    -------
    U3Net
        In evaluation mode.

    Raises
    ------
    FloatingPointError
        If the loss is no longer a number.
    """
    torch.manual_seed(config.seed)
    network = U3Net(config.model).to_channels_last()
    optimiser = torch.optim.Adam(network.parameters(), lr=config.learning_rate)
    model, optimiser = fabric.setup(network, optimiser)
    parts: dict[str, Stateful] = {"network": network, "optimiser": optimiser}
    start = load_checkpoint(fabric, checkpoint, parts, config) if checkpoint else 0
    for step in range(start, config.steps):
        generator = step_generator(config.seed, step, fabric.global_rank)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(config, step)
        settling = step >= config.settle_from * config.steps
        _set_mode(network, frozen_norm=settling)
        losses = stage1_losses(
            model, network, crops.batch(config.batch, generator), config, generator, settling
        )
        total = sum(getattr(config.weights, name) * loss for name, loss in losses.items())
        if not torch.isfinite(total):
            raise FloatingPointError(f"step {step}: the loss is {total.item()}; lower the learning rate")
        optimiser.zero_grad()
        fabric.backward(total)
        fabric.clip_gradients(model, optimiser, max_norm=1.0)
        optimiser.step()
        if report:
            report(step, {name: float(loss.detach()) for name, loss in losses.items()}, network)
        if checkpoint and ((step + 1) % checkpoint_every == 0 or step + 1 == config.steps):
            save_checkpoint(fabric, checkpoint, parts, config, step + 1)
    return network.eval()


def stage1_losses(
    model: nn.Module,
    network: U3Net,
    images: Tensor,
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
    images : float32 [B, 1, H, W]
    config : Stage1Config
    generator : torch.Generator
    settling : bool
        True towards the end of a run: clusters are no longer moved elsewhere.

    Returns
    -------
    dict of str to scalar
        Keys as in `LossWeights`.
    """
    batch, side = images.shape[0], images.shape[-1]
    geometries = [draw_geometry(config.geometric, batch, side, generator) for _ in range(2)]
    # The decoder learns the clean picture: photometric changes are not part of the target.
    clean = [geometry.apply(images) for geometry in geometries]
    views = torch.cat([draw_photometry(config.photometric, batch, generator).apply(view) for view in clean])
    device = next(network.parameters()).device
    views = views.to(device).contiguous(memory_format=torch.channels_last)
    quantizer = network.encoder.quantizer
    if not quantizer.initialised:
        with torch.no_grad():
            quantizer.initialise(network.encoder(views), generator)
    embedding, labels, reconstruction = model(views)
    embedding = embedding.float()
    first, second = labels.cpu().chunk(2)
    second_in_first, valid_first = geometries[1].retransform(second, geometries[0])
    first_in_second, valid_second = geometries[0].retransform(first, geometries[1])
    from_other = torch.cat([second_in_first, first_in_second]).to(device)
    valid = torch.cat([valid_first, valid_second]).to(device)
    losses = {
        "cluster": cluster_loss(embedding, quantizer.look_up(labels)),
        "distance": distance_loss(batch_means(embedding, labels, quantizer.means), config.margin),
        "cross_view": cross_view_loss(embedding, quantizer.look_up(from_other), valid),
        "reconstruction": reconstruction_loss(reconstruction.float(), torch.cat(clean).to(device)),
    }
    quantizer.update(embedding, labels)
    if not settling:
        quantizer.revive(embedding, labels, generator)
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
