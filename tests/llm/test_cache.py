# SPDX-License-Identifier: Apache-2.0
import torch

from agent_planner.llm.cache import CacheStore, RowCache, common_prefix


def written(store: CacheStore, key: str, tokens: list[int]) -> RowCache:
    """Store a row whose keys and values are its tokens' numbers."""
    row = store.take(key, tokens)
    new = tokens[len(row.tokens) :]
    for layer in range(2):
        numbers = torch.tensor(new, dtype=torch.float32).view(1, -1, 1).expand(3, -1, 4)
        row.extend(layer, numbers, -numbers)
    row.tokens += new
    return row


def held(row: RowCache) -> list[float]:
    """The numbers of layer 1 as they stand in memory."""
    keys, values = row.extend(1, torch.empty(3, 0, 4), torch.empty(3, 0, 4))
    assert torch.equal(keys, -values)
    return keys[0, :, 0].tolist()


def test_common_prefix():
    assert common_prefix([1, 2, 3], [1, 2, 4, 5]) == 2
    assert common_prefix([1, 2], [1, 2, 3]) == 2
    assert common_prefix([], [1]) == 0
    assert common_prefix([7, 2, 3], [1, 2, 3]) == 0


def test_a_turn_keeps_the_prefix_and_the_rest_is_written_anew():
    store = CacheStore(10**9)
    written(store, "a", [1, 2, 3, 4, 5])
    row = written(store, "a", [1, 2, 3, 8, 9, 10])
    assert held(row) == [1, 2, 3, 8, 9, 10]


def test_the_last_token_is_always_computed():
    store = CacheStore(10**9)
    written(store, "a", [1, 2, 3])
    assert store.take("a", [1, 2, 3]).tokens == [1, 2]


def test_growing_keeps_what_was_there():
    store = CacheStore(10**9)
    tokens = list(range(100, 100 + 900))
    for end in (3, 255, 256, 257, 600, 900):
        row = written(store, "a", tokens[:end])
        assert held(row) == tokens[:end]


def test_another_conversation_copies_a_shared_prefix():
    store = CacheStore(10**9)
    first = written(store, "a", [1, 2, 3, 4])
    second = written(store, "b", [1, 2, 3, 9])
    assert held(second) == [1, 2, 3, 9]
    assert held(first) == [1, 2, 3, 4]


def test_the_longest_unused_goes_first():
    store = CacheStore(0)
    row = written(store, "a", [1, 2])
    store = CacheStore(2 * row.bytes)
    for key, first in (("a", 1), ("b", 2), ("c", 3)):
        written(store, key, [first, first, first])
    store.take("a", [1, 1, 1])
    store.trim()
    assert "b" not in store
    assert "a" in store
    assert "c" in store


def test_the_batchs_own_rows_are_never_dropped():
    store = CacheStore(0)
    written(store, "a", [1, 2])
    written(store, "b", [3, 4])
    store.trim(keep={"b"})
    assert "b" in store
    assert "a" not in store
