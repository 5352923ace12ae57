"""The losses of the two turns of stage 2 (paper section 2.2, learning objective)."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from u3edu.model.discriminator import Judgement, judge
from u3edu.training.data import LabelledCrops
from u3edu.training.losses.boundary import boundary_loss
from u3edu.training.losses.consistency import consistency_loss
from u3edu.training.losses.cutmix import cutmix_loss, mix
from u3edu.training.losses.discriminator import discriminator_loss
from u3edu.training.losses.focal_frequency import focal_frequency_loss
from u3edu.training.losses.generator import generator_loss
from u3edu.training.losses.gradient import gradient_loss
from u3edu.training.losses.intermediate import intermediate_loss
from u3edu.training.losses.perceptual import FeatureDistance, PerceptualLoss, feature_distance
from u3edu.training.losses.reader import LinearReader, crop_statistics
from u3edu.training.losses.reconstruction import reconstruction_loss
from u3edu.training.losses.spectrum import spectrum_loss
from u3edu.training.losses.texture import texture_loss
from u3edu.training.stage2_batch import Stage2Batch, foreground_share
from u3edu.training.stage2_config import Stage2Config

# Real crops that the reader loss weighs features by: about a thousand, a batch at a time.
_READER_BATCHES, _READER_BATCH = 120, 8


def discriminator_losses(
    critic: nn.Module, batch: Stage2Batch, reconstruction: Tensor, with_cutmix: bool
) -> dict[str, Tensor]:
    """The losses of the discriminator's turn.

    Parameters
    ----------
    critic : Module
        The discriminator as set up for its device, precision and data parallelism.
    batch : Stage2Batch
    reconstruction : float32 [B, 1, H, W]
        Detached from the decoder.
    with_cutmix : bool
        Whether mixed images are judged, too.

    Returns
    -------
    dict of str to scalar
        Keys as in `DiscriminatorLossWeights`, and ``told_apart``: the share of pixels, real and
        reconstructed, that are taken for what they are.
    """
    shown = [batch.images, reconstruction]
    if with_cutmix:
        shown.append(mix(batch.images, reconstruction, batch.is_real))
    # One pass for all, as data parallelism wants it.
    real, fake, *mixed = judge(critic, torch.cat(shown)).split(len(batch.images))
    losses = {"discriminator": discriminator_loss(real.pixels, real.wholes, fake.pixels, fake.wholes)}
    if mixed:
        losses["cutmix"] = cutmix_loss(mixed[0].pixels, mixed[0].wholes, batch.is_real)
        losses["consistency"] = consistency_loss(mixed[0].pixels, real.pixels, fake.pixels, batch.is_real)
    told_apart = ((real.pixels > 0).float().mean() + (fake.pixels < 0).float().mean()) / 2
    return losses | {"told_apart": told_apart}


def weigh_discriminator_losses(losses: dict[str, Tensor], config: Stage2Config, step: int) -> Tensor:
    """``L_Dis``: the weighted sum, CutMix and consistency on their ramp."""
    weights, ramp = config.discriminator_weights, cutmix_ramp(config, step)
    scale = {"discriminator": 1.0, "cutmix": ramp, "consistency": ramp}
    return torch.stack([scale[name] * getattr(weights, name) * loss for name, loss in losses.items()]).sum()


def cutmix_ramp(config: Stage2Config, step: int) -> float:
    """Share of their weight that CutMix and consistency have: 0 in the warm-up, then up to 1."""
    return min(1.0, max(0.0, (step - config.learns_from) / config.cutmix_ramp))


def decoder_losses(
    judge_frozen: Callable[[Tensor], Judgement],
    batch: Stage2Batch,
    reconstruction: Tensor,
    plain: Tensor,
    config: Stage2Config,
    perceptual: PerceptualLoss | None,
    reader: LinearReader | None = None,
) -> dict[str, Tensor]:
    """The losses of the decoder's turn, those with a weight.

    Parameters
    ----------
    judge_frozen : callable
        From images to the judgement of the discriminator, whose weights carry no gradient.
    batch : Stage2Batch
    reconstruction : float32 [B, 1, H, W]
    plain : float32 [B, 1, H, W]
        The reconstruction without filtered grain. Losses pixel by pixel are of this: no grain lies
        where the real one does, and it would only be held down.
    config : Stage2Config
    perceptual : PerceptualLoss, optional
        Needed where the perceptual loss, the texture loss or the reader loss has a weight; for the
        last two it is a `FeatureDistance`.
    reader : LinearReader, optional
        Needed where the reader loss has a weight.

    Returns
    -------
    dict of str to scalar
        Keys as in `DecoderLossWeights`.
    """
    weights, images = config.decoder_weights, batch.images
    losses: dict[str, Tensor] = {}
    if weights.mse:
        losses["mse"] = reconstruction_loss(plain, images)
    if weights.focal_frequency:
        losses["focal_frequency"] = focal_frequency_loss(plain, images)
    if isinstance(perceptual, FeatureDistance):
        with torch.no_grad():
            theirs = perceptual.features(images)
        ours = perceptual.features(reconstruction)
        if weights.perceptual:
            losses["perceptual"] = feature_distance(ours, theirs)
        if weights.texture:
            losses["texture"] = texture_loss(ours, theirs)
        if weights.reader and reader:
            statistics = (crop_statistics(one, len(images)) for one in (ours, theirs))
            counted = batch.foreground >= config.reader.least_foreground
            losses["reader"] = reader(*statistics, batch.spacing_codes, counted)
    elif weights.perceptual and perceptual:
        losses["perceptual"] = perceptual(reconstruction, images)
    if weights.intermediate or weights.generator:
        fake = judge_frozen(reconstruction)
        if weights.intermediate:
            with torch.no_grad():
                real = judge_frozen(images)
            losses["intermediate"] = intermediate_loss(fake.features, real.features)
        if weights.generator:
            losses["generator"] = generator_loss(fake.pixels, fake.wholes)
    if weights.spectrum:
        losses["spectrum"] = spectrum_loss(reconstruction, images)
    if weights.gradient:
        losses["gradient"] = gradient_loss(reconstruction, images)
    if weights.boundary:
        losses["boundary"] = boundary_loss(reconstruction, images, batch.true_labels)
    return losses


@torch.no_grad()
def reader_of(
    crops: LabelledCrops, distance: FeatureDistance, config: Stage2Config, device: torch.device
) -> LinearReader:
    """A reader who has seen about a thousand real crops, the same on every process.

    Parameters
    ----------
    crops : LabelledCrops
    distance : FeatureDistance
        Whose backbone the reader looks through.
    config : Stage2Config
        Its seed draws the crops.
    device : torch.device

    Raises
    ------
    ValueError
        If too few crops have enough foreground.
    """
    settings = config.reader
    generator = torch.Generator().manual_seed(config.seed)
    seen = []
    for _ in range(_READER_BATCHES):
        images, *_ = crops.batch(_READER_BATCH, generator)
        counted = foreground_share(images, config) >= settings.least_foreground
        statistics = crop_statistics(distance.features(images.to(device)), _READER_BATCH)
        seen.append(statistics[counted.to(device)])
    return LinearReader(torch.cat(seen), settings).to(device)
