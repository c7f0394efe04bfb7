"""Templates: what goes in, what comes out, what is refused."""

import pickle

import pytest

import apigw_vtl
from apigw_vtl import Template, VtlError, render


@pytest.mark.parametrize(
    ("body", "text"),
    [
        # As on the service, no payload is an empty object.
        (None, "{}"),
        ("", "{}"),
        ('{"a": 1}', '{"a": 1}'),
        (b'{"a": 1}', '{"a": 1}'),
        (bytearray(b"\xff\xc3\xa9"), "\ufffdé"),
        (memoryview(b"abc")[1:], "bc"),
        ({"a": [1, 1.5, None, True, "é\n"]}, '{"a":[1,1.5,null,true,"é\\n"]}'),
        ([10**30], "[1000000000000000000000000000000]"),
        (0, "0"),
        (False, "false"),
    ],
)
def test_a_body_is_text_bytes_or_a_value(body, text):
    assert render("$input.body", body).text == text


def test_half_a_surrogate_pair_is_replaced():
    assert "\ufffd" in render("$input.body", "lone \ud800 half").text


def test_numbers_keep_their_digits():
    template = Template("$input.json('$.n') $x")
    rendered = template.render('{"n": 12345678901234567890123}', variables={"x": 10**25})
    assert rendered.text == "12345678901234567890123 10000000000000000000000000"


def test_the_data_of_a_request():
    rendered = Template(
        "$input.params('p') $input.params('q') $input.params('x-h') $context.identity.sourceIp $stageVariables.t"
    ).render(
        params={"path": {"p": "1"}, "querystring": {"q": ["a", "b"]}, "header": {"X-H": 7}},
        context={"identity": {"sourceIp": "192.0.2.1"}},
        stage_variables={"t": "orders"},
    )
    assert rendered.text == "1 b 7 192.0.2.1 orders"
    assert str(rendered) == rendered.text


def test_any_mapping_will_do():
    from collections import OrderedDict
    from types import MappingProxyType

    params = MappingProxyType({"path": OrderedDict(p="1"), "querystring": None})
    assert render("$input.params('p')", params=params).text == "1"


def test_overrides_go_from_the_request_to_the_response():
    first = render("#set($context.requestOverride.header.X = 'v')#set($context.responseOverride.status = 404)")
    assert first.request_override == {"header": {"X": "v"}}
    assert first.response_override == {"status": 404}
    second = render("$context.responseOverride.status", response_override=first.response_override)
    assert (second.text, second.response_override) == ("404", {"status": 404})


def test_notes_tell_what_velocity_ignores():
    (note,) = Template("\n$input.foo()", name="a.vtl").render().notes
    assert (note.code, note.name, note.severity) == ("V151", "no-such-method", "warning")
    assert (note.file, note.line) == ("a.vtl", 2)
    assert note.to_dict()["endLine"] == 2
    assert str(note).startswith("a.vtl:2:")


def test_an_error_has_its_place_and_a_drawing():
    with pytest.raises(VtlError) as caught:
        Template("a\n  #if($x)", name="a.vtl")
    error = caught.value
    assert (error.code, error.name, error.line, error.column) == ("V002", "unclosed-block", 2, 3)
    assert error.help == "close the block with `#end`"
    assert "--> a.vtl:2:3" in error.report
    assert error.diagnostic.message in str(error)
    with pytest.raises(VtlError) as caught:
        render("$util.parseJson('{')")
    assert caught.value.code == "V203"


def test_dialects_limits_and_switches():
    assert render("$nobody", dialect="velocity-1.7").text == "$nobody"
    assert render("$nobody").text == ""
    assert Template("$input.json('$')", switches=["escape-slash"]).render('["a/b"]').text == '["a\\/b"]'
    assert Template("#foreach($i in [1..9])$i#end", limits={"foreach": 3}).render().text == "123"
    with pytest.raises(VtlError):
        Template("#foreach($i in [1..9])$i#end", limits={"foreach": 3}, foreach_fails=True).render()
    with pytest.raises(ValueError, match="the dialects are"):
        Template("", dialect="jinja")
    with pytest.raises(ValueError, match="turns"):
        Template("", limits={"turns": 1})


@pytest.mark.parametrize(
    ("arguments", "exception", "words"),
    [
        ({"params": {"cookie": {}}}, ValueError, "no group"),
        ({"params": {"path": {"a": None}}}, TypeError, r"params\[\"path\"\]\[\"a\"\] must be a string"),
        ({"params": []}, TypeError, "must be a dict"),
        ({"params": {"path": {1: "a"}}}, TypeError, "strings as keys"),
        ({"context": {"a": object()}}, TypeError, "object is no JSON"),
        ({"context": [1]}, TypeError, "context must be a dict"),
        ({"body": {1: 2}}, TypeError, "strings as keys"),
        ({"body": {"a": {1, 2}}}, TypeError, "set is no JSON"),
        ({"body": float("nan")}, ValueError, "finite"),
        ({"variables": [1]}, ValueError, "no JSON object"),
        ({"stage_variables": {"a": {}}}, TypeError, "must be a string"),
    ],
)
def test_wrong_arguments_are_named(arguments, exception, words):
    with pytest.raises(exception, match=words):
        Template("$input.params() $context $stageVariables").render(**arguments)


def test_only_what_is_read_is_converted():
    class Unread:
        def __getattr__(self, name):
            raise AssertionError(name)

    template = Template("$input.params('q') $context.identity.sourceIp $stageVariables.t")
    params = {"path": {"x": Unread()}, "querystring": {"q": "1", "r": Unread()}, "header": None}
    context = {"identity": {"sourceIp": "192.0.2.1", "user": Unread()}, "a": Unread()}
    rendered = template.render(None, params, context, {"t": "orders", "u": Unread()})
    assert (rendered.text, rendered.notes) == ("1 192.0.2.1 orders", [])
    # Dicts may change between renders.
    context["identity"]["sourceIp"] = "192.0.2.2"
    assert template.render(None, params, context, {"t": "x"}).text == "1 192.0.2.2 x"


def test_a_missing_member_is_named_with_the_one_that_was_meant():
    (note,) = Template("$context.identity.sourceIP").render(context={"identity": {"sourceIp": "192.0.2.1"}}).notes
    assert note.help == "did you mean `$context.identity.sourceIp`?"
    (note,) = Template("$stageVariables.tabel").render(stage_variables={"table": "x"}).notes
    assert note.help == "did you mean `$stageVariables.table`?"
    assert Template("$input.params('x-trace')").render(params={"header": {"X-Trace": "t"}}).text == "t"


def test_values_that_contain_themselves_end():
    loop = {}
    loop["self"] = loop
    for arguments in ({"body": loop}, {"context": loop}, {"variables": loop}):
        with pytest.raises(ValueError, match="nested"):
            Template("$context").render(**arguments)


def test_the_source_is_text():
    with pytest.raises(TypeError):
        Template(b"x")
    with pytest.raises(UnicodeEncodeError):
        Template("\ud800")
    with pytest.raises(TypeError, match="pickle its source"):
        pickle.dumps(Template("x"))


def test_the_package_is_typed():
    from importlib.resources import files

    assert files(apigw_vtl).joinpath("py.typed").is_file()
    stub = files(apigw_vtl).joinpath("__init__.pyi").read_text("utf-8")
    assert [name for name in apigw_vtl.__all__ if name not in stub] == []


def test_values_of_one_render_are_not_seen_by_the_next():
    template = Template("$input.params('q') $context.identity.sourceIp $stageVariables.t")
    given = [{"querystring": {"q": "1"}}, {"identity": {"sourceIp": "192.0.2.1"}}, {"t": "orders"}]
    assert template.render("", *given).text == "1 192.0.2.1 orders"
    others = [{"querystring": {}, "header": None}, {"identity": {"sourceIp": 7}}, {"t": "logs"}]
    assert template.render("", *others).text == " 7 logs"
    surrogate = template.render("", {"path": {"q": "\ud800"}, "querystring": {"q": "2"}}, *given[1:])
    assert surrogate.text.startswith("\ufffd") and surrogate.text.endswith(" 192.0.2.1 orders")
    assert template.render().text == "  "
    assert template.render("", *given).text == "1 192.0.2.1 orders"


def test_a_render_inside_of_a_render_has_values_of_its_own():
    template = Template("$context.stage")
    inner = []

    class Key:
        def __hash__(self):
            return hash("stage")

        def __eq__(self, other):
            inner.append(template.render(context={"stage": "inner"}).text)
            return False

    assert template.render(context={Key(): 1, "stage": "outer"}).text == "outer"
    assert inner and set(inner) == {"inner"}
