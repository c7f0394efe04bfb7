"""A host in Python: the module through wasmtime, with nothing but the ABI. As an engine for `vtl conformance`: --engine."""

import json
import sys
from pathlib import Path

import wasmtime

MODULE = Path(__file__).parent.parent / "dist" / "vtl.wasm"


class Host:
    def __init__(self):
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        exports = wasmtime.Instance(self.store, wasmtime.Module.from_file(engine, str(MODULE)), []).exports(self.store)
        self.memory, self.alloc, self.free = exports["memory"], exports["alloc"], exports["free"]
        self.call, self.call_with_payload = exports["call"], exports["call_with_payload"]

    def ask(self, request, payload=None):
        """Returns the JSON text of the answer, and the output after a payload."""
        whole = request + (payload or b"")
        address = self.alloc(self.store, len(whole))
        self.memory.write(self.store, whole, address)
        if payload is None:
            answer = self.call(self.store, address, len(request)) & 0xFFFFFFFF
        else:
            answer = self.call_with_payload(self.store, address, len(request), len(payload)) & 0xFFFFFFFF
        head = self.memory.read(self.store, answer, answer + 8)
        json_len, output_len = (int.from_bytes(head[at : at + 4], "little") for at in (0, 4))
        answer += 8
        text = bytes(self.memory.read(self.store, answer, answer + json_len))
        output = bytes(self.memory.read(self.store, answer + json_len, answer + json_len + output_len))
        self.free(self.store, address, len(whole))
        return text, output


def test():
    host = Host()
    ask = lambda **request: json.loads(host.ask(json.dumps(request).encode())[0])
    assert ask(id=1, command="render", template="Hi $input.path('$.n')", body={"n": "Ada"})["output"] == "Hi Ada"
    text, output = host.ask(b'{"command":"render","template":"[$input.body]"}', b'"\xc3\xa9\xff')
    assert (json.loads(text)["notes"], output.decode()) == ([], '["é\ufffd]')
    number = ask(command="compile", template="$input.path('$.n')")["template"]
    size = host.memory.size(host.store)
    for n in range(20_000):
        assert ask(command="render", template=number, body={"n": n})["output"] == str(n)
    assert host.memory.size(host.store) - size <= 2, "the memory grows"
    assert ask(command="free", template=number) == {"freed": True}
    assert ask(command="render", template="#if($x)")["findings"][0]["code"] == "V002"
    for hostile in (b"", b"\xff", b"[" * 100_000, b'{"command":"render","template":"' + b"$a.b" * 70_000 + b'"}'):
        assert json.loads(host.ask(hostile)[0])
    print("the module answers through wasmtime")


def engine():
    host = Host()
    for line in sys.stdin:
        case = json.loads(line)
        if case["kind"] == "render":
            # The text of the case, so that numbers keep their digits.
            request = line.replace('"kind":"render"', '"command":"render"', 1).replace(f'"topic":{json.dumps(case["topic"])},', "", 1)
        else:
            integration = case.get("integration")
            if "integrationResponses" in case:
                integration = {**integration, "IntegrationResponses": case["integrationResponses"]}
            request = json.dumps(
                {"command": "invoke", "integration": integration, "settings": case.get("api", {}), "request": case["request"],
                 "backend": case.get("backend") or {"failure": "connection"}, "context": case["context"],
                 "stageVariables": case["stageVariables"]}
            )
        print(host.ask(request.strip().encode())[0].decode(), flush=True)


engine() if "--engine" in sys.argv else test()
