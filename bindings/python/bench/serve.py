"""Times renders of the package for a harness: one JSON object a line each way, as benches/README says."""

import json
import sys
import time
from pathlib import Path

import apigw_vtl


class Job:
    def __init__(self, given):
        self.source = Path(given["template"]).read_text("utf-8")
        self.body = Path(given["body"]).read_bytes()
        self.variables = json.loads(Path(given["vars"]).read_text("utf-8"))
        self.template = self.compile()

    def compile(self):
        return apigw_vtl.Template(self.source, dialect="velocity-1.7")

    def data(self):
        return self.body, *(self.variables[name] for name in ("params", "context", "stageVariables"))

    def render(self):
        return self.template.render(*self.data())

    def time(self, what, count):
        render, (body, params, context, stage_variables) = self.template.render, self.data()
        start = time.perf_counter_ns()
        if what == "compile":
            for _ in range(count):
                self.compile()
        else:
            for _ in range(count):
                render(body, params, context, stage_variables)
        return time.perf_counter_ns() - start


def main():
    job = None
    for line in sys.stdin:
        asked, reply = json.loads(line), {}
        try:
            if asked["cmd"] == "load":
                job = Job(asked)
            elif asked["cmd"] == "output":
                Path(asked["to"]).write_text(job.render().text, "utf-8")
            elif asked["what"] == "pre":
                raise ValueError("the payload is read inside")
            else:
                reply["ns"] = job.time(asked["what"], asked["n"])
        except Exception as error:
            reply["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(reply), flush=True)


main()
