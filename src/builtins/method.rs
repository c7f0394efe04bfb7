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

    // Strings and characters.

    // Lists, maps, sets, entries, iterators.

    // Numbers and booleans.
}
