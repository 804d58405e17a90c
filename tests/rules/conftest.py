import pytest

from rules.scene import Scene


@pytest.fixture
def scene() -> Scene:
    return Scene()
