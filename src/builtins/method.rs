//! Java methods by name: variants, docs and examples. `signature.rs` has their parameters.

/// Defines the methods from one row per name: variant, Java name, doc line, example and its output. The rows
/// are grouped by their heading in `docs/reference.md`.
macro_rules! methods {
    ($([$heading:literal] $($name:ident = $java:literal, $doc:literal, $example:literal => $output:literal;)*)*) => {
        /// A Java method by its name; receiver and arguments choose the overload.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub(crate) enum JavaMethod { $($(#[doc = concat!("`", $java, "`: ", $doc)] $name,)*)* /** A name that is not in the table. */ Unknown }

        impl JavaMethod {
            /// Returns the Java name.
            pub(crate) fn name(self) -> &'static str {
                match self { $($(JavaMethod::$name => $java,)*)* JavaMethod::Unknown => "?" }
            }

            /// Returns the method of a Java name; `Unknown` when no receiver has one.
            pub(crate) fn named(name: &str) -> JavaMethod {
                match name { $($($java => JavaMethod::$name,)*)* _ => JavaMethod::Unknown }
            }
        }

        /// The rows of the table, below their headings.
        pub(crate) const TABLE: &[(&str, &[Row])] = &[$(($heading, &[$(Row {
            name: $java, doc: $doc, example: $example, output: $output,
        }),*])),*];
    };
}

/// A method name with its documentation.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    /// A template that uses it; the payload is `{"a": 1}`.
    pub(crate) example: &'static str,
    /// The output of the example.
    pub(crate) output: &'static str,
}

methods! {
    ["Several kinds of values"]
    ToString = "toString", "Returns the text form of the value.", "#set($n = 1)$n.toString().length()" => "1";
    Equals = "equals", "Checks for the same class and the same value.", "#set($s = 'a')$s.equals('a')" => "true";
    HashCode = "hashCode", "Returns Java's hash of the value.", "#set($s = 'a')$s.hashCode()" => "97";
    GetClass = "getClass", "Returns the Java class, which prints and knows its name.", "#set($s = 'a')$s.getClass()" => "class java.lang.String";
    CompareTo = "compareTo", "Compares with a value of the same class: negative, zero or positive.", "#set($n = 2)$n.compareTo(3)" => "-1";
    Size = "size", "Returns the number of members.", "#set($l = [1, 2])$l.size()" => "2";
    Length = "length", "Returns the number of UTF-16 units.", "#set($s = 'abc')$s.length()" => "3";
    IsEmpty = "isEmpty", "Checks for no content.", "#set($s = '')$s.isEmpty()" => "true";
    Contains = "contains", "Checks for a part or a member.", "#set($s = 'abc')$s.contains('b')" => "true";
    IndexOf = "indexOf", "Returns the index of the first occurrence, or -1.", "#set($s = 'abc')$s.indexOf('c')" => "2";
    LastIndexOf = "lastIndexOf", "Returns the index of the last occurrence, or -1.", "#set($s = 'abca')$s.lastIndexOf('a')" => "3";
    Get = "get", "Returns the member at an index or with a key.", "#set($l = [1, 2])$l.get(1)" => "2";
    Replace = "replace", "Replaces parts of a string, or the value of a key.", "#set($s = 'aa')$s.replace('a', 'b')" => "bb";

    ["`$input` and `$util`"]
    Path = "path", "Returns the part of the payload that a JSONPath finds.", "$input.path('$.a')" => "1";
    Json = "json", "Returns the part of the payload that a JSONPath finds as JSON text.", "$input.json('$.a')" => "1";
    Params = "params", "Returns the parameter of the path, query string or headers with this name; without a name, all of them.", "$input.params('none')" => "";
    EscapeJavaScript = "escapeJavaScript", "Escapes a text for a JavaScript string; `'` becomes `\\'`, which JSON does not allow.", r#"$util.escapeJavaScript("it's")"# => r"it\'s";
    ParseJson = "parseJson", "Parses a JSON text.", r#"#set($o = $util.parseJson('{"a": [1]}'))$o.a"# => "[1]";
    UrlEncode = "urlEncode", "Encodes a text as a form does: percent-encoding, with `+` for a blank.", "$util.urlEncode('a b')" => "a+b";
    UrlDecode = "urlDecode", "Decodes a text that a form encoded.", "$util.urlDecode('a+b')" => "a b";
    Base64Encode = "base64Encode", "Encodes the UTF-8 bytes of a text in base64.", "$util.base64Encode('hi')" => "aGk=";
    Base64Decode = "base64Decode", "Decodes a base64 text.", "$util.base64Decode('aGk=')" => "hi";

    ["Strings and characters"]
    CharAt = "charAt", "Returns the character at an index.", "#set($s = 'abc')$s.charAt(1)" => "b";
    CodePointAt = "codePointAt", "Returns the code point at an index.", "#set($s = 'abc')$s.codePointAt(0)" => "97";
    CodePointBefore = "codePointBefore", "Returns the code point before an index.", "#set($s = 'abc')$s.codePointBefore(1)" => "97";
    CodePointCount = "codePointCount", "Returns the number of code points between two indexes.", "#set($s = 'abc')$s.codePointCount(0, 2)" => "2";
    OffsetByCodePoints = "offsetByCodePoints", "Returns the index that is some code points away from another.", "#set($s = 'abc')$s.offsetByCodePoints(0, 2)" => "2";
    Compare = "compare", "Compares two values: negative, zero or positive.", "#set($s = '')$s.compare('a', 'c')" => "-2";
    CompareToIgnoreCase = "compareToIgnoreCase", "Compares with another text without regard to case.", "#set($s = 'A')$s.compareToIgnoreCase('a')" => "0";
    Concat = "concat", "Appends a text.", "#set($s = 'a')$s.concat('b')" => "ab";
    ContentEquals = "contentEquals", "Checks for the same content.", "#set($s = 'a')$s.contentEquals('a')" => "true";
    EndsWith = "endsWith", "Checks for a text at the end.", "#set($s = 'abc')$s.endsWith('c')" => "true";
    EqualsIgnoreCase = "equalsIgnoreCase", "Checks for the same text without regard to case.", "#set($s = 'AB')$s.equalsIgnoreCase('ab')" => "true";
    Format = "format", "Formats arguments as `java.util.Formatter` does.", "#set($s = '')$s.format('%05d', 42)" => "00042";
    Formatted = "formatted", "Formats arguments with this string as the format.", "#set($s = '%s!')$s.formatted('a')" => "a!";
    GetBytes = "getBytes", "Returns the bytes in UTF-8 or a named charset.", "#set($s = 'abc')$s.getBytes().size()" => "3";
    GetChars = "getChars", "Copies characters into an array, which a template cannot use.", "#set($s = 'abc')$!s.getChars('a', 1, 2, 3)" => "";
    Indent = "indent", "Adds blanks to the start of each line, or removes them.", "#set($s = 'a')$s.indent(2)" => "  a\n";
    Intern = "intern", "Returns the string itself.", "#set($s = 'a')$s.intern()" => "a";
    IsBlank = "isBlank", "Checks for nothing but white space.", "#set($s = ' ')$s.isBlank()" => "true";
    Join = "join", "Joins texts, or the members of a list, with a text between them.", "#set($s = '')$s.join('-', 'a', 'b')" => "a-b";
    Lines = "lines", "Returns the lines as a stream.", "#set($s = 'one')$s.lines().count()" => "1";
    CharStream = "chars", "Returns the UTF-16 units as a stream of numbers.", "#set($s = 'abc')$s.chars().sum()" => "294";
    CodePoints = "codePoints", "Returns the code points as a stream of numbers.", "#set($s = 'abc')$s.codePoints().count()" => "3";
    DescribeConstable = "describeConstable", "Returns the value in an `Optional`.", "#set($s = 'a')$s.describeConstable()" => "Optional[a]";
    ResolveConstantDesc = "resolveConstantDesc", "Returns the string itself; takes null only.", "#set($s = 'a')$!s.resolveConstantDesc(1)" => "";
    Transform = "transform", "Applies a Java function, which a template cannot have.", "#set($s = 'a')$!s.transform(1)" => "";
    Matches = "matches", "Checks whether a regular expression matches the whole string.", "#set($s = 'a1')$s.matches('[a-z][0-9]')" => "true";
    RegionMatches = "regionMatches", "Compares parts of two strings.", "#set($s = 'abc')$s.regionMatches(1, 'xbc', 1, 2)" => "true";
    Repeat = "repeat", "Repeats the string.", "#set($s = 'ab')$s.repeat(2)" => "abab";
    ReplaceAll = "replaceAll", "Replaces each match of a regular expression; `$1` is a group.", "#set($s = 'a1b2')$s.replaceAll('[0-9]', '-')" => "a-b-";
    ReplaceFirst = "replaceFirst", "Replaces the first match of a regular expression.", "#set($s = 'a1b2')$s.replaceFirst('[0-9]', '-')" => "a-b2";
    Split = "split", "Splits at the matches of a regular expression.", "#set($s = 'a,b')$s.split(',').size()" => "2";
    StartsWith = "startsWith", "Checks for a text at the start or at an index.", "#set($s = 'abc')$s.startsWith('b', 1)" => "true";
    Strip = "strip", "Removes white space from both ends.", "#set($s = ' a ')$s.strip()" => "a";
    StripLeading = "stripLeading", "Removes white space from the start.", "#set($s = ' a ')[$s.stripLeading()]" => "[a ]";
    StripTrailing = "stripTrailing", "Removes white space from the end.", "#set($s = ' a ')[$s.stripTrailing()]" => "[ a]";
    StripIndent = "stripIndent", "Removes the white space that all lines start with.", "#set($s = '  a')$s.stripIndent()" => "a";
    SubSequence = "subSequence", "Returns the part between two indexes.", "#set($s = 'abc')$s.subSequence(1, 2)" => "b";
    Substring = "substring", "Returns the part from an index on, or between two.", "#set($s = 'abc')$s.substring(1)" => "bc";
    ToCharArray = "toCharArray", "Returns the UTF-16 units as an array.", "#set($s = 'abc')$s.toCharArray().size()" => "3";
    ToLowerCase = "toLowerCase", "Converts letters to lower case.", "#set($s = 'AbC')$s.toLowerCase()" => "abc";
    ToUpperCase = "toUpperCase", "Converts letters to upper case.", "#set($s = 'AbC')$s.toUpperCase()" => "ABC";
    TranslateEscapes = "translateEscapes", "Translates escapes such as `\\t`.", "#set($s = 'a\\tb')$s.translateEscapes().length()" => "3";
    Trim = "trim", "Removes blanks and control characters from both ends.", "#set($s = ' a ')$s.trim()" => "a";
    ValueOf = "valueOf", "Converts a value to this class.", "#set($s = '')$s.valueOf(5).length()" => "1";
    CopyValueOf = "copyValueOf", "Returns the string of some characters.", "#set($s = 'abc')$s.copyValueOf($s.toCharArray())" => "abc";
    Wait = "wait", "Throws: a template owns no monitor.", "$!nothing.wait()" => "";
    Notify = "notify", "Throws: a template owns no monitor.", "$!nothing.notify()" => "";
    NotifyAll = "notifyAll", "Throws: a template owns no monitor.", "$!nothing.notifyAll()" => "";
    CharValue = "charValue", "Returns the character itself.", "#set($s = 'abc')$s.charAt(0).charValue()" => "a";
    IsDigit = "isDigit", "Checks for a digit.", "#set($s = '1')#set($c = $s.charAt(0))$c.isDigit($c)" => "true";
    IsLetter = "isLetter", "Checks for a letter.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isLetter($c)" => "true";
    IsLetterOrDigit = "isLetterOrDigit", "Checks for a letter or digit.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isLetterOrDigit($c)" => "true";
    IsUpperCase = "isUpperCase", "Checks for an upper-case letter.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isUpperCase($c)" => "false";
    IsLowerCase = "isLowerCase", "Checks for a lower-case letter.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isLowerCase($c)" => "true";
    IsWhitespace = "isWhitespace", "Checks for white space.", "#set($s = ' ')#set($c = $s.charAt(0))$c.isWhitespace($c)" => "true";
    IsAlphabetic = "isAlphabetic", "Checks for an alphabetic code point.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isAlphabetic(97)" => "true";
    IsSpaceChar = "isSpaceChar", "Checks for a space of Unicode.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isSpaceChar($c)" => "false";
    IsTitleCase = "isTitleCase", "Checks for a title-case letter.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.isTitleCase($c)" => "false";
    Digit = "digit", "Returns the number that a digit stands for in a radix, or -1.", "#set($s = 'f')#set($c = $s.charAt(0))$c.digit($c, 16)" => "15";
    ForDigit = "forDigit", "Returns the digit of a number in a radix.", "#set($s = 'abc')#set($c = $s.charAt(0))$c.forDigit(11, 16)" => "b";
    GetNumericValue = "getNumericValue", "Returns the number that a digit or letter stands for.", "#set($s = '7')#set($c = $s.charAt(0))$c.getNumericValue($c)" => "7";

    ["Lists, maps, sets, entries, iterators, loops, streams"]
    Add = "add", "Adds a member; with an index, inserts it. Numbers: returns the sum.", "#set($l = [1])$l.add(2)$l" => "true[1, 2]";
    AddAll = "addAll", "Adds the members of a collection.", "#set($l = [1])$l.addAll([2, 3])$l" => "true[1, 2, 3]";
    Clear = "clear", "Removes all members.", "#set($l = [1])$l.clear()$l" => "[]";
    Clone = "clone", "Returns a copy whose members are the same objects.", "#set($l = [1])$l.clone()" => "[1]";
    Close = "close", "Ends a stream.", "#set($l = [1])$l.stream().close()" => "";
    Compute = "compute", "Needs a function, which a template cannot have: null throws, anything else is no method.", "#set($m = {})$!m.compute('k', 1)" => "";
    ComputeIfAbsent = "computeIfAbsent", "Needs a function, as `compute` does.", "#set($m = {})$!m.computeIfAbsent('k', 1)" => "";
    ComputeIfPresent = "computeIfPresent", "Needs a function, as `compute` does.", "#set($m = {})$!m.computeIfPresent('k', 1)" => "";
    ContainsAll = "containsAll", "Checks for all members of another collection.", "#set($l = [1, 2])$l.containsAll([2, 1])" => "true";
    ContainsKey = "containsKey", "Checks for a key.", "#set($m = {'k': 1})$m.containsKey('k')" => "true";
    ContainsValue = "containsValue", "Checks for a value.", "#set($m = {'k': 1})$m.containsValue(1)" => "true";
    CopyOf = "copyOf", "Returns a copy that cannot be changed.", "#set($l = [1])$l.copyOf([2, 3])" => "[2, 3]";
    Count = "count", "Returns the number of elements.", "#set($l = [1, 2])$l.stream().count()" => "2";
    Distinct = "distinct", "Removes repeated elements.", "#set($l = [1, 2, 1])$l.stream().distinct().toList()" => "[1, 2]";
    EnsureCapacity = "ensureCapacity", "Reserves room, without a visible effect.", "#set($l = [1])$l.ensureCapacity(9)$l" => "[1]";
    Entry = "entry", "Creates an entry that belongs to no map.", "#set($m = {})$m.entry('k', 1)" => "k=1";
    EntrySet = "entrySet", "Returns the members, each with a `key` and a `value`.", "#set($m = {'k': 1})#foreach($e in $m.entrySet())$e.key:$e.value#end" => "k:1";
    FindAny = "findAny", "Returns the first element in an `Optional`.", "#set($l = [1, 2])$l.stream().findAny()" => "Optional[1]";
    FindFirst = "findFirst", "Returns the first element in an `Optional`.", "#set($l = [1, 2])$l.stream().findFirst().get()" => "1";
    ForEach = "forEach", "Needs a function, as `compute` does.", "#set($l = [1])$!l.forEach(1)" => "";
    ForEachRemaining = "forEachRemaining", "Needs a function, as `compute` does.", "#set($l = [1])$!l.iterator().forEachRemaining(1)" => "";
    GetCount = "getCount", "Returns the number of the turn from 1: `$foreach.count`.", "#foreach($x in ['a', 'b'])$foreach.count#end" => "12";
    GetDepth = "getDepth", "Returns the depth of nested loops: `$foreach.info.depth`.", "#foreach($x in ['a'])$foreach.info.depth#end" => "1";
    GetFirst = "getFirst", "Checks for the first turn: `$foreach.first`.", "#foreach($x in ['a', 'b'])$foreach.first,#end" => "true,false,";
    GetHasNext = "getHasNext", "Checks for another turn: `$foreach.hasNext`.", "#foreach($x in ['a', 'b'])$x#if($foreach.hasNext),#end#end" => "a,b";
    GetIndex = "getIndex", "Returns the number of the turn from 0: `$foreach.index`.", "#foreach($x in ['a', 'b'])$foreach.index#end" => "01";
    GetInfo = "getInfo", "Returns name, type and depth of the loop: `$foreach.info`.", "#foreach($x in ['a'])$foreach.info.name#end" => "foreach";
    GetKey = "getKey", "Returns the key of an entry.", "#set($m = {'k': 1})#foreach($e in $m.entrySet())$e.getKey()#end" => "k";
    GetLast = "getLast", "Checks for the last turn: `$foreach.last`.", "#foreach($x in ['a', 'b'])$foreach.last,#end" => "false,true,";
    GetOrDefault = "getOrDefault", "Returns the member with a key, or another value if there is none.", "#set($m = {'k': 1})$m.getOrDefault('x', 2)" => "2";
    GetParent = "getParent", "Returns the `$foreach` of the enclosing loop.", "#foreach($x in ['a', 'b'])#foreach($y in [1])$foreach.parent.index#end#end" => "01";
    GetReplaced = "getReplaced", "Returns the value that `$foreach` had before the loop.", "#set($foreach = 'f')#foreach($x in ['a'])$foreach.replaced#end" => "f";
    GetTopmost = "getTopmost", "Returns the `$foreach` of the outermost loop.", "#foreach($x in ['a', 'b'])#foreach($y in [1])$foreach.topmost.count#end#end" => "12";
    GetType = "getType", "Returns the kind of directive: `$foreach.info.type`.", "#foreach($x in ['a'])$foreach.info.type#end" => "block";
    GetValue = "getValue", "Returns the value of an entry.", "#set($m = {'k': 1})#foreach($e in $m.entrySet())$e.getValue()#end" => "1";
    HasNext = "hasNext", "Checks for another element or turn.", "#set($l = [1])$l.iterator().hasNext()" => "true";
    HasPrevious = "hasPrevious", "Checks for an element before this place.", "#set($l = [1])$l.listIterator().hasPrevious()" => "false";
    IsFirst = "isFirst", "Checks for the first turn.", "#foreach($x in ['a', 'b'])$foreach.isFirst(),#end" => "true,false,";
    IsLast = "isLast", "Checks for the last turn.", "#foreach($x in ['a', 'b'])$foreach.isLast(),#end" => "false,true,";
    IsParallel = "isParallel", "Returns false: no stream is parallel.", "#set($l = [1])$l.stream().isParallel()" => "false";
    IsPresent = "isPresent", "Checks whether an `Optional` holds a value.", "#set($l = [1])$l.stream().findFirst().isPresent()" => "true";
    Iterator = "iterator", "Returns an iterator at the start.", "#set($l = [1, 2])#set($i = $l.iterator())$i.next()$i.next()" => "12";
    KeySet = "keySet", "Returns the keys.", "#set($m = {'k': 1, 'l': 2})$m.keySet()" => "[k, l]";
    Limit = "limit", "Keeps the first elements.", "#set($l = [1, 2, 3])$l.stream().limit(2).toList()" => "[1, 2]";
    ListIterator = "listIterator", "Returns an iterator that can go back and change the list.", "#set($l = [1, 2])$l.listIterator(1).previous()" => "1";
    Merge = "merge", "Appends a payload list to another; of a map it needs a function.", "#set($m = {})$!m.merge('k', 1, 2)" => "";
    Next = "next", "Returns the next element.", "#set($l = [1])$l.iterator().next()" => "1";
    NextIndex = "nextIndex", "Returns the index of the element that `next` would return.", "#set($l = [1, 2])$l.listIterator(1).nextIndex()" => "1";
    Of = "of", "Creates a list, set or map that cannot be changed.", "#set($l = [])$l.of('a', 'b')" => "[a, b]";
    OfEntries = "ofEntries", "Creates a map of entries that cannot be changed.", "#set($m = {})$m.ofEntries($m.entry('k', 1))" => "{k=1}";
    OrElse = "orElse", "Returns the value of an `Optional`, or another.", "#set($l = [])$l.stream().findFirst().orElse('none')" => "none";
    OrElseThrow = "orElseThrow", "Returns the value of an `Optional`, or throws.", "#set($l = [1])$l.stream().findFirst().orElseThrow()" => "1";
    ParallelStream = "parallelStream", "Returns the elements as a stream, as `stream` does.", "#set($l = [1])$l.parallelStream().count()" => "1";
    Previous = "previous", "Returns the previous element.", "#set($l = [1, 2])$l.listIterator(2).previous()" => "2";
    PreviousIndex = "previousIndex", "Returns the index of the element that `previous` would return.", "#set($l = [1, 2])$l.listIterator(1).previousIndex()" => "0";
    Put = "put", "Sets a member and returns the value it had.", "#set($m = {'k': 1})$m.put('k', 2)$m" => "1{k=2}";
    PutAll = "putAll", "Sets all members of another map.", "#set($m = {'k': 1})$m.putAll({'l': 2})$m" => "{k=1, l=2}";
    PutIfAbsent = "putIfAbsent", "Sets a member unless it has a value.", "#set($m = {'k': 1})$m.putIfAbsent('k', 2)$m" => "1{k=1}";
    Remove = "remove", "Removes the member at an index, with a value or with a key.", "#set($l = ['a', 'b'])$l.remove(0)$l" => "a[b]";
    RemoveAll = "removeAll", "Removes the members of another collection.", "#set($l = [1, 2, 3])$l.removeAll([1, 3])$l" => "true[2]";
    RemoveIf = "removeIf", "Needs a function, as `compute` does.", "#set($l = [1])$!l.removeIf(1)" => "";
    RetainAll = "retainAll", "Keeps only the members of another collection.", "#set($l = [1, 2, 3])$l.retainAll([1, 3])$l" => "true[1, 3]";
    Set = "set", "Replaces the member at an index and returns the old one.", "#set($l = ['a', 'b'])$l.set(0, 'c')$l" => "a[c, b]";
    SetValue = "setValue", "Sets the value of an entry, in its map too, and returns the old one.", "#set($m = {'k': 1})#foreach($e in $m.entrySet())$e.setValue(2)#end$m" => "1{k=2}";
    Skip = "skip", "Skips the first elements.", "#set($l = [1, 2, 3])$l.stream().skip(2).toList()" => "[3]";
    Sort = "sort", "Sorts a list; the comparator must be null, which the service cannot pass.", "#set($l = [2, 1])$!l.sort(1)$l" => "[2, 1]";
    Sorted = "sorted", "Sorts in natural order.", "#set($l = ['b', 'a'])$l.stream().sorted().toList()" => "[a, b]";
    Boxed = "boxed", "Converts a stream of numbers to a stream of objects.", "#set($s = 'ab')$s.chars().boxed().toList()" => "[97, 98]";
    Stream = "stream", "Returns the elements as a stream.", "#set($l = [1, 2])$l.stream().count()" => "2";
    SubList = "subList", "Returns the part from an index up to another, exclusive.", "#set($l = ['a', 'b', 'c'])$l.subList(1, 3)" => "[b, c]";
    ToArray = "toArray", "Returns the members as a Java array.", "#set($l = ['a', 'b'])$l.toArray().size()" => "2";
    ToJsonString = "toJSONString", "Returns a payload list as JSON; other lists have no such method.", "#set($l = [1])$!l.toJSONString()" => "";
    ToList = "toList", "Returns the elements as a list that cannot be changed.", "#set($l = [1, 2])$l.stream().toList()" => "[1, 2]";
    TrimToSize = "trimToSize", "Frees room, without a visible effect.", "#set($l = [1])$l.trimToSize()$l" => "[1]";
    Values = "values", "Returns the values.", "#set($m = {'k': 1, 'l': 2})$m.values()" => "[1, 2]";

    ["Numbers, booleans, classes"]
    IntValue = "intValue", "Returns the low 32 bits; a fraction is cut.", "#set($d = 2.5)$d.intValue()" => "2";
    LongValue = "longValue", "Returns the low 64 bits; a fraction is cut.", "#set($d = 2.5)$d.longValue()" => "2";
    DoubleValue = "doubleValue", "Returns the nearest double.", "#set($n = 12)$n.doubleValue()" => "12.0";
    FloatValue = "floatValue", "Returns the nearest float.", "#set($d = 0.1)$d.floatValue()" => "0.1";
    ShortValue = "shortValue", "Returns the low 16 bits.", "#set($n = 65537)$n.shortValue()" => "1";
    ByteValue = "byteValue", "Returns the low 8 bits.", "#set($n = 257)$n.byteValue()" => "1";
    BooleanValue = "booleanValue", "Returns the boolean itself.", "#set($b = true)$b.booleanValue()" => "true";
    ParseInt = "parseInt", "Parses an `int`, in base 10 or another.", "#set($n = 12)$n.parseInt('ff', 16)" => "255";
    ParseLong = "parseLong", "Parses a `long`, in base 10 or another.", "#set($n = 4294967296)$n.parseLong('99999999999')" => "99999999999";
    ParseUnsignedInt = "parseUnsignedInt", "Parses 32 bits without a sign.", "#set($n = 12)$n.parseUnsignedInt('4294967295')" => "-1";
    ParseUnsignedLong = "parseUnsignedLong", "Parses 64 bits without a sign.", "#set($n = 4294967296)$n.parseUnsignedLong('18446744073709551615')" => "-1";
    ParseShort = "parseShort", "Parses a `short`.", "#set($n = 7)#set($s = $n.shortValue())$s.parseShort('-5')" => "-5";
    ParseByte = "parseByte", "Parses a `byte`.", "#set($n = 7)#set($y = $n.byteValue())$y.parseByte('7f', 16)" => "127";
    ParseDouble = "parseDouble", "Parses a `double`.", "#set($d = 2.5)$d.parseDouble('1e3')" => "1000.0";
    ParseFloat = "parseFloat", "Parses a `float`.", "#set($d = 2.5)#set($f = $d.floatValue())$f.parseFloat('1.5')" => "1.5";
    ParseBoolean = "parseBoolean", "Checks for the text `true` in any case.", "#set($b = true)$b.parseBoolean('TRUE')" => "true";
    Decode = "decode", "Parses a whole number with its base in front: `0x1F`, `#1F`, `017`.", "#set($n = 12)$n.decode('0x1F')" => "31";
    GetInteger = "getInteger", "Returns a system property, of which there is none, or the other value.", "#set($n = 12)$n.getInteger('x', 5)" => "5";
    GetLong = "getLong", "Returns a system property, of which there is none, or the other value.", "#set($n = 4294967296)$n.getLong('x', 5)" => "5";
    GetBoolean = "getBoolean", "Checks for a system property that is true; there is none.", "#set($b = true)$b.getBoolean('x')" => "false";
    ToHexString = "toHexString", "Writes a number in base 16.", "#set($n = 12)$n.toHexString(255)" => "ff";
    ToOctalString = "toOctalString", "Writes a number in base 8.", "#set($n = 12)$n.toOctalString(8)" => "10";
    ToBinaryString = "toBinaryString", "Writes a number in base 2.", "#set($n = 12)$n.toBinaryString(5)" => "101";
    ToUnsignedString = "toUnsignedString", "Writes a number as one without a sign.", "#set($n = 12)$n.toUnsignedString(-1)" => "4294967295";
    ToUnsignedLong = "toUnsignedLong", "Converts to a `long` without a sign.", "#set($n = 12)$n.toUnsignedLong(-1)" => "4294967295";
    ToUnsignedInt = "toUnsignedInt", "Converts to an `int` without a sign.", "#set($n = 7)#set($y = $n.byteValue())$y.toUnsignedInt($y)" => "7";
    CompareUnsigned = "compareUnsigned", "Compares two numbers as ones without a sign.", "#set($n = 12)$n.compareUnsigned(-1, 1)" => "1";
    DivideUnsigned = "divideUnsigned", "Divides numbers as ones without a sign.", "#set($n = 12)$n.divideUnsigned(-1, 16)" => "268435455";
    RemainderUnsigned = "remainderUnsigned", "Returns the remainder of numbers as ones without a sign.", "#set($n = 12)$n.remainderUnsigned(-1, 16)" => "15";
    Max = "max", "Returns the larger of two.", "#set($n = 12)$n.max(1, 2)" => "2";
    Min = "min", "Returns the smaller of two.", "#set($n = 12)$n.min(1, 2)" => "1";
    Sum = "sum", "Returns the sum of two, or of a stream of numbers; it wraps around.", "#set($n = 12)$n.sum(2147483647, 1)" => "-2147483648";
    Signum = "signum", "Returns the sign: -1, 0 or 1.", "#set($n = 12)$n.signum(-5)" => "-1";
    BitCount = "bitCount", "Returns the number of bits that are set.", "#set($n = 12)$n.bitCount(7)" => "3";
    NumberOfLeadingZeros = "numberOfLeadingZeros", "Returns the number of zero bits above the highest set bit.", "#set($n = 12)$n.numberOfLeadingZeros(42)" => "26";
    NumberOfTrailingZeros = "numberOfTrailingZeros", "Returns the number of zero bits below the lowest set bit.", "#set($n = 12)$n.numberOfTrailingZeros(8)" => "3";
    HighestOneBit = "highestOneBit", "Returns the highest set bit alone.", "#set($n = 12)$n.highestOneBit(42)" => "32";
    LowestOneBit = "lowestOneBit", "Returns the lowest set bit alone.", "#set($n = 12)$n.lowestOneBit(42)" => "2";
    Reverse = "reverse", "Reverses the bits.", "#set($n = 12)$n.reverse(42)" => "1409286144";
    ReverseBytes = "reverseBytes", "Reverses the bytes.", "#set($n = 12)$n.reverseBytes(1)" => "16777216";
    RotateLeft = "rotateLeft", "Rotates the bits to the left.", "#set($n = 12)$n.rotateLeft(1, 33)" => "2";
    RotateRight = "rotateRight", "Rotates the bits to the right.", "#set($n = 12)$n.rotateRight(1, 1)" => "-2147483648";
    IsNaN = "isNaN", "Checks for NaN.", "#set($d = 2.5)$d.isNaN()" => "false";
    IsInfinite = "isInfinite", "Checks for infinity.", "#set($d = 2.5)$d.isInfinite()" => "false";
    IsFinite = "isFinite", "Checks for a number that is neither infinite nor NaN.", "#set($d = 2.5)$d.isFinite(1.5)" => "true";
    DoubleToLongBits = "doubleToLongBits", "Returns the bits of a double.", "#set($d = 2.5)$d.doubleToLongBits(1.0)" => "4607182418800017408";
    DoubleToRawLongBits = "doubleToRawLongBits", "Returns the bits of a double.", "#set($d = 2.5)$d.doubleToRawLongBits(1.0)" => "4607182418800017408";
    LongBitsToDouble = "longBitsToDouble", "Returns the double with these bits.", "#set($d = 2.5)$d.longBitsToDouble(4607182418800017408)" => "1.0";
    FloatToIntBits = "floatToIntBits", "Returns the bits of a float.", "#set($d = 2.5)#set($f = $d.floatValue())$f.floatToIntBits($f)" => "1075838976";
    FloatToRawIntBits = "floatToRawIntBits", "Returns the bits of a float.", "#set($d = 2.5)#set($f = $d.floatValue())$f.floatToRawIntBits($f)" => "1075838976";
    IntBitsToFloat = "intBitsToFloat", "Returns the float with these bits.", "#set($d = 2.5)#set($f = $d.floatValue())$f.intBitsToFloat(1065353216)" => "1.0";
    LogicalAnd = "logicalAnd", "Checks that both are true.", "#set($b = true)$b.logicalAnd(true, false)" => "false";
    LogicalOr = "logicalOr", "Checks that at least one is true.", "#set($b = true)$b.logicalOr(true, false)" => "true";
    LogicalXor = "logicalXor", "Checks that exactly one is true.", "#set($b = true)$b.logicalXor(true, true)" => "false";
    Subtract = "subtract", "Returns the difference.", "#set($g = 9223372036854775808)$g.subtract($g)" => "0";
    Multiply = "multiply", "Returns the product.", "#set($g = 9223372036854775808)$g.multiply($g)" => "85070591730234615865843651857942052864";
    Divide = "divide", "Returns the quotient; that of decimals can be rounded to a scale.", "#set($x = 9223372036854775808 * 1.5)$x.divide($x, 2, 4)" => "1.00";
    Remainder = "remainder", "Returns the remainder, with the sign of the dividend.", "#set($g = 9223372036854775808)$g.remainder($g)" => "0";
    DivideToIntegralValue = "divideToIntegralValue", "Returns the whole part of the quotient.", "#set($x = 9223372036854775808 * 1.5)$x.divideToIntegralValue($x)" => "1";
    DivideAndRemainder = "divideAndRemainder", "Returns quotient and remainder in an array.", "#set($g = 9223372036854775808)#set($both = $g.divideAndRemainder($g))$both[0]" => "1";
    Mod = "mod", "Returns the remainder, never negative.", "#set($g = 9223372036854775808)$g.mod($g)" => "0";
    Pow = "pow", "Returns a power.", "#set($g = 9223372036854775808)$g.pow(2)" => "85070591730234615865843651857942052864";
    ModPow = "modPow", "Returns the remainder of a power.", "#set($g = 9223372036854775808)$g.modPow($g, $g)" => "0";
    ModInverse = "modInverse", "Returns the inverse in modular arithmetic.", "#set($g = 9223372036854775808)#set($h = $g + 1)$g.modInverse($h)" => "9223372036854775808";
    Gcd = "gcd", "Returns the greatest common divisor.", "#set($g = 9223372036854775808)$g.gcd($g)" => "9223372036854775808";
    Abs = "abs", "Returns the absolute value.", "#set($g = 9223372036854775808)$g.abs()" => "9223372036854775808";
    Negate = "negate", "Returns the number with the other sign.", "#set($g = 9223372036854775808)$g.negate()" => "-9223372036854775808";
    Plus = "plus", "Returns the number itself.", "#set($x = 9223372036854775808 * 1.5)$x.plus()" => "13835058055282163712.0";
    Sqrt = "sqrt", "Returns the square root, of whole numbers its whole part.", "#set($g = 9223372036854775808)$g.sqrt()" => "3037000499";
    SqrtAndRemainder = "sqrtAndRemainder", "Returns the square root and the rest in an array.", "#set($g = 9223372036854775808)#set($both = $g.sqrtAndRemainder())$both[0]" => "3037000499";
    BitLength = "bitLength", "Returns the number of bits without the sign.", "#set($g = 9223372036854775808)$g.bitLength()" => "64";
    GetLowestSetBit = "getLowestSetBit", "Returns the position of the lowest set bit, or -1.", "#set($g = 9223372036854775808)$g.getLowestSetBit()" => "63";
    TestBit = "testBit", "Checks for a set bit.", "#set($g = 9223372036854775808)$g.testBit(63)" => "true";
    SetBit = "setBit", "Sets a bit.", "#set($g = 9223372036854775808)$g.setBit(0)" => "9223372036854775809";
    ClearBit = "clearBit", "Clears a bit.", "#set($g = 9223372036854775808)$g.clearBit(63)" => "0";
    FlipBit = "flipBit", "Flips a bit.", "#set($g = 9223372036854775808)$g.flipBit(63)" => "0";
    ShiftLeft = "shiftLeft", "Shifts the bits to the left.", "#set($g = 9223372036854775808)$g.shiftLeft(1)" => "18446744073709551616";
    ShiftRight = "shiftRight", "Shifts the bits to the right.", "#set($g = 9223372036854775808)$g.shiftRight(60)" => "8";
    And = "and", "Returns the bits that both have.", "#set($g = 9223372036854775808)$g.and($g)" => "9223372036854775808";
    Or = "or", "Returns the bits that at least one has.", "#set($g = 9223372036854775808)$g.or($g)" => "9223372036854775808";
    Xor = "xor", "Returns the bits that exactly one has.", "#set($g = 9223372036854775808)$g.xor($g)" => "0";
    Not = "not", "Flips all bits.", "#set($g = 9223372036854775808)$g.not()" => "-9223372036854775809";
    AndNot = "andNot", "Returns the bits that only the first has.", "#set($g = 9223372036854775808)$g.andNot($g)" => "0";
    IsProbablePrime = "isProbablePrime", "Checks for a prime number, very likely.", "#set($g = 9223372036854775808)$g.isProbablePrime(10)" => "false";
    NextProbablePrime = "nextProbablePrime", "Returns the next prime number, very likely.", "#set($g = 9223372036854775808)$g.nextProbablePrime()" => "9223372036854775837";
    ToByteArray = "toByteArray", "Returns the bytes, the highest first.", "#set($g = 9223372036854775808)#set($bytes = $g.toByteArray())$bytes[1]" => "-128";
    IntValueExact = "intValueExact", "Returns the `int`, or throws if it does not fit.", "#set($n = 9223372036854775808 - 9223372036854775807)$n.intValueExact()" => "1";
    LongValueExact = "longValueExact", "Returns the `long`, or throws if it does not fit.", "#set($n = 9223372036854775808 - 9223372036854775807)$n.longValueExact()" => "1";
    ShortValueExact = "shortValueExact", "Returns the `short`, or throws if it does not fit.", "#set($n = 9223372036854775808 - 9223372036854775807)$n.shortValueExact()" => "1";
    ByteValueExact = "byteValueExact", "Returns the `byte`, or throws if it does not fit.", "#set($n = 9223372036854775808 - 9223372036854775807)$n.byteValueExact()" => "1";
    Scale = "scale", "Returns the number of digits after the point.", "#set($x = 9223372036854775808 * 1.5)$x.scale()" => "1";
    Precision = "precision", "Returns the number of digits.", "#set($x = 9223372036854775808 * 1.5)$x.precision()" => "21";
    UnscaledValue = "unscaledValue", "Returns all digits without the point.", "#set($x = 9223372036854775808 * 1.5)$x.unscaledValue()" => "138350580552821637120";
    SetScale = "setScale", "Sets the number of digits after the point; the second number is the rounding mode.", "#set($x = 9223372036854775808 * 1.5)$x.setScale(2)" => "13835058055282163712.00";
    StripTrailingZeros = "stripTrailingZeros", "Removes zeros at the end.", "#set($x = 9223372036854775808 * 1.5)$x.stripTrailingZeros()" => "13835058055282163712";
    Ulp = "ulp", "Returns one unit in the last place.", "#set($x = 9223372036854775808 * 1.5)$x.ulp()" => "0.1";
    MovePointLeft = "movePointLeft", "Moves the point to the left.", "#set($x = 9223372036854775808 * 1.5)$x.movePointLeft(3)" => "13835058055282163.7120";
    MovePointRight = "movePointRight", "Moves the point to the right.", "#set($x = 9223372036854775808 * 1.5)$x.movePointRight(3)" => "13835058055282163712000";
    ScaleByPowerOfTen = "scaleByPowerOfTen", "Multiplies by a power of ten.", "#set($x = 9223372036854775808 * 1.5)$x.scaleByPowerOfTen(3)" => "1.38350580552821637120E+22";
    ToBigInteger = "toBigInteger", "Returns the whole part.", "#set($x = 9223372036854775808 * 1.5)$x.toBigInteger()" => "13835058055282163712";
    ToBigIntegerExact = "toBigIntegerExact", "Returns the whole number, or throws if there is a fraction.", "#set($x = 9223372036854775808 * 1.5)$x.toBigIntegerExact()" => "13835058055282163712";
    ToPlainString = "toPlainString", "Writes the number without an exponent.", "#set($x = 9223372036854775808 * 1.5)$x.toPlainString()" => "13835058055282163712.0";
    ToEngineeringString = "toEngineeringString", "Writes the number with an exponent that is a multiple of three.", "#set($x = 9223372036854775808 * 1.5)#set($y = $x.scaleByPowerOfTen(5))$y.toEngineeringString()" => "1.38350580552821637120E+24";
    GetName = "getName", "Returns the full name of a class, or the name of a loop.", "#set($n = 12)$n.class.getName()" => "java.lang.Integer";
    GetSimpleName = "getSimpleName", "Returns the short name of a class; the service does not have it.", "#set($n = 12)$n.class.getSimpleName()" => "Integer";
}
