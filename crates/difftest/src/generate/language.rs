//! Templates made from the grammar: every directive, reference, literal, operator and escape, with white
//! space of every kind in every place.

use vtl_workloads::Random;

/// The variables that the templates are about, as JSON.
pub const VARIABLES: &str = r##"{"s": "str", "e": "", "i": 5, "z": 0, "n": -3, "L": 4294967296, "d": 2.5, "t": true, "f": false,
 "l": ["a", "b", "c"], "nums": [1, 2, 3], "el": [], "m": {"k": "v", "n": 1, "a-b": "h", "x": {"y": [7]}},
 "o": {"list": [{"id": 1, "name": "x"}, {"id": 2, "name": null}], "inner": {"deep": {"x": "y"}}, "ok": false},
 "u": "h\u00e9\u20ac\ud83d\ude00", "q": "say \"hi\"", "T": "hi $s", "h": "#set($x = 1)$x", "a-b": "dash", "k": "k"}"##;

const NAMES: &[&str] = &[
    "s",
    "e",
    "i",
    "z",
    "n",
    "L",
    "d",
    "t",
    "f",
    "l",
    "nums",
    "el",
    "m",
    "o",
    "u",
    "q",
    "T",
    "h",
    "k",
    "x",
    "y",
    "nope",
    "a-b",
    "foreach",
    "velocityCount",
    "x1",
    "X_y",
    "b",
    "bodyContent",
];
const PROPERTIES: &[&str] = &[
    "k", "n", "x", "y", "list", "inner", "deep", "ok", "nope", "a-b", "id", "name", "empty", "length", "count",
    "hasNext", "index", "first", "last", "key", "value",
];
const METHODS: &[&str] = &[
    "size",
    "isEmpty",
    "get",
    "length",
    "substring",
    "toString",
    "put",
    "add",
    "contains",
    "nope",
    "keySet",
    "entrySet",
    "indexOf",
    "toUpperCase",
    "equals",
];
const MACROS: &[&str] = &["a", "b", "mac", "foo", "m1", "if1", "end1", "elsex"];
const WORDS: &[&str] = &[
    "a", "text", "{\"k\": ", "}", ", ", "[", "]", "(", ")", ".", "-", "!", "1", "x.y", "'", "\"", "é", "*#", "]]#",
    "@", "/", "=", "<b>", "_", "&", "|", ":", "*", "true", "in",
];
const BINARY: &[&str] = &[
    "+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||", "eq", "ne", "lt", "gt", "le", "ge", "and",
    "or",
];
const SPACES: &[&str] = &[" ", "  ", "\t", "\n", "\r\n", "\r", " \n", "\n ", "\t\n", "\n\n", " \t", " \r\n "];

pub fn template(random: &mut Random) -> String {
    let mut writer = Writer { random, out: String::new() };
    writer.block(3);
    writer.out
}

/// Writes a template piece by piece; `depth` says how far pieces may still nest.
struct Writer<'r> {
    random: &'r mut Random,
    out: String,
}

impl Writer<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn pick(&mut self, from: &[&str]) {
        let text = self.random.pick(from);
        self.put(text);
    }

    /// Generates optional white space, usually empty.
    fn gap(&mut self) {
        match self.random.below(8) {
            0..=4 => {}
            5 | 6 => self.put(" "),
            _ => self.pick(SPACES),
        }
    }

    /// Generates text that often follows a directive.
    fn line_end(&mut self) {
        match self.random.below(6) {
            0 => self.put("\n"),
            1 => self.pick(SPACES),
            _ => {}
        }
    }

    fn block(&mut self, depth: usize) {
        for _ in 0..=self.random.below(4) {
            self.item(depth);
        }
    }

    fn item(&mut self, depth: usize) {
        match self.random.below(if depth > 0 { 36 } else { 20 }) {
            0..=2 => self.pick(WORDS),
            3 | 4 => self.pick(SPACES),
            5..=9 => self.reference(depth, true),
            10..=12 => self.set(depth),
            13 => self.comment(),
            14 if self.random.one_in(3) => self.oddity(),
            14 => self.pick(WORDS),
            15 | 16 => self.call(depth),
            17 => self.pick(&[
                "#stop",
                "#break",
                "#{stop}",
                "#{break}",
                "#stop ",
                "#break\n",
                "#stop\n",
                "#break ",
                "#break($foreach)",
                "#stop('x')",
                "#break($nope)",
            ]),
            18 => {
                self.pick(&["#[[", "#[[ ", "$#[["]);
                self.pick(&["", "$s", "#if(", "]] ", "#end", "\\", " \n"]);
                self.put("]]#");
            }
            19 => {
                self.pick(&["#include", "#parse", "#return"]);
                self.arguments(1);
            }
            20..=25 => self.condition(depth - 1),
            26..=29 => self.foreach(depth - 1),
            30 | 31 => self.define(depth - 1),
            32 | 33 => self.macro_(depth - 1),
            34 => {
                self.pick(&["#evaluate", "#{evaluate}", "#evaluate "]);
                self.put("(");
                self.gap();
                self.expression_simple(1);
                self.gap();
                self.put(")");
                self.line_end();
            }
            _ => {
                self.pick(&["#literal()", "#literal(1)", "#{literal}()"]);
                self.block(depth - 1);
                self.put("#end");
            }
        }
    }

    fn hash(&mut self, name: &str) {
        if self.random.one_in(12) {
            self.pick(&["\\", "\\\\", "\\\\\\", "$", "#", "$!", " ", "\t"]);
        }
        if self.random.one_in(6) {
            self.put(&format!("#{{{name}}}"));
        } else {
            self.put(&format!("#{name}"));
        }
    }

    fn end(&mut self) {
        if self.random.one_in(6) {
            self.gap();
        }
        self.hash("end");
        self.line_end();
    }

    fn set(&mut self, depth: usize) {
        if self.random.one_in(5) {
            self.pick(SPACES);
        }
        self.hash("set");
        self.gap();
        self.put("(");
        self.gap();
        if self.random.one_in(4) {
            self.reference(1, false);
        } else {
            let name = self.random.pick(NAMES);
            self.put(&format!("${name}"));
        }
        self.gap();
        self.put("=");
        self.gap();
        self.expression(depth.min(2));
        self.gap();
        self.put(")");
        self.line_end();
    }

    fn condition(&mut self, depth: usize) {
        self.hash("if");
        self.gap();
        self.put("(");
        self.expression(2);
        self.put(")");
        self.line_end();
        self.block(depth);
        while self.random.one_in(4) {
            self.hash("elseif");
            self.gap();
            self.put("(");
            self.expression(1);
            self.put(")");
            self.line_end();
            self.block(depth);
        }
        if self.random.one_in(3) {
            self.hash("else");
            self.line_end();
            self.block(depth);
        }
        self.end();
    }

    fn foreach(&mut self, depth: usize) {
        self.hash("foreach");
        self.gap();
        self.put("(");
        self.gap();
        let name = self.random.pick(&["x", "y", "s", "i"]);
        self.put(&format!("${name}"));
        self.pick(&[" in ", " in ", " in ", "\nin\t", " in", "in "]);
        match self.random.below(5) {
            0 => self.expression_simple(1),
            1 => self.reference(1, false),
            2 => self.pick(&["[1..3]", "[3..1]", "[$z..$i]", "['p', 'q']", "{'a': 1, 'b': 2}"]),
            _ => self.pick(&["$l", "$m", "$nums", "$o.list", "$el", "$m.entrySet()", "$m.keySet()", "$nope"]),
        }
        self.gap();
        self.put(")");
        self.line_end();
        if self.random.one_in(3) {
            self.pick(&[
                "$x",
                "$foreach.count",
                "$foreach.index,",
                "$!foreach.hasNext",
                "$velocityCount",
                "${foreach.parent.count}",
                "$foreach.first$foreach.last",
                "#if($foreach.hasNext),#end",
                "$velocityHasNext",
                "$foreach.stop()",
            ]);
        }
        self.block(depth);
        self.end();
    }

    fn define(&mut self, depth: usize) {
        self.hash("define");
        self.gap();
        self.put("(");
        self.gap();
        self.pick(&["$b", "$x", "$b ", "$nope", "$!b", "${b}", "b"]);
        self.put(")");
        self.line_end();
        self.block(depth);
        self.end();
        self.pick(&["", "$b", "$x", "\"$b\""]);
    }

    fn macro_(&mut self, depth: usize) {
        self.hash("macro");
        self.gap();
        self.put("(");
        self.gap();
        self.pick(MACROS);
        for _ in 0..self.random.below(3) {
            self.put(" ");
            self.gap();
            self.pick(&["$p", "$q", "$s", "$x", "$!p", "${q}", "p", ", $p"]);
        }
        self.gap();
        self.put(")");
        self.line_end();
        self.pick(&["", "$p", "$!q", "$bodyContent", "#set($p = 1)", "[$s]", "${p}", "$p.k"]);
        self.block(depth);
        self.end();
        self.call(depth);
    }

    fn call(&mut self, depth: usize) {
        let name = self.random.pick(MACROS);
        if self.random.one_in(4) {
            self.put(&format!("#@{name}"));
            self.arguments(1);
            self.line_end();
            self.block(depth.saturating_sub(1));
            self.end();
            return;
        }
        self.hash(name);
        if !self.random.one_in(5) {
            self.arguments(1);
        }
        self.line_end();
    }

    fn arguments(&mut self, depth: usize) {
        self.gap();
        self.put("(");
        self.gap();
        for n in 0..self.random.below(3) {
            if n > 0 {
                self.pick(&[" ", ", ", ",", "\n", " , ", ""]);
            }
            if self.random.one_in(12) {
                self.pick(&["word", "in", "and", "true1"]);
            } else {
                self.expression_simple(depth);
            }
        }
        self.gap();
        self.put(")");
    }

    fn comment(&mut self) {
        self.pick(&[
            "##",
            "## c",
            "##c $s",
            "## #if",
            "## $",
            "## \\",
            "#* c *#",
            "#** c *#",
            "#**#",
            "#***#",
            "#* # $ *#",
            "#* $s \n *#",
            "#*",
            "##*#",
            "#*#*#",
        ]);
        self.pick(&["\n", "\r\n", "\r", "", " ", "\n "]);
    }

    fn oddity(&mut self) {
        self.pick(&[
            "$",
            "#",
            "$!",
            "$$",
            "##",
            "\\",
            "\\\\",
            "\\\\\\",
            "\\$",
            "\\#",
            "\\#if",
            "\\\\#set",
            "$.",
            "$[",
            "${",
            "$!{",
            "$!!s",
            "$\\!s",
            "$\\\\!{s}",
            "#@",
            "#{",
            "#1",
            "#1.5",
            "#-2",
            "$1",
            "#$s",
            "$#s",
            "$ s",
            "$_",
            "#_x",
            "\\#mac",
            "\\\\#mac",
            "\\#foreach",
            "#if",
            "#{if}",
            "$s.",
            "$s..k",
            "$s.1",
            "$s[",
            "$!s!",
            "#elseif",
            "#else1",
            "#endx",
            "#end",
            "{else}",
            "#\\$s",
            "#{set}",
            "$-",
            "$a-",
            "#@mac()x#end",
            "$true",
            "#true",
            "$s.true",
            "${s",
            "${s.k",
            "${ s}",
            "$s.get(",
            "#[",
            "#[[",
            "*#",
            "]]#",
            "#(",
            "#!",
            "\u{a0}",
            "\u{2028}",
            "\u{c}",
        ]);
    }

    /// A reference; `glued` says whether something may follow that could belong to it.
    fn reference(&mut self, depth: usize, glued: bool) {
        match self.random.below(if glued { 20 } else { 40 }) {
            0 => self.pick(&["\\$", "\\\\$", "\\\\\\$", "$$", "#$", "$\\!", "$!$", "$!!", "\\$!", "\\\\$!", "$\\$"]),
            1..=4 => self.put("$!"),
            _ => self.put("$"),
        }
        let formal = self.random.one_in(4);
        if formal {
            self.put("{");
        }
        self.pick(NAMES);
        for _ in 0..[0, 0, 0, 1, 1, 2, 3][self.random.below(7)] {
            match self.random.below(6) {
                0..=2 => {
                    self.put(".");
                    self.pick(PROPERTIES);
                }
                3 | 4 => {
                    self.put(".");
                    self.pick(METHODS);
                    self.put("(");
                    self.gap();
                    for n in 0..self.random.below(3) {
                        if n > 0 {
                            self.pick(&[",", ", ", " ,"]);
                        }
                        self.expression_simple(depth.saturating_sub(1));
                    }
                    self.gap();
                    self.put(")");
                }
                _ => {
                    self.put("[");
                    self.gap();
                    match self.random.below(4) {
                        0 => self.pick(&["'k'", "\"n\"", "true", "''"]),
                        1 => self.pick(&["$i", "$k", "$z", "$nope"]),
                        _ => self.pick(&["0", "1", "-1", "3"]),
                    }
                    self.gap();
                    self.put("]");
                }
            }
        }
        if formal && !self.random.one_in(20) {
            self.put("}");
        }
        if glued {
            match self.random.below(3) {
                0 => self.pick(&[
                    "", ".", "-", "a", "{", "}", "[", "]", "(", ")", "!", "\\", "$", "#", "\"", "..", ".1", "-1", "[a",
                    "()", ".(", " ", "\n", "{x}", ".true", "@", "\\\\", "\\#", "_", "$$", "{}",
                ]),
                1 => self.line_end(),
                _ => {}
            }
        }
    }

    fn expression(&mut self, depth: usize) {
        self.gap();
        if depth == 0 || self.random.one_in(3) {
            self.expression_simple(depth);
            self.gap();
            return;
        }
        match self.random.below(8) {
            0 => {
                self.pick(&["!", "! ", "not ", "!!", "not  "]);
                self.expression(depth - 1);
            }
            1 => {
                self.put("(");
                self.expression(depth - 1);
                self.put(")");
            }
            _ => {
                self.expression(depth - 1);
                let operator = self.random.pick(BINARY);
                let worded = operator.as_bytes()[0].is_ascii_alphabetic();
                if worded || !self.random.one_in(4) {
                    self.put(&format!(" {operator} "));
                } else {
                    self.put(operator);
                }
                self.expression(depth - 1);
            }
        }
        self.gap();
    }

    /// Generates an argument.
    fn expression_simple(&mut self, depth: usize) {
        match self.random.below(if depth > 0 { 14 } else { 9 }) {
            0 | 1 => self.pick(&["1", "0", "-1", "42", "007", "2147483647", "2147483648", "9223372036854775808", "3"]),
            2 => self.pick(&["1.5", "1.", ".5", "-0.0", "1e3", "-2.5E-2", "1.0e+2", "1.5e", "100000000.0"]),
            3 => self.pick(&["true", "false"]),
            4 => self.pick(&["'a'", "''", "'it''s'", "'$s'", "'\"'", "'\\'", "'#if'", "'a\nb'", "'k'"]),
            5 | 6 => self.double_quoted(depth),
            7 | 8 => {
                let name = self.random.pick(NAMES);
                self.put(&format!("${name}"));
            }
            9..=11 => self.reference(depth - 1, false),
            12 => {
                self.put("[");
                self.gap();
                if self.random.one_in(3) {
                    self.pick(&["1..3", "-1 .. 1", "$z..$i", "1.. 2", "0..$nope", "3 ..1"]);
                } else {
                    for n in 0..self.random.below(3) {
                        if n > 0 {
                            self.pick(&[",", ", ", " ,"]);
                        }
                        self.expression_simple(depth - 1);
                    }
                }
                self.gap();
                self.put("]");
            }
            _ => {
                self.put("{");
                self.gap();
                for n in 0..self.random.below(3) {
                    if n > 0 {
                        self.pick(&[",", ", "]);
                    }
                    self.pick(&["'a'", "\"b\"", "1", "$k", "'k'", "true"]);
                    self.pick(&[":", ": ", " : "]);
                    self.expression_simple(depth - 1);
                }
                self.gap();
                self.put("}");
            }
        }
    }

    fn double_quoted(&mut self, depth: usize) {
        self.put("\"");
        for _ in 0..self.random.below(4) {
            match self.random.below(12) {
                0..=2 => self.pick(&["a", " ", "text", "'", "\n", "\\", "{", "}", "(", ")"]),
                3 => self.pick(&["\"\"", "\\u0041", "\\u00e9", "\\u00", "\\n", "\"\"\"\"", "\\\\"]),
                4 => self.pick(&[
                    "#",
                    "$",
                    "##",
                    "#if(true)x#end",
                    "#set($y = 3)$y",
                    "#{if}($t)1#else#end",
                    "#foreach($x in $l)$x#end",
                    "#[[x]]#",
                    "#* c *#",
                    "#mac()",
                    "#mac(1)",
                    "\\#if",
                    "\\$s",
                    "#end",
                    "#stop",
                ]),
                _ => {
                    let inner = {
                        let mut writer = Writer { random: &mut *self.random, out: String::new() };
                        writer.reference(depth.saturating_sub(1), true);
                        writer.out
                    };
                    let doubled = if self.random.one_in(8) { inner } else { inner.replace('"', "\"\"") };
                    self.put(&doubled);
                }
            }
        }
        self.put("\"");
    }
}
