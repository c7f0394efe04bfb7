//! The one table of Java methods: names, arities, docs and examples.

/// One row per name: variant, Java name, fewest and most arguments, doc line, example and its output.
macro_rules! methods {
    ($($name:ident = $java:literal / $least:literal ..= $most:literal, $doc:literal, $example:literal => $output:literal;)*) => {
        /// A Java method by name; which overload runs depends on receiver and arguments.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub(crate) enum JavaMethod { $($name,)* /** A name that is in no table. */ Unknown }

        impl JavaMethod {
            pub(crate) const ALL: &'static [JavaMethod] = &[$(JavaMethod::$name),*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(JavaMethod::$name => $java,)* JavaMethod::Unknown => "?" }
            }

            /// The method called `name`; `Unknown` when no receiver has one.
            pub(crate) fn named(name: &str) -> JavaMethod {
                match name { $($java => JavaMethod::$name,)* _ => JavaMethod::Unknown }
            }
        }
    };
}

methods! {
    // Shared by several kinds of receiver.
    ToString = "toString" / 0..=0, "The text form of a value.", "#set($n = 1)$n.toString().length()" => "1";
    Equals = "equals" / 1..=1, "Same class and same value.", "#set($s = 'a')$s.equals('a')" => "true";
    HashCode = "hashCode" / 0..=0, "Java's hash of a value.", "#set($s = 'a')$s.hashCode()" => "97";
    GetClass = "getClass" / 0..=0, "The Java class; it prints and knows its name.", "#set($s = 'a')$s.getClass()" => "class java.lang.String";
    CompareTo = "compareTo" / 1..=1, "Negative, zero or positive: how two values of a class are ordered.", "#set($n = 2)$n.compareTo(3)" => "-1";
    Size = "size" / 0..=0, "How many members a collection has.", "#set($l = [1, 2])$l.size()" => "2";
    Length = "length" / 0..=0, "How many UTF-16 units a string has.", "#set($s = 'abc')$s.length()" => "3";
    IsEmpty = "isEmpty" / 0..=0, "Whether there is nothing in it.", "#set($s = '')$s.isEmpty()" => "true";
    Contains = "contains" / 1..=1, "Whether a part or member is in it.", "#set($s = 'abc')$s.contains('b')" => "true";
    IndexOf = "indexOf" / 1..=3, "Where a part or member is first; -1 if nowhere.", "#set($s = 'abc')$s.indexOf('c')" => "2";
    LastIndexOf = "lastIndexOf" / 1..=2, "Where a part or member is last; -1 if nowhere.", "#set($s = 'abca')$s.lastIndexOf('a')" => "3";
    Get = "get" / 1..=1, "The member at an index or key.", "#set($l = [1, 2])$l.get(1)" => "2";
    Replace = "replace" / 2..=3, "Replaces parts of a string, or the value of a key.", "#set($s = 'aa')$s.replace('a', 'b')" => "bb";

    // The roots.
    Path = "path" / 1..=1, "`$input.path(p)`: what a JSONPath finds in the payload.", "$input.path('$.a')" => "1";
    Json = "json" / 1..=1, "`$input.json(p)`: what a JSONPath finds, as JSON text.", "$input.json('$.a')" => "1";
    Params = "params" / 0..=1, "`$input.params()`: all parameters; with a name, that of the path, query string or header.", "$input.params('none')" => "";
    EscapeJavaScript = "escapeJavaScript" / 1..=1, "Escapes a text for a JavaScript string.", "$util.escapeJavaScript('it''s')" => "it\'s";
    ParseJson = "parseJson" / 1..=1, "Reads a JSON text.", r#"#set($o = $util.parseJson('{"a": [1]}'))$o.a"# => "[1]";
    UrlEncode = "urlEncode" / 1..=1, "Encodes a text as a form does.", "$util.urlEncode('a b')" => "a+b";
    UrlDecode = "urlDecode" / 1..=1, "Decodes what a form encoded.", "$util.urlDecode('a+b')" => "a b";
    Base64Encode = "base64Encode" / 1..=1, "Encodes the UTF-8 bytes of a text.", "$util.base64Encode('hi')" => "aGk=";
    Base64Decode = "base64Decode" / 1..=1, "Decodes to a text.", "$util.base64Decode('aGk=')" => "hi";

    // Strings and characters.

    // Lists, maps, sets, entries, iterators.

    // Numbers and booleans.
}
