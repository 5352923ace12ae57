"""The clustering module: pixel-wise K-means whose means follow the embeddings (paper section 2.1)."""

import torch
from torch import Tensor, distributed, nn
from torch.nn import functional

from u3edu.model.parallel import is_parallel


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

    Attributes
    ----------
    revivals : int64 [K]
        How often each cluster was given new pixels since the network was made or loaded.
    """

    means: Tensor
    sums: Tensor
    counts: Tensor
    initialised: Tensor
    revivals: Tensor

    def __init__(self, elements: int, embedding_size: int, decay: float = 0.99) -> None:
        super().__init__()
        self.decay = decay
        self.register_buffer("means", torch.zeros(elements, embedding_size))
        self.register_buffer("sums", torch.zeros(elements, embedding_size))
        self.register_buffer("counts", torch.zeros(elements))
        self.register_buffer("initialised", torch.tensor(False))
        # Only watched, so neither weights nor checkpoints hold it.
        self.register_buffer("revivals", torch.zeros(elements, dtype=torch.int64), persistent=False)

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
    def initialise(
        self, embedding: Tensor, generator: torch.Generator, iterations: int = 25, views: int = 1
    ) -> None:
        """Set means, counts and sums by K-means on the first embeddings.

        Parameters
        ----------
        embedding : float [B, D, H, W]
        generator : torch.Generator
            Chooses the pixels.
        iterations : int
        views : int
            Of how many views of the same images the batch consists, one after the other: with it,
            several processes draw the pixels that one process with all their images would draw.
        """
        vectors = _of_all_processes(_vectors(embedding), views)
        chosen = torch.randint(len(vectors), (20_000,), generator=generator).to(vectors.device)
        vectors = vectors[chosen]
        # Means start at pixels drawn alike: seeds far apart would sit on rare outliers.
        means = vectors[: len(self.means)].clone()
        for _ in range(iterations):
            labels = torch.cdist(vectors, means).argmin(dim=1)
            sums, counts = _cluster_sums(vectors, labels, len(means))
            means = torch.where(counts[:, None] > 0, sums / counts.clamp(min=1)[:, None], means)
        self.means.copy_(_from_first_process(means))
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

    def dead(self, below: float) -> Tensor:
        """Which clusters hold a smaller share of the pixels than `below`, bool [K]."""
        return self.counts < below * self.counts.sum()

    @torch.no_grad()
    def revive(
        self, embedding: Tensor, labels: Tensor, generator: torch.Generator, below: float, views: int = 1
    ) -> int:
        """Move dead clusters to pixels that their own means fit badly.

        Parameters
        ----------
        embedding : float [B, D, H, W]
        labels : int64 [B, H, W]
        generator : torch.Generator
            Chooses the pixels.
        below : float
            A cluster that holds a smaller share of the pixels than this is dead.
        views : int
            As for `initialise`.

        Returns
        -------
        int
            How many clusters were revived.
        """
        dead = self.dead(below)
        if not dead.any():
            return 0
        vectors = _of_all_processes(_vectors(embedding), views)
        labels = _of_all_processes(labels.flatten(), views)
        candidates = torch.randint(len(vectors), (20_000,), generator=generator).to(vectors.device)
        vectors, labels = vectors[candidates], labels[candidates]
        misfit = (vectors - self.means[labels]).norm(dim=1)
        # Drawn on the CPU, so that a run is the same on every device.
        chosen = torch.multinomial(misfit.cpu() + 1e-12, int(dead.sum()), generator=generator)
        seeds = _from_first_process(vectors[chosen.to(vectors.device)])
        # Little weight to begin with: the cluster follows its first members quickly.
        count = 2 * below * self.counts.sum()
        self.means[dead] = seeds
        self.counts[dead] = count
        self.sums[dead] = seeds * count
        self.revivals += dead
        return int(dead.sum())

    def _follow(self, embedding: Tensor, labels: Tensor, decay: float) -> None:
        sums, counts = _cluster_sums(_vectors(embedding), labels.flatten(), len(self.means))
        if is_parallel():
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


def _of_all_processes(values: Tensor, views: int) -> Tensor:
    """The values [N, ...] of all processes, [P N, ...], those of the first view of each first."""
    if not is_parallel():
        return values
    gathered = [torch.empty_like(values) for _ in range(distributed.get_world_size())]
    distributed.all_gather(gathered, values.contiguous())
    by_view = torch.stack(gathered).reshape(len(gathered), views, -1, *values.shape[1:]).transpose(0, 1)
    return by_view.flatten(0, 2)


def _from_first_process(values: Tensor) -> Tensor:
    """The values that process 0 holds."""
    if is_parallel():
        values = values.contiguous()
        distributed.broadcast(values, src=0)
    return values
