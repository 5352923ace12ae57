"""The decoder's first convolution, read from a table of what each row of three labels adds."""

import torch
from torch import Tensor, nn
from torch.nn import functional

# A table for more elements than this no longer fits a processor core's cache.
_MOST_ELEMENTS = 15


class LabelConvolution:
    """A 3 x 3 convolution of quantized embeddings, computed from the labels themselves.

    What a row of three labels adds to an output follows from the labels alone, and ten elements
    make 11 x 11 x 11 such rows (one label stands for pixels outside of the picture). An output is
    the sum of three entries of a table, where the convolution has 144 products a channel
    (measured: a quarter of the time). On other devices, and for many elements, it convolves.

    Parameters
    ----------
    layer : nn.Conv2d
        3 x 3 with stride 1; it no longer learns.
    activation : nn.Module
        Follows it; may work in place.
    means : float32 [K, D]
        The elements' means.
    """

    reach = 1

    def __init__(self, layer: nn.Conv2d, activation: nn.Module, means: Tensor) -> None:
        self.weight, self.bias = layer.weight, layer.bias
        self._activation = activation
        self._count = len(means) + 1
        # Outside of the picture there are zeros.
        self._means = torch.cat([means.new_zeros(1, means.shape[1]), means])
        pays = means.device.type == "cpu" and len(means) <= _MOST_ELEMENTS
        self._table = self._rows_of_three() if pays else None

    def __call__(
        self,
        labels: Tensor,
        padding: tuple[int, int],
        memory_format: torch.memory_format = torch.channels_last,
    ) -> Tensor:
        """Outputs float32 [B, C, H, W] of labels, with `padding` rows and columns of zeros around them.

        Parameters
        ----------
        labels : int32 [B, 1, H, W]
            Index of the element plus one; 0 outside of the picture.
        padding : tuple of int
        memory_format : torch.memory_format
            Of the outputs.
        """
        rows, columns = padding
        if self._table is None:
            embeddings = functional.embedding(labels[:, 0], self._means).permute(0, 3, 1, 2)
            outputs = functional.conv2d(embeddings, self.weight, self.bias, padding=padding)
            return self._activation(outputs)
        labels = functional.pad(labels, (columns, columns, rows, rows))[:, 0]
        triples = (labels[..., :-2] * self._count + labels[..., 1:-1]) * self._count + labels[..., 2:]
        height, width = triples.shape[1] - 2, triples.shape[2]
        entries = [triples[:, row : row + height] + row * self._count**3 for row in range(3)]
        indices = torch.stack(entries, dim=-1).view(-1, 3)
        sums = functional.embedding_bag(indices, self._table, mode="sum")
        outputs = self._activation(sums.view(len(labels), height, width, -1).permute(0, 3, 1, 2))
        return outputs.contiguous(memory_format=memory_format)

    def _rows_of_three(self) -> Tensor:
        """What three labels side by side add to an output, [3 K'^3, C] with K' = K + 1, by kernel row."""
        taps = torch.einsum("kd,cdyx->yxkc", self._means, self.weight)
        left, middle, right = taps[:, 0], taps[:, 1], taps[:, 2]
        table = left[:, :, None, None] + middle[:, None, :, None] + right[:, None, None, :]
        if self.bias is not None:
            table[1] += self.bias
        return table.flatten(0, 3).contiguous()
