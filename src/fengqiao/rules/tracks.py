"""What several rules ask of rows: how old a fix may be, who is a merchant ship, who is ours."""

import numpy as np
from numpy.typing import NDArray

from fengqiao.fleet.past import past as past
from fengqiao.fleet.vessels import Kind, Vessels
from fengqiao.nav import F64
from fengqiao.situation.picture import Picture

Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]

# Lost-target limits (IEC 62388 practice, study §2a), seconds after the last fix.
LOST_LYING_S = 1_080.0  # class A anchored or moored at up to 3 kn, class B up to 2 kn, distress beacons
LOST_A_S = 60.0  # class A under way to 14 kn, and whenever its speed is unknown
LOST_A_14_S = 36.0  # class A over 14 kn
LOST_A_23_S = 30.0  # class A over 23 kn
LOST_B_S = 180.0  # class B over 2 kn: carrier-sense sets, which cannot be told from the faster kind
LYING_A_KN_MAX = 3.0
LYING_B_KN_MAX = 2.0
LYING_STATUS = (1, 5)  # at anchor, moored

MERCHANT_LENGTH_M_MIN = 50.0  # a class A ship as long as this is no small craft whatever type she gives
SHIP_TYPES_FAST = (40, 49)  # high speed craft: island ferries meet the fleet at 25 kn
SHIP_TYPES_MERCHANT = (60, 89)  # passenger, cargo, tanker

# How often sets are to report (ITU-R M.1371 table 1, study §2a), seconds: what the limits above are six of or more.
REPORTS_LYING_S = 180.0
REPORTS_A_S, REPORTS_A_14_S, REPORTS_A_23_S = 10.0, 6.0, 2.0
REPORTS_B_S = 30.0
FIXES_TELLING = 5  # her own habit is known from here: the smoothed interval has left its first value behind


def age_s(picture: Picture) -> F64:
    """Seconds since each row's last fix; a fix from the future is new, not older than new."""
    age: F64 = np.maximum(picture.at_ms - picture.vessels.fix_ms, 0) / 1000.0
    return age


def lost_after_s(vessels: Vessels) -> F64:
    """How old a row's fix may be before nothing is forecast from it."""
    sog = vessels.sog_kn
    lying = np.isin(vessels.nav_status, LYING_STATUS) & ~(sog > LYING_A_KN_MAX)
    class_a = np.select([lying, sog > 23.0, sog > 14.0], [LOST_LYING_S, LOST_A_23_S, LOST_A_14_S], LOST_A_S)
    class_b = np.where(sog <= LYING_B_KN_MAX, LOST_LYING_S, LOST_B_S)
    return np.where(vessels.class_b, class_b, class_a)


def reports_every_s(vessels: Vessels) -> F64:
    """How often each row is to be heard: as her set must report, and no oftener than she has been heard of late.

    In doubt about her speed a class B set is taken to report at its slowest.
    """
    sog = vessels.sog_kn
    lying = np.isin(vessels.nav_status, LYING_STATUS) & ~(sog > LYING_A_KN_MAX)
    class_a = np.select([lying, sog > 23.0, sog > 14.0], [REPORTS_LYING_S, REPORTS_A_23_S, REPORTS_A_14_S], REPORTS_A_S)
    class_b = np.where(sog > LYING_B_KN_MAX, REPORTS_B_S, REPORTS_LYING_S)
    table = np.where(vessels.class_b, class_b, class_a)
    own = np.where(vessels.fixes >= FIXES_TELLING, vessels.interval_s, np.nan)
    return np.fmax(table, own)


def merchant_ships(picture: Picture) -> Flags:
    """Not fishing, and a merchant ship by her type, by her size, or, sending class A, by having said neither yet."""
    return is_merchant(picture.vessels, picture.fishing_craft)


def is_merchant(v: Vessels, fishing: Flags) -> Flags:
    """The same for bare columns: what a desk draws."""
    by_type = _among(v.ship_type, SHIP_TYPES_FAST) | _among(v.ship_type, SHIP_TYPES_MERCHANT)
    by_size = ~v.class_b & ((v.length_m >= MERCHANT_LENGTH_M_MIN) | unsaid(v))
    ships: Flags = (v.kind == Kind.SHIP) & ~fishing & (by_type | by_size)
    return ships


def unsaid(v: Vessels) -> Flags:
    """Class A ships whose static report has not come yet: in doubt a danger to boats."""
    silent: Flags = ~v.class_b & (v.ship_type <= 0) & np.isnan(v.length_m)
    return silent


def _among(codes: NDArray[np.int16], span: tuple[int, int]) -> Flags:
    among: Flags = (codes >= span[0]) & (codes <= span[1])
    return among


def registered(picture: Picture, rows: Rows) -> Flags:
    """Which of these rows the centre knows at this instant."""
    return np.array([picture.register.at(int(m), picture.at_ms) is not None for m in picture.vessels.mmsi[rows]], bool)


def fleet_craft(picture: Picture) -> Flags:
    """The boats the centre answers for: fishing craft, and whatever its register knows."""
    ships = picture.vessels.kind == Kind.SHIP
    known = np.zeros(len(ships), bool)
    others = np.flatnonzero(ships & ~picture.fishing_craft)
    known[others] = registered(picture, others)
    ours: Flags = ships & (picture.fishing_craft | known)
    return ours
