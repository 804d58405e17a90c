"""A vessel the centre knows, and the register as one revisioned snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Gear codes used by register, zones and rules alike.
GEARS = (
    "pair_trawl",  # 双拖
    "single_trawl",  # 单拖
    "beam_shrimp",  # 桁杆拖虾
    "gillnet",  # 刺网
    "stow_net",  # 张网 (帆式张网)
    "small_stow_net",  # 小型张网
    "light_seine",  # 灯光围(敷)网
    "pot",  # 笼壶
    "hook",  # 钓具
    "auxiliary",  # 捕捞辅助船
    "other",
)


@dataclass(frozen=True, slots=True)
class Identity:
    """An mmsi and name that a vessel bore for a time."""

    mmsi: int
    name: str
    from_ms: int = 0
    to_ms: int = 2**62
    callsign: str = ""


@dataclass(frozen=True, slots=True)
class RegisteredVessel:
    vessel_id: str  # the centre's own number (渔船编码 where known)
    name: str
    identities: tuple[Identity, ...]
    gear: str = ""  # one of GEARS, "" unknown
    length_m: float = float("nan")
    rating_beaufort: int = 0  # 抗风等级 from the certificate; 0: not entered
    rating_source: str = ""  # certificate number and date
    group: str = ""  # 编组
    permits: tuple[str, ...] = ()  # zone ids, or "moratorium", for which a special permit is held
    owner: str = ""
    phone: str = ""  # personal: never in an alert, shown on request and logged


@dataclass(frozen=True, slots=True)
class Register:
    """Every known vessel at one revision; look-ups by mmsi at an instant."""

    revision: str = "empty"
    vessels: tuple[RegisteredVessel, ...] = ()
    _by_mmsi: Mapping[int, tuple[tuple[Identity, RegisteredVessel], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, revision: str, vessels: tuple[RegisteredVessel, ...]) -> "Register":
        index: dict[int, list[tuple[Identity, RegisteredVessel]]] = {}
        for vessel in vessels:
            for identity in vessel.identities:
                index.setdefault(identity.mmsi, []).append((identity, vessel))
        return cls(revision, vessels, {m: tuple(rows) for m, rows in index.items()})

    def at(self, mmsi: int, at_ms: int) -> RegisteredVessel | None:
        """The vessel that bore ``mmsi`` at that instant."""
        for identity, vessel in self._by_mmsi.get(mmsi, ()):
            if identity.from_ms <= at_ms < identity.to_ms:
                return vessel
        return None

    def knows(self, mmsi: int) -> bool:
        return mmsi in self._by_mmsi

    @property
    def mmsis(self) -> tuple[int, ...]:
        return tuple(self._by_mmsi)

    @property
    def fishing_mmsi(self) -> tuple[int, ...]:
        """Numbers ever borne by a vessel with a gear."""
        return tuple(m for m, rows in self._by_mmsi.items() if any(v.gear for _, v in rows))
