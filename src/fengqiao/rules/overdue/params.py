"""Every number of the rule."""

from dataclasses import dataclass

from fengqiao.model.setting import setting
from fengqiao.situation.outings import OUTINGS

NAME = "overdue"
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Params:
    grace_h: float = setting(2.0, "h", "study §2g overdue")
    ahead_h: float = setting(6.0, "h", "weather study §3.6: lead to get home from the grounds")
    passage_kn: float = setting(
        8.0, "kn", "D: what a boat makes on passage, as the call sheet has it; a faster one hers"
    )
    far_h: float = setting(1.0, "h", "D: an hour more, after the grace")
    unheard_s: float = setting(600.0, "s", "study §2f: the silence that the gap rule, too, calls silence")
    unheard_intervals: float = setting(6.0, "", "study §2f: of the reports due from her")
    gale_beaufort: int = setting(6, "", "study §2g loss in bad weather")
    gale_wave_m: float = setting(2.5, "m", "study §2g loss in bad weather")
    station_nm: float = setting(15.0, "nm", "D: a wind farther off is that of other waters")
    station_s: float = setting(5_400.0, "s", "D: stations speak hourly or oftener; one may be missed")
    usual_share: float = setting(
        0.95, "", "study §2g overdue: the vessel's 95th percentile", at_least=0.5, at_most=0.97
    )
    usual_outings: int = setting(
        19, "", "D: the fewest of which outlasting every one is the 1 in 20 of the 95th percentile",
        at_least=5, at_most=OUTINGS,
    )  # fmt: skip
    usual_heard: float = setting(
        0.8, "", "D: of her outings; whose coming home is often unheard is not missed for being silent", at_most=1.0
    )
    berth_m: float = setting(
        500.0, "m", "D: the coast's error and a quay: who lies as near to the shore lies at a berth that no chart has"
    )
    unsure_s: float = setting(
        43_200.0, "s", "D: as for outings: perhaps home and silent for longer, her alert counts as lost"
    )
    hold_s: float = setting(180.0, "s", "D: to pass a harbour mouth is not to come home")
