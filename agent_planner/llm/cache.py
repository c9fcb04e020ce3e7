# SPDX-License-Identifier: Apache-2.0
"""Keys and values of conversations, kept between their turns."""

from collections import OrderedDict
from collections.abc import Collection, Hashable, Sequence

import torch

_GROWTH = 256


class RowCache:
    """What a model computed for one sequence of tokens.

    Attributes:
        tokens: the sequence; what lies beyond it in the tensors is garbage.
    """

    def __init__(self) -> None:
        self.tokens: list[int] = []
        self._keys: list[torch.Tensor] = []  # a layer each: (heads, capacity, width)
        self._values: list[torch.Tensor] = []

    @property
    def layers(self) -> int:
        """How many layers have written."""
        return len(self._keys)

    @property
    def bytes(self) -> int:
        """Memory in use."""
        return sum(t.numel() * t.element_size() for t in (*self._keys, *self._values))

    def extend(self, layer: int, keys: torch.Tensor, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Write behind ``tokens`` and return everything up to there; ``tokens`` itself is the caller's to extend.

        Args:
            layer: its number.
            keys: (heads, new, width).
            values: (heads, new, width).
        """
        start = len(self.tokens)
        end = start + keys.shape[1]
        if layer == len(self._keys):
            self._keys.append(keys.new_empty(0))
            self._values.append(values.new_empty(0))
        self._keys[layer] = _put(self._keys[layer], keys, start)
        self._values[layer] = _put(self._values[layer], values, start)
        return self._keys[layer][:, :end], self._values[layer][:, :end]

    def truncate(self, length: int) -> None:
        """Keep the first ``length`` tokens."""
        del self.tokens[length:]

    def copy_prefix(self, length: int) -> "RowCache":
        """A cache of its own with the first ``length`` tokens."""
        copy = RowCache()
        copy.tokens = self.tokens[:length]
        copy._keys = [_grown(keys[:, :length], length) for keys in self._keys]
        copy._values = [_grown(values[:, :length], length) for values in self._values]
        return copy


def _put(store: torch.Tensor, new: torch.Tensor, start: int) -> torch.Tensor:
    end = start + new.shape[1]
    if store.ndim == 1 or store.shape[1] < end:
        old = store[:, :start] if store.ndim > 1 else new[:, :0]
        store = _grown(old, end)
    store[:, start:end] = new
    return store


def _grown(old: torch.Tensor, needed: int) -> torch.Tensor:
    capacity = (needed // _GROWTH + 1) * _GROWTH
    store = old.new_empty(old.shape[0], capacity, old.shape[2])
    store[:, : old.shape[1]] = old
    return store


class CacheStore:
    """The caches of the latest conversations, within a limit of memory; the one unused for longest goes first."""

    def __init__(self, limit_bytes: int):
        self._limit = limit_bytes
        self._rows: OrderedDict[Hashable, RowCache] = OrderedDict()

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._rows

    def touch(self, key: Hashable) -> None:
        """Count ``key`` as used just now, if it is there."""
        if key in self._rows:
            self._rows.move_to_end(key)

    def take(self, key: Hashable, tokens: Sequence[int]) -> RowCache:
        """A cache for ``key`` that holds as long a prefix of ``tokens`` as anything stored has, less their last.

        The last token is always computed anew: what the model says next comes out of it.
        """
        row = self._rows.get(key) or RowCache()
        best, length = row, common_prefix(row.tokens, tokens)
        for other in self._rows.values():
            shared = common_prefix(other.tokens, tokens)
            if shared > length:
                best, length = other, shared
        length = min(length, len(tokens) - 1)
        if best is row:
            row.truncate(length)
        else:
            row = best.copy_prefix(length)
        self._rows[key] = row
        self._rows.move_to_end(key)
        return row

    def trim(self, keep: Collection[Hashable] = ()) -> None:
        """Drop the oldest until the limit is kept, but none of ``keep``."""
        used = sum(row.bytes for row in self._rows.values())
        for key in [k for k in self._rows if k not in keep]:
            if used <= self._limit:
                return
            used -= self._rows.pop(key).bytes

    def drop(self, key: Hashable) -> None:
        """Forget one; an unknown key is no error."""
        self._rows.pop(key, None)

    def clear(self) -> None:
        """Forget all."""
        self._rows.clear()


def common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    """How many tokens two sequences share from their beginning."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
