"""Whether a classifier can distinguish two sets of measures by their statistics."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

FOLDS = 4


def area_under_curve(
    first: np.ndarray, second: np.ndarray, groups: tuple[np.ndarray, np.ndarray], seed: int = 0
) -> float:
    """AUC of gradient boosting that distinguishes the rows of two tables, on unseen rows.

    0.5: it cannot; 1: always. It is the probability that a row of `second` gets a higher score than
    a row of `first`, averaged over `FOLDS` folds. A group (a song) is in one fold only. The result
    is a
    lower bound on how different the tables are.

    Args:
        first, second: float [A, K], [B, K]; NaN where a value is missing.
        groups: int [A], int [B], the group of each row of both tables.
        seed: of the folds.

    Returns:
        The AUC; NaN if a table has fewer than `FOLDS` groups.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(seed)
    if min(len(np.unique(each)) for each in groups) < FOLDS:
        return float("nan")
    fold = np.concatenate([_folds(each, rng) for each in groups])
    values = np.concatenate([first, second])
    is_second = np.repeat([False, True], [len(first), len(second)])
    areas = []
    with threadpool_limits(1):  # its threads would wait for each other on a busy machine
        for number in range(FOLDS):
            seen = fold != number
            # shallow trees: for two Gaussians they come within 0.01 of the optimum
            model = HistGradientBoostingClassifier(max_depth=3, random_state=0)
            model.fit(values[seen], is_second[seen])
            scores = model.predict_proba(values[~seen])[:, 1]
            areas.append(roc_auc_score(is_second[~seen], scores))
    return float(np.mean(areas))


def _folds(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """int [N]: the fold of each row; the folds' numbers of groups differ by at most one."""
    names, index = np.unique(groups, return_inverse=True)
    return rng.permutation(np.arange(len(names)) % FOLDS)[index.reshape(-1)]
