//! The floors of every crate, lowest first. A module may import from lower floors, without what its row
//! excludes; modules on one floor do not know each other. ARCHITECTURE.md draws the same tables.

/// A module, a file or folder of `src`, and the lower modules that it must not import all the same.
type Row = (&'static str, &'static [&'static str]);

pub struct Crate {
    /// From the root of the workspace.
    pub folder: &'static str,
    pub floors: &'static [&'static [Row]],
    /// Modules that may import everything: the root of the crate, and pages made from all tables.
    pub above: &'static [&'static str],
    /// Files that may import each other in a circle, and why.
    pub circles: &'static [(&'static [&'static str], &'static str)],
}

pub const CRATES: &[Crate] = &[
    Crate {
        folder: ".",
        floors: &[
            // The ground.
            // `corpus` is for tests alone.
            &[("span", &[]), ("dialect", &[]), ("nearest", &[]), ("corpus", &[])],
            &[("diagnostic", &[])],
            &[("error", &[])],
            &[("note", &[]), ("limits", &[])],
            &[("budget", &["note"])],
            // Forms: text to AST; Java's values.
            &[("syntax", &[]), ("value", &[])],
            // Meaning: JSONPath; Java's methods.
            &[("jsonpath", &["syntax"]), ("builtins", &["syntax"])],
            // Plan and world. The AST ends at `compile`.
            &[("program", &["syntax"]), ("host", &["syntax"])],
            // Engines.
            &[("compile", &["host"]), ("vm", &["syntax"])],
            // The product.
            &[
                ("options", &["syntax", "builtins", "program", "host", "compile", "jsonpath", "value"]),
                ("output_map", &["syntax", "builtins", "program", "host", "compile", "jsonpath", "value"]),
            ],
            &[("template", &[])],
            // Of `vm` it knows the trait `Probe`.
            &[("pipeline", &["syntax", "builtins", "program", "compile"])],
        ],
        above: &["lib", "reference", "reference_tests"],
        circles: &[
            (
                &[
                    "value/arena.rs",
                    "value/datum.rs",
                    "value/frozen.rs",
                    "value/list.rs",
                    "value/map.rs",
                    "value/mod.rs",
                    "value/shape.rs",
                    "value/view.rs",
                ],
                "a value holds lists and maps, which hold values, and all of them live in the arena",
            ),
            (
                &["value/json/write.rs", "value/show.rs"],
                "a JSON list prints as JSON, which has the printed text of values that JSON cannot represent",
            ),
        ],
    },
    Crate {
        folder: "crates/loaders",
        floors: &[
            // The ground: places, findings, formats.
            &[("span", &[]), ("kind", &[]), ("path", &[]), ("marks", &[])],
            &[("diagnostic", &["kind", "path"])],
            &[("budget", &["kind", "path"])],
            // Text to tree.
            &[("syntax", &["kind"])],
            &[("context", &[])],
            // Tree to model.
            &[("model", &["kind", "context"])],
            // Document languages: OpenAPI, then resources, then what has resources.
            &[("references", &["kind"])],
            &[("openapi", &["kind", "path", "context"])],
            &[("assemble", &["kind"])],
            &[("cloudformation", &["kind"]), ("terraform", &["kind"]), ("aws_cli", &["kind"])],
            // Frameworks whose configuration becomes a CloudFormation template.
            &[
                ("cdk", &["openapi", "assemble", "terraform", "aws_cli"]),
                ("serverless", &["path", "openapi", "assemble", "terraform", "aws_cli"]),
            ],
            // The result, and the detection of what a text is.
            &[
                ("document", &["context", "openapi", "assemble", "cloudformation", "terraform", "aws_cli"]),
                ("detect", &["context", "assemble", "cloudformation", "terraform", "aws_cli"]),
            ],
            // The entry points.
            &[("load", &[]), ("disk", &[])],
        ],
        above: &["lib"],
        circles: &[],
    },
    Crate {
        folder: "crates/data",
        floors: &[
            &[("failure", &[]), ("outcome", &[]), ("trace", &[]), ("note", &[])],
            &[
                ("reference", &["outcome", "trace"]),
                ("rules", &["outcome"]),
                ("input", &["outcome"]),
                ("message", &["outcome"]),
                ("slots", &["outcome", "trace"]),
                ("write", &["outcome", "trace", "note"]),
            ],
            &[("request", &["outcome"]), ("target", &["outcome"]), ("check", &["outcome"])],
            &[("api", &["request", "check"]), ("sample", &["outcome", "rules", "message", "check"])],
            &[("documents", &["outcome", "trace", "sample"])],
            &[("session", &["outcome"])],
        ],
        above: &["lib"],
        circles: &[],
    },
    Crate {
        folder: "crates/check",
        floors: &[
            // The ground: findings, configuration, settings of a template.
            &[("finding", &[]), ("java", &[]), ("outline", &[]), ("model", &[])],
            &[("config", &[]), ("suppression", &[]), ("ignores", &[]), ("subject", &[])],
            &[("tally", &["config", "outline"]), ("trial", &["config", "suppression", "subject"])],
            // Template to sites.
            &[("analysis", &["config", "suppression", "outline"])],
            &[("rules", &["config", "suppression", "outline"]), ("output", &[])],
            // Documents and loose templates to diagnostics.
            &[("checker", &[])],
        ],
        above: &["lib"],
        circles: &[],
    },
    Crate {
        folder: "crates/lsp",
        floors: &[
            &[
                ("text", &[]),
                ("uri", &[]),
                ("names", &[]),
                ("words", &[]),
                ("settings", &[]),
                ("pool", &[]),
                ("transport", &[]),
            ],
            &[("quick", &["uri", "names", "words", "pool"])],
            &[("pieces", &["uri", "names", "words", "settings", "pool", "transport"])],
            &[("file", &["names", "words", "pool"])],
            &[("sample", &["quick", "text", "uri", "names", "words", "pool"])],
            &[("evaluate", &["quick", "text", "uri", "names", "words", "settings"])],
            &[("features", &["uri", "settings"])],
            &[
                ("background", &["text", "uri", "names", "words", "settings", "pool", "sample", "evaluate"]),
                ("requests", &["text", "uri", "words", "settings", "quick", "sample", "evaluate"]),
            ],
            &[("server", &["uri", "text", "words", "names", "settings", "quick", "sample", "evaluate"])],
        ],
        above: &["lib"],
        circles: &[],
    },
    Crate {
        folder: "crates/testing",
        floors: &[
            &[("pattern", &[])],
            // Values with places, and the ground.
            &[("node", &[]), ("diff", &[]), ("json", &[]), ("name", &[]), ("query", &[]), ("sample", &[])],
            &[("yaml", &["diff", "name", "sample"])],
            &[("format", &["diff", "yaml", "sample"]), ("record", &["node", "diff", "sample"])],
            &[("discover", &[]), ("inputs", &["diff", "name", "sample", "yaml"]), ("redact", &[]), ("subject", &[])],
            &[("coverage", &["node", "discover", "redact"])],
            &[("run", &["discover", "redact"])],
            &[("snapshot", &[]), ("check", &[]), ("writer", &[]), ("reads", &[])],
            &[("suite", &[])],
            &[("report", &[])],
        ],
        above: &["lib"],
        circles: &[],
    },
    Crate {
        folder: "crates/cli",
        floors: &[
            &[("args", &[]), ("failure", &[])],
            &[("input", &[])],
            &[("backend", &[]), ("report", &[]), ("conformance", &[])],
            &[("commands", &[]), ("usage", &[])],
        ],
        above: &["main"],
        circles: &[],
    },
    Crate {
        folder: "crates/workloads",
        floors: &[&[("random", &[]), ("request", &[])], &[("floor", &["random"])]],
        above: &["lib"],
        circles: &[],
    },
    Crate {
        folder: "crates/difftest",
        floors: &[
            &[("failure", &[]), ("generate", &[])],
            &[("case", &["failure"])],
            &[("judge", &[]), ("oracle", &["generate", "failure"])],
            &[("invariants", &["oracle"]), ("shrink", &["generate"])],
        ],
        above: &["lib", "main"],
        circles: &[],
    },
];
