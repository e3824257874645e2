"""The repository speaks of the product alone and runs on any machine."""

import pytest

from tests.architecture.rules import repository
from tests.architecture.rules.source import ROOT


def test_no_file_names_a_folder_of_one_machine():
    assert repository.machine_places(ROOT) == []


def test_no_file_names_a_package_registry():
    assert repository.registry_hosts(ROOT) == []


def test_no_file_holds_an_emoji():
    assert repository.emoji(ROOT) == []


def test_no_code_puts_work_off():
    assert repository.postponed(ROOT) == []


@pytest.mark.parametrize("folder", ["home", "Users", "root", "work"])
def test_a_folder_of_one_machine_is_found(plant, folder):
    root = plant("docs/a.md", f"Open /{folder}/someone/xiangbo.")
    assert len(repository.machine_places(root)) == 1


def test_an_address_with_such_a_word_is_no_folder(plant):
    assert repository.machine_places(plant("a.html", 'href="/me/work/" "a/home/b"')) == []


@pytest.mark.parametrize(
    "host", ["pypi" + ".org/simple", "registry.npmjs" + ".org", "deb.debian" + ".org"]
)
def test_a_package_registry_is_found(plant, host):
    assert len(repository.registry_hosts(plant("requirements.txt", f"# https://{host}"))) == 1


@pytest.mark.parametrize("sign", ["\U0001f600", "\u2705", "\u2b50", "\u2764\ufe0f"])
def test_an_emoji_is_found(plant, sign):
    assert len(repository.emoji(plant("templates/a.html", f"<p>{sign}</p>"))) == 1


@pytest.mark.parametrize("sign", ["\u2713", "\u2192", "\u00d7", "\u2605"])
def test_a_plain_sign_is_no_emoji(plant, sign):
    assert repository.emoji(plant("templates/a.html", sign)) == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME"])
def test_work_put_off_is_found(plant, word):
    assert len(repository.postponed(plant("lms/a.py", f"# {word}: later"))) == 1
