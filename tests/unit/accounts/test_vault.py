"""Secrets at rest."""

import pytest

from lms.accounts.gateway import Passwords, UnreadableSecret, Vault
from lms.settings import PasswordCost

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
PLACE = "totp_secret:7:secret"


def test_a_secret_comes_back_and_is_not_readable_in_between():
    vault = Vault({"k1": OLD})
    sealed = vault.seal("JBSWY3DP", place=PLACE)
    assert "JBSWY3DP" not in sealed
    assert vault.open(sealed, place=PLACE) == "JBSWY3DP"


def test_the_same_secret_never_looks_the_same():
    vault = Vault({"k1": OLD})
    assert vault.seal("x", place=PLACE) != vault.seal("x", place=PLACE)


def test_a_secret_moved_to_another_row_cannot_be_read():
    vault = Vault({"k1": OLD})
    sealed = vault.seal("JBSWY3DP", place=PLACE)
    with pytest.raises(UnreadableSecret):
        vault.open(sealed, place="totp_secret:8:secret")


def test_a_new_key_writes_and_the_old_one_still_reads():
    sealed = Vault({"k1": OLD}).seal("JBSWY3DP", place=PLACE)
    both = Vault({"k2": NEW, "k1": OLD})
    assert both.open(sealed, place=PLACE) == "JBSWY3DP"
    assert both.seal("x", place=PLACE).startswith("k2:")


def test_a_lost_key_is_said_plainly():
    sealed = Vault({"k1": OLD}).seal("JBSWY3DP", place=PLACE)
    with pytest.raises(UnreadableSecret):
        Vault({"k2": NEW}).open(sealed, place=PLACE)


def test_only_the_right_password_fits_and_nobody_has_none():
    passwords = Passwords(PasswordCost(memory_kib=8, passes=1, lanes=1))
    stored = passwords.hash("blue-pomelo-42")
    assert passwords.matches(stored, "blue-pomelo-42")
    assert not passwords.matches(stored, "blue-pomelo-43")
    assert not passwords.matches(None, "blue-pomelo-42")
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("no hash at all", "blue-pomelo-42")
