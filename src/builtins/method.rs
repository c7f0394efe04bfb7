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
    Stream = "stream" / 0..=0, "The elements of a collection as a stream.", "#set($l = [1, 2])$l.stream().count()" => "2";
    SubList = "subList" / 2..=2, "The part from an index up to another, which it leaves out.", "#set($l = ['a', 'b', 'c'])$l.subList(1, 3)" => "[b, c]";
    ToArray = "toArray" / 0..=99, "A Java array of the members.", "#set($l = ['a', 'b'])$l.toArray().size()" => "2";
    ToJsonString = "toJSONString" / 0..=1, "A payload list as JSON; other lists have no such method.", "#set($l = [1])$!l.toJSONString()" => "";
    ToList = "toList" / 0..=0, "The elements of a stream as a list that cannot be changed.", "#set($l = [1, 2])$l.stream().toList()" => "[1, 2]";
    TrimToSize = "trimToSize" / 0..=0, "Frees room; nothing to be seen.", "#set($l = [1])$l.trimToSize()$l" => "[1]";
    Values = "values" / 0..=0, "The values of a map.", "#set($m = {'k': 1, 'l': 2})$m.values()" => "[1, 2]";

    // Numbers and booleans.
}
