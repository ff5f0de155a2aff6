"""Distinct texts to rows: in chunks, by whichever process."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.archiving.archive import Archive
from pipeline.building import readings


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=9)))
def test_every_text_is_in_one_chunk(texts: list[str]) -> None:
    """A text in no chunk would have no rows, and one in two chunks twice as many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readings, "CHUNK", 20)
        chunks = list(readings._chunks(texts))
    assert [text for chunk in chunks for text in chunk] == texts
    assert all(sum(map(len, chunk[:-1])) < 20 for chunk in chunks)


def test_the_same_rows_whoever_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers write what they read: were a chunk missing or read otherwise there, only big builds would show it."""
    texts = [f"{number} weeks after surgery" for number in range(40)] + ["", "as needed"]
    found = []
    for workers, few in ((1, 0), (2, 0), (2, 9)):
        monkeypatch.setattr(readings, "CHUNK", 200)
        monkeypatch.setattr(readings, "FEW", few)
        archive = Archive(tmp_path / f"{workers}{few}", "code")
        assert sum(readings.read_new(readings.TIMEPOINTS, texts, archive, workers)) == len(texts)
        found.append(pl.concat([pl.read_parquet(file) for file in archive.readings("timepoints")]).sort("text"))
        assert len(archive.readings(f"timepoints-{readings.REFUSED}")) == len(archive.readings("timepoints"))
    assert set(found[0]["text"]) == set(texts)
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])
