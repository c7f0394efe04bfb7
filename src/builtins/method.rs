//! The one table of Java methods: names, arities, docs and examples.

/// One row per name: variant, Java name, fewest and most arguments, doc line, example and its output.
/// The rows stand below the heading they have in docs/reference.md.
macro_rules! methods {
    ($([$heading:literal] $($name:ident = $java:literal / $least:literal ..= $most:literal, $doc:literal, $example:literal => $output:literal;)*)*) => {
        /// A Java method by name; which overload runs depends on receiver and arguments.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub(crate) enum JavaMethod { $($($name,)*)* /** A name that is in no table. */ Unknown }

        impl JavaMethod {
            pub(crate) fn name(self) -> &'static str {
                match self { $($(JavaMethod::$name => $java,)*)* JavaMethod::Unknown => "?" }
            }

            /// The method called `name`; `Unknown` when no receiver has one.
            pub(crate) fn named(name: &str) -> JavaMethod {
                match name { $($($java => JavaMethod::$name,)*)* _ => JavaMethod::Unknown }
            }
        }

        /// The table as it stands: headings, and below each its rows.
        #[cfg(test)]
        pub(crate) const TABLE: &[(&str, &[Row])] = &[$(($heading, &[$(Row {
            name: $java, least: $least, most: $most, doc: $doc, example: $example, output: $output,
        }),*])),*];
    };
}

/// A row of the table as its page shows it.
#[cfg(test)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) least: u8,
    pub(crate) most: u8,
    pub(crate) doc: &'static str,
    /// A template; the payload is `{"a": 1}`.
    pub(crate) example: &'static str,
    pub(crate) output: &'static str,
}

methods! {
    ["Several kinds of values"]
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

    ["`$input` and `$util`"]
    Path = "path" / 1..=1, "`$input.path(p)`: what a JSONPath finds in the payload.", "$input.path('$.a')" => "1";
    Json = "json" / 1..=1, "`$input.json(p)`: what a JSONPath finds, as JSON text.", "$input.json('$.a')" => "1";
    Params = "params" / 0..=1, "`$input.params()`: all parameters; with a name, that of the path, query string or header.", "$input.params('none')" => "";
    EscapeJavaScript = "escapeJavaScript" / 1..=1, "Escapes a text for a JavaScript string.", r#"$util.escapeJavaScript("it's")"# => r"it\'s";
    ParseJson = "parseJson" / 1..=1, "Reads a JSON text.", r#"#set($o = $util.parseJson('{"a": [1]}'))$o.a"# => "[1]";
    UrlEncode = "urlEncode" / 1..=1, "Encodes a text as a form does.", "$util.urlEncode('a b')" => "a+b";
    UrlDecode = "urlDecode" / 1..=1, "Decodes what a form encoded.", "$util.urlDecode('a+b')" => "a b";
    Base64Encode = "base64Encode" / 1..=1, "Encodes the UTF-8 bytes of a text.", "$util.base64Encode('hi')" => "aGk=";
    Base64Decode = "base64Decode" / 1..=1, "Decodes to a text.", "$util.base64Decode('aGk=')" => "hi";

    ["Strings and characters"]
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
    Lines = "lines" / 0..=0, "Its lines, as a stream.", "#set($s = 'one')$s.lines().count()" => "1";
    CharStream = "chars" / 0..=0, "Its units, as a stream of numbers.", "#set($s = 'abc')$s.chars().sum()" => "294";
    CodePoints = "codePoints" / 0..=0, "Its code points, as a stream of numbers.", "#set($s = 'abc')$s.codePoints().count()" => "3";
    DescribeConstable = "describeConstable" / 0..=0, "The string, or the number, in an `Optional`.", "#set($s = 'a')$s.describeConstable()" => "Optional[a]";
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

    ["Lists, maps, sets, entries, iterators, loops, streams"]
    Add = "add" / 1..=2, "Adds a member at the end of a list, or at an index.", "#set($l = [1])$l.add(2)$l" => "true[1, 2]";
    AddAll = "addAll" / 1..=2, "Adds the members of a collection.", "#set($l = [1])$l.addAll([2, 3])$l" => "true[1, 2, 3]";
    Clear = "clear" / 0..=0, "Takes everything out.", "#set($l = [1])$l.clear()$l" => "[]";
    Clone = "clone" / 0..=0, "A copy whose members are the same objects.", "#set($l = [1])$l.clone()" => "[1]";
    Close = "close" / 0..=0, "Ends a stream.", "#set($l = [1])$l.stream().close()" => "";
    Compute = "compute" / 2..=2, "Needs a function: a template has none, so null throws and all else is no method.", "#set($m = {})$!m.compute('k', 1)" => "";
    ComputeIfAbsent = "computeIfAbsent" / 2..=2, "Needs a function, as `compute`.", "#set($m = {})$!m.computeIfAbsent('k', 1)" => "";
    ComputeIfPresent = "computeIfPresent" / 2..=2, "Needs a function, as `compute`.", "#set($m = {})$!m.computeIfPresent('k', 1)" => "";
    ContainsAll = "containsAll" / 1..=1, "Whether all members of another collection are in it.", "#set($l = [1, 2])$l.containsAll([2, 1])" => "true";
    ContainsKey = "containsKey" / 1..=1, "Whether a map has a member with this key.", "#set($m = {'k': 1})$m.containsKey('k')" => "true";
    ContainsValue = "containsValue" / 1..=1, "Whether a map has a member with this value.", "#set($m = {'k': 1})$m.containsValue(1)" => "true";
    CopyOf = "copyOf" / 1..=1, "A copy that cannot be changed.", "#set($l = [1])$l.copyOf([2, 3])" => "[2, 3]";
    Count = "count" / 0..=0, "How many elements a stream has.", "#set($l = [1, 2])$l.stream().count()" => "2";
    Distinct = "distinct" / 0..=0, "A stream without repeated elements.", "#set($l = [1, 2, 1])$l.stream().distinct().toList()" => "[1, 2]";
    EnsureCapacity = "ensureCapacity" / 1..=1, "Makes room; nothing to be seen.", "#set($l = [1])$l.ensureCapacity(9)$l" => "[1]";
    Entry = "entry" / 2..=2, "A key and a value, of no map.", "#set($m = {})$m.entry('k', 1)" => "k=1";
    EntrySet = "entrySet" / 0..=0, "The members of a map; each has a `key` and a `value`.", "#set($m = {'k': 1})#foreach($e in $m.entrySet())$e.key:$e.value#end" => "k:1";
    FindAny = "findAny" / 0..=0, "The first element of a stream, as an `Optional`.", "#set($l = [1, 2])$l.stream().findAny()" => "Optional[1]";
    FindFirst = "findFirst" / 0..=0, "The first element of a stream, as an `Optional`.", "#set($l = [1, 2])$l.stream().findFirst().get()" => "1";
    ForEach = "forEach" / 1..=1, "Needs a function, as `compute`.", "#set($l = [1])$!l.forEach(1)" => "";
    ForEachRemaining = "forEachRemaining" / 1..=1, "Needs a function, as `compute`.", "#set($l = [1])$!l.iterator().forEachRemaining(1)" => "";
    GetCount = "getCount" / 0..=0, "The turn of a loop, from 1: `$foreach.count`.", "#foreach($x in ['a', 'b'])$foreach.count#end" => "12";
    GetDepth = "getDepth" / 0..=0, "How many loops a loop is in: `$foreach.info.depth`.", "#foreach($x in ['a'])$foreach.info.depth#end" => "1";
    GetFirst = "getFirst" / 0..=0, "Whether it is the first turn: `$foreach.first`.", "#foreach($x in ['a', 'b'])$foreach.first,#end" => "true,false,";
    GetHasNext = "getHasNext" / 0..=0, "Whether another turn follows: `$foreach.hasNext`.", "#foreach($x in ['a', 'b'])$x#if($foreach.hasNext),#end#end" => "a,b";
    GetIndex = "getIndex" / 0..=0, "The turn of a loop, from 0: `$foreach.index`.", "#foreach($x in ['a', 'b'])$foreach.index#end" => "01";
    GetInfo = "getInfo" / 0..=0, "What is known of a loop: name, type, depth.", "#foreach($x in ['a'])$foreach.info.name#end" => "foreach";
    GetKey = "getKey" / 0..=0, "The key of an entry.", "#set($m = {'k': 1})#foreach($e in $m.entrySet())$e.getKey()#end" => "k";
    GetLast = "getLast" / 0..=0, "Whether it is the last turn: `$foreach.last`.", "#foreach($x in ['a', 'b'])$foreach.last,#end" => "false,true,";
    GetOrDefault = "getOrDefault" / 2..=2, "The member of a map, or something else if there is none.", "#set($m = {'k': 1})$m.getOrDefault('x', 2)" => "2";
    GetParent = "getParent" / 0..=0, "The `$foreach` around this one.", "#foreach($x in ['a', 'b'])#foreach($y in [1])$foreach.parent.index#end#end" => "01";
    GetReplaced = "getReplaced" / 0..=0, "What `$foreach` was before the loop.", "#set($foreach = 'f')#foreach($x in ['a'])$foreach.replaced#end" => "f";
    GetTopmost = "getTopmost" / 0..=0, "The `$foreach` of the outermost loop.", "#foreach($x in ['a', 'b'])#foreach($y in [1])$foreach.topmost.count#end#end" => "12";
    GetType = "getType" / 0..=0, "The kind of directive: `$foreach.info.type`.", "#foreach($x in ['a'])$foreach.info.type#end" => "block";
    GetValue = "getValue" / 0..=0, "The value of an entry.", "#set($m = {'k': 1})#foreach($e in $m.entrySet())$e.getValue()#end" => "1";
    HasNext = "hasNext" / 0..=0, "Whether an iterator or loop has more.", "#set($l = [1])$l.iterator().hasNext()" => "true";
    HasPrevious = "hasPrevious" / 0..=0, "Whether a list iterator has something before it.", "#set($l = [1])$l.listIterator().hasPrevious()" => "false";
    IsFirst = "isFirst" / 0..=0, "Whether it is the first turn of a loop.", "#foreach($x in ['a', 'b'])$foreach.isFirst(),#end" => "true,false,";
    IsLast = "isLast" / 0..=0, "Whether it is the last turn of a loop.", "#foreach($x in ['a', 'b'])$foreach.isLast(),#end" => "false,true,";
    IsParallel = "isParallel" / 0..=0, "False: a stream here is never parallel.", "#set($l = [1])$l.stream().isParallel()" => "false";
    IsPresent = "isPresent" / 0..=0, "Whether an `Optional` holds something.", "#set($l = [1])$l.stream().findFirst().isPresent()" => "true";
    Iterator = "iterator" / 0..=0, "An iterator at the start of a collection.", "#set($l = [1, 2])#set($i = $l.iterator())$i.next()$i.next()" => "12";
    KeySet = "keySet" / 0..=0, "The keys of a map.", "#set($m = {'k': 1, 'l': 2})$m.keySet()" => "[k, l]";
    Limit = "limit" / 1..=1, "The first elements of a stream.", "#set($l = [1, 2, 3])$l.stream().limit(2).toList()" => "[1, 2]";
    ListIterator = "listIterator" / 0..=1, "An iterator that can also go back and change the list.", "#set($l = [1, 2])$l.listIterator(1).previous()" => "1";
    Merge = "merge" / 1..=3, "Adds a payload list to another; of a map it needs a function.", "#set($m = {})$!m.merge('k', 1, 2)" => "";
    Next = "next" / 0..=0, "The next element of an iterator.", "#set($l = [1])$l.iterator().next()" => "1";
    NextIndex = "nextIndex" / 0..=0, "The index of what `next` would give.", "#set($l = [1, 2])$l.listIterator(1).nextIndex()" => "1";
    Of = "of" / 0..=20, "A list, set or map that cannot be changed: a static method, reached through any of its kind.", "#set($l = [])$l.of('a', 'b')" => "[a, b]";
    OfEntries = "ofEntries" / 0..=99, "A map of entries that cannot be changed.", "#set($m = {})$m.ofEntries($m.entry('k', 1))" => "{k=1}";
    OrElse = "orElse" / 1..=1, "What an `Optional` holds, or something else.", "#set($l = [])$l.stream().findFirst().orElse('none')" => "none";
    OrElseThrow = "orElseThrow" / 0..=0, "What an `Optional` holds; throws when there is nothing.", "#set($l = [1])$l.stream().findFirst().orElseThrow()" => "1";
    ParallelStream = "parallelStream" / 0..=0, "The same as `stream` here.", "#set($l = [1])$l.parallelStream().count()" => "1";
    Previous = "previous" / 0..=0, "The element before a list iterator.", "#set($l = [1, 2])$l.listIterator(2).previous()" => "2";
    PreviousIndex = "previousIndex" / 0..=0, "The index of what `previous` would give.", "#set($l = [1, 2])$l.listIterator(1).previousIndex()" => "0";
    Put = "put" / 2..=2, "Sets a member of a map; gives the value it had.", "#set($m = {'k': 1})$m.put('k', 2)$m" => "1{k=2}";
    PutAll = "putAll" / 1..=1, "Sets all members of another map.", "#set($m = {'k': 1})$m.putAll({'l': 2})$m" => "{k=1, l=2}";
    PutIfAbsent = "putIfAbsent" / 2..=2, "Sets a member unless it has a value.", "#set($m = {'k': 1})$m.putIfAbsent('k', 2)$m" => "1{k=1}";
    Remove = "remove" / 0..=2, "Takes out the member at an index, with a value, or with a key.", "#set($l = ['a', 'b'])$l.remove(0)$l" => "a[b]";
    RemoveAll = "removeAll" / 1..=1, "Takes out what another collection holds.", "#set($l = [1, 2, 3])$l.removeAll([1, 3])$l" => "true[2]";
    RemoveIf = "removeIf" / 1..=1, "Needs a function, as `compute`.", "#set($l = [1])$!l.removeIf(1)" => "";
    RetainAll = "retainAll" / 1..=1, "Keeps only what another collection holds.", "#set($l = [1, 2, 3])$l.retainAll([1, 3])$l" => "true[1, 3]";
    Set = "set" / 1..=2, "Replaces the member at an index; gives the old one.", "#set($l = ['a', 'b'])$l.set(0, 'c')$l" => "a[c, b]";
    SetValue = "setValue" / 1..=1, "Sets the value of an entry, in its map; gives the old one.", "#set($m = {'k': 1})#foreach($e in $m.entrySet())$e.setValue(2)#end$m" => "1{k=2}";
    Skip = "skip" / 1..=1, "A stream without its first elements.", "#set($l = [1, 2, 3])$l.stream().skip(2).toList()" => "[3]";
    Sort = "sort" / 1..=1, "Sorts a list; the comparator must be null, so it cannot be reached on the service.", "#set($l = [2, 1])$!l.sort(1)$l" => "[2, 1]";
    Sorted = "sorted" / 0..=0, "A stream in natural order.", "#set($l = ['b', 'a'])$l.stream().sorted().toList()" => "[a, b]";
    Boxed = "boxed" / 0..=0, "A stream of numbers as a stream like any other.", "#set($s = 'ab')$s.chars().boxed().toList()" => "[97, 98]";
    Stream = "stream" / 0..=0, "The elements of a collection as a stream.", "#set($l = [1, 2])$l.stream().count()" => "2";
    SubList = "subList" / 2..=2, "The part from an index up to another, which it leaves out.", "#set($l = ['a', 'b', 'c'])$l.subList(1, 3)" => "[b, c]";
    ToArray = "toArray" / 0..=99, "A Java array of the members.", "#set($l = ['a', 'b'])$l.toArray().size()" => "2";
    ToJsonString = "toJSONString" / 0..=1, "A payload list as JSON; other lists have no such method.", "#set($l = [1])$!l.toJSONString()" => "";
    ToList = "toList" / 0..=0, "The elements of a stream as a list that cannot be changed.", "#set($l = [1, 2])$l.stream().toList()" => "[1, 2]";
    TrimToSize = "trimToSize" / 0..=0, "Frees room; nothing to be seen.", "#set($l = [1])$l.trimToSize()$l" => "[1]";
    Values = "values" / 0..=0, "The values of a map.", "#set($m = {'k': 1, 'l': 2})$m.values()" => "[1, 2]";

    ["Numbers, booleans, classes"]
    IntValue = "intValue" / 0..=0, "The low 32 bits of a whole number; a fraction is cut.", "#set($d = 2.5)$d.intValue()" => "2";
    LongValue = "longValue" / 0..=0, "The low 64 bits of a whole number; a fraction is cut.", "#set($d = 2.5)$d.longValue()" => "2";
    DoubleValue = "doubleValue" / 0..=0, "The nearest double.", "#set($n = 12)$n.doubleValue()" => "12.0";
    FloatValue = "floatValue" / 0..=0, "The nearest float.", "#set($d = 0.1)$d.floatValue()" => "0.1";
    ShortValue = "shortValue" / 0..=0, "The low 16 bits.", "#set($n = 65537)$n.shortValue()" => "1";
    ByteValue = "byteValue" / 0..=0, "The low 8 bits.", "#set($n = 257)$n.byteValue()" => "1";
    BooleanValue = "booleanValue" / 0..=0, "The boolean itself.", "#set($b = true)$b.booleanValue()" => "true";
    ParseInt = "parseInt" / 1..=4, "The Integer that a text is, in base 10 or another.", "#set($n = 12)$n.parseInt('ff', 16)" => "255";
    ParseLong = "parseLong" / 1..=4, "The Long that a text is.", "#set($n = 4294967296)$n.parseLong('99999999999')" => "99999999999";
    ParseUnsignedInt = "parseUnsignedInt" / 1..=4, "The 32 bits that a text without sign is.", "#set($n = 12)$n.parseUnsignedInt('4294967295')" => "-1";
    ParseUnsignedLong = "parseUnsignedLong" / 1..=4, "The 64 bits that a text without sign is.", "#set($n = 4294967296)$n.parseUnsignedLong('18446744073709551615')" => "-1";
    ParseShort = "parseShort" / 1..=2, "The Short that a text is.", "#set($n = 7)#set($s = $n.shortValue())$s.parseShort('-5')" => "-5";
    ParseByte = "parseByte" / 1..=2, "The Byte that a text is.", "#set($n = 7)#set($y = $n.byteValue())$y.parseByte('7f', 16)" => "127";
    ParseDouble = "parseDouble" / 1..=1, "The Double that a text is.", "#set($d = 2.5)$d.parseDouble('1e3')" => "1000.0";
    ParseFloat = "parseFloat" / 1..=1, "The Float that a text is.", "#set($d = 2.5)#set($f = $d.floatValue())$f.parseFloat('1.5')" => "1.5";
    ParseBoolean = "parseBoolean" / 1..=1, "Whether a text is `true`, in any case.", "#set($b = true)$b.parseBoolean('TRUE')" => "true";
    Decode = "decode" / 1..=1, "A whole number with its base in front: `0x1F`, `#1F`, `017`.", "#set($n = 12)$n.decode('0x1F')" => "31";
    GetInteger = "getInteger" / 1..=2, "A system property, of which there is none, or the other value.", "#set($n = 12)$n.getInteger('x', 5)" => "5";
    GetLong = "getLong" / 1..=2, "A system property, of which there is none, or the other value.", "#set($n = 4294967296)$n.getLong('x', 5)" => "5";
    GetBoolean = "getBoolean" / 1..=1, "Whether a system property is true; there is none.", "#set($b = true)$b.getBoolean('x')" => "false";
    ToHexString = "toHexString" / 1..=1, "A number in base 16.", "#set($n = 12)$n.toHexString(255)" => "ff";
    ToOctalString = "toOctalString" / 1..=1, "A number in base 8.", "#set($n = 12)$n.toOctalString(8)" => "10";
    ToBinaryString = "toBinaryString" / 1..=1, "A number in base 2.", "#set($n = 12)$n.toBinaryString(5)" => "101";
    ToUnsignedString = "toUnsignedString" / 1..=2, "The text of a number whose sign is a bit like the others.", "#set($n = 12)$n.toUnsignedString(-1)" => "4294967295";
    ToUnsignedLong = "toUnsignedLong" / 1..=1, "A number whose sign is a bit like the others.", "#set($n = 12)$n.toUnsignedLong(-1)" => "4294967295";
    ToUnsignedInt = "toUnsignedInt" / 1..=1, "The same of a Short or Byte.", "#set($n = 7)#set($y = $n.byteValue())$y.toUnsignedInt($y)" => "7";
    CompareUnsigned = "compareUnsigned" / 2..=2, "How they are ordered when the sign is a bit like the others.", "#set($n = 12)$n.compareUnsigned(-1, 1)" => "1";
    DivideUnsigned = "divideUnsigned" / 2..=2, "Quotient of numbers whose sign is a bit like the others.", "#set($n = 12)$n.divideUnsigned(-1, 16)" => "268435455";
    RemainderUnsigned = "remainderUnsigned" / 2..=2, "Remainder of numbers whose sign is a bit like the others.", "#set($n = 12)$n.remainderUnsigned(-1, 16)" => "15";
    Max = "max" / 1..=2, "The larger of two.", "#set($n = 12)$n.max(1, 2)" => "2";
    Min = "min" / 1..=2, "The smaller of two.", "#set($n = 12)$n.min(1, 2)" => "1";
    Sum = "sum" / 0..=2, "The sum of two, or of a stream of numbers; it wraps around.", "#set($n = 12)$n.sum(2147483647, 1)" => "-2147483648";
    Signum = "signum" / 0..=1, "-1, 0 or 1, as the sign is.", "#set($n = 12)$n.signum(-5)" => "-1";
    BitCount = "bitCount" / 0..=1, "How many bits are set.", "#set($n = 12)$n.bitCount(7)" => "3";
    NumberOfLeadingZeros = "numberOfLeadingZeros" / 1..=1, "The zero bits above the highest one.", "#set($n = 12)$n.numberOfLeadingZeros(42)" => "26";
    NumberOfTrailingZeros = "numberOfTrailingZeros" / 1..=1, "The zero bits below the lowest one.", "#set($n = 12)$n.numberOfTrailingZeros(8)" => "3";
    HighestOneBit = "highestOneBit" / 1..=1, "The highest bit that is set, alone.", "#set($n = 12)$n.highestOneBit(42)" => "32";
    LowestOneBit = "lowestOneBit" / 1..=1, "The lowest bit that is set, alone.", "#set($n = 12)$n.lowestOneBit(42)" => "2";
    Reverse = "reverse" / 1..=1, "The bits in reverse order.", "#set($n = 12)$n.reverse(42)" => "1409286144";
    ReverseBytes = "reverseBytes" / 1..=1, "The bytes in reverse order.", "#set($n = 12)$n.reverseBytes(1)" => "16777216";
    RotateLeft = "rotateLeft" / 2..=2, "The bits moved to the left and around.", "#set($n = 12)$n.rotateLeft(1, 33)" => "2";
    RotateRight = "rotateRight" / 2..=2, "The bits moved to the right and around.", "#set($n = 12)$n.rotateRight(1, 1)" => "-2147483648";
    IsNaN = "isNaN" / 0..=1, "Whether it is not a number.", "#set($d = 2.5)$d.isNaN()" => "false";
    IsInfinite = "isInfinite" / 0..=1, "Whether it is infinite.", "#set($d = 2.5)$d.isInfinite()" => "false";
    IsFinite = "isFinite" / 1..=1, "Whether it is neither infinite nor NaN.", "#set($d = 2.5)$d.isFinite(1.5)" => "true";
    DoubleToLongBits = "doubleToLongBits" / 1..=1, "The bits of a Double, as a Long.", "#set($d = 2.5)$d.doubleToLongBits(1.0)" => "4607182418800017408";
    DoubleToRawLongBits = "doubleToRawLongBits" / 1..=1, "The bits of a Double, as a Long.", "#set($d = 2.5)$d.doubleToRawLongBits(1.0)" => "4607182418800017408";
    LongBitsToDouble = "longBitsToDouble" / 1..=1, "The Double of these bits.", "#set($d = 2.5)$d.longBitsToDouble(4607182418800017408)" => "1.0";
    FloatToIntBits = "floatToIntBits" / 1..=1, "The bits of a Float, as an Integer.", "#set($d = 2.5)#set($f = $d.floatValue())$f.floatToIntBits($f)" => "1075838976";
    FloatToRawIntBits = "floatToRawIntBits" / 1..=1, "The bits of a Float, as an Integer.", "#set($d = 2.5)#set($f = $d.floatValue())$f.floatToRawIntBits($f)" => "1075838976";
    IntBitsToFloat = "intBitsToFloat" / 1..=1, "The Float of these bits.", "#set($d = 2.5)#set($f = $d.floatValue())$f.intBitsToFloat(1065353216)" => "1.0";
    LogicalAnd = "logicalAnd" / 2..=2, "Whether both are true.", "#set($b = true)$b.logicalAnd(true, false)" => "false";
    LogicalOr = "logicalOr" / 2..=2, "Whether one is true.", "#set($b = true)$b.logicalOr(true, false)" => "true";
    LogicalXor = "logicalXor" / 2..=2, "Whether exactly one is true.", "#set($b = true)$b.logicalXor(true, true)" => "false";
    Subtract = "subtract" / 1..=1, "The difference.", "#set($g = 9223372036854775808)$g.subtract($g)" => "0";
    Multiply = "multiply" / 1..=1, "The product.", "#set($g = 9223372036854775808)$g.multiply($g)" => "85070591730234615865843651857942052864";
    Divide = "divide" / 1..=3, "The quotient; a BigDecimal's can be rounded to a scale.", "#set($x = 9223372036854775808 * 1.5)$x.divide($x, 2, 4)" => "1.00";
    Remainder = "remainder" / 1..=1, "What division leaves, with the sign of the dividend.", "#set($g = 9223372036854775808)$g.remainder($g)" => "0";
    DivideToIntegralValue = "divideToIntegralValue" / 1..=1, "The whole part of the quotient.", "#set($x = 9223372036854775808 * 1.5)$x.divideToIntegralValue($x)" => "1";
    DivideAndRemainder = "divideAndRemainder" / 1..=1, "Quotient and remainder, in an array.", "#set($g = 9223372036854775808)#set($both = $g.divideAndRemainder($g))$both[0]" => "1";
    Mod = "mod" / 1..=1, "What division leaves, never negative.", "#set($g = 9223372036854775808)$g.mod($g)" => "0";
    Pow = "pow" / 1..=1, "A power.", "#set($g = 9223372036854775808)$g.pow(2)" => "85070591730234615865843651857942052864";
    ModPow = "modPow" / 2..=2, "A power's remainder.", "#set($g = 9223372036854775808)$g.modPow($g, $g)" => "0";
    ModInverse = "modInverse" / 1..=1, "The inverse in modular arithmetic.", "#set($g = 9223372036854775808)#set($h = $g + 1)$g.modInverse($h)" => "9223372036854775808";
    Gcd = "gcd" / 1..=1, "The greatest common divisor.", "#set($g = 9223372036854775808)$g.gcd($g)" => "9223372036854775808";
    Abs = "abs" / 0..=0, "The number without its sign.", "#set($g = 9223372036854775808)$g.abs()" => "9223372036854775808";
    Negate = "negate" / 0..=0, "The number with the other sign.", "#set($g = 9223372036854775808)$g.negate()" => "-9223372036854775808";
    Plus = "plus" / 0..=0, "The number itself.", "#set($x = 9223372036854775808 * 1.5)$x.plus()" => "13835058055282163712.0";
    Sqrt = "sqrt" / 0..=0, "The whole part of the square root.", "#set($g = 9223372036854775808)$g.sqrt()" => "3037000499";
    SqrtAndRemainder = "sqrtAndRemainder" / 0..=0, "The square root and what is left, in an array.", "#set($g = 9223372036854775808)#set($both = $g.sqrtAndRemainder())$both[0]" => "3037000499";
    BitLength = "bitLength" / 0..=0, "How many bits it takes, without the sign.", "#set($g = 9223372036854775808)$g.bitLength()" => "64";
    GetLowestSetBit = "getLowestSetBit" / 0..=0, "The place of the lowest bit that is set.", "#set($g = 9223372036854775808)$g.getLowestSetBit()" => "63";
    TestBit = "testBit" / 1..=1, "Whether a bit is set.", "#set($g = 9223372036854775808)$g.testBit(63)" => "true";
    SetBit = "setBit" / 1..=1, "The number with a bit set.", "#set($g = 9223372036854775808)$g.setBit(0)" => "9223372036854775809";
    ClearBit = "clearBit" / 1..=1, "The number with a bit cleared.", "#set($g = 9223372036854775808)$g.clearBit(63)" => "0";
    FlipBit = "flipBit" / 1..=1, "The number with a bit turned over.", "#set($g = 9223372036854775808)$g.flipBit(63)" => "0";
    ShiftLeft = "shiftLeft" / 1..=1, "The bits moved to the left.", "#set($g = 9223372036854775808)$g.shiftLeft(1)" => "18446744073709551616";
    ShiftRight = "shiftRight" / 1..=1, "The bits moved to the right.", "#set($g = 9223372036854775808)$g.shiftRight(60)" => "8";
    And = "and" / 1..=1, "The bits that both have.", "#set($g = 9223372036854775808)$g.and($g)" => "9223372036854775808";
    Or = "or" / 1..=1, "The bits that one of them has.", "#set($g = 9223372036854775808)$g.or($g)" => "9223372036854775808";
    Xor = "xor" / 1..=1, "The bits that exactly one has.", "#set($g = 9223372036854775808)$g.xor($g)" => "0";
    Not = "not" / 0..=0, "All bits turned over.", "#set($g = 9223372036854775808)$g.not()" => "-9223372036854775809";
    AndNot = "andNot" / 1..=1, "The bits that only the first has.", "#set($g = 9223372036854775808)$g.andNot($g)" => "0";
    IsProbablePrime = "isProbablePrime" / 1..=1, "Whether it is a prime number, very likely.", "#set($g = 9223372036854775808)$g.isProbablePrime(10)" => "false";
    NextProbablePrime = "nextProbablePrime" / 0..=0, "The next prime number, very likely.", "#set($g = 9223372036854775808)$g.nextProbablePrime()" => "9223372036854775837";
    ToByteArray = "toByteArray" / 0..=0, "The bytes of it, the highest first.", "#set($g = 9223372036854775808)#set($bytes = $g.toByteArray())$bytes[1]" => "-128";
    IntValueExact = "intValueExact" / 0..=0, "The Integer, or an error if it does not fit.", "#set($n = 9223372036854775808 - 9223372036854775807)$n.intValueExact()" => "1";
    LongValueExact = "longValueExact" / 0..=0, "The Long, or an error if it does not fit.", "#set($n = 9223372036854775808 - 9223372036854775807)$n.longValueExact()" => "1";
    ShortValueExact = "shortValueExact" / 0..=0, "The Short, or an error if it does not fit.", "#set($n = 9223372036854775808 - 9223372036854775807)$n.shortValueExact()" => "1";
    ByteValueExact = "byteValueExact" / 0..=0, "The Byte, or an error if it does not fit.", "#set($n = 9223372036854775808 - 9223372036854775807)$n.byteValueExact()" => "1";
    Scale = "scale" / 0..=0, "The digits after the point.", "#set($x = 9223372036854775808 * 1.5)$x.scale()" => "1";
    Precision = "precision" / 0..=0, "How many digits there are.", "#set($x = 9223372036854775808 * 1.5)$x.precision()" => "21";
    UnscaledValue = "unscaledValue" / 0..=0, "All digits, without the point.", "#set($x = 9223372036854775808 * 1.5)$x.unscaledValue()" => "138350580552821637120";
    SetScale = "setScale" / 1..=2, "The number with so many digits after the point, rounded as the second number says.", "#set($x = 9223372036854775808 * 1.5)$x.setScale(2)" => "13835058055282163712.00";
    StripTrailingZeros = "stripTrailingZeros" / 0..=0, "The number without zeros at its end.", "#set($x = 9223372036854775808 * 1.5)$x.stripTrailingZeros()" => "13835058055282163712";
    Ulp = "ulp" / 0..=0, "One unit in the last place.", "#set($x = 9223372036854775808 * 1.5)$x.ulp()" => "0.1";
    MovePointLeft = "movePointLeft" / 1..=1, "The number with its point moved to the left.", "#set($x = 9223372036854775808 * 1.5)$x.movePointLeft(3)" => "13835058055282163.7120";
    MovePointRight = "movePointRight" / 1..=1, "The number with its point moved to the right.", "#set($x = 9223372036854775808 * 1.5)$x.movePointRight(3)" => "13835058055282163712000";
    ScaleByPowerOfTen = "scaleByPowerOfTen" / 1..=1, "The number with its exponent changed.", "#set($x = 9223372036854775808 * 1.5)$x.scaleByPowerOfTen(3)" => "1.38350580552821637120E+22";
    ToBigInteger = "toBigInteger" / 0..=0, "The whole part.", "#set($x = 9223372036854775808 * 1.5)$x.toBigInteger()" => "13835058055282163712";
    ToBigIntegerExact = "toBigIntegerExact" / 0..=0, "The whole part, or an error if there is more.", "#set($x = 9223372036854775808 * 1.5)$x.toBigIntegerExact()" => "13835058055282163712";
    ToPlainString = "toPlainString" / 0..=0, "The text without an exponent.", "#set($x = 9223372036854775808 * 1.5)$x.toPlainString()" => "13835058055282163712.0";
    ToEngineeringString = "toEngineeringString" / 0..=0, "The text with an exponent that is a multiple of three.", "#set($x = 9223372036854775808 * 1.5)#set($y = $x.scaleByPowerOfTen(5))$y.toEngineeringString()" => "1.38350580552821637120E+24";
    GetName = "getName" / 0..=0, "The full name of a class.", "#set($n = 12)$n.class.getName()" => "java.lang.Integer";
    GetSimpleName = "getSimpleName" / 0..=0, "The short name of a class; the service does not tell it.", "#set($n = 12)$n.class.getSimpleName()" => "Integer";
}
