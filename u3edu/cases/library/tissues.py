"""What findings are painted with: exemplars and elements, chosen by place, tissue or mean intensity."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from u3edu.cases.library.plan import Levelled, OfPhantom, Sampled, TissuePlan
from u3edu.editing.exemplar import Exemplar
from u3edu.editing.exemplar_choice import representative_exemplar
from u3edu.editing.label_map import LabelMap
from u3edu.editing.recipes.recipe import Paint
from u3edu.imaging.phantom.truth import Phantom

# Pixels along a side of a mottled exemplar.
_SIDE = 40


@dataclass(frozen=True, eq=False)
class Tissues:
    """The tissues of a base.

    Parameters
    ----------
    plans : dict of str to TissuePlan
        By role.
    maps : dict of int to LabelMap
        The elements of whole slices, before a wall was drawn: None for the base's own, numbers
        for others of its series.
    phantom : Phantom, optional
        Which knows what tissue is where.
    """

    plans: dict[str, TissuePlan]
    maps: dict[int | None, LabelMap]
    phantom: Phantom | None = None

    def paint(self, role: str) -> Paint:
        """What a role is painted with.

        Raises
        ------
        ValueError
            If the base has no such role, or its place or tissue is not in the picture.
        """
        if role not in self.plans:
            raise ValueError(f"the base has no tissue {role!r}; there are {', '.join(self.plans)}")
        plan = self.plans[role]
        if isinstance(plan, Levelled):
            return levelled(plan, self.maps[None], role)
        labels = self.maps[plan.number if isinstance(plan, Sampled) else None]
        where = self._where(plan, labels, role)
        if plan.flat:
            return int(np.bincount(labels.labels[where]).argmax())
        return representative_exemplar(labels, where, name=role, source="")

    def _where(self, plan: Sampled | OfPhantom, labels: LabelMap, role: str) -> np.ndarray:
        """The pixels that show a tissue, bool [H, W]."""
        if isinstance(plan, Sampled):
            rows, columns = np.ogrid[: labels.shape[0], : labels.shape[1]]
            where = (rows - plan.at[0]) ** 2 + (columns - plan.at[1]) ** 2 <= plan.radius**2
        elif self.phantom is None:
            raise ValueError(f"{role}: only a phantom knows where {plan.tissue} is")
        else:
            whole = self.phantom.mask(plan.tissue)
            core = ndimage.binary_erosion(whole, iterations=2)
            where = core if core.any() else whole
        if not where.any():
            raise ValueError(f"{role}: not in the picture")
        return np.asarray(where)


def levelled(plan: Levelled, labels: LabelMap, role: str) -> Paint:
    """The element nearest to a mean intensity, or the mottling of two."""
    scale = labels.acquisition.scale
    means = np.array([element.mean for element in labels.elements])
    if scale.unit == "HU":
        means = scale.to_raw(means)
    chosen = [int(np.abs(means - level).argmin()) for level in plan.levels]
    if len(set(chosen)) == 1:
        return chosen[0]
    field = np.random.default_rng(0).standard_normal((_SIDE, _SIDE))
    field = ndimage.gaussian_filter(field, plan.grain, mode="wrap")
    second = field > np.quantile(field, 1 - plan.share)
    return Exemplar.from_labels(np.where(second, chosen[1], chosen[0]), name=role)
