"""One table says who may do what."""

from __future__ import annotations

import pytest

from bot.failures import NotAllowed, RightsUnknown
from bot.operations.actors import THE_BOT, Actor, operator, slack_user
from bot.operations.rights import LEAST, Act, Rights, Role, Standing, able, allowed
from bot.settings.roles import RoleSettings

HERE = "0123456789abcdef"
KIM, BOSS, GUEST, NAMED = "U0KIM", "U0BOSS", "U0GUEST", "U0NAMED"
GROUP = "S0FIXERS"


class Directory:
    """A workspace; counts what it is asked."""

    def __init__(self, *, down: bool = False) -> None:
        self.down = down
        self.asked = 0

    async def standing(self, user: str) -> Standing:
        self._ask()
        return {BOSS: Standing.ADMIN, GUEST: Standing.GUEST}.get(user, Standing.MEMBER)

    async def is_member(self, user: str, group: str) -> bool:
        self._ask()
        return (user, group) == (KIM, GROUP)

    async def names(self, user: str) -> tuple[str, ...]:
        return (user,)

    def _ask(self) -> None:
        self.asked += 1
        if self.down:
            raise RightsUnknown


def rights(people: Directory | None = None, **roles: tuple[str, ...]) -> Rights:
    return Rights({HERE: RoleSettings(**roles)}, people or Directory())


async def may(asked: Rights, user: str, act: Act) -> bool:
    return await asked.allows(slack_user(user), HERE, act)


def test_every_act_is_in_the_table() -> None:
    assert set(LEAST) == set(Act)


def test_a_role_includes_the_lesser_ones() -> None:
    for act, least in LEAST.items():
        assert [allowed(act, role) for role in Role] == [role >= least for role in Role]
        assert not allowed(act, None)


async def test_without_settings_everybody_looks_and_fixes_and_only_workspace_admins_destroy() -> None:
    usual = rights()
    assert await may(usual, KIM, Act.RETRY)
    assert not await may(usual, KIM, Act.PURGE_RESOLVED)
    assert await may(usual, BOSS, Act.PURGE_ALL)


async def test_guests_look_and_do_nothing_else_unless_they_are_named() -> None:
    assert await may(rights(), GUEST, Act.READ)
    assert not await may(rights(), GUEST, Act.CLAIM)
    assert await may(rights(fixer=("*", GUEST)), GUEST, Act.CLAIM)


async def test_roles_come_from_users_and_groups() -> None:
    strict = rights(admin=(NAMED,), fixer=(GROUP,), viewer=(BOSS,))
    assert [await may(strict, user, Act.PURGE_ALL) for user in (NAMED, KIM, BOSS)] == [True, False, False]
    assert [await may(strict, user, Act.RETRY) for user in (NAMED, KIM, BOSS)] == [True, True, False]
    assert [await may(strict, user, Act.READ) for user in (NAMED, KIM, BOSS, GUEST)] == [
        True,
        True,
        True,
        False,
    ]


async def test_a_refusal_says_who_can() -> None:
    with pytest.raises(NotAllowed) as refused:
        await rights(admin=(NAMED, GROUP)).require(slack_user(BOSS), HERE, Act.PURGE_ALL)
    able_to = f"{NAMED} {GROUP}"
    assert refused.value.facts == {"act": "purge.all", "connection": HERE, "able": able_to}
    assert able(Act.RETRY, RoleSettings(admin=(NAMED,), fixer=(GROUP,))) == (GROUP, NAMED)


async def test_roles_belong_to_a_connection() -> None:
    two = Rights({HERE: RoleSettings(admin=(KIM,)), "b": RoleSettings(admin=(BOSS,))}, Directory())
    assert await two.allows(slack_user(KIM), HERE, Act.FORGET)
    assert not await two.allows(slack_user(KIM), "b", Act.FORGET)


async def test_reading_with_the_usual_settings_asks_slack_nothing() -> None:
    people = Directory()
    assert await may(rights(people), KIM, Act.READ)
    assert await may(rights(people, admin=(NAMED,)), NAMED, Act.FORGET)
    assert people.asked == 0


async def test_where_slack_does_not_tell_nobody_may_but_who_is_named() -> None:
    down = rights(Directory(down=True), admin=("workspace-admins", NAMED))
    with pytest.raises(RightsUnknown):
        await may(down, BOSS, Act.PURGE_ALL)
    assert await may(down, NAMED, Act.PURGE_ALL)


async def test_the_operator_and_the_bot_itself_may() -> None:
    for actor in (operator("kim"), THE_BOT):
        assert await rights(admin=(NAMED,)).allows(actor, HERE, Act.FORGET)


@pytest.mark.parametrize("actor", [slack_user(KIM), operator("kim: the boss"), THE_BOT])
def test_an_actor_is_read_again_from_its_text(actor: Actor) -> None:
    assert Actor.parse(str(actor)) == actor


@pytest.mark.parametrize("text", ["", "web:kim", "U0KIM"])
def test_what_is_no_actor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="From"):
        Actor.parse(text)
