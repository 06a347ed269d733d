"""The remote engine against real local servers: good, slow, broken, busy, streaming, and talking nonsense."""

import json
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tailorbird.core.ask import Constraint, Sampling
from tailorbird.core.errors import BadFile, EngineError
from tailorbird.core.example import Message
from tailorbird.engine.remote import make

ASK = (Message("system", "be brief"), Message("user", "say hello"))
KEY = "sk-very-secret-1234"


def answer(text, reason="stop", usage=True):
    counts = {"usage": {"completion_tokens": 3, "prompt_tokens": 11}} if usage else {}
    return {"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": reason}], **counts}


def events(*pieces, reason="stop", done=True):
    data = [{"choices": [{"delta": {"content": piece}}]} for piece in pieces]
    data += [{"choices": [{"delta": {}, "finish_reason": reason}]}] if reason else []
    data += [{"choices": [], "usage": {"completion_tokens": len(pieces), "prompt_tokens": 11}}]
    lines = [f"data: {json.dumps(item)}\r\n\r\n" for item in data]
    return "".join([": keep-alive\n\n", *lines, *(["data: [DONE]\n\n"] if done else [])]).encode()


class Server:
    """Plays one behaviour: a function of the request's path, body and count that says status, headers and content."""

    def __init__(self, play):
        self.bodies, self.keys, self.paths, self.play = [], [], [], play
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self):
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size)) if size else None
                outer.bodies.append(body)
                outer.paths.append(self.path)
                outer.keys.append(self.headers.get("Authorization"))
                status, headers, content = outer.play(self.path, body, len(outer.bodies))
                if status is None:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(status)
                raw = content if isinstance(content, bytes) else json.dumps(content).encode()
                for name, value in {"Content-Length": str(len(raw)), "Connection": "close", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = reply

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def engine(self, model="tiny", **options):
        return make(f"{self.url}#{model}", {"first_wait_s": 0.01, "enforce": "none", **options})


@pytest.fixture
def serve():
    servers = []

    def start(play):
        servers.append(Server(play))
        return servers[-1]

    yield start
    for server in servers:
        server.http.shutdown()
        server.http.server_close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_good_server_gives_text_and_usage(serve):
    server = serve(lambda path, body, n: (200, {}, answer("hello é心")))
    found = server.engine().generate(ASK, sampling=Sampling(temperature=0.4, limit=50, seed=7, stop=("\n\n",)))
    assert (found.text, found.tokens, found.prompt_tokens, found.cut) == ("hello é心", 3, 11, False)
    assert found.seconds > 0
    assert server.paths == ["/v1/chat/completions"]
    body = server.bodies[0]
    assert body["messages"] == [{"role": "system", "content": "be brief"}, {"role": "user", "content": "say hello"}]
    assert (body["model"], body["temperature"], body["max_tokens"], body["seed"], body["stop"]) == (
        "tiny",
        0.4,
        50,
        7,
        ["\n\n"],
    )


def test_an_answer_ended_by_the_limit_is_cut(serve):
    server = serve(lambda path, body, n: (200, {}, answer("hel", "length", usage=False)))
    found = server.engine().generate(ASK)
    assert (found.cut, found.tokens) == (True, 0)


def test_a_stream_is_heard_piece_by_piece_and_counted(serve):
    server = serve(lambda path, body, n: (200, {"Content-Type": "text/event-stream"}, events("hel", "lo", " 心")))
    heard = []
    found = server.engine().generate(ASK, watch=heard.append)
    assert heard == ["hel", "lo", " 心"]
    assert (found.text, found.tokens, found.prompt_tokens, found.cut) == ("hello 心", 3, 11, False)
    assert server.bodies[0]["stream"] is True


def test_halves_of_a_character_in_two_pieces_become_one(serve):
    pieces = events("\ud83d", "\ude00", "\ud83d")
    server = serve(lambda path, body, n: (200, {"Content-Type": "text/event-stream"}, pieces))
    assert server.engine().generate(ASK, watch=lambda text: None).text == "\U0001f600\ufffd"


def test_a_server_that_does_not_stream_is_heard_all_the_same(serve):
    server = serve(lambda path, body, n: (200, {"Content-Type": "application/json"}, answer("hello")))
    heard = []
    assert server.engine().generate(ASK, watch=heard.append).text == "hello"
    assert heard == ["hello"]


def test_a_stream_that_breaks_off_after_some_text_is_cut_and_says_so(serve):
    whole = events("hel", "lo", reason="", done=False)
    server = serve(lambda path, body, n: (200, {"Content-Type": "text/event-stream"}, whole))
    found = server.engine().generate(ASK, watch=lambda text: None)
    assert (found.text, found.cut) == ("hello", True)
    assert "ended before it was done" in found.note


def test_a_stream_that_ends_without_its_last_mark_but_with_a_reason_is_whole(serve):
    server = serve(lambda path, body, n: (200, {"Content-Type": "text/event-stream"}, events("hello", done=False)))
    found = server.engine().generate(ASK, watch=lambda text: None)
    assert (found.text, found.cut) == ("hello", False)


def test_a_stream_without_any_text_is_an_error(serve):
    server = serve(lambda path, body, n: (200, {"Content-Type": "text/event-stream"}, b": nothing\n\n"))
    with pytest.raises(EngineError, match="ended before it was done"):
        server.engine().generate(ASK, watch=lambda text: None)


def test_an_error_inside_a_stream_is_told(serve):
    raw = b'data: {"error": {"message": "out of memory"}}\n\n'
    server = serve(lambda path, body, n: (200, {"Content-Type": "text/event-stream"}, raw))
    with pytest.raises(EngineError, match="out of memory"):
        server.engine().generate(ASK, watch=lambda text: None)


def test_a_whole_answer_that_breaks_off_is_an_error(serve):
    server = serve(lambda path, body, n: (200, {"Content-Length": "5000"}, answer("hello")))
    with pytest.raises(EngineError, match="ended before it was whole"):
        server.engine().generate(ASK)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(serve, status):
    server = serve(lambda path, body, n: (status, {}, {"error": "busy"}) if n < 3 else (200, {}, answer("hello")))
    assert server.engine().generate(ASK).text == "hello"
    assert len(server.bodies) == 3


def test_retries_are_bounded_and_the_last_answer_is_told(serve):
    server = serve(lambda path, body, n: (503, {}, {"error": {"message": "loading model"}}))
    with pytest.raises(EngineError, match="status 503: loading model"):
        server.engine(retries=2).generate(ASK)
    assert len(server.bodies) == 3


def test_waits_double_unless_the_server_says_when(serve):
    def play(path, body, n):
        return (
            (429, {"Retry-After": "7"} if n == 2 else {"Retry-After": "9999"} if n == 3 else {}, {})
            if n < 4
            else (200, {}, answer("x"))
        )

    engine = serve(play).engine(first_wait_s=0.5)
    waits = []
    engine._transport.sleep = waits.append
    assert engine.generate(ASK).text == "x"
    assert waits == [0.5, 7.0, 60.0]


def test_a_retry_date_is_understood(serve):
    date = "Wed, 21 Oct 2015 07:28:00 GMT"
    server = serve(lambda path, body, n: (429, {"Retry-After": date}, {}) if n == 1 else (200, {}, answer("x")))
    engine = server.engine()
    waits = []
    engine._transport.sleep = waits.append
    assert engine.generate(ASK).text == "x"
    assert waits == [0.0]


def test_a_connection_that_breaks_before_an_answer_is_tried_again(serve):
    server = serve(lambda path, body, n: (None, {}, b"") if n == 1 else (200, {}, answer("hello")))
    assert server.engine().generate(ASK).text == "hello"


def test_a_silent_server_is_given_up_after_the_time_out(serve):
    def play(path, body, n):
        time.sleep(0.5)
        return 200, {}, answer("late")

    server = serve(play)
    start = time.monotonic()
    with pytest.raises(EngineError, match=r"no answer within 0\.1 s"):
        server.engine(read_s=0.1).generate(ASK)
    assert time.monotonic() - start < 0.45
    assert len(server.bodies) == 1


def test_a_server_that_is_not_there_is_named_with_a_hint():
    with pytest.raises(EngineError, match="refused") as caught:
        make(f"http://127.0.0.1:{free_port()}/v1#tiny", {"retries": 1, "first_wait_s": 0.01}).generate(ASK)
    assert "is the server running at http://127.0.0.1:" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<html>welcome</html>", "expected JSON, got '<html>welcome</html>'"),
        (b"[1]", "expected an answer with choices"),
        (b'{"choices": [3]}', "expected an answer with choices"),
        (b'{"choices": []}', "message.content"),
        (b'{"choices": [{"message": {"content": 3}}]}', "message.content"),
        (b"\xff\xfe", "expected JSON"),
        (b"[" * 200_000, "expected JSON"),
    ],
)
def test_nonsense_is_an_error_that_shows_what_came(serve, content, told):
    server = serve(lambda path, body, n: (200, {}, content))
    with pytest.raises(EngineError, match=re.escape(told)):
        server.engine().generate(ASK)


def test_a_redirect_is_not_followed(serve):
    other = serve(lambda path, body, n: (200, {}, answer("stolen")))
    server = serve(lambda path, body, n: (307, {"Location": other.url}, b""))
    with pytest.raises(EngineError, match="status 307"):
        server.engine(key=KEY).generate(ASK)
    assert other.bodies == []


def test_the_key_is_sent_and_never_shown(serve, tmp_path):
    path = tmp_path / "key"
    path.write_text(KEY + "\n", encoding="utf-8")
    server = serve(lambda path, body, n: (401, {}, {"error": {"message": f"bad key {KEY}"}}))
    engine = server.engine(key_file=str(path))
    with pytest.raises(EngineError) as caught:
        engine.generate(ASK)
    assert server.keys == [f"Bearer {KEY}"]
    shown = [
        repr(engine),
        str(engine),
        engine.name,
        caught.value.message,
        caught.value.hint,
        repr(engine._transport),
        repr(engine._settings),
    ]
    assert all(KEY not in text for text in shown)
    assert "bad key ***" in caught.value.message
    assert "key_file" in caught.value.hint


def test_a_key_that_an_answer_repeats_in_an_error_is_masked(serve):
    server = serve(lambda path, body, n: (200, {}, {"error": {"message": f"key {KEY} expired"}}))
    with pytest.raises(EngineError) as caught:
        server.engine(key=KEY).generate(ASK)
    assert KEY not in str(caught.value)


def test_an_unknown_model_is_answered_with_the_known_ones(serve):
    def play(path, body, n):
        if path.endswith("/models"):
            return 200, {}, {"data": [{"id": "small"}, {"id": "large"}]}
        return 404, {}, {"error": "no such model"}

    with pytest.raises(EngineError, match=r"unknown model .tiny. at .*; known: small, large"):
        serve(play).engine().generate(ASK)


def test_without_a_model_the_only_one_is_taken(serve):
    def play(path, body, n):
        return 200, {}, {"data": [{"id": "small"}]} if path.endswith("/models") else answer("hello")

    server = serve(play)
    engine = server.engine(model="")
    engine.generate(ASK)
    assert server.bodies[-1]["model"] == "small"
    assert engine.name.endswith("#small")


def test_without_a_model_and_with_several_one_must_be_named(serve):
    server = serve(lambda path, body, n: (200, {}, {"data": [{"id": "small"}, {"id": "large"}]}))
    with pytest.raises(EngineError, match="known: small, large"):
        server.engine(model="").generate(ASK)


MEETS = {"choice": "zq7-", "regex": "zq7-123", "json": '{"zq": "k7"}', "grammar": "zq7-123"}


def structured(path, body, n):
    asked = next(iter(body.get("structured_outputs", {})), "")
    return 200, {}, answer(MEETS.get(asked, "Hello there!"))


def test_the_probe_finds_what_a_server_of_the_new_kind_holds(serve):
    engine = serve(structured).engine(enforce="probe")
    assert engine.enforces == {"choice", "regex", "schema", "grammar"}


def test_a_server_that_ignores_every_field_holds_nothing(serve):
    server = serve(lambda path, body, n: (200, {}, answer("Hello there!")))
    engine = server.engine(enforce="probe")
    assert engine.enforces == frozenset()
    asked = len(server.bodies)
    assert engine.enforces == frozenset()
    assert len(server.bodies) == asked


def test_a_server_with_response_formats_only_holds_schemas_and_wrapped_choices(serve):
    def play(path, body, n):
        unknown = set(body) - {"model", "messages", "temperature", "top_p", "max_tokens", "seed", "response_format"}
        if unknown:
            return 400, {}, {"error": {"message": f"unknown field {sorted(unknown)}"}}
        schema = body.get("response_format", {}).get("json_schema", {}).get("schema", {})
        enum = schema.get("properties", {}).get("answer", {}).get("enum")
        return 200, {}, answer(json.dumps({"answer": enum[0]}) if enum else '{"zq": "k7"}' if schema else "Hello!")

    engine = serve(play).engine(enforce="probe")
    assert engine.enforces == {"choice", "schema"}
    found = engine.generate(ASK, Constraint.choice(["red", "green"]))
    assert found.text == "red"
    assert found.note == "choice held by openai"


def test_a_server_of_the_llama_kind_is_asked_in_its_own_grammar(serve):
    def play(path, body, n):
        grammar = body.get("grammar", "")
        if "%llguidance" in grammar:
            return 400, {}, {"error": "cannot parse the grammar"}
        if grammar:
            return 200, {}, answer("zq7-" if "|" in grammar else "zq7-123")
        return 200, {}, answer('{"zq": "k7"}' if "json_schema" in body else "Hello!")

    server = serve(play)
    engine = server.engine(enforce="probe")
    assert engine.enforces == {"choice", "regex", "schema"}
    engine.generate(ASK, Constraint("regex", r"- [^\n]{1,9}(a|b)?"))
    assert server.bodies[-1]["grammar"] == r'root ::= "- " [^\n]{1,9} ("a" | "b")?'


def test_an_option_says_what_is_held_without_asking(serve):
    server = serve(structured)
    engine = server.engine(enforce="vllm")
    assert engine.enforces == {"choice", "regex", "schema", "grammar"}
    assert server.bodies == []
    engine.generate(ASK, Constraint.choice(["a", "b"]))
    assert server.bodies[0]["structured_outputs"] == {"choice": ["a", "b"]}


def test_what_is_not_held_is_asked_for_in_words(serve):
    server = serve(lambda path, body, n: (200, {}, answer("red")))
    engine = server.engine(enforce="none")
    engine.generate(ASK, Constraint.choice(["red", "green"]))
    last = server.bodies[0]["messages"][-1]["content"]
    assert last.startswith("say hello\n\n") and last.endswith("red\ngreen")
    engine.generate(ASK, Constraint.schema({"type": "object"}))
    assert '{"type": "object"}' in server.bodies[1]["messages"][-1]["content"]


def test_a_constraint_the_server_turns_down_is_asked_for_in_words_and_noted(serve):
    def play(path, body, n):
        if "structured_outputs" in body:
            return 400, {}, {"error": {"message": "schema too complex"}}
        return 200, {}, answer("{}")

    found = serve(play).engine(enforce="vllm").generate(ASK, Constraint.schema({"type": "object"}))
    assert found.text == "{}"
    assert "schema not held" in found.note and "schema too complex" in found.note


def test_other_refusals_under_a_constraint_stay_errors(serve):
    server = serve(lambda path, body, n: (403, {}, {"error": "no"}))
    with pytest.raises(EngineError, match="status 403"):
        server.engine(enforce="vllm").generate(ASK, Constraint.choice(["a"]))


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "127.0.0.1:8080",
        "ftp://x/v1",
        "http://",
        "http://h:99999/v1",
        f"http://user:{KEY}@h/v1",
        "http://h/v1?key=1",
    ],
)
def test_what_is_no_address_is_refused_without_showing_a_key(rest):
    with pytest.raises(EngineError, match="expected an address") as caught:
        make(rest, {})
    assert KEY not in str(caught.value)


def test_an_address_without_a_path_gets_the_usual_one(serve):
    server = serve(lambda path, body, n: (200, {}, answer("hello")))
    make(server.url.removesuffix("/v1") + "#tiny", {"enforce": "none"}).generate(ASK)
    assert server.paths == ["/v1/chat/completions"]


@pytest.mark.parametrize(
    "options", [{"colour": 1}, {"retries": -1}, {"enforce": "magic"}, {"key": "a\nb"}, {"key_file": "/no/such/file"}]
)
def test_bad_options_are_refused(options):
    with pytest.raises(BadFile):
        make("http://127.0.0.1:1/v1#tiny", options)
