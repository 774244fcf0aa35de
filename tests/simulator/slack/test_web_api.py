"""The Web API through slack_sdk's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import ManualClock
from bot.simulator.slack import ChannelKind, SlackSimulator
from tests.simulator.slack.conftest import MANIFEST, SCOPES, manifest, section


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator(MANIFEST, clock=clock) as running:
        running.invite_bot(running.general)
        yield running


@pytest.fixture
def web(slack: SlackSimulator) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


async def refused(call: Any) -> str:
    """The error code with which a call is refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


class TestTokensAndScopes:
    async def test_auth_test(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        answer = await web.auth_test()
        assert (answer["team_id"], answer["user_id"]) == (slack.team_id, slack.bot_user_id)
        assert set(answer.headers["x-oauth-scopes"].split(",")) == set(SCOPES)
        assert slack.refusals == []

    async def test_auth_test_names_the_enterprise_organization(self) -> None:
        async with SlackSimulator(MANIFEST, enterprise_id="E0SIM0001") as slack:
            web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
            assert (await web.auth_test())["enterprise_id"] == "E0SIM0001"

    async def test_wrong_tokens(self, slack: SlackSimulator) -> None:
        def client(token: str | None) -> AsyncWebClient:
            return AsyncWebClient(token=token, base_url=slack.api_url)

        assert await refused(client("xoxb-wrong").auth_test()) == "invalid_auth"
        assert await refused(client(None).auth_test()) == "not_authed"
        assert await refused(client(slack.app_token).auth_test()) == "not_allowed_token_type"
        bot = client(slack.bot_token)
        assert await refused(bot.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"

    async def test_a_token_in_the_query_does_not_count(self, slack: SlackSimulator) -> None:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{slack.api_url}auth.test", params={"token": slack.bot_token})
            assert answer.json()["error"] == "not_authed"
            answer = await client.post(f"{slack.api_url}auth.test", data={"token": slack.bot_token})
            assert answer.json()["ok"] is True
        assert all("token" not in call.arguments for call in slack.calls)

    async def test_missing_scope(self, clock: ManualClock) -> None:
        async with SlackSimulator(manifest(scopes=["commands"]), clock=clock) as slack:
            web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
            kim = slack.person()
            with pytest.raises(SlackApiError) as caught:
                await web.users_info(user=kim.id)
            assert caught.value.response["error"] == "missing_scope"
            assert caught.value.response["needed"] == "users:read"
            assert caught.value.response["provided"] == "commands"
            assert await refused(web.chat_postMessage(channel=kim.id, text="x")) == "missing_scope"
            assert str(slack.refusals[0]) == "users.info: missing_scope"

    async def test_unknown_methods_and_arguments(self, web: AsyncWebClient) -> None:
        assert await refused(web.usergroups_list()) == "unknown_method"
        assert await refused(web.api_call("chat.postMessage", json={"text": "x"})) == "invalid_arguments"
        call = web.api_call("auth.test", json={"surprise": 1})
        with pytest.raises(SlackApiError, match="invalid argument name: surprise"):
            await call

    async def test_unreadable_json(self, slack: SlackSimulator) -> None:
        headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": "application/json"}
        async with httpx.AsyncClient(headers=headers) as client:
            for body in (b"{", b"[1]", b"\xff"):
                answer = await client.post(f"{slack.api_url}auth.test", content=body)
                assert answer.json() == {"ok": False, "error": "invalid_json"}


class TestPeople:
    async def test_locale_and_time_zone(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        kim = slack.person("Kim", locale="nl-NL", tz="Asia/Kolkata")
        user = (await web.users_info(user=kim.id, include_locale=True))["user"]
        assert (user["locale"], user["tz"], user["tz_offset"]) == ("nl-NL", "Asia/Kolkata", 19_800)
        assert user["team_id"] == slack.team_id
        assert "locale" not in (await web.users_info(user=kim.id))["user"]
        assert await refused(web.users_info(user="U0NOBODY")) == "user_not_found"

    async def test_people_of_another_organization(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        guest = slack.person("Gus", team_id="T0OTHER")
        assert (await web.users_info(user=guest.id))["user"]["team_id"] == "T0OTHER"
        assert (await web.conversations_info(channel=slack.general.id))["channel"]["is_ext_shared"] is True

    async def test_team_info(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        assert (await web.team_info())["team"]["id"] == slack.team_id
        assert await refused(web.team_info(team="T0OTHER")) == "team_not_found"


class TestMessages:
    async def test_post_update_delete(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        kim = slack.person()
        channel = slack.general.id
        posted = await web.chat_postMessage(channel=channel, text="one", blocks=[section("*one*")])
        ts = posted["ts"]
        assert kim.messages[0].plain() == "one"
        await web.chat_update(channel=channel, ts=ts, text="two", blocks=[section("two")])
        assert (kim.messages[0].text, kim.messages[0].plain()) == ("two", "two")
        assert not kim.messages[0].edited
        link = (await web.chat_getPermalink(channel=channel, message_ts=ts))["permalink"]
        assert link.endswith(f"/archives/{channel}/p{ts.replace('.', '')}")
        await web.chat_delete(channel=channel, ts=ts)
        assert kim.messages == []
        assert await refused(web.chat_delete(channel=channel, ts=ts)) == "message_not_found"
        assert await refused(web.chat_getPermalink(channel=channel, message_ts=ts)) == "message_not_found"

    async def test_update_with_text_alone_removes_the_blocks(
        self, slack: SlackSimulator, web: AsyncWebClient
    ) -> None:
        kim = slack.person()
        channel = slack.general.id
        ts = (await web.chat_postMessage(channel=channel, text="one", blocks=[section("blocks")]))["ts"]
        metadata = {"event_type": "e", "event_payload": {}}
        update = {"channel": channel, "ts": ts, "metadata": metadata}
        await web.api_call("chat.update", json=update)
        assert kim.messages[0].plain() == "blocks"
        await web.chat_update(channel=channel, ts=ts, text="text")
        assert (kim.messages[0].blocks, kim.messages[0].edited, kim.messages[0].plain()) == ([], True, "text")
        assert (
            await refused(web.api_call("chat.update", json={"channel": channel, "ts": ts, "blocks": []}))
            == "no_text"
        )

    async def test_messages_of_others_are_not_the_bots(
        self, slack: SlackSimulator, web: AsyncWebClient
    ) -> None:
        other = slack._workspace.post(slack.general.id, "mine", [], author=slack.person().id)
        channel, ts = slack.general.id, other.ts
        assert await refused(web.chat_update(channel=channel, ts=ts, text="x")) == "cant_update_message"
        assert await refused(web.chat_delete(channel=channel, ts=ts)) == "cant_delete_message"

    async def test_ephemeral_messages_cannot_be_updated(
        self, slack: SlackSimulator, web: AsyncWebClient
    ) -> None:
        kim, lee = slack.person("Kim"), slack.person("Lee")
        channel = slack.general.id
        sent = await web.chat_postEphemeral(channel=channel, user=kim.id, text="psst")
        assert (len(kim.messages), len(lee.messages)) == (1, 0)
        ts = sent["message_ts"]
        assert await refused(web.chat_update(channel=channel, ts=ts, text="x")) == "message_not_found"
        call = web.chat_postMessage(channel=channel, text="x", thread_ts=ts)
        assert await refused(call) == "cannot_reply_to_message"
        assert (await web.conversations_history(channel=channel))["messages"] == []

    async def test_where_the_bot_may_write(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        kim = slack.person()
        closed = slack.channel("closed")
        assert await refused(web.chat_postMessage(channel=closed.id, text="x")) == "not_in_channel"
        assert await refused(web.chat_postMessage(channel="C0NONE", text="x")) == "channel_not_found"
        secret = slack.channel("secret", kind=ChannelKind.PRIVATE)
        assert await refused(web.chat_postMessage(channel=secret.id, text="x")) == "channel_not_found"
        slack.invite_bot(closed)
        ephemeral = web.chat_postEphemeral(channel=closed.id, user=kim.id, text="x")
        assert await refused(ephemeral) == "user_not_in_channel"
        await web.chat_postMessage(channel=closed.id, text="x")
        closed.archived = True
        assert await refused(web.chat_postMessage(channel=closed.id, text="x")) == "is_archived"

    async def test_a_scope_opens_public_channels(self, clock: ManualClock) -> None:
        async with SlackSimulator(manifest(scopes=[*SCOPES, "chat:write.public"]), clock=clock) as slack:
            web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
            await web.chat_postMessage(channel=slack.general.id, text="x")

    async def test_direct_messages_need_the_messages_tab(self) -> None:
        closed = manifest(features={"app_home": {"messages_tab_enabled": False}})
        async with SlackSimulator(closed) as slack:
            web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
            said = web.chat_postMessage(channel=slack.person().id, text="hello")
            assert await refused(said) == "messages_tab_disabled"

    async def test_direct_messages(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        kim = slack.person()
        opened = (await web.conversations_open(users=kim.id))["channel"]["id"]
        posted = await web.chat_postMessage(channel=kim.id, text="hello")
        assert posted["channel"] == opened
        assert kim.messages == []
        kim.visit_bot()
        assert [message.plain() for message in kim.messages] == ["hello"]
        assert await refused(web.conversations_open(users="U0NOBODY")) == "user_not_found"

    async def test_threads_and_metadata(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        kim = slack.person()
        channel = slack.general.id
        metadata = {"event_type": "card", "event_payload": {"id": "p1"}}
        ts = (await web.chat_postMessage(channel=channel, text="card", metadata=metadata))["ts"]
        await web.chat_postMessage(channel=channel, text="reply", thread_ts=ts)
        assert [message.plain() for message in kim.messages] == ["card"]
        assert [message.plain() for message in kim.thread(kim.messages[0])] == ["reply"]
        history = await web.conversations_history(channel=channel, include_all_metadata=True)
        assert [(row["text"], row["metadata"]) for row in history["messages"]] == [("card", metadata)]
        replies = await web.conversations_replies(channel=channel, ts=ts)
        assert [row["text"] for row in replies["messages"]] == ["card", "reply"]
        assert await refused(web.conversations_replies(channel=channel, ts="1.0")) == "thread_not_found"
        call = web.chat_postMessage(channel=channel, text="x", metadata={"event_type": "card"})
        assert await refused(call) == "invalid_metadata_schema"

    async def test_text_rules(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        channel = slack.general.id
        assert (
            await refused(web.api_call("chat.postMessage", json={"channel": channel, "text": " "}))
            == "no_text"
        )
        await web.chat_postMessage(channel=channel, text="x" * 40_000)
        assert await refused(web.chat_postMessage(channel=channel, text="x" * 40_001)) == "msg_too_long"
        await web.chat_postMessage(channel=channel, text="x", blocks=[section("x")] * 50)
        with pytest.raises(SlackApiError, match="no more than 50 items allowed"):
            await web.chat_postMessage(channel=channel, text="x", blocks=[section("x")] * 51)
        call = web.api_call("chat.postMessage", json={"channel": channel, "text": "x", "blocks": "{"})
        assert await refused(call) == "invalid_blocks_format"

    async def test_history_in_pages(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        channel = slack.general.id
        sent = [(await web.chat_postMessage(channel=channel, text=str(number)))["ts"] for number in range(3)]
        first = await web.conversations_history(channel=channel, limit=2)
        assert [row["text"] for row in first["messages"]] == ["2", "1"]
        cursor = first["response_metadata"]["next_cursor"]
        rest = await web.conversations_history(channel=channel, limit=2, cursor=cursor)
        assert ([row["text"] for row in rest["messages"]], rest["has_more"]) == (["0"], False)
        recent = await web.conversations_history(channel=channel, oldest=sent[1])
        assert [row["text"] for row in recent["messages"]] == ["2"]
        both = await web.conversations_history(channel=channel, oldest=sent[1], inclusive=True)
        assert [row["text"] for row in both["messages"]] == ["2", "1"]
        assert await refused(web.conversations_history(channel=channel, cursor="?")) == "invalid_cursor"
        assert await refused(web.conversations_history(channel=channel, oldest="then")) == "invalid_ts_oldest"
        assert await refused(web.conversations_history(channel=channel, limit=0)) == "invalid_limit"
        closed = slack.channel("closed")
        assert await refused(web.conversations_history(channel=closed.id)) == "not_in_channel"

    async def test_members(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        kim = slack.person()
        members = (await web.conversations_members(channel=slack.general.id))["members"]
        assert set(members) == {kim.id, slack.bot_user_id}


class TestFiles:
    async def test_three_steps(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        kim = slack.person()
        channel = slack.general.id
        await web.files_upload_v2(
            channel=channel, content="a;b\n1;2\n", filename="e.csv", initial_comment="Export"
        )
        message = kim.messages[0]
        assert message.plain() == "Export"
        file = slack.file(message.files[0])
        assert (file.name, file.content) == ("e.csv", b"a;b\n1;2\n")
        shares = (await web.files_info(file=file.id))["file"]["shares"]["public"]
        assert shares == {channel: [{"ts": message.ts}]}

    async def test_half_an_upload(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        asked = await web.files_getUploadURLExternal(filename="e.csv", length=3)
        files = [{"id": asked["file_id"]}]
        assert await refused(web.files_completeUploadExternal(files=files)) == "file_not_found"
        async with httpx.AsyncClient() as client:
            assert (await client.post(asked["upload_url"], content=b"1234")).status_code == 400
            assert (await client.post(asked["upload_url"], content=b"123")).status_code == 200
            assert (await client.post(asked["upload_url"], content=b"456")).status_code == 400
        await web.files_completeUploadExternal(files=files)
        assert slack.file(asked["file_id"]).content == b"123"
        assert await refused(web.files_getUploadURLExternal(filename="e", length=0)) == "missing_argument"


class TestRates:
    async def test_a_tier_is_counted_per_minute(
        self, slack: SlackSimulator, web: AsyncWebClient, clock: ManualClock
    ) -> None:
        ts = (await web.chat_postMessage(channel=slack.general.id, text="x"))["ts"]
        args: dict[str, Any] = {"channel": slack.general.id, "ts": ts, "text": "y"}
        for _ in range(50):
            await web.chat_update(**args)
        clock.advance(20)
        with pytest.raises(SlackApiError) as caught:
            await web.chat_update(**args)
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "40"
        assert slack.refusals[-1].error == "ratelimited"
        clock.advance(40)
        await web.chat_update(**args)

    async def test_posting_is_counted_per_channel(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        other = slack.channel("other")
        slack.invite_bot(other)
        for _ in range(60):
            await web.chat_postMessage(channel=slack.general.id, text="x")
        assert await refused(web.chat_postMessage(channel=slack.general.id, text="x")) == "ratelimited"
        await web.chat_postMessage(channel=other.id, text="x")


class TestFaults:
    async def test_rate_limits_errors_and_statuses(self, slack: SlackSimulator, web: AsyncWebClient) -> None:
        slack.faults.rate_limit("auth.test", times=1, retry_after=7)
        with pytest.raises(SlackApiError) as caught:
            await web.auth_test()
        assert caught.value.response.headers["Retry-After"] == "7"
        slack.faults.fail("auth.test", "fatal_error", times=2)
        assert await refused(web.auth_test()) == "fatal_error"
        assert await refused(web.auth_test()) == "fatal_error"
        slack.faults.fail("auth.test", "503")
        with pytest.raises(SlackApiError) as caught:
            await web.auth_test()
        assert caught.value.response.status_code == 503
        await web.auth_test()
        assert slack.refusals == []
        assert [call.ok for call in slack.calls] == [False, False, False, False, True]

    async def test_slowness_ends_with_the_simulator(self, clock: ManualClock) -> None:
        async with SlackSimulator(MANIFEST, clock=clock) as slack:
            slack.faults.slow("auth.test", 30)
            web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, timeout=1)
            with pytest.raises(TimeoutError):
                await AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, timeout=0.05).auth_test()  # type: ignore[arg-type]  # the sdk says int and takes any number
            slack.faults.clear()
            await web.auth_test()

    async def test_broken_response_urls(self, slack: SlackSimulator) -> None:
        kim = slack.person()
        url = kim.command_payload("/probe")["response_url"]
        slack.faults.break_response_urls()
        async with httpx.AsyncClient() as client:
            assert (await client.post(url, json={"text": "x"})).status_code == 503
            assert (await client.post(url, json={"text": "x"})).text == "ok"
        assert len(kim.messages) == 1
