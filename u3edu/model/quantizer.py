"""The clustering module: pixel-wise K-means whose means follow the embeddings (paper section 2.1)."""

import torch
from torch import Tensor, distributed, nn
from torch.nn import functional


class Quantizer(nn.Module):
    """Assigns each embedding vector to the nearest of K mean vectors.

    K-means on the first embeddings sets means, counts and sums alike; afterwards an
    exponential moving average follows them. Under data parallelism the sums over all
    processes are used, so that the means stay the same everywhere. A cluster that has lost
    nearly all of its pixels is given new ones where the present means fit worst.

    Parameters
    ----------
    elements : int
        K, the number of clusters.
    embedding_size : int
        D, the length of an embedding vector.
    decay : float
        Weight of the past in the moving average.
    revive_below : float
        A cluster that holds a smaller share of the pixels than this is dead.
    """

    means: Tensor
    sums: Tensor
    counts: Tensor
    initialised: Tensor

    def __init__(
        self, elements: int, embedding_size: int, decay: float = 0.99, revive_below: float = 0.01
    ) -> None:
        super().__init__()
        self.decay = decay
        self.revive_below = revive_below
        self.register_buffer("means", torch.zeros(elements, embedding_size))
        self.register_buffer("sums", torch.zeros(elements, embedding_size))
        self.register_buffer("counts", torch.zeros(elements))
        self.register_buffer("initialised", torch.tensor(False))

    def assign(self, embedding: Tensor) -> Tensor:
        """Index of the nearest mean, ``argmin_k ||mu_k - e_i||^2``.

        Parameters
        ----------
        embedding : float [B, D, H, W]

        Returns
        -------
        int64 [B, H, W]
        """
        # ||mu - e||^2 = ||mu||^2 - 2 mu.e + ||e||^2, and the last term is the same for all k.
        offsets = -(self.means**2).sum(dim=1)
        nearness = functional.conv2d(embedding.float(), 2 * self.means[:, :, None, None], offsets)
        return nearness.argmax(dim=1)

    def look_up(self, labels: Tensor) -> Tensor:
        """Quantized embedding map float32 [B, D, H, W] of labels int64 [B, H, W]."""
        return functional.embedding(labels, self.means).permute(0, 3, 1, 2)

    def forward(self, embedding: Tensor) -> tuple[Tensor, Tensor]:
        """Quantize embeddings.

        Parameters
        ----------
        embedding : float [B, D, H, W]

        Returns
        -------
        quantized : float32 [B, D, H, W]
            The means of the assigned clusters; gradients pass straight through to `embedding`.
        labels : int64 [B, H, W]
        """
        embedding = embedding.float()
        labels = self.assign(embedding)
        quantized = self.look_up(labels)
        return embedding + (quantized - embedding).detach(), labels

    @torch.no_grad()
    def initialise(self, embedding: Tensor, generator: torch.Generator, iterations: int = 25) -> None:
        """Set means, counts and sums by K-means on the first embeddings, float [B, D, H, W]."""
        vectors = _vectors(embedding)
        chosen = torch.randint(len(vectors), (20_000,), generator=generator).to(vectors.device)
        vectors = _gather(vectors[chosen])
        # Means start at pixels drawn alike: seeds far apart would sit on rare outliers.
        means = _from_first_process(vectors[: len(self.means)].clone())
        for _ in range(iterations):
            labels = torch.cdist(vectors, means).argmin(dim=1)
            sums, counts = _cluster_sums(vectors, labels, len(means))
            means = torch.where(counts[:, None] > 0, sums / counts.clamp(min=1)[:, None], means)
        self.means.copy_(means)
        self.initialised.fill_(True)
        self.sums.zero_()
        self.counts.zero_()
        self._follow(embedding, self.assign(embedding), decay=0.0)

    @torch.no_grad()
    def update(self, embedding: Tensor, labels: Tensor) -> None:
        """Move the means towards the embeddings assigned to them.

        Parameters
        ----------
        embedding : float [B, D, H, W]
        labels : int64 [B, H, W]
        """
        self._follow(embedding, labels, self.decay)

    @torch.no_grad()
    def revive(self, embedding: Tensor, labels: Tensor, generator: torch.Generator) -> int:
        """Move dead clusters to pixels that their own means fit badly.

        Parameters
        ----------
        embedding : float [B, D, H, W]
        labels : int64 [B, H, W]
        generator : torch.Generator
            Chooses the pixels.

        Returns
        -------
        int
            How many clusters were revived.
        """
        dead = self.counts < self.revive_below * self.counts.sum()
        if not dead.any():
            return 0
        vectors = _vectors(embedding)
        candidates = torch.randint(len(vectors), (20_000,), generator=generator).to(vectors.device)
        vectors, labels = vectors[candidates], labels.flatten()[candidates]
        misfit = (vectors - self.means[labels]).norm(dim=1)
        # Drawn on the CPU, so that a run is the same on every device.
        chosen = torch.multinomial(misfit.cpu() + 1e-12, int(dead.sum()), generator=generator)
        seeds = _from_first_process(vectors[chosen.to(vectors.device)])
        # Little weight to begin with: the cluster follows its first members quickly.
        count = 2 * self.revive_below * self.counts.sum()
        self.means[dead] = seeds
        self.counts[dead] = count
        self.sums[dead] = seeds * count
        return int(dead.sum())

    def _follow(self, embedding: Tensor, labels: Tensor, decay: float) -> None:
        sums, counts = _cluster_sums(_vectors(embedding), labels.flatten(), len(self.means))
        if _is_parallel():
            distributed.all_reduce(sums)
            distributed.all_reduce(counts)
        self.sums.lerp_(sums, 1 - decay)
        self.counts.lerp_(counts, 1 - decay)
        populated = self.counts[:, None] > 0
        self.means.copy_(torch.where(populated, self.sums / self.counts.clamp(min=1e-6)[:, None], self.means))


def _vectors(embedding: Tensor) -> Tensor:
    """[B, D, H, W] to float32 [B H W, D]."""
    return embedding.detach().float().permute(0, 2, 3, 1).flatten(0, 2)


def _cluster_sums(vectors: Tensor, labels: Tensor, clusters: int) -> tuple[Tensor, Tensor]:
    """Sum of the vectors, [K, D], and number of vectors, [K], of each cluster."""
    counts = torch.bincount(labels, minlength=clusters).to(vectors.dtype)
    sums = vectors.new_zeros(clusters, vectors.shape[1]).index_add_(0, labels, vectors)
    return sums, counts


def _is_parallel() -> bool:
    return distributed.is_available() and distributed.is_initialized()


def _gather(vectors: Tensor) -> Tensor:
    """The vectors of all processes, [P N, D]."""
    if not _is_parallel():
        return vectors
    gathered = [torch.empty_like(vectors) for _ in range(distributed.get_world_size())]
    distributed.all_gather(gathered, vectors.contiguous())
    return torch.cat(gathered)


def _from_first_process(values: Tensor) -> Tensor:
    """The values that process 0 holds."""
    if _is_parallel():
        values = values.contiguous()
        distributed.broadcast(values, src=0)
    return values
