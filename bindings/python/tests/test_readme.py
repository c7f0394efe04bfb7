"""The examples of README.md, run as a new user would."""

import re
from pathlib import Path

from test_api import PETS

README = Path(__file__).parent.parent / "README.md"


def test_the_examples_run(tmp_path, monkeypatch, capsys):
    blocks = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 2
    (tmp_path / "openapi.yaml").write_text(PETS)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(blocks[0], names)
    text = '{"id": "7", "skus": ["A1","B2"],\n "trace": "t-1", "stage": "prod"}\n{} {}\n'
    assert capsys.readouterr().out == text
    exec(blocks[1], names)
    assert capsys.readouterr().out == "201 /pets/{id} {}\n"
