//! Templates around `#foreach`: loops in loops, macros, blocks and `#evaluate`, over few names, so that they meet.

use vtl_workloads::Random;

/// The variables that the templates are about, as JSON.
pub const VARIABLES: &str = r#"{"l": ["a", "b"], "n": [null, 1, null], "m": {"k": "v", "z": null}, "e": [], "ll": [[1, null], [2]], "s": "str", "x": "X"}"#;

const NAMES: &[&str] = &["i", "i", "i", "j", "j", "x", "x", "p", "b"];
const RARE: &[&str] = &["foreach", "velocityCount", "velocityHasNext", "bodyContent"];
const LISTS: &[&str] = &[
    "[$nope, 1]",
    "[1, $nope, 2]",
    "[$nope, $nope]",
    "[$i, 3]",
    "[$j, $x]",
    "$n",
    "$n",
    "$l",
    "$ll",
    "$m",
    "$m.entrySet()",
    "$m.keySet()",
    "$e",
    "$nope",
    "$s",
    "5",
    "[1..3]",
    "[2..1]",
    "{'a': 1, 'b': $nope}",
    "''",
    "$b",
    "$foreach",
];
const SCOPES: &[&str] = &[
    "$foreach.count",
    "$foreach.index",
    "$foreach.hasNext",
    "$foreach.first",
    "$foreach.last",
    "$foreach.parent.count",
    "$foreach.topmost.index",
    "$foreach.parent.parent.count",
    "$foreach.info.depth",
    "$foreach.y",
    "$foreach",
    "$velocityCount",
    "$velocityHasNext",
    "$!velocityCount",
    "#if($foreach.hasNext),#end",
    "#if($velocityHasNext),#end",
];
const VALUES: &[&str] =
    &["1", "'t'", "$nope", "$m.z", "[$nope, 7]", "$foreach", "$foreach.count", "$l", "true", "$velocityCount", "$b"];

pub fn template(random: &mut Random) -> String {
    let mut writer = Writer { random, out: String::new(), macros: 0, is_quoted: false };
    writer.block(4);
    writer.out
}

struct Writer<'r> {
    random: &'r mut Random,
    out: String,
    /// The number of macros so far.
    macros: usize,
    /// In the text of an `#evaluate`, which is in single quotes.
    is_quoted: bool,
}

impl Writer<'_> {
    fn put(&mut self, text: &str) {
        if self.is_quoted { self.out.push_str(&text.replace('\'', "\"")) } else { self.out.push_str(text) }
    }

    fn pick(&mut self, from: &[&str]) {
        let text = self.random.pick(from);
        self.put(text);
    }

    fn name(&mut self) {
        let rare = self.random.one_in(25);
        self.put("$");
        self.pick(if rare { RARE } else { NAMES });
    }

    fn block(&mut self, depth: usize) {
        for _ in 0..=self.random.below(3) {
            self.item(depth);
        }
    }

    fn item(&mut self, depth: usize) {
        match self.random.below(if depth > 0 { 24 } else { 13 }) {
            0..=3 => self.print(),
            4 | 5 => self.pick(SCOPES),
            6..=8 => self.set(),
            9 => self.pick(&["#break", "#break($foreach)", "#break($foreach.parent)", "$foreach.stop()", "#stop", "x"]),
            10 => self.call(depth),
            11 => self.pick(&["$b", "$b.toString()", "$!b", "\"$b\"", "$m.put('k', $b)$m", "$foreach.put('y', 2)"]),
            12 => self.pick(&[" ", "-", "|", "\n"]),
            13..=18 => self.foreach(depth - 1),
            19 => self.condition(depth - 1),
            20 => {
                self.put("#define(");
                self.name();
                self.put(")");
                self.block(depth - 1);
                self.put("#end");
            }
            21 | 22 => self.macro_(depth - 1),
            _ if self.is_quoted => self.print(),
            _ => {
                self.put("#evaluate('");
                self.is_quoted = true;
                self.block(depth - 1);
                self.is_quoted = false;
                self.put("')");
            }
        }
    }

    fn print(&mut self) {
        self.put("<");
        let before = self.random.pick(&["$", "$", "$", "$!", "${", "\\$"]);
        self.put(before);
        let rare = self.random.one_in(20);
        self.pick(if rare { RARE } else { NAMES });
        if before == "${" {
            self.put("}");
        }
        self.put(">");
    }

    fn set(&mut self) {
        self.put("#set(");
        self.name();
        if self.random.one_in(8) {
            self.put(".y");
        }
        self.put(" = ");
        self.value();
        self.put(")");
    }

    fn value(&mut self) {
        match self.random.below(6) {
            0 | 1 => self.name(),
            2 => {
                self.put("\"<");
                self.name();
                self.put(">\"");
            }
            _ => self.pick(VALUES),
        }
    }

    fn condition(&mut self, depth: usize) {
        self.put("#if(");
        self.pick(&["$i", "$x", "!$i", "$foreach.hasNext", "$foreach.first", "$velocityCount == 1", "$i == $j"]);
        self.put(")");
        self.block(depth);
        self.pick(&["", "#else", "#else-"]);
        self.put("#end");
    }

    fn foreach(&mut self, depth: usize) {
        self.put("#foreach(");
        self.name();
        self.put(" in ");
        if self.random.one_in(8) {
            self.name()
        } else {
            self.pick(LISTS)
        }
        self.put(")");
        self.block(depth);
        self.put("#end");
    }

    fn macro_(&mut self, depth: usize) {
        self.macros += 1;
        let name = format!("#macro(m{}", self.macros);
        self.put(&name);
        for _ in 0..self.random.below(3) {
            self.put(" ");
            self.name();
        }
        self.put(")");
        self.block(depth);
        self.put("#end");
        for _ in 0..self.random.below(3) {
            self.call(depth);
        }
    }

    fn call(&mut self, depth: usize) {
        if self.macros == 0 {
            return self.print();
        }
        let name = format!("m{}(", 1 + self.random.below(self.macros));
        let with_block = depth > 0 && self.random.one_in(4);
        self.put(if with_block { "#@" } else { "#" });
        self.put(&name);
        for _ in 0..self.random.below(3) {
            self.argument();
            self.put(" ");
        }
        self.put(")");
        if with_block {
            self.block(depth - 1);
            self.put("#end");
        }
    }

    fn argument(&mut self) {
        match self.random.below(8) {
            0..=3 => self.name(),
            4 => self.pick(LISTS),
            5 => self.pick(&[
                "\"#set($i = 9)\"",
                "\"$i#set($x = 8)$x\"",
                "\"#foreach($i in [$nope, 6])$i#end\"",
                "\"#foreach($x in $n)$x$foreach.count#end\"",
            ]),
            _ => self.value(),
        }
    }
}
