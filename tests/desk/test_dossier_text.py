"""What a dossier says of an identity, in both languages."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from fengqiao.app.dossier import DossierFacts
from fengqiao.app.history import Way
from fengqiao.desk.dialogs.dossier import dossier_text
from fengqiao.desk.picture import DeskPicture
from fengqiao.desk.text import Language
from fengqiao.fleet.vessels import Vessels
from fengqiao.store.tables import LatestRow

T0 = 1_757_993_400_000
BOAT = 412_990_108
NOWHERE = np.zeros(0)
NEVER = NOWHERE.astype(np.int64)
NO_WAY = Way(BOAT, "", NEVER, NOWHERE, NOWHERE, NOWHERE, NOWHERE.astype(bool), NEVER, 0.0, 0.0)


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
