"""Bytes to reports: framing, time, gate, assembly, duplicates, decoding. The only importer of pyais.

To add a message type to the columns: its limits in ``gate.BITS``, its number in WITH_POSITION, WITH_STATIC or
WITH_TEXT of ``normalise`` and, where its fields differ, a row in the tables there. Types without columns come out
of ``Decoder.messages`` without any change here, as soon as pyais knows them and the gate lets them in.
"""

from fengqiao.ais.clock import TimeCounts
from fengqiao.ais.decoder import Decoder
from fengqiao.ais.gate import REASONS

__all__ = ["REASONS", "Decoder", "TimeCounts"]
