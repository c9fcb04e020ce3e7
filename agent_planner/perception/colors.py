# SPDX-License-Identifier: Apache-2.0
"""Names for colours."""

from collections.abc import Mapping

import numpy as np

# Light comes from above, most of the time: how bright a side is compared with a top.
_SIDE = 0.55
# Differences of lightness say less than those of hue: light changes it.
_LIGHTNESS = 0.45
_SPREAD = 14.0  # of a surface's colour about its name's, in units of CIELAB


class ColorNames:
    """Tells which names fit the colours of pixels.

    Args:
        names: red, green and blue of each name, 0 to 1 (sRGB).
    """

    def __init__(self, names: Mapping[str, tuple[float, float, float]]):
        self.names = tuple(names)
        self._means = _space(np.array([names[name] for name in self.names], dtype=np.float32))

    def scores(self, colors: np.ndarray, upward: np.ndarray) -> dict[str, float]:
        """Return how well each name fits a surface; the scores sum to 1.

        Args:
            colors: of its pixels, (n, 3), 0 to 1.
            upward: how far the surface looks upward at each of them, (n,), 0 to 1; NaN counts as half.
        """
        # Votes of pixels, each shared between names that fit alike.
        votes = np.exp(-((self._distances(colors, upward) / _SPREAD) ** 2) / 2) + 1e-9
        shares = (votes / votes.sum(axis=1, keepdims=True)).mean(axis=0)
        return {name: float(share) for name, share in zip(self.names, shares, strict=True)}

    def nearest(self, colors: np.ndarray, upward: np.ndarray) -> np.ndarray:
        """Return the number of the name that fits each pixel best, (n,); arguments as in `scores`."""
        return self._distances(colors, upward).argmin(axis=1)

    def _distances(self, colors: np.ndarray, upward: np.ndarray) -> np.ndarray:
        facing = np.nan_to_num(upward, nan=0.5)[:, None]
        lit = np.clip(colors / (_SIDE + (1 - _SIDE) * facing), 0.0, 1.0)
        return np.linalg.norm(_space(lit)[:, None] - self._means, axis=2)  # (n, names)


def _space(rgb: np.ndarray) -> np.ndarray:
    """CIELAB of sRGB (IEC 61966-2-1, CIE 015), (n, 3), its lightness shrunk."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ to_xyz.T / np.array([0.9505, 1.0, 1.089])  # white of D65
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    lightness, a, b = 116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])
    return np.column_stack([_LIGHTNESS * lightness, a, b]).astype(np.float32)
