"""Bytes to reports: framing, time, gate, assembly, duplicates, decoding.

Whole batches are read in columns; there is no other way. A line in an unusual dress is read alone by ``odd_lines``.
What a message says beside its columns comes out of ``Decoder.messages`` by the tables of ``particulars``, and
applications that have no table here by pyais (``applications``, its only importer).

To add a message type to the columns: its limits in ``gate.BITS`` and its fields in the tables of ``columns``.
"""

from fengqiao.ais.clock import TimeCounts
from fengqiao.ais.decoder import Decoder
from fengqiao.ais.gate import REASONS
from fengqiao.ais.table_shapes import shape_of
from fengqiao.ais.tabular import Tables

__all__ = ["REASONS", "Decoder", "Tables", "TimeCounts", "shape_of"]
