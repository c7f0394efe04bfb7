//! Calls of Java's methods with all kinds of arguments, and arithmetic at the edges of Java's numbers.

use crate::generate::patterns;
use vtl_workloads::Random;

/// The variables that the templates are about, as JSON.
pub const VARIABLES: &str = r##"{"s": "Hello, World", "e": "", "w": "  a b\t", "u": "h\u00e9\u20ac\ud83d\ude00\u00df", "c": "a,b,,c,,", "digits": "42", "ss": "banana",
 "i": 5, "z": 0, "n": -3, "max": 2147483647, "min": -2147483648, "L": 4294967296,
 "big": 9223372036854775808, "huge": 123456789012345678901234567890, "d": 2.5, "dz": -0.0, "de": 1.0e300, "dt": 0.1, "di": 3.0, "t": true, "f": false,
 "l": ["a", "b", "c", "a"], "nums": [3, 1, 2], "mix": [1, "1", 1.0, true, null, [1], {"k": 1}], "el": [],
 "m": {"k": "v", "n": 1, "z": null, "1": "one"}, "mm": {"a": {"b": [1]}, "l": [2]}, "em": {}}"##;

const STRINGS: &[&str] = &["$s", "$e", "$w", "$u", "$c", "$digits", "$ss", "'abc'", "\"$i\"", "'a.b.c'", "'AbC'"];
const NUMBERS: &[&str] = &[
    "$i",
    "$z",
    "$n",
    "$max",
    "$min",
    "$L",
    "9223372036854775807",
    "-9223372036854775808",
    "$big",
    "$huge",
    "$d",
    "$dz",
    "$de",
    "$dt",
    "$di",
    "0",
    "1",
    "-1",
    "2",
    "3",
    "7",
    "1.5",
    "0.0",
    "2147483647",
    "2147483648",
    "1.0e10",
    "1e-7",
    "100",
    "-7",
    "31",
    "32",
    "64",
    "255",
    "-128",
    "65536",
    "0.5",
    "-2.5",
    "3.7",
    "1e20",
    "123456.789",
    "4294967295",
    "18446744073709551616",
];
const LISTS: &[&str] = &["$l", "$nums", "$mix", "$el", "[1, 2]", "[]", "[1..3]", "['a', 'c']", "$l.subList(1, 3)"];
const MAPS: &[&str] = &["$m", "$mm", "$em", "{'k': 'v'}", "{}", "{'a': 1, 'b': [2]}"];
const OTHERS: &[&str] = &["true", "$f", "$nope", "$t"];

const PATTERNS: &[&str] = &[
    "'a'",
    "','",
    "'.'",
    "'\\.'",
    "'[aeiou]'",
    "'\\s+'",
    "'(a)(n)?'",
    "'^'",
    "'$'",
    "''",
    "'[^a-z]'",
    "'(?i)A'",
    "'\\d'",
    "'\\w+'",
    "'a|b'",
    "'(.)\\1'",
    "'[a-c&&[^b]]'",
    "'\\p{L}'",
    "'\\p{Upper}'",
    "'a{2}'",
    "'a*?'",
    "'b*'",
    "'['",
    "'('",
    "'*'",
    "'(?=n)'",
    "'(?<=a)n'",
    "'\\bW'",
    "'(?<x>a)'",
    "'\\Qa.\\E'",
    "'[a-z]{1,3}+'",
    "'.*'",
    "'.+'",
    "'\\W'",
    "'l+'",
    "'\\u0041'",
    "'x?'",
    "'[,]'",
    "'\\h'",
    "'\\R'",
    "'[\\w&&[^a]]'",
    "'[[a-c]x]'",
    "'\\x41'",
    "'\\t'",
    "'(?s).'",
    "'$|^'",
    "'a++'",
    "'\\z'",
    "'\\p{javaLowerCase}'",
    "'[]a]'",
    "'[^]a]'",
    "'a{,2}'",
    "'{'",
    "'}'",
    "']'",
];
const REPLACEMENTS: &[&str] =
    &["'x'", "''", "'[$0]'", "'$1'", "'\\$'", "'\\\\'", "'${x}'", "'$9'", "'$'", "'\\'", "'a$0b'", "'$0$0'"];
const FORMATS: &[&str] = &[
    "'%s'",
    "'%d'",
    "'%5d|'",
    "'%-5s|'",
    "'%05d'",
    "'%.2f'",
    "'%x'",
    "'%X'",
    "'%,d'",
    "'%e'",
    "'%g'",
    "'%b'",
    "'%c'",
    "'%%'",
    "'%n'",
    "'%s %s'",
    "'%2$s'",
    "'%o'",
    "'%h'",
    "'%+d'",
    "'% d'",
    "'%(d'",
    "'%10.3f|'",
    "'%S'",
    "'%5%'",
    "'%'",
    "'%q'",
    "'%#x'",
    "'%.3s'",
    "'%,.2f'",
    "'%<s'",
];

/// Which arguments a method is given, most of the time.
#[derive(Clone, Copy)]
enum Takes {
    Nothing,
    Text,
    Number,
    Anything,
    List,
    Map,
    Pattern,
    Replacement,
    Format,
}

impl Takes {
    const LIST: [Takes; 6] = [Text, Number, Number, Anything, List, Map];
}

use Takes::{Anything, Format, List, Map, Nothing, Number, Pattern, Replacement, Text};

type Method = (&'static str, &'static [Takes]);

const OF_STRINGS: &[Method] = &[
    ("length", &[]),
    ("charAt", &[Number]),
    ("substring", &[Number]),
    ("substring", &[Number, Number]),
    ("indexOf", &[Text]),
    ("indexOf", &[Text, Number]),
    ("indexOf", &[Number]),
    ("lastIndexOf", &[Text]),
    ("lastIndexOf", &[Text, Number]),
    ("contains", &[Text]),
    ("startsWith", &[Text]),
    ("startsWith", &[Text, Number]),
    ("endsWith", &[Text]),
    ("replace", &[Text, Text]),
    ("replaceAll", &[Pattern, Replacement]),
    ("replaceFirst", &[Pattern, Replacement]),
    ("split", &[Pattern]),
    ("split", &[Pattern, Number]),
    ("matches", &[Pattern]),
    ("trim", &[]),
    ("toUpperCase", &[]),
    ("toLowerCase", &[]),
    ("equals", &[Anything]),
    ("equalsIgnoreCase", &[Text]),
    ("compareTo", &[Text]),
    ("compareToIgnoreCase", &[Text]),
    ("concat", &[Text]),
    ("isEmpty", &[]),
    ("isBlank", &[]),
    ("strip", &[]),
    ("stripLeading", &[]),
    ("stripTrailing", &[]),
    ("repeat", &[Number]),
    ("hashCode", &[]),
    ("toString", &[]),
    ("intern", &[]),
    ("format", &[Format, Anything]),
    ("format", &[Format, List]),
    ("format", &[Format, Number]),
    ("format", &[Format, Text]),
    ("valueOf", &[Anything]),
    ("join", &[Text, List]),
    ("codePointAt", &[Number]),
    ("codePointCount", &[Number, Number]),
    ("subSequence", &[Number, Number]),
    ("regionMatches", &[Number, Text, Number, Number]),
    ("contentEquals", &[Text]),
    ("indent", &[Number]),
    ("translateEscapes", &[]),
    ("stripIndent", &[]),
    ("formatted", &[Anything]),
    ("bytes", &[]),
    ("empty", &[]),
];
const OF_NUMBERS: &[Method] = &[
    ("intValue", &[]),
    ("longValue", &[]),
    ("doubleValue", &[]),
    ("floatValue", &[]),
    ("shortValue", &[]),
    ("byteValue", &[]),
    ("toString", &[]),
    ("toString", &[Number]),
    ("toString", &[Number, Number]),
    ("hashCode", &[]),
    ("hashCode", &[Number]),
    ("equals", &[Anything]),
    ("compareTo", &[Number]),
    ("parseInt", &[Text]),
    ("parseInt", &[Text, Number]),
    ("parseLong", &[Text]),
    ("parseDouble", &[Text]),
    ("valueOf", &[Anything]),
    ("toHexString", &[Number]),
    ("toBinaryString", &[Number]),
    ("toOctalString", &[Number]),
    ("max", &[Number, Number]),
    ("min", &[Number, Number]),
    ("sum", &[Number, Number]),
    ("bitCount", &[Number]),
    ("signum", &[Number]),
    ("reverse", &[Number]),
    ("rotateLeft", &[Number, Number]),
    ("highestOneBit", &[Number]),
    ("numberOfLeadingZeros", &[Number]),
    ("compare", &[Number, Number]),
    ("isNaN", &[]),
    ("isNaN", &[Number]),
    ("isInfinite", &[]),
    ("isFinite", &[Number]),
    ("decode", &[Text]),
    ("parseUnsignedInt", &[Text]),
    ("divideUnsigned", &[Number, Number]),
    ("add", &[Number]),
    ("multiply", &[Number]),
    ("negate", &[]),
    ("abs", &[]),
    ("pow", &[Number]),
    ("signum", &[]),
    ("bitLength", &[]),
    ("mod", &[Number]),
    ("gcd", &[Number]),
    ("doubleToLongBits", &[Number]),
    ("toUnsignedString", &[Number]),
    ("reverseBytes", &[Number]),
];
const OF_LISTS: &[Method] = &[
    ("size", &[]),
    ("get", &[Number]),
    ("set", &[Number, Anything]),
    ("add", &[Anything]),
    ("add", &[Number, Anything]),
    ("addAll", &[List]),
    ("addAll", &[Number, List]),
    ("remove", &[Number]),
    ("remove", &[Anything]),
    ("contains", &[Anything]),
    ("containsAll", &[List]),
    ("indexOf", &[Anything]),
    ("lastIndexOf", &[Anything]),
    ("isEmpty", &[]),
    ("clear", &[]),
    ("subList", &[Number, Number]),
    ("equals", &[List]),
    ("hashCode", &[]),
    ("toString", &[]),
    ("removeAll", &[List]),
    ("retainAll", &[List]),
    ("empty", &[]),
    ("first", &[]),
    ("ensureCapacity", &[Number]),
    ("trimToSize", &[]),
    ("iterator().next", &[]),
    ("listIterator().hasNext", &[]),
    ("listIterator(1).previous", &[]),
    ("toArray", &[]),
];
const OF_MAPS: &[Method] = &[
    ("size", &[]),
    ("get", &[Anything]),
    ("put", &[Text, Anything]),
    ("containsKey", &[Anything]),
    ("containsValue", &[Anything]),
    ("keySet", &[]),
    ("values", &[]),
    ("entrySet", &[]),
    ("remove", &[Text]),
    ("remove", &[Text, Anything]),
    ("putAll", &[Map]),
    ("isEmpty", &[]),
    ("getOrDefault", &[Text, Anything]),
    ("putIfAbsent", &[Text, Anything]),
    ("replace", &[Text, Anything]),
    ("replace", &[Text, Anything, Anything]),
    ("equals", &[Map]),
    ("hashCode", &[]),
    ("toString", &[]),
    ("clear", &[]),
    ("k", &[Nothing]),
    ("keySet().contains", &[Text]),
    ("values().contains", &[Anything]),
    ("entrySet().iterator().next", &[]),
    ("keySet().remove", &[Text]),
    ("values().remove", &[Anything]),
    ("keySet().iterator().next", &[]),
    ("keySet().retainAll", &[List]),
    ("entrySet().iterator().next().setValue", &[Anything]),
    ("entrySet().size", &[]),
];

/// Methods that are called with whatever comes.
const FURTHER: &[&str] = &[
    "codePointBefore",
    "offsetByCodePoints",
    "copyValueOf",
    "getBytes",
    "lines",
    "chars",
    "codePoints",
    "describeConstable",
    "toCharArray",
    "charValue",
    "isDigit",
    "isLetter",
    "isLetterOrDigit",
    "isUpperCase",
    "isWhitespace",
    "digit",
    "forDigit",
    "getNumericValue",
    "clone",
    "copyOf",
    "entry",
    "of",
    "merge",
    "stream",
    "sort",
    "getOrDefault",
    "booleanValue",
    "parseUnsignedLong",
    "parseShort",
    "parseByte",
    "parseFloat",
    "parseBoolean",
    "toUnsignedLong",
    "toUnsignedInt",
    "compareUnsigned",
    "remainderUnsigned",
    "numberOfTrailingZeros",
    "lowestOneBit",
    "rotateRight",
    "floatToIntBits",
    "intBitsToFloat",
    "longBitsToDouble",
    "logicalAnd",
    "logicalXor",
    "subtract",
    "divide",
    "remainder",
    "divideAndRemainder",
    "modPow",
    "modInverse",
    "sqrt",
    "getLowestSetBit",
    "testBit",
    "setBit",
    "clearBit",
    "flipBit",
    "shiftLeft",
    "shiftRight",
    "and",
    "or",
    "xor",
    "not",
    "andNot",
    "isProbablePrime",
    "nextProbablePrime",
    "toByteArray",
    "intValueExact",
    "longValueExact",
    "shortValueExact",
    "getKey",
    "getValue",
    "setValue",
    "iterator",
    "listIterator",
    "toArray",
    "putIfAbsent",
    "keySet",
    "values",
    "replaceAll",
    "indexOf",
    "compareTo",
    "equals",
    "toString",
    "valueOf",
    "max",
    "min",
    "sum",
    "length",
    "size",
    "contains",
    "get",
    "charAt",
    "substring",
    "add",
    "remove",
    "compare",
];

pub fn template(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..=random.below(2) {
        match random.below(8) {
            0 | 1 => {
                let sum = sum(random, 2);
                text.push_str(&format!("#set($r = {sum})[$r]"));
            }
            2 => {
                let (a, b) = (anything(random), anything(random));
                let operator = random.pick(&["==", "!=", "<", ">", "<=", ">=", "&&", "||"]);
                text.push_str(&format!("#if({a} {operator} {b})T#{{else}}F#end"));
            }
            _ => text.push_str(&call(random)),
        }
    }
    text
}

/// A call, whose receiver, result and receiver afterwards are printed.
fn call(random: &mut Random) -> String {
    let (receivers, methods) = match random.below(7) {
        0..=2 => (STRINGS, OF_STRINGS),
        3 => (NUMBERS, OF_NUMBERS),
        4 => (LISTS, OF_LISTS),
        5 => (MAPS, OF_MAPS),
        // Any method on any receiver: most are unknown.
        _ => (
            [STRINGS, NUMBERS, LISTS, MAPS][random.below(4)],
            [OF_STRINGS, OF_NUMBERS, OF_LISTS, OF_MAPS][random.below(4)],
        ),
    };
    let receiver = random.pick(receivers);
    let (mut name, takes) = methods[random.below(methods.len())];
    let mut arguments: Vec<String> = takes.iter().map(|takes| argument(*takes, random)).collect();
    if random.one_in(4) {
        name = random.pick(FURTHER);
        arguments =
            (0..random.below(3)).map(|_| argument(Takes::LIST[random.below(Takes::LIST.len())], random)).collect();
    }
    let call = format!("{name}({})", arguments.join(", "));
    let after = random.pick(&[
        "$r",
        "$r",
        "$!r.size()",
        "#foreach($x in $r)$x,#end",
        "$r.class.name",
        "$r.length()",
        "#if($r)T#end",
        "#if($r == $o)E#end",
        "#set($q = $r + 1)$q",
        "$r.get(0)",
        "$r.toString()",
    ]);
    format!("#set($o = {receiver})#set($r = \"none\")#set($r = $o.{call})[{after}][$o]")
}

fn argument(takes: Takes, random: &mut Random) -> String {
    if random.one_in(10) {
        return anything(random);
    }
    match takes {
        Takes::Nothing => String::new(),
        Takes::Text => random
            .pick(&[
                "'a'", "''", "'l'", "'lo'", "$ss", "$e", "'k'", "'$'", "','", "$digits", "'-12'", "'0x1F'", "'1.5'",
                "' 1'", "'n'", "$u", "'z'", "'é'",
            ])
            .to_owned(),
        Takes::Number if random.one_in(3) => random.pick(NUMBERS).to_owned(),
        Takes::Number => random.pick(&["0", "1", "2", "-1", "3", "5", "10", "16", "$i"]).to_owned(),
        Takes::Anything => anything(random),
        Takes::List => random.pick(LISTS).to_owned(),
        Takes::Map => random.pick(MAPS).to_owned(),
        Takes::Pattern if !random.one_in(3) => patterns::regex(random),
        Takes::Pattern => random.pick(PATTERNS).to_owned(),
        Takes::Replacement if random.one_in(2) => patterns::replacement(random),
        Takes::Replacement => random.pick(REPLACEMENTS).to_owned(),
        Takes::Format if !random.one_in(3) => patterns::format(random),
        Takes::Format => random.pick(FORMATS).to_owned(),
    }
}

fn anything(random: &mut Random) -> String {
    let from = [STRINGS, NUMBERS, NUMBERS, LISTS, MAPS, OTHERS][random.below(6)];
    random.pick(from).to_owned()
}

/// Generates arithmetic, sometimes with operands that are not numbers.
fn sum(random: &mut Random, depth: usize) -> String {
    if depth == 0 || random.one_in(4) {
        return if random.one_in(12) { anything(random) } else { random.pick(NUMBERS).to_owned() };
    }
    let (a, b) = (sum(random, depth - 1), sum(random, depth - 1));
    let operator = random.pick(&["+", "-", "*", "/", "%"]);
    if random.one_in(3) { format!("({a} {operator} {b})") } else { format!("{a} {operator} {b}") }
}
