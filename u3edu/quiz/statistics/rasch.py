"""Calibrated difficulty: the Rasch (1PL) model, which sets items and trainees on one scale."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

_NODES = 41
# Items that all get right or wrong have no finite difficulty; they stop here.
LARGEST = 6.0


@dataclass(frozen=True, eq=False)
class RaschModel:
    """A fitted model: the chance of a right answer is 1 / (1 + exp(difficulty - ability)).

    Parameters
    ----------
    difficulties, difficulty_errors : float64 [items]
        In logits; 0 is an item that the mean trainee gets right half the time. Standard errors
        are NaN for items that all got right or wrong.
    ability_sd : float
        SD of the abilities in the class, in logits; their mean is 0.
    abilities, ability_errors : float64 [trainees]
        Mean and SD of each trainee's ability given the answers.
    """

    difficulties: np.ndarray
    difficulty_errors: np.ndarray
    ability_sd: float
    abilities: np.ndarray
    ability_errors: np.ndarray


def fit_rasch(matrix: np.ndarray) -> RaschModel:
    """Fit by marginal maximum likelihood with normal abilities (Bock and Aitkin 1981).

    The integral over abilities is taken by Gauss-Hermite quadrature with 41 nodes; standard
    errors come from the observed information.

    Parameters
    ----------
    matrix : float [trainees, items]
        1 right, 0 wrong, NaN no answer.

    Raises
    ------
    ValueError
        If there are fewer than two trainees or items.
    """
    matrix = np.asarray(matrix, dtype=np.float64)
    if min(matrix.shape) < 2:
        raise ValueError(f"a Rasch model needs two trainees and two items; got {matrix.shape}")
    model = _Likelihood(matrix)
    share = np.clip(np.nanmean(matrix, axis=0), 0.02, 0.98)
    start = np.append(-special.logit(share), 0.0)
    bounds = [(-LARGEST, LARGEST)] * matrix.shape[1] + [(-4.0, 3.0)]
    fit = optimize.minimize(model.negative, start, jac=True, method="L-BFGS-B", bounds=bounds)
    difficulties, sd = fit.x[:-1], float(np.exp(fit.x[-1]))
    posterior, _ = model.posterior(fit.x)
    abilities = posterior @ (sd * model.nodes)
    errors = np.sqrt(np.maximum(posterior @ (sd * model.nodes) ** 2 - abilities**2, 0))
    settled = (np.nanmin(matrix, axis=0) == 0) & (np.nanmax(matrix, axis=0) == 1)
    kept = np.append(settled, True)
    variances = np.full(kept.size, np.nan)
    # Rounding may leave a flat direction a trace of negative curvature.
    variances[kept] = np.maximum(np.diag(np.linalg.pinv(_information(model, fit.x, kept))), 0)
    return RaschModel(difficulties, np.sqrt(variances[:-1]), sd, abilities, errors)


def _information(model: "_Likelihood", parameters: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """The observed information of the kept parameters, by differences of the gradient."""
    step = 1e-4
    rows = []
    for number in np.flatnonzero(kept):
        aside = np.zeros_like(parameters)
        aside[number] = step
        change = model.negative(parameters + aside)[1] - model.negative(parameters - aside)[1]
        rows.append(change[kept] / (2 * step))
    information = np.stack(rows)
    return (information + information.T) / 2


class _Likelihood:
    """The marginal likelihood of answers; parameters are the difficulties and log SD of abilities."""

    def __init__(self, matrix: np.ndarray) -> None:
        self.given = ~np.isnan(matrix)
        self.right = np.where(self.given, matrix, 0.0)
        nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
        self.nodes, self._log_weights = nodes, np.log(weights / weights.sum())

    def negative(self, parameters: np.ndarray) -> tuple[float, np.ndarray]:
        """Negative log-likelihood and its gradient."""
        _, gradients = self.posterior(parameters)
        return -float(self._log_marginal.sum()), -gradients.sum(axis=0)

    def posterior(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Weights of the nodes [trainees, nodes] and gradients of log-likelihood [trainees, items + 1]."""
        sd = np.exp(parameters[-1])
        logits = sd * self.nodes[:, None] - parameters[:-1]  # [nodes, items]
        log_right, log_wrong = special.log_expit(logits), special.log_expit(-logits)
        wrong = self.given - self.right
        joint = self._log_weights + self.right @ log_right.T + wrong @ log_wrong.T
        self._log_marginal = special.logsumexp(joint, axis=1)
        weights = np.exp(joint - self._log_marginal[:, None])
        chance = special.expit(logits)
        expected = self.given * (weights @ chance)
        # d/d log SD: the residual of the whole answer sheet at each node times the node's ability
        residual = self.right.sum(axis=1, keepdims=True) - self.given.astype(float) @ chance.T
        along = (weights * residual * (sd * self.nodes)).sum(axis=1, keepdims=True)
        return weights, np.hstack([expected - self.right, along])
