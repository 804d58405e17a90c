"""What a dossier says of an identity, in both languages."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fengqiao.app.dossier import DossierFacts
from fengqiao.app.history import Way
from fengqiao.desk.dialogs.dossier import CALLED_MAX, dossier_text
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import Language
from fengqiao.fleet.false_identity import Odd, Oddity
from fengqiao.fleet.identity import Confidence, GearSign, Sign
from fengqiao.fleet.said import Named
from fengqiao.fleet.vessels import Vessels
from fengqiao.store.tables import LatestRow

T0 = 1_757_993_400_000
BOAT = 412_990_108
NOWHERE = np.zeros(0)
NEVER = NOWHERE.astype(np.int64)
NO_WAY = Way(BOAT, "", NEVER, NOWHERE, NOWHERE, NOWHERE, NOWHERE.astype(bool), NEVER, NOWHERE.astype(bool), 0.0, 0.0)


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> Iterator[str]:
    Language.now = request.param
    yield request.param
    Language.now = "zh"


def heard(**said: Any) -> LatestRow:
    row = {name: dtype.type(0).item() for name, dtype in Vessels.dtypes().items() if dtype.kind != "O"}
    words = {"name": "", "callsign": "", "destination": "", "safety_text": "", "feed": "a", "run_id": "live"}
    return LatestRow(**{**row, **words, "mmsi": BOAT, "fix_ms": T0, **said})


def dossier_of(*states: LatestRow, mmsi: int = BOAT, picture: DeskPicture | None = None, **facts: Any) -> str:
    blank: dict[str, Any] = {"vessel": None, "callsign": "", "history": (), "doubts": (), "track": NO_WAY}
    blank |= {"listed": NOWHERE.astype(np.int64), "alerts": (), "alerts_more": False, "cases": (), "notes": ()}
    about = DossierFacts(mmsi=mmsi, at_ms=T0, heard=states, **{**blank, **facts})
    return dossier_text(about, picture or DeskPicture(), 100).plain


def test_the_number_says_what_it_is_and_whose(lang: str) -> None:
    shown = {"zh": ("412990108  船舶电台  中国", "实体航标  丹麦"), "en": ("ship station  China", "physical  Denmark")}
    assert shown[lang][0] in dossier_of(heard())
    assert shown[lang][1] in dossier_of(mmsi=992_191_001)


@pytest.mark.parametrize(
    ("to", "shown"), [(0, ("CALL ON 16\n", "CALL ON 16\n")), (412_000_001, ("发给 412000001", "to 412000001"))]
)
def test_the_last_safety_text_and_to_whom_it_was(lang: str, to: int, shown: tuple[str, str]) -> None:
    picture = picture_of(safety_text=np.array(["CALL ON 16"], object), safety_to=np.array([to]))
    assert shown[lang == "en"] in dossier_of(heard(), picture=picture)


def test_an_aircraft_says_how_high_it_flies(lang: str) -> None:
    """An altitude that it does not know is not there, least of all as a number."""
    shown = {"zh": "高度 300 米", "en": "altitude 300 m"}
    assert shown[lang] in dossier_of(heard(), picture=picture_of(altitude_m=np.array([300.0])))
    unknown = dossier_of(heard(), picture=picture_of(altitude_m=np.array([np.nan])))
    assert shown[lang].split()[0] not in unknown and "nan" not in unknown


def picture_of(**columns: Any) -> DeskPicture:
    """A picture of the boat alone."""
    blank: dict[str, Any] = {name: np.zeros(1, dtype) for name, dtype in Vessels.dtypes().items()}
    blank |= {name: np.array([""], object) for name in ("name", "callsign", "destination", "safety_text")}
    vessels = Vessels(**{**blank, "mmsi": np.array([BOAT]), "altitude_m": np.array([np.nan]), **columns})
    return DeskPicture(vessels=vessels, lost=np.zeros(1, bool), fishing=np.zeros(1, bool))


def test_a_name_in_pinyin_says_which_boat_it_can_be(lang: str) -> None:
    """All of them where it is not clear; nothing where it is no boat's name."""
    one, two = dossier_of(heard(name="ZHE DAI YU 01234")), dossier_of(heard(name="ZHEYUYU00017"))
    shown = {
        "zh": (
            "可能是 浙岱渔01234 (浙江舟山岱山), 按船名拼音推断",
            "浙玉渔00017 (浙江台州玉环) 或 浙余渔00017 (浙江宁波余姚)",
        ),
        "en": ("perhaps 浙岱渔01234 (浙江舟山岱山), by the pinyin", "浙玉渔00017 (浙江台州玉环) or 浙余渔00017"),
    }
    marks = {"zh": "可能是", "en": "perhaps"}
    assert shown[lang][0] in one and shown[lang][1] in two
    assert marks[lang] not in dossier_of(heard(name="EVER GIVEN"))


def test_a_net_buoy_says_by_what_it_is_known_and_how_surely(lang: str) -> None:
    """Under way it is less sure, and said why; a doubt says what is made of it."""
    sure, moving = (
        dossier_of(heard(name="NET 1 90%", sog_kn=sog), sign=GearSign(Sign.BATTERY_NAME, Confidence.SURE))
        for sog in (0.4, 8.0)
    )
    doubt = dossier_of(
        heard(name="MINPINGYU63036-1", sog_kn=0.4), sign=GearSign(Sign.BOAT_AND_NUMBER, Confidence.LIKELY)
    )
    shown = {
        "zh": ("确定: 名称里写着电池", "很可能: 名称里写着电池", "现航速 8.0 节", "可能是 闽平渔63036 所放", "存疑"),
        "en": ("sure: charge", "likely: charge", "makes 8.0 kn", "perhaps set by 闽平渔63036", "in doubt"),
    }[lang]
    assert shown[0] in sure and shown[2] not in sure and shown[4] not in sure
    assert shown[1] in moving and shown[2] in moving
    assert shown[3] in doubt and shown[4] in doubt


def test_what_she_called_herself_has_its_days(lang: str) -> None:
    """And no more of a forger's names than can be read."""
    names = [Named("FU YUN 9", "BXA1", T0, T0 + 60_000), Named("ZHE DAI YU 01", "", T0 - 60_000, T0 - 60_000)]
    shown = dossier_of(called=tuple(names))
    to = {"zh": "至", "en": "to"}[lang]
    assert f"2025-09-16 11:30 {to} 2025-09-16 11:31  FU YUN 9  BXA1" in shown
    assert f"2025-09-16 11:29 {to} 2025-09-16 11:29  ZHE DAI YU 01" in shown
    many = dossier_of(called=tuple(Named(f"FORGED {i}", "", T0, T0) for i in range(100)))
    assert many.count("FORGED") == CALLED_MAX and "100" in many


def test_what_speaks_against_one_vessel_is_among_the_doubts(lang: str) -> None:
    """Both places, times and the distance, in words."""
    places = Oddity(Odd.TWO_PLACES, BOAT, T0, 122.0, 30.0, BOAT, T0 + 20_000, 123.0, 30.0, 92_600.0, 9_000.0, 30, 31)
    broken = replace(places, odd=Odd.BIT_ERROR, other_mmsi=412_990_109, distance_m=12.0)
    shown = dossier_of(track=replace(NO_WAY, odd=(places, broken))).replace("\n    ", " ")
    says = {
        "zh": ("待核 2 项", "相距 50.0 海里", "不作另一艘船看待"),
        "en": ("2", "50.0 nm apart", "not counted as a vessel"),
    }
    assert all(part in shown for part in says[lang])
    assert "30-00.0N 122-00.0E" in shown and "30-00.0N 123-00.0E" in shown and "412990109" in shown
    assert "11:30:00" in shown and "11:30:20" in shown


def test_a_fix_out_of_a_satellite_table_says_so(lang: str) -> None:
    """Of two fixes one was heard by AIS and one never was."""
    two = np.arange(2)
    place, no = np.full(2, 30.0), np.zeros(2, bool)
    fixes = (T0 + two * 60_000, place + 92.0, place, place, no, two * 0, np.array([True, False]))
    text = dossier_of(track=Way(BOAT, "", *fixes, 0.0, 0.0), listed=two)
    assert text.count("北斗/VMS 船位表" if lang == "zh" else "BeiDou/VMS table") == 1
