"""The second training stage: decoder against discriminator for faithful images (paper section 2.2)."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from u3edu.model.decoder import Decoder
from u3edu.model.discriminator import Discriminator, Judgement, judge
from u3edu.model.u3net import U3Net
from u3edu.training.checkpoint import Stateful, load_checkpoint, save_checkpoint
from u3edu.training.compilation import compiled
from u3edu.training.data import LabelledCrops
from u3edu.training.decoder_fit import fit_learning_rate, fit_loss, settles
from u3edu.training.losses.perceptual import FeatureDistance, perceptual_loss
from u3edu.training.progress import Report
from u3edu.training.stage2_batch import Stage2Batch, draw_batch
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.stage2_losses import (
    cutmix_ramp,
    decoder_losses,
    discriminator_losses,
    reader_of,
    weigh_discriminator_losses,
)
from u3edu.training.whole_pictures import WholePicture, WholePictures


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
    pictures: Sequence[WholePicture] = (),
) -> U3Net:
    """Train decoder and discriminator by turns, from stage 1 or from where `checkpoint` stands.

    The encoder stays as it is, and so do the statistics of the decoder's batch norms: the
    decoder trained is the function that runs at inference. A decoder of other widths is fitted
    first.

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
    pictures : sequence of WholePicture
        For the reader loss of whole pictures, where it has a weight.

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
    ValueError
        If too few crops or pictures have the foreground that the reader loss asks for.
    """
    torch.manual_seed(config.seed)
    network = network_for_stage2(start, config).to(fabric.device)
    # Whoever judges the pictures sees them as the encoder does, through a reader's windows.
    windows = network.config.windows
    discriminator = Discriminator(config.discriminator.model_copy(update={"windows": windows}))
    moving_average = get_ema_multi_avg_fn(config.ema_decay)  # type: ignore[no-untyped-call]
    averaged = AveragedModel(network.decoder, multi_avg_fn=moving_average)
    shipped = U3Net(network.config)
    shipped.encoder, shipped.decoder = network.encoder, cast(Decoder, averaged.module)
    weights = config.decoder_weights
    perceptual = reader = None
    if weights.perceptual or weights.texture or weights.reader:
        perceptual = perceptual_loss(config.perceptual_network, fabric.device, windows, fabric.autocast)
    if weights.reader and isinstance(perceptual, FeatureDistance):
        reader = reader_of(crops, perceptual, config, fabric.device)
    # In half precision the backbone's features are a quarter of a deviation off, as much as is to be found.
    exact = FeatureDistance(windows).to(fabric.device) if weights.whole_reader else None
    wholes = WholePictures(pictures, exact, config) if exact else None
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
        "decoder_optimiser": decoder_optimiser,
    }
    if config.adversarial:
        parts |= {"discriminator": discriminator, "discriminator_optimiser": discriminator_optimiser}
    if reader:
        parts["reader"] = reader
    if wholes:
        parts["wholes"] = wholes

    def judge_frozen(images: Tensor) -> Judgement:
        with fabric.autocast():
            return judge(discriminator, images)

    def fit(step: int, batch: Stage2Batch) -> dict[str, Tensor]:
        _set_rate(decoder_optimiser, fit_learning_rate(config, step))
        network.decoder.train(not settles(config, step))
        losses = fit_loss(decoder, network, batch)
        _descend(fabric, decoder, decoder_optimiser, losses["mse"], losses, step)
        return losses

    # Without filtered grain both pictures are one: adding zeros would change how gradients round.
    filtered = network.config.grain_filters > 0

    def play(step: int, batch: Stage2Batch) -> dict[str, Tensor]:
        learns = step >= config.learns_from
        network.decoder.eval()
        with torch.set_grad_enabled(learns):
            quantized = network.encoder.quantizer.look_up(batch.labels)
            decoded = decoder(
                quantized,
                batch.noise_seeds,
                batch.grain,
                apart=filtered,
                spacing_codes=batch.spacing_codes,
            )
            reconstruction = plain = batch.without_halo(decoded).float()
            if filtered:
                plain, grain = plain.chunk(2, dim=1)
                reconstruction = plain + grain

        losses: dict[str, Tensor] = {}
        if config.adversarial:
            discriminator.train().requires_grad_(True)
            mixing = cutmix_ramp(config, step) > 0
            losses = discriminator_losses(critic, batch, reconstruction.detach(), with_cutmix=mixing)
            told_apart = losses.pop("told_apart")
            total = weigh_discriminator_losses(losses, config, step)
            _descend(fabric, critic, discriminator_optimiser, total, losses, step)
            losses["told_apart"] = told_apart

        if learns:
            # Frozen, so that the gradient runs through the discriminator and moves the decoder alone.
            discriminator.eval().requires_grad_(False)
            _set_rate(decoder_optimiser, learning_rate(config, step))
            ours = decoder_losses(judge_frozen, batch, reconstruction, plain, config, perceptual, reader)
            if wholes and exact:
                if step == config.learns_from:
                    wholes.look(decoder, network, exact)
                ours["whole_reader"] = wholes(decoder, network, exact, step, fabric)
            total = torch.stack([getattr(weights, name) * loss for name, loss in ours.items()]).sum()
            _descend(fabric, decoder, decoder_optimiser, total, ours, step)
            averaged.update_parameters(network.decoder)
            losses |= ours
        return losses

    first = load_checkpoint(fabric, checkpoint, parts, config) if checkpoint else 0
    for step in range(first, config.steps):
        fits = step < config.fit
        measured = (fit if fits else play)(step, draw_batch(config, crops, step, fabric))
        if report:
            own = torch.stack([loss.detach() for loss in measured.values()])
            means = cast(Tensor, fabric.all_reduce(own, reduce_op="mean")).tolist()
            # The average begins with the first step against the discriminator.
            now = shipped if step >= config.learns_from else network
            report(step, dict(zip(measured, means, strict=True)), now)
        if checkpoint and ((step + 1) % checkpoint_every == 0 or step + 1 == config.steps):
            save_checkpoint(fabric, checkpoint, parts, config, step + 1)
    return shipped.eval()


def learning_rate(config: Stage2Config, step: int) -> float:
    """Of the decoder: as set in the first half of its steps, then half a cosine down to zero."""
    share = (step - config.learns_from) / (config.steps - config.learns_from)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * max(0.0, 2 * share - 1)))


def network_for_stage2(start: U3Net, config: Stage2Config) -> U3Net:
    """A copy of a network of stage 1, its encoder frozen, its decoder with noise inputs where wanted.

    A decoder of other widths begins with weights of chance.
    """
    changes: dict[str, Any] = {"spacings": config.spacings}
    if config.noise_seed is not None:
        changes["noise_seed"] = config.noise_seed
        changes["grain_filters"] = config.grain_filters
    if config.decoder_widths:
        changes["decoder_widths"] = config.decoder_widths
        changes["decoder_convolutions"] = config.decoder_convolutions
    network = U3Net(start.config.model_copy(update=changes))
    kept = "encoder." if config.decoder_widths else ""
    # Noise inputs that are new begin at strength zero: the same function as before.
    known = {name: value for name, value in start.state_dict().items() if name.startswith(kept)}
    network.load_state_dict(network.state_dict() | known)
    network.encoder.requires_grad_(False)
    return network.to_channels_last().eval()


def _set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate


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
