"""The reader loss of whole pictures: drawn as the engine draws them, known slice by slice."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from tests.training.discs import disc_pictures, second_stage
from tests.training.states import changed
from u3edu.engine.soft_borders import border_reach
from u3edu.imaging.array import slice_from_array
from u3edu.model.u3net import U3Net
from u3edu.training.data import LabelledCrops
from u3edu.training.export import engine_of
from u3edu.training.loss_settings import DecoderLossWeights, ReaderLossConfig
from u3edu.training.losses.perceptual import FeatureDistance
from u3edu.training.stage2 import network_for_stage2, train_stage2
from u3edu.training.stage2_config import Stage2Config
from u3edu.training.whole_pictures import WholePicture, WholePictures, draw


@pytest.fixture
def config() -> Stage2Config:
    weights = DecoderLossWeights(generator=0.0, intermediate=0.0, perceptual=0.0, whole_reader=0.1)
    reader = ReaderLossConfig(components=2, component_weight=0.5, pictures=1)
    return second_stage().model_copy(
        update={"decoder_weights": weights, "reader": reader, "grain_filters": 2}
    )


@pytest.fixture
def network(start: U3Net, config: Stage2Config) -> U3Net:
    """With grain that is not at strength zero any more."""
    network = network_for_stage2(start, config)
    torch.nn.init.normal_(network.decoder.unet.grain.strength.weight, std=0.2)
    return network


@pytest.fixture(scope="module")
def distance() -> FeatureDistance:
    return FeatureDistance()


def drawn_each(
    wholes: WholePictures, network: U3Net, distance: FeatureDistance, steps: range, fabric: Fabric
) -> list[float]:
    return [wholes(network.decoder, network, distance, step, fabric).item() for step in steps]


@pytest.mark.parametrize("blur", [0.0, 1.0])
def test_pictures_are_drawn_as_the_engine_draws_them(
    network: U3Net, config: Stage2Config, blur: float
) -> None:
    state = network.state_dict()
    network = U3Net(network.config.model_copy(update={"encoder_blur": blur})).eval()
    network.load_state_dict(state)
    numbers = np.random.default_rng(0)
    # No multiples of the network's stride.
    picture = slice_from_array(numbers.uniform(-1, 1, (45, 51)), modality="MR")
    engine = engine_of(network, config)
    label_map = engine.segment(picture)
    multiples = (0.5, 1.0, 1.5, 2.0)
    asked = replace(label_map.acquisition, grain=1.3, element_grain=multiples)
    expected = engine.synthesize(replace(label_map, acquisition=asked)).pixels
    whole = WholePicture(picture.pixels, label_map.labels, 1.3, np.float32(multiples), 0.0, ())
    with torch.no_grad():
        drawn, smooth = draw(whole, network.decoder, network)
        plain, same = draw(replace(whole, grain=0.0), network.decoder, network)
    assert drawn.shape == (1, 1, 45, 51)
    assert np.abs(drawn[0, 0].numpy() - expected).max() < 1e-5
    assert (drawn - plain).abs().max() > 0.05
    assert torch.equal(smooth.clamp(-1, 1), plain)
    assert torch.equal(smooth, same)


def test_a_mirrored_picture_has_its_tiles_where_they_then_are() -> None:
    picture = disc_pictures()[0]
    mirrored = picture.mirrored()
    assert not np.array_equal(mirrored.pixels, picture.pixels)
    for here, there in zip(picture.tiles, mirrored.tiles, strict=True):
        assert np.array_equal(mirrored.pixels[there], picture.pixels[here][:, ::-1])
        assert np.array_equal(mirrored.labels[there], picture.labels[here][:, ::-1])
    again = mirrored.mirrored()
    assert again.tiles == picture.tiles
    assert np.array_equal(again.labels, picture.labels)


def test_around_tiles_is_what_lies_there() -> None:
    numbers = np.random.default_rng(0)
    tiles = [(slice(70, 102), slice(140, 172)), (slice(90, 122), slice(120, 152))]
    pixels = numbers.uniform(-1, 1, (150, 200)).astype(np.float32)
    labels = numbers.integers(4, size=(150, 200)).astype(np.uint8)
    picture = WholePicture(pixels, labels, 1.0, np.ones(4, np.float32), 0.0, tuple(tiles))
    both, one = picture.around(tiles, 8), picture.around(tiles[:1], 30)
    # The next multiples of 32 that are far enough away, or where the picture ends.
    assert (both.corner, both.labels.shape) == ((32, 96), (118, 96))
    assert (one.corner, one.labels.shape) == ((32, 96), (118, 104))
    for cut_out in (both, one):
        for here, there in zip(cut_out.tiles, tiles, strict=False):
            assert np.array_equal(cut_out.pixels[here], picture.pixels[there])
            assert np.array_equal(cut_out.labels[here], picture.labels[there])
    assert both.around(both.tiles[:1], 0).corner == (64, 128)


@pytest.mark.parametrize("blur", [0.0, 1.0])
def test_around_tiles_it_is_drawn_as_in_the_whole_picture(network: U3Net, blur: float) -> None:
    state = network.state_dict()
    network = U3Net(network.config.model_copy(update={"encoder_blur": blur})).eval()
    network.load_state_dict(state)
    numbers = np.random.default_rng(0)
    tiles = ((slice(100, 132), slice(70, 102)),)
    labels = numbers.integers(4, size=(192, 224)).astype(np.uint8)
    pixels = np.zeros(labels.shape, np.float32)
    whole = WholePicture(pixels, labels, 1.3, np.float32([0.5, 1, 1.5, 2]), 0.0, tiles)
    part = whole.around(tiles, network.decoder.unet.reach() + border_reach(blur))
    assert part.labels.size < whole.labels.size / 2
    with torch.no_grad():
        expected, plain = (drawn[:, :, *tiles[0]] for drawn in draw(whole, network.decoder, network))
        found, same = (drawn[:, :, *part.tiles[0]] for drawn in draw(part, network.decoder, network))
    assert torch.allclose(found, expected, atol=1e-5)
    assert torch.allclose(same, plain, atol=1e-5)
    assert (expected - plain).abs().max() > 0.05


def test_a_slice_is_seen_as_the_engine_sees_it(network: U3Net, config: Stage2Config) -> None:
    # A disc on air: the corners are outside the body.
    rows, columns = np.mgrid[:96, :96]
    inside = (rows - 48) ** 2 + (columns - 48) ** 2 < 40**2
    pixels = np.where(inside, np.random.default_rng(0).uniform(0.2, 0.6, (96, 96)), -1)
    settings = config.model_copy(update={"reader": ReaderLossConfig(least_foreground=0.9)})
    picture, engine = slice_from_array(pixels, modality="MR"), engine_of(network, config)
    whole = WholePicture.of(picture, engine, settings)
    assert np.array_equal(whole.labels, engine.segment(picture).labels)
    assert whole.element_grain.tolist() == [1.0] * 4
    corners = [(rows.start, columns.start) for rows, columns in whole.tiles]
    assert all(rows.stop - rows.start == columns.stop - columns.start == 32 for rows, columns in whole.tiles)
    # Three quarters of a crop apart, and the corners of the picture left out.
    assert corners
    assert all(top % 24 == left % 24 == 0 for top, left in corners)
    assert (24, 24) in corners
    assert (0, 0) not in corners
    reader = ReaderLossConfig(least_foreground=0.9, grids=2)
    twice = WholePicture.of(picture, engine, config.model_copy(update={"reader": reader})).tiles
    assert twice[: len(corners)] == whole.tiles
    # Half a step farther.
    assert twice[len(corners) :]
    assert all(row.start % 24 == column.start % 24 == 12 for row, column in twice[len(corners) :])


def test_against_numpy(
    network: U3Net, config: Stage2Config, distance: FeatureDistance, fabric: Fabric
) -> None:
    pictures = disc_pictures()
    wholes = WholePictures(pictures, distance, config)
    wholes.look(network.decoder, network, distance)
    loss = drawn_each(wholes, network, distance, range(1), fabric)[0]

    def features(images: list[np.ndarray]) -> np.ndarray:
        with torch.no_grad():
            stages = distance.features(torch.from_numpy(np.stack(images))[:, None])
        flat = [stage.flatten(2).double().numpy() for stage in stages]
        return np.concatenate([part for one in flat for part in (one.mean(2), one.std(2))], axis=1)

    with torch.no_grad():
        made = [draw(picture, network.decoder, network)[0][0, 0].numpy() for picture in pictures]
    tiles = [(index, tile) for index, picture in enumerate(pictures) for tile in picture.tiles]
    real = features([pictures[index].pixels[tile] for index, tile in tiles])
    reconstructed = features([made[index][tile] for index, tile in tiles])
    scale = real.std(axis=0, ddof=1) + 1e-4
    standardised, differences = (real - real.mean(axis=0)) / scale, (reconstructed - real) / scale
    covariance = standardised.T @ standardised / len(real)
    metric = np.linalg.inv(covariance + 0.5 * np.eye(len(scale)))
    variances, directions = np.linalg.eigh(covariance)
    components = directions[:, :-3:-1] / np.sqrt(variances[:-3:-1])
    places = ((reconstructed - real.mean(axis=0)) / scale @ components).clip(-3, 3)
    codes = np.column_stack([np.ones(len(tiles)), places])
    known = codes.T @ differences / len(tiles)
    squares = np.einsum("cf,fg,cg->c", known, metric, known)
    distances = np.sqrt([squares[0], squares[1:].sum(), squares[1:].sum()])
    drawn = WholePictures(pictures, distance, config)._of_step(0, 1)[0]
    own = np.array([index in drawn for index, _ in tiles])
    away = codes[own].T @ differences[own] / own.sum()
    parts = np.einsum("cf,fg,cg->c", away, metric, known) / distances
    assert np.isclose(loss, parts[0] + 0.5 * parts[1:].sum(), rtol=1e-2)


def test_each_slice_is_drawn_as_often_as_the_others_and_remembered_until_then(
    network: U3Net, config: Stage2Config, distance: FeatureDistance, fabric: Fabric
) -> None:
    wholes = WholePictures(disc_pictures(), distance, config)
    drawn = []
    for step in range(6):
        before = wholes.differences.clone()
        drawn_each(wholes, network, distance, range(step, step + 1), fabric)
        if step < 3:
            drawn += [
                index for index in range(3) if not torch.equal(before[index], wholes.differences[index])
            ]
    assert sorted(drawn) == [0, 1, 2]
    known = wholes.differences.clone()
    wholes.look(network.decoder, network, distance)
    assert torch.allclose(known, wholes.differences, atol=1e-4)


def test_its_gradient_brings_pictures_to_the_originals_on_average(
    network: U3Net, config: Stage2Config, distance: FeatureDistance, fabric: Fabric
) -> None:
    wholes = WholePictures(disc_pictures(), distance, config)
    wholes.look(network.decoder, network, distance)
    network.decoder.requires_grad_(True)
    optimiser = torch.optim.Adam(network.decoder.parameters(), lr=3e-3)
    first = sum(drawn_each(wholes, network, distance, range(3), fabric))
    for step in range(45):
        optimiser.zero_grad()
        wholes(network.decoder, network, distance, step, fabric).backward()
        assert all(parameter.grad.abs().max() > 0 for parameter in network.decoder.parameters())
        optimiser.step()
    assert all(parameter.grad is None for parameter in network.encoder.parameters())
    assert sum(drawn_each(wholes, network, distance, range(3), fabric)) < 0.6 * first


def test_a_resumed_run_ends_like_an_uninterrupted_one(
    start: U3Net, config: Stage2Config, labelled: LabelledCrops, fabric: Fabric, tmp_path: Path
) -> None:
    class Killed(Exception):
        pass

    def kill(step: int, losses: dict[str, float], network: U3Net) -> None:
        if step == 7:
            raise Killed

    arguments = (config, start, labelled, fabric)
    losses: list[dict[str, float]] = []
    whole = train_stage2(*arguments, report=lambda _, now, __: losses.append(now), pictures=disc_pictures())
    assert all(one["whole_reader"] > 0 for one in losses)
    checkpoint = tmp_path / "stage2.ckpt"
    with pytest.raises(Killed):
        train_stage2(
            *arguments, checkpoint=checkpoint, checkpoint_every=5, report=kill, pictures=disc_pictures()
        )
    resumed = train_stage2(*arguments, checkpoint=checkpoint, pictures=disc_pictures())
    assert not changed(whole.state_dict(), resumed.state_dict())


def test_slices_without_a_tile_are_left_out_and_too_few_are_refused(
    config: Stage2Config, distance: FeatureDistance
) -> None:
    first, *others = disc_pictures()
    bare = [replace(picture, tiles=()) for picture in others]
    assert len(WholePictures([first, *bare], distance, config).pictures) == 1
    two = config.model_copy(update={"reader": ReaderLossConfig(pictures=2)})
    with pytest.raises(ValueError, match="1 slices with a tile of 32 pixels"):
        WholePictures([first, *bare], distance, two)
