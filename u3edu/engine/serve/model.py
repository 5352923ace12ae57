"""A replica of one model: draws boxes of labels, those that come together as one batch."""

import asyncio
from typing import Any

import numpy as np
import torch
from ray import serve

from u3edu.editing.box import Box
from u3edu.engine.cutouts import Cutout, CutoutDecoder
from u3edu.engine.local import fastest_device
from u3edu.engine.serve.settings import ModelSettings
from u3edu.engine.wire import BoxRequest, ModelInfo
from u3edu.model.weights import load_weights, weights_path


class ModelReplica:
    """Holds a decoder on this replica's share of a processor or GPU.

    Parameters
    ----------
    settings : ModelSettings
    largest_side : int
        The most rows or columns of a picture.
    """

    def __init__(self, settings: ModelSettings, largest_side: int) -> None:
        # Pictures are to be those that a kernel draws; shortened products are off by grey levels.
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
        network, card = load_weights(weights_path(settings.weights))
        network = network.to(fastest_device()).to_channels_last().eval().requires_grad_(False)
        unet = network.decoder.unet
        self._info = ModelInfo(
            name=card.name,
            weights=card.weights_sha256,
            elements=len(card.elements),
            stride=unet.stride,
            reach=unet.reach(),
            largest_side=largest_side,
        )
        self._decoder = CutoutDecoder(network.decoder, network.encoder.quantizer)
        batching: Any = self.draw
        batching.set_max_batch_size(settings.batch)
        batching.set_batch_wait_timeout_s(settings.batch_wait_ms / 1000)
        # The first drawing takes longer than all others; nobody is to wait for it.
        side = 4 * unet.stride
        labels = np.zeros((side, side), np.uint8)
        self._decoder.decode([Cutout(labels, (0, 0), Box(0, 0, side, side))])

    async def info(self) -> ModelInfo:
        """What notebooks must know of the model."""
        return self._info

    @serve.batch
    async def draw(self, requests: list[BoxRequest]) -> list[np.ndarray]:
        """Pixels float32 of each request's box.

        Called with one request at a time; those of several callers arrive together.
        """
        cutouts = [
            Cutout(request.labels, (request.cutout.top, request.cutout.left), request.box, request.appearance)
            for request in requests
        ]
        # On a thread of its own, so that others can be taken in meanwhile.
        return await asyncio.to_thread(self._decoder.decode, cutouts)
