"""The live picture in one file, replaced whole about once a second by the watch and read by any number of desks.

Arrow IPC: one table of vessel columns, and JSON beside it (feeds' health, counts, load, run). A reader that opened
the old file keeps reading the old one; nobody ever sees half of either.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fengqiao.store.durable import replace_file
from fengqiao.store.values import canonical, clean

FILE = "frame"
AHEAD_S = 60.0  # of a time to come: clocks of two computers at one folder may differ by less
FORMAT = 2  # columns of vessels came: a frame of before is none


@dataclass(frozen=True, slots=True)
class Frame:
    """``columns`` are arrays of shape (n,), or (n, k) for rings; text is object arrays of str."""

    seq: int
    at_ms: int
    columns: Mapping[str, NDArray[Any]]
    meta: Mapping[str, Any] = field(default_factory=dict)

    def age_s(self, now_ms: int) -> float:
        """How long ago it was written, by the computer's clock as it is now; infinite where nobody can tell: it bears a
        time to come, so the clock was set back since, and only a watch that lives writes by the clock of now."""
        age_s = (now_ms - self.at_ms) / 1000.0
        return max(age_s, 0.0) if age_s >= -AHEAD_S else float("inf")


def write_frame(folder: Path, frame: Frame) -> None:
    """Replace ``<data>/frame``; ``meta`` is JSON. Raises EnvironmentFault "disk_full" or "disk_failed"."""
    head = canonical({"format": FORMAT, "seq": frame.seq, "at_ms": frame.at_ms, "meta": frame.meta})
    arrays = {name: _to_arrow(np.asarray(values)) for name, values in frame.columns.items()}
    table = pa.table(arrays).replace_schema_metadata({"fengqiao": head})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    # Not synced: it is old after a second, and after a power cut a reader takes a torn one for none.
    replace_file(folder / FILE, sink.getvalue().to_pybytes(), sync=False)


def read_frame(folder: Path) -> Frame | None:
    """The picture as last written; None when there is none, or none that can be read."""
    try:
        data = (folder / FILE).read_bytes()
        table = pa.ipc.open_file(pa.BufferReader(data)).read_all()
        head = json.loads(table.schema.metadata[b"fengqiao"])
        if head["format"] != FORMAT:
            return None
        columns = {name: _to_numpy(table.column(name)) for name in table.column_names}
        return Frame(head["seq"], head["at_ms"], columns, head["meta"])
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError):
        return None


def _to_arrow(values: NDArray[Any]) -> pa.Array:
    if values.dtype == object:
        return pa.array([clean(str(v)) for v in values], pa.string())
    if values.ndim == 2:
        flat = pa.array(np.ascontiguousarray(values).reshape(-1))
        return pa.FixedSizeListArray.from_arrays(flat, values.shape[1])
    return pa.array(np.ascontiguousarray(values))


def _to_numpy(column: pa.ChunkedArray) -> NDArray[Any]:
    array = column.combine_chunks()
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    if pa.types.is_fixed_size_list(array.type):
        return np.asarray(array.flatten().to_numpy(zero_copy_only=False)).reshape(len(array), array.type.list_size)
    if pa.types.is_string(array.type):
        return np.array(array.to_pylist(), object)
    return np.asarray(array.to_numpy(zero_copy_only=False))
