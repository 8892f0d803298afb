"""Streamlit's own files come from memory, and only these; pages name early what they will need."""

import asyncio
import re
import time

import pytest

from views.attention import ASKED_S, Attention
from views.static_files import ROOT, FromMemory

PAGE = (ROOT / "index.html").read_text(encoding="utf-8")
SCRIPT = "/" + re.findall(r"\./(static/js/index\.[^\"]+\.js)", PAGE)[0]


def answered(path, *, method="GET", headers=()):
    """Who answers for a path, with what status, headers and body."""
    sent = []

    async def behind(_scope, _receive, send):
        page = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 207, "headers": page})
        await send({"type": "http.response.body", "body": b"from behind"})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": list(headers)}
    asyncio.run(FromMemory(behind)(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_a_file_of_streamlits_pages_comes_whole_and_may_be_kept():
    status, headers, body = answered(SCRIPT)
    assert status == 200
    assert body == (ROOT / SCRIPT[1:]).read_bytes()
    assert "javascript" in headers[b"content-type"].decode()
    assert headers[b"content-length"] == str(len(body)).encode()
    assert b"immutable" in headers[b"cache-control"]


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/", {}),
        ("/what-if", {}),
        ("/index.html", {}),
        ("/static/js/none.js", {}),
        ("/static/../index.html", {}),
        ("/static/js/../../../runtime/app_session.py", {}),
        (SCRIPT, {"method": "HEAD"}),
        (SCRIPT, {"headers": [(b"range", b"bytes=0-9")]}),
    ],
)
def test_everything_else_is_answered_from_behind(path, given):
    assert answered(path, **given)[0] == 207


def test_a_page_names_the_scripts_that_it_will_need_and_they_are_there():
    named = re.findall(r"<\./([^>]+)>; rel=modulepreload", answered("/")[1][b"link"].decode())
    assert any("/DataFrame." in name for name in named)
    assert len(named) == len(set(named))
    for name in named:
        assert answered(f"/{name}")[0] == 200
        assert name not in PAGE, "the page asks for it itself"


def test_somebody_waits_while_a_page_is_drawn_and_a_moment_after_a_message():
    one = Attention()
    assert not one.wanted
    with one.drawing():
        assert one.wanted
    assert not one.wanted
    one.asked()
    assert one.wanted
    time.sleep(1.5 * ASKED_S)
    assert not one.wanted
