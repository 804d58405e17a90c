"""Bytes to reports: framing, time, gate, assembly, duplicates, decoding. The only importer of pyais.

Whole batches are read in columns; there is no other way. A line in an unusual dress is read alone by ``sentence``, a
message of a type that has no columns comes out of ``Decoder.messages`` as pyais reads it.

To add a message type to the columns: its limits in ``gate.BITS`` and its fields in the tables of ``columns``.
"""

from fengqiao.ais.clock import TimeCounts
from fengqiao.ais.decoder import Decoder
from fengqiao.ais.gate import REASONS
from fengqiao.ais.tabular import Tables, shape_of

__all__ = ["REASONS", "Decoder", "Tables", "TimeCounts", "shape_of"]
