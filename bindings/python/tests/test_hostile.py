"""Hostile input, threads and memory."""

import os
import resource
import threading
import time
from collections.abc import Mapping

import pytest

import apigw_vtl
from apigw_vtl import Template, VtlError, render

DEEP = "[" * 100_000 + "]" * 100_000
SECONDS = float(os.environ.get("VTL_THREAD_SECONDS", "3"))


@pytest.mark.parametrize(
    ("template", "body"),
    [
        ("#if(true)" * 30_000, ""),
        ("$a" + "(" * 100_000, ""),
        ("$a.b" * 70_000, ""),
        ("$input.json('$')", DEEP),
        ("$input.path('$" + "..a" * 10_000 + "')", "{}"),
        ("#foreach($i in [1..1000])#foreach($j in [1..1000])#foreach($k in [1..1000])x#end#end#end", ""),
        ("#set($m = {})#set($m.m = $m)$m", ""),
        ("#set($s = 'x')#foreach($i in [1..900])#set($s = $s + $s)#end$s", ""),
        ("$util.base64Decode('" + "A" * 200_001 + "')", ""),
        ("\0\u2028\ufeff$input.body", "\0"),
        ("$input.path('$.a').replaceAll('(a+)+b', 'c')", '{"a": "' + "a" * 50_000 + '"}'),
    ],
)
def test_hostile_templates_end(template, body):
    try:
        render(template, body)
    except VtlError as error:
        assert error.code.startswith("V") and error.report


@pytest.mark.parametrize(
    "text", ["", "\0", DEEP, "{" * 50_000, "&a [*a]", "a: &a [*a, *a]\nb: *a", "- " * 50_000, "\ufeff", "%YAML 9"]
)
def test_hostile_documents_end(text):
    for name in ("a.json", "a.yaml", "a.tf", "a.sh"):
        try:
            apigw_vtl.load(text, name=name)
        except VtlError as error:
            assert error.code.startswith("V5")
        apigw_vtl.check(text, name=name)


def test_hostile_requests_end():
    api = apigw_vtl.load_integration({"type": "mock"}, settings={"method": {}})
    paths = ["", "x", "//../%ff?%", "/" * 50_000, "/?" + "a&" * 50_000]
    requests = [{"path": path} for path in paths] + [{}, {"path": "/", "headers": {"": ""}}, {"path": "/", "headers": 1}]
    for request in requests:
        try:
            api.invoke(request, context={"requestTimeEpoch": 2**64 - 1})
        except ValueError as error:
            assert str(error)


class Rude(Mapping):
    """Raises where it is looked at."""

    def __getitem__(self, key):
        raise ZeroDivisionError

    def __iter__(self):
        raise ZeroDivisionError

    def __len__(self):
        raise ZeroDivisionError


def test_exceptions_of_values_travel_through():
    for arguments in ({"body": Rude()}, {"params": Rude()}, {"context": {"a": Rude()}}):
        with pytest.raises(ZeroDivisionError):
            Template("$input.params() $context").render(**arguments)


def test_eight_threads_share_templates_and_apis():
    template = Template("#foreach($i in $input.path('$.l'))$i.n:$foreach.index #end$context.t")
    api = apigw_vtl.load_integration(
        {"type": "http", "httpMethod": "GET", "uri": "http://b.test/", "responses": {"default": {"statusCode": "200"}}},
        settings={"method": {"methodResponses": {"200": {}}}},
    )
    items = [{"n": n} for n in range(50)]
    expected = "".join(f"{n}:{n} " for n in range(50))
    stop, wrong = time.monotonic() + SECONDS, []

    def work(number):
        turns = 0
        while time.monotonic() < stop:
            if template.render({"l": items}, context={"t": number}).text != expected + str(number):
                wrong.append("render")
            if render(f"$input.body {turns % 300}", str(number)).text != f"{number} {turns % 300}":
                wrong.append("cache")
            try:
                Template("#if($x)")
            except VtlError as error:
                if error.line != 1:
                    wrong.append("error")
            body = f"{number}/{turns}"
            if api.invoke({"path": "/"}, backend=lambda _: {"status": 200, "body": body})["response"]["body"] != body:
                wrong.append("invoke")
            turns += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_rendering_releases_the_lock():
    template = Template("#foreach($i in [1..1000])#foreach($j in [1..700])#set($x = $i + $j)#end#end")
    ticks, stop = [], threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(1)
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    # While the lock is held the thread ticks once at most, before or after the render. On a busy machine it may not
    # run during each.
    during = 0
    for _ in range(200):
        before = len(ticks)
        template.render()
        during = max(during, len(ticks) - before)
        if during >= 3:
            break
    stop.set()
    thread.join()
    assert during >= 3


def test_memory_stays_flat():
    template = Template("#foreach($i in $input.path('$.l'))$i#end$nobody")

    def rounds(count):
        for n in range(count):
            rendered = template.render({"l": [n, "x" * 100]}, params={"header": {"A": "b"}}, context={"a": {"b": n}})
            assert len(rendered.notes) == 1 and rendered.request_override == {}
            try:
                Template("#if($x)")
            except VtlError:
                pass

    rounds(20_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rounds(40_000)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 4_000, f"{grown} KB more"
