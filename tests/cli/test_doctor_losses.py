"""What the doctor says of datagrams that were lost."""

from fengqiao.cli.doctor import say_loss
from fengqiao.feeds.udp import RECEIVE_BUFFER_BYTES

LOSS = {"feed": "udp://0.0.0.0:10110", "ours": 12, "system": 3_456, "buffer_bytes": 425_984}


def test_losses_are_told_with_the_mend() -> None:
    """Ours and the system's apart; a buffer that was too small says how to widen it."""
    said = say_loss(LOSS)
    assert all(part in said for part in ("12", "3,456", "416 KiB", f"rmem_max={RECEIVE_BUFFER_BYTES}"))


def test_no_loss_asks_for_nothing() -> None:
    assert "rmem_max" not in say_loss(LOSS | {"system": 0})


def test_a_system_that_says_nothing_is_not_believed_to_lose_nothing() -> None:
    said = say_loss(LOSS | {"system": None})
    assert "未知" in said
    assert "rmem_max" not in said
