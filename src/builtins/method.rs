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
    CharAt = "charAt" / 1..=1, "The character at an index.", "#set($s = 'abc')$s.charAt(1)" => "b";
    CodePointAt = "codePointAt" / 1..=1, "The code point at an index.", "#set($s = 'abc')$s.codePointAt(0)" => "97";
    CodePointBefore = "codePointBefore" / 1..=1, "The code point before an index.", "#set($s = 'abc')$s.codePointBefore(1)" => "97";
    CodePointCount = "codePointCount" / 2..=2, "How many code points are between two indexes.", "#set($s = 'abc')$s.codePointCount(0, 2)" => "2";
    OffsetByCodePoints = "offsetByCodePoints" / 2..=2, "The index some code points away from another.", "#set($s = 'abc')$s.offsetByCodePoints(0, 2)" => "2";
    Compare = "compare" / 2..=2, "How two texts are ordered.", "#set($s = '')$s.compare('a', 'c')" => "-2";
    CompareToIgnoreCase = "compareToIgnoreCase" / 1..=1, "Order, letters of either case being equal.", "#set($s = 'A')$s.compareToIgnoreCase('a')" => "0";
    Concat = "concat" / 1..=1, "The string with another behind it.", "#set($s = 'a')$s.concat('b')" => "ab";
    ContentEquals = "contentEquals" / 1..=1, "Whether two texts are the same.", "#set($s = 'a')$s.contentEquals('a')" => "true";
    EndsWith = "endsWith" / 1..=1, "Whether it ends with a text.", "#set($s = 'abc')$s.endsWith('c')" => "true";
    EqualsIgnoreCase = "equalsIgnoreCase" / 1..=1, "Equality, letters of either case being equal.", "#set($s = 'AB')$s.equalsIgnoreCase('ab')" => "true";
    Format = "format" / 1..=255, "Text by a format, as `java.util.Formatter` writes it.", "#set($s = '')$s.format('%05d', 42)" => "00042";
    Formatted = "formatted" / 0..=255, "The same, the string being the format.", "#set($s = '%s!')$s.formatted('a')" => "a!";
    GetBytes = "getBytes" / 0..=4, "The bytes of the string, as UTF-8 or in a named charset.", "#set($s = 'abc')$s.getBytes().size()" => "3";
    GetChars = "getChars" / 4..=4, "Copies characters into an array.", "#set($s = 'abc')$!s.getChars('a', 1, 2, 3)" => "";
    Indent = "indent" / 1..=1, "Each line with more, or fewer, blanks at its start.", "#set($s = 'a')$s.indent(2)" => "  a\n";
    Intern = "intern" / 0..=0, "The string itself.", "#set($s = 'a')$s.intern()" => "a";
    IsBlank = "isBlank" / 0..=0, "Whether it has nothing but white space.", "#set($s = ' ')$s.isBlank()" => "true";
    Join = "join" / 1..=255, "Texts, or the texts of a list, with a text between them.", "#set($s = '')$s.join('-', 'a', 'b')" => "a-b";
    Lines = "lines" / 0..=0, "Its lines, as a stream, which this engine does not have.", "$!nothing.lines()" => "";
    CharStream = "chars" / 0..=0, "Its units, as a stream, which this engine does not have.", "$!nothing.chars()" => "";
    CodePoints = "codePoints" / 0..=0, "Its code points, as a stream, which this engine does not have.", "$!nothing.codePoints()" => "";
    DescribeConstable = "describeConstable" / 0..=0, "The string in an `Optional`, which this engine does not have.", "$!nothing.describeConstable()" => "";
    ResolveConstantDesc = "resolveConstantDesc" / 1..=1, "The string itself; takes null only.", "#set($s = 'a')$!s.resolveConstantDesc(1)" => "";
    Transform = "transform" / 1..=1, "Needs a Java function: there is none in a template.", "#set($s = 'a')$!s.transform(1)" => "";
    Matches = "matches" / 1..=1, "Whether the whole string matches a pattern.", "#set($s = 'a1')$s.matches('[a-z][0-9]')" => "true";
    RegionMatches = "regionMatches" / 4..=5, "Whether parts of two strings are the same.", "#set($s = 'abc')$s.regionMatches(1, 'xbc', 1, 2)" => "true";
    Repeat = "repeat" / 1..=1, "The string several times.", "#set($s = 'ab')$s.repeat(2)" => "abab";
    ReplaceAll = "replaceAll" / 2..=2, "Replaces what matches a pattern; `$1` is a group.", "#set($s = 'a1b2')$s.replaceAll('[0-9]', '-')" => "a-b-";
    ReplaceFirst = "replaceFirst" / 2..=2, "Replaces the first match of a pattern.", "#set($s = 'a1b2')$s.replaceFirst('[0-9]', '-')" => "a-b2";
    Split = "split" / 1..=2, "The parts between the matches of a pattern.", "#set($s = 'a,b')$s.split(',').size()" => "2";
    StartsWith = "startsWith" / 1..=2, "Whether it starts with a text, or has it at an index.", "#set($s = 'abc')$s.startsWith('b', 1)" => "true";
    Strip = "strip" / 0..=0, "Without white space at both ends.", "#set($s = ' a ')$s.strip()" => "a";
    StripLeading = "stripLeading" / 0..=0, "Without white space at its start.", "#set($s = ' a ')[$s.stripLeading()]" => "[a ]";
    StripTrailing = "stripTrailing" / 0..=0, "Without white space at its end.", "#set($s = ' a ')[$s.stripTrailing()]" => "[ a]";
    StripIndent = "stripIndent" / 0..=0, "Without the white space that all lines start with.", "#set($s = '  a')$s.stripIndent()" => "a";
    SubSequence = "subSequence" / 2..=2, "The part between two indexes.", "#set($s = 'abc')$s.subSequence(1, 2)" => "b";
    Substring = "substring" / 1..=2, "The part from an index on, or between two.", "#set($s = 'abc')$s.substring(1)" => "bc";
    ToCharArray = "toCharArray" / 0..=0, "Its UTF-16 units, as an array.", "#set($s = 'abc')$s.toCharArray().size()" => "3";
    ToLowerCase = "toLowerCase" / 0..=1, "All letters small.", "#set($s = 'AbC')$s.toLowerCase()" => "abc";
    ToUpperCase = "toUpperCase" / 0..=1, "All letters capital.", "#set($s = 'AbC')$s.toUpperCase()" => "ABC";
    TranslateEscapes = "translateEscapes" / 0..=0, "Escapes such as `\\t` as what they stand for.", "#set($s = 'a\\tb')$s.translateEscapes().length()" => "3";
    Trim = "trim" / 0..=0, "Without blanks and control characters at both ends.", "#set($s = ' a ')$s.trim()" => "a";
    ValueOf = "valueOf" / 1..=3, "The text form of a value.", "#set($s = '')$s.valueOf(5).length()" => "1";
    CopyValueOf = "copyValueOf" / 1..=3, "The string of some characters.", "#set($s = 'abc')$s.copyValueOf($s.toCharArray())" => "abc";
    Wait = "wait" / 0..=2, "Java's monitors: always an exception here.", "$!nothing.wait()" => "";
    Notify = "notify" / 0..=0, "Java's monitors: always an exception here.", "$!nothing.notify()" => "";
    NotifyAll = "notifyAll" / 0..=0, "Java's monitors: always an exception here.", "$!nothing.notifyAll()" => "";
    CharValue = "charValue" / 0..=0, "The character itself.", "#set($s = 'abc')$s.charAt(0).charValue()" => "a";
    IsDigit = "isDigit" / 1..=1, "Whether a character is a digit.", "#set($s = '1')#set($c = $s.charAt(0))$c.isDigit($c)" => "true";
    IsLetter = "isLetter" / 1..=1, "Whether a character is a letter.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isLetter($c)" => "true";
    IsLetterOrDigit = "isLetterOrDigit" / 1..=1, "Whether a character is a letter or digit.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isLetterOrDigit($c)" => "true";
    IsUpperCase = "isUpperCase" / 1..=1, "Whether a character is a capital.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isUpperCase($c)" => "false";
    IsLowerCase = "isLowerCase" / 1..=1, "Whether a character is a small letter.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isLowerCase($c)" => "true";
    IsWhitespace = "isWhitespace" / 1..=1, "Whether a character is white space.", "#set($s = ' ')#set($c = $s.charAt(0))$c.isWhitespace($c)" => "true";
    IsAlphabetic = "isAlphabetic" / 1..=1, "Whether a code point is alphabetic.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isAlphabetic(97)" => "true";
    IsSpaceChar = "isSpaceChar" / 1..=1, "Whether a character is a space of Unicode.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isSpaceChar($c)" => "false";
    IsTitleCase = "isTitleCase" / 1..=1, "Whether a character is a title case letter.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isTitleCase($c)" => "false";
    Digit = "digit" / 2..=2, "The number a digit stands for in a radix; -1 if none.", "#set($s = 'f')#set($c = $s.charAt(0))$c.digit($c, 16)" => "15";
    ForDigit = "forDigit" / 2..=2, "The digit for a number in a radix.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.forDigit(11, 16)" => "b";
    GetNumericValue = "getNumericValue" / 1..=1, "The number that a digit or letter stands for.", "#set($s = '7')#set($c = $s.charAt(0))$c.getNumericValue($c)" => "7";

    // Lists, maps, sets, entries, iterators.

    // Numbers and booleans.
}
