"""The second training stage: decoder against discriminator for faithful images (paper section 2.2)."""

import math
from pathlib import Path
from typing import cast

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from u3edu.model.decoder import Decoder
from u3edu.model.discriminator import Discriminator, Judgement, judge
from u3edu.model.u3net import U3Net
from u3edu.training.checkpoint import Stateful, load_checkpoint, save_checkpoint
from u3edu.training.compilation import compiled
from u3edu.training.config import Stage2Config
from u3edu.training.data import LabelledCrops
from u3edu.training.losses.perceptual import perceptual_loss
from u3edu.training.progress import Report
from u3edu.training.stage2_batch import draw_batch
from u3edu.training.stage2_losses import (
    cutmix_ramp,
    decoder_losses,
    discriminator_losses,
    weigh_discriminator_losses,
)


def train_stage2(
    config: Stage2Config,
    start: U3Net,
    crops: LabelledCrops,
    fabric: Fabric,
    *,
    checkpoint: Path | None = None,
    checkpoint_every: int = 200,
    compile_model: bool = False,
    report: Report | None = None,
) -> U3Net:
    """Train decoder and discriminator by turns, from stage 1 or from where `checkpoint` stands.

    The encoder stays as it is, and so do the statistics of the decoder's batch norms: the
    decoder trained is the function that runs at inference.

    Parameters
    ----------
    config : Stage2Config
    start : U3Net
        Trained by stage 1; left as it is.
    crops : LabelledCrops
        Labels are those that the encoder of `start` gives.
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
        network with the averaged decoder.

    Returns
    -------
    U3Net
        The encoder of `start` with the averaged decoder, in evaluation mode.

    Raises
    ------
    FloatingPointError
        If a loss is no longer a number.
    MissingPerceptualNetwork, UnusableBackbone
        If the perceptual loss is wanted and what it needs is missing.
    CannotCompile
        If a compiler is wanted and there is none.
    """
    torch.manual_seed(config.seed)
    network = network_for_stage2(start, config.noise_seed).to(fabric.device)
    # Whoever judges the pictures sees them as the encoder does, through a reader's windows.
    windows = network.config.windows
    discriminator = Discriminator(config.discriminator.model_copy(update={"windows": windows}))
    moving_average = get_ema_multi_avg_fn(config.ema_decay)  # type: ignore[no-untyped-call]
    averaged = AveragedModel(network.decoder, multi_avg_fn=moving_average)
    shipped = U3Net(network.config)
    shipped.encoder, shipped.decoder = network.encoder, cast(Decoder, averaged.module)
    weights = config.decoder_weights
    perceptual = None
    if weights.perceptual or weights.texture:
        perceptual = perceptual_loss(config.perceptual_network, fabric.device, windows)
    decoder_optimiser = torch.optim.Adam(
        network.decoder.parameters(), lr=config.learning_rate, betas=(0.5, 0.99)
    )
    discriminator_optimiser = torch.optim.Adam(
        discriminator.parameters(), lr=config.discriminator_learning_rate, betas=(0.5, 0.99)
    )
    players: tuple[nn.Module, nn.Module] = network.decoder, discriminator
    if compile_model:
        players = compiled(network.decoder, fabric.device), compiled(discriminator, fabric.device)
    decoder, decoder_optimiser = fabric.setup(players[0], decoder_optimiser)
    critic, discriminator_optimiser = fabric.setup(players[1], discriminator_optimiser)
    parts: dict[str, Stateful] = {
        "decoder": network.decoder,
        "averaged": averaged,
        "discriminator": discriminator,
        "decoder_optimiser": decoder_optimiser,
        "discriminator_optimiser": discriminator_optimiser,
    }

    def judge_frozen(images: Tensor) -> Judgement:
        with fabric.autocast():
            return judge(discriminator, images)

    first = load_checkpoint(fabric, checkpoint, parts, config) if checkpoint else 0
    for step in range(first, config.steps):
        batch = draw_batch(config, crops, step, fabric)
        learns = step >= config.warm_up
        with torch.set_grad_enabled(learns):
            quantized = network.encoder.quantizer.look_up(batch.labels)
            reconstruction = decoder(quantized, batch.noise_seeds).float()

        discriminator.train().requires_grad_(True)
        mixing = cutmix_ramp(config, step) > 0
        losses = discriminator_losses(critic, batch, reconstruction.detach(), with_cutmix=mixing)
        told_apart = losses.pop("told_apart")
        total = weigh_discriminator_losses(losses, config, step)
        _descend(fabric, critic, discriminator_optimiser, total, losses, step)

        if learns:
            # Frozen, so that the gradient runs through the discriminator and moves the decoder alone.
            discriminator.eval().requires_grad_(False)
            ours = decoder_losses(judge_frozen, batch.images, reconstruction, config, perceptual)
            total = torch.stack([getattr(weights, name) * loss for name, loss in ours.items()]).sum()
            _descend(fabric, decoder, decoder_optimiser, total, ours, step)
            averaged.update_parameters(network.decoder)
            losses |= ours
        if report:
            measured = losses | {"told_apart": told_apart}
            own = torch.stack([loss.detach() for loss in measured.values()])
            means = cast(Tensor, fabric.all_reduce(own, reduce_op="mean")).tolist()
            report(step, dict(zip(measured, means, strict=True)), shipped)
        if checkpoint and ((step + 1) % checkpoint_every == 0 or step + 1 == config.steps):
            save_checkpoint(fabric, checkpoint, parts, config, step + 1)
    return shipped.eval()


def network_for_stage2(start: U3Net, noise_seed: int | None) -> U3Net:
    """A copy of a network of stage 1, its encoder frozen, its decoder with noise inputs where wanted."""
    config = (
        start.config if noise_seed is None else start.config.model_copy(update={"noise_seed": noise_seed})
    )
    network = U3Net(config)
    # Noise inputs that are new begin at strength zero: the same function as before.
    network.load_state_dict(network.state_dict() | start.state_dict())
    network.encoder.requires_grad_(False)
    return network.to_channels_last().eval()


def _descend(
    fabric: Fabric,
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    total: Tensor,
    losses: dict[str, Tensor],
    step: int,
) -> None:
    """One step of an optimiser down the gradient of `total`.

    Raises
    ------
    FloatingPointError
        If the total is no number; names the losses that are not.
    """
    if not torch.isfinite(total):
        broken = [name for name, loss in losses.items() if not math.isfinite(loss.item())]
        raise FloatingPointError(
            f"step {step}: no longer a number: {', '.join(broken) or 'the weighted sum'}; "
            "lower the learning rates, or the weight of that loss"
        )
    optimiser.zero_grad()
    fabric.backward(total)
    fabric.clip_gradients(model, optimiser, max_norm=1.0)
    optimiser.step()
