"""Batch norm whose statistics are those of all processes' images, on every device."""

import torch
from torch import Tensor, distributed, nn

from u3edu.model.parallel import is_parallel, mean_of_all_processes


class BatchNorm2d(nn.BatchNorm2d):
    """`torch.nn.BatchNorm2d`, but under data parallelism it sees the images of all processes.

    Several processes with a part of a batch each then train as one process with all of it does;
    torch's own SyncBatchNorm runs on GPUs alone. Every process must hold equally many images of
    one size. In evaluation mode, and with a single process, it is torch's.
    """

    def forward(self, images: Tensor) -> Tensor:
        """[B, C, H, W] to the same shape."""
        if not (self.training and is_parallel()):
            return super().forward(images)
        single = images.float()
        # Mean first, then squares about it: a difference of two large sums would lose digits.
        mean = mean_of_all_processes(single.mean(dim=(0, 2, 3)))
        centred = single - mean[:, None, None]
        variance = mean_of_all_processes(centred.square().mean(dim=(0, 2, 3)))
        self._follow(mean, variance, distributed.get_world_size() * images[:, 0].numel())
        scale = self.weight * (variance + self.eps).rsqrt()
        return (centred * scale[:, None, None] + self.bias[:, None, None]).to(images.dtype)

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """Move the running statistics, with the unbiased variance as torch does."""
        assert self.running_mean is not None and self.running_var is not None
        assert self.num_batches_tracked is not None and self.momentum is not None
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * count / (count - 1), self.momentum)
        self.num_batches_tracked += 1
