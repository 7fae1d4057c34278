"""Keys are UUIDv7, unique, and sort by their making."""

from backend.models.base import uuid7


def test_keys_of_a_process_sort_by_their_making() -> None:
    keys = [uuid7() for _ in range(20_000)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert {(key.version, key.variant) for key in keys} == {(7, "specified in RFC 4122")}
