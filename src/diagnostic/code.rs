//! The table of diagnostic codes: number, name, severity and title of each.
//!
//! One row per code, in the order of the numbers. The enum, its names, `docs/codes.md` and
//! `vtl explain` are made from it. A number that shipped is never used again.

use super::severity::Severity::{self, Advice, Error, Warning};
use std::fmt;
use std::str::FromStr;

macro_rules! codes {
    ($($variant:ident = $number:literal, $name:literal, $severity:ident, $title:literal;)*) => {
        /// A stable code for each kind of diagnostic.
        ///
        /// | Range | Meaning |
        /// | --- | --- |
        /// | `V0xx` | syntax of a template |
        /// | `V1xx` | running a template |
        /// | `V2xx` | payloads and JSONPaths |
        /// | `V3xx` | limits |
        /// | `V4xx` | an integration while a call runs |
        /// | `V5xx` | reading a document |
        /// | `V6xx` | the configuration of an integration |
        /// | `V7xx` | rules of `vtl check` |
        /// | `V8xx` | tests of `vtl test` |
        /// | `V9xx` | the input of a command |
        ///
        /// ```
        /// let error = vtl::Template::parse("#if(true)").unwrap_err();
        /// assert_eq!(error.code().as_str(), "V002");
        /// assert_eq!(error.code().name(), "unclosed-block");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code { $(#[doc = concat!("`", $number, "` `", $name, "`: ", $title, ".")] $variant,)* }

        impl Code {
            /// Lists every code in the order of its number.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// Returns the number as it is printed, such as `V001`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $number,)* }
            }

            /// Returns the name in kebab case, such as `syntax-error`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// Returns the severity that a diagnostic of this code has unless its maker says
            /// otherwise.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Code::$variant => $severity,)* }
            }

            /// Returns a description of the problem in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }
        }
    };
}

codes! {
    Syntax = "V001", "syntax-error", Error, "the template does not parse";
    Unclosed = "V002", "unclosed-block", Error, "a block is not closed by `#end`";
    StrayEnd = "V003", "stray-end", Error, "an `#end`, `#else` or `#elseif` without a block";
    LoneMark = "V004", "lone-mark", Error, "a `$` or `#` at the very end of the template";
    BadArguments = "V005", "bad-arguments", Error, "a directive has the wrong arguments";
    BadString = "V006", "bad-string", Error, "the text inside a double-quoted string does not parse";

    JavaException = "V101", "java-exception", Error, "a Java method threw an exception";
    OutOfBounds = "V102", "out-of-bounds", Error, "an index is out of range";
    NoResource = "V103", "no-resource", Error, "`#include` and `#parse` have nothing to load";
    BadPattern = "V104", "bad-pattern", Error, "a regular expression does not compile";
    Evaluate = "V105", "bad-evaluate", Error, "the text given to `#evaluate` does not parse";
    Modified = "V106", "concurrent-modification", Error, "a collection was changed while a loop or iterator ran over it";
    BadScope = "V107", "bad-scope", Error, "`#break` was given something that is no scope";
    BadMacroArgument = "V108", "bad-macro-argument", Error, "a macro call has an argument that is a bare word";
    Unsupported = "V109", "unsupported-java", Error, "a Java feature that this engine does not have";

    NullReference = "V150", "null-reference", Warning, "a reference resolves to nothing";
    UnknownMethod = "V151", "no-such-method", Warning, "no method of that name and these arguments";
    UnknownProperty = "V152", "no-such-property", Warning, "no property of that name";
    IgnoredSet = "V153", "ignored-set", Warning, "a `#set` had no effect";
    NullOperand = "V154", "null-operand", Warning, "an operand is null or no number";
    NotIterable = "V155", "not-iterable", Warning, "`#foreach` over something that is no collection";
    MacroAsText = "V156", "macro-as-text", Warning, "a macro call, `#evaluate` or `#return` prints as text here";
    NoSuchMacro = "V157", "no-such-macro", Warning, "a call of an unknown macro prints as text";
    LoopCut = "V158", "loop-cut", Warning, "a `#foreach` stopped at the loop limit";
    Recursion = "V159", "recursion-cut", Warning, "a `#define` block stopped at its recursion limit";
    JavaForm = "V160", "java-form", Warning, "a map or list prints in Java's form, which is not JSON";

    BadPath = "V201", "bad-jsonpath", Error, "a JSONPath does not compile";
    PathFailed = "V202", "jsonpath-failed", Error, "a JSONPath could not be evaluated";
    BadPayload = "V203", "bad-payload", Error, "the payload cannot be read as JSON";
    PathNotFound = "V250", "path-not-found", Advice, "a JSONPath found nothing";

    SourceLimit = "V301", "source-limit", Error, "the template is larger than allowed";
    NestingLimit = "V302", "nesting-limit", Error, "an expression is nested too deeply";
    StepLimit = "V303", "step-limit", Error, "the work takes too many steps";
    OutputLimit = "V304", "output-limit", Error, "the output is larger than allowed";
    MemoryLimit = "V305", "memory-limit", Error, "the work needs more memory than allowed";
    DepthLimit = "V306", "depth-limit", Error, "calls or data are nested too deeply";
    LoopLimit = "V307", "loop-limit-reached", Error, "a `#foreach` ran into the loop limit";
    PatternLimit = "V308", "pattern-limit", Error, "a regular expression backtracked too much";
    Cancelled = "V309", "cancelled", Error, "the caller cancelled the work";
    TimeLimit = "V310", "time-limit", Error, "the work took longer than allowed";

    Configuration = "V401", "configuration-error", Error, "the integration is not configured soundly";
    Backend = "V402", "backend-failed", Error, "the backend failed";
    Mapping = "V403", "mapping-failed", Error, "a parameter mapping cannot be applied";
    Request = "V404", "request-refused", Error, "the request is refused";
    Conversion = "V405", "conversion-failed", Error, "a payload cannot be converted as asked";
    NoRoute = "V406", "no-route", Error, "no method or route takes the request";
    MalformedResult = "V407", "malformed-lambda-result", Error, "a Lambda function returned something that its integration cannot use";
    NoResponse = "V408", "no-matching-response", Error, "no integration response takes the backend's response";
    SeveralResponses = "V409", "several-matching-responses", Warning, "several integration responses match the backend's response";
    NotAuthorized = "V410", "not-authorized", Error, "an authorizer does not let the request pass";
    NotCalled = "V411", "not-called", Advice, "no backend was given, so nothing was called";
    NoApiKey = "V412", "no-api-key", Advice, "the method needs an API key and the request has none";

    MalformedJson = "V501", "malformed-json", Error, "a JSON document does not parse";
    MalformedYaml = "V502", "malformed-yaml", Error, "a YAML document does not parse";
    MalformedHcl = "V503", "malformed-hcl", Error, "a Terraform file does not parse";
    MalformedCommand = "V504", "malformed-command", Error, "a command of the AWS CLI does not parse";
    UnknownDocument = "V505", "unknown-document", Error, "a document has no API Gateway integration";
    UnsupportedDocument = "V506", "unsupported-document", Error, "a document is of a kind that cannot be loaded";
    DocumentLimit = "V507", "document-limit", Error, "a document is larger or deeper than allowed";
    CircularReference = "V508", "circular-reference", Error, "a value of a document refers to itself";
    WrongShape = "V509", "wrong-shape", Error, "a document is a list or a scalar instead of a map";
    MissingReference = "V520", "missing-reference", Error, "a `$ref` leads to nothing";
    UnknownIntegration = "V521", "unknown-integration", Advice, "an integration is known only after deployment";
    UnknownValue = "V522", "unknown-value", Advice, "a value is known only after deployment";
    UnknownBody = "V523", "unknown-body", Advice, "the OpenAPI document of an API is not known";
    UnreadableFile = "V524", "unreadable-file", Warning, "a file that the document refers to cannot be read";
    OrphanIntegration = "V525", "orphan-integration", Advice, "an integration without a method in the document";
    MissingIntegration = "V526", "missing-integration", Advice, "the integration of a route is not in the document";
    IgnoredCommand = "V527", "ignored-command", Advice, "a command of the AWS CLI is not supported";
    UnknownField = "V528", "unknown-property", Warning, "a property, block or resource does not exist";
    UnresolvedName = "V529", "unresolved-name", Error, "a reference names nothing that the document has";
    UnreadPart = "V530", "unread-part", Advice, "a part of the document is not read, and may have integrations";
    UndeclaredValue = "V531", "undeclared-value", Error, "a value is given for a parameter that the document does not have";
    DisallowedValue = "V532", "disallowed-value", Error, "a value of a parameter is not one that its declaration allows";
    DuplicateKey = "V533", "duplicate-key", Warning, "a document has a key or a block twice";
    InvalidSubName = "V534", "invalid-sub-name", Error, "`Fn::Sub` has a name that CloudFormation refuses";
    UnknownCondition = "V535", "unknown-condition", Error, "a CloudFormation template does not declare a condition";
    FailedExpression = "V536", "failed-expression", Warning, "an expression of Terraform fails";

    NoIntegration = "V601", "no-integration", Error, "the method has no integration";
    UnsupportedType = "V602", "unsupported-integration-type", Error, "the kind of API has no integrations of this type";
    UnsupportedProperty = "V603", "unsupported-property", Error, "the kind of API has no such property";
    InvalidHttpMethod = "V604", "invalid-http-method", Error, "the HTTP method of the integration is missing or unknown";
    LambdaNeedsPost = "V605", "lambda-needs-post", Error, "a Lambda function is invoked with a method other than POST";
    InvalidUri = "V606", "invalid-uri", Error, "the URI of the integration is not one that the service can call";
    InvalidConnection = "V607", "invalid-connection", Error, "a VPC link that the integration cannot have, or that is missing";
    InvalidCredentials = "V608", "invalid-credentials", Error, "the credentials of the integration are missing or not an ARN";
    TimeoutOutOfRange = "V609", "timeout-out-of-range", Error, "the timeout of the integration is out of range";
    InvalidTransferMode = "V610", "invalid-transfer-mode", Error, "response streaming where the integration cannot stream";
    InvalidMapping = "V611", "invalid-mapping-expression", Error, "the source or target of a parameter mapping is invalid";
    UndeclaredParameter = "V612", "undeclared-parameter", Error, "a mapping uses a parameter that the method does not declare";
    DuplicateParameter = "V613", "duplicate-parameter", Error, "parameters of one name in query string, header or path";
    InvalidContentType = "V614", "invalid-content-type", Error, "the key of a template is not a media type";
    InvalidStatus = "V615", "invalid-status-code", Error, "a status code is out of range or not a number";
    UndeclaredStatus = "V616", "undeclared-status", Error, "an integration response has a status that the method does not declare";
    InvalidSelectionPattern = "V617", "invalid-selection-pattern", Error, "the pattern of an integration response does not compile";
    InvalidResponseKey = "V618", "invalid-response-key", Error, "the key of an integration response is neither `$default` nor a pattern";
    InvalidSelectionExpression = "V619", "invalid-selection-expression", Error, "a selection expression does not parse";
    InvalidSubtype = "V620", "invalid-integration-subtype", Error, "a service call that does not exist or does not fit the integration";
    MissingParameter = "V621", "missing-service-parameter", Error, "a service call lacks a required parameter";
    UnknownParameter = "V622", "unknown-service-parameter", Error, "a service call has no such parameter";
    InvalidPayloadFormat = "V623", "invalid-payload-format", Error, "the payload format version is missing or does not fit the backend";
    ValueTooLong = "V624", "value-too-long", Error, "a value is longer than the service allows";
    InvalidGatewayResponse = "V625", "invalid-gateway-response", Error, "a gateway response of an unknown type";
    DuplicateSelectionPattern = "V626", "duplicate-selection-pattern", Error, "two integration responses have one selection pattern";
    MissingType = "V650", "missing-type", Error, "an integration has no type";
    InvalidEnumValue = "V651", "invalid-enum-value", Error, "a property has none of the values that the service knows";
    InvalidTimeout = "V652", "invalid-timeout", Error, "a timeout is not a number of milliseconds";
    WrongValueType = "V653", "wrong-value-type", Error, "a property has a value of the wrong type";
    TooManyEntries = "V654", "too-many-entries", Error, "a table has more entries than are supported";
    MissingPassthrough = "V655", "missing-passthrough-behavior", Advice, "Terraform wants `passthrough_behavior` beside `request_templates`";
    NonTextValue = "V656", "non-text-value", Warning, "an import leaves out a value that is no string";
    UnknownValidator = "V657", "unknown-validator", Error, "a request validator that the document does not have";
    InvalidSchemaType = "V658", "invalid-schema-type", Error, "a schema has a type that does not exist";
    InvalidBinaryType = "V659", "invalid-binary-type", Error, "a binary media type has no slash";
    LongTimeout = "V660", "long-timeout", Advice, "a timeout needs a raised quota";
    UnusedTemplates = "V661", "unused-templates", Warning, "a proxy integration has request templates";
    UnusedResponses = "V662", "unused-responses", Warning, "a proxy integration has responses";
    NoResponses = "V663", "no-responses", Warning, "an integration has no response";
    MockWithoutTemplate = "V664", "mock-without-template", Warning, "a mock has no request template";
    MockWithUri = "V665", "mock-with-uri", Advice, "a mock has a URI";
    UnusedConnection = "V666", "unused-connection", Warning, "a connection is not used";
    UndeclaredPathParameter = "V667", "undeclared-path-parameter", Advice, "a mapping uses a parameter of the path that the method does not declare";
    UnusableResponse = "V668", "unusable-response", Warning, "an integration response that fails when it is chosen";

    UnknownVariable = "V701", "unknown-variable", Warning, "a reference that nothing sets";
    UnknownUtil = "V702", "unknown-util", Error, "`$util` has no function of that name";
    UnknownInput = "V703", "unknown-input", Warning, "`$input` has no member of that name";
    UnknownContext = "V704", "unknown-context", Warning, "`$context` has no variable of that name";
    UnknownStageVariable = "V705", "unknown-stage-variable", Warning, "a stage variable that the stage does not define";
    UnknownRequestParameter = "V706", "unknown-parameter", Advice, "a request parameter that the method does not know";
    UnknownJavaMethod = "V707", "unknown-method", Warning, "no value of this kind has a method of that name";
    UnknownMacro = "V708", "unknown-macro", Error, "a macro or directive that the service does not have";
    RootReassigned = "V709", "root-reassigned", Warning, "a `#set` hides `$input`, `$util`, `$context` or `$stageVariables`";

    InvalidJson = "V720", "invalid-json", Error, "the output cannot be JSON";
    CommaInLoop = "V721", "comma-in-loop", Error, "the turns of a `#foreach` leave a comma too many or too few";
    UnescapedInString = "V722", "unescaped-in-string", Warning, "client data in a JSON string without escaping";
    ApostropheEscape = "V723", "apostrophe-escape", Warning, "`escapeJavaScript` writes an apostrophe as JSON does not allow it";
    JsonInQuotes = "V724", "json-in-quotes", Warning, "the JSON of `$input.json` stands in quotes";
    BareReference = "V725", "bare-reference", Warning, "a value that may be missing or a text stands in JSON without quotes";
    PrintsJavaMap = "V726", "prints-java-map", Warning, "a map or list prints in Java's form";
    FormNewline = "V727", "form-newline", Warning, "a line end or an unencoded value in a form";
    MockStatusCode = "V728", "mock-status-code", Error, "the request template of a mock gives no status code that a response takes";
    OutputMatchesModel = "V729", "output-matches-model", Warning, "the output does not satisfy the model of the method response";

    MissingIsTrue = "V740", "missing-is-true", Warning, "a value that is missing counts as true";
    StringNumber = "V741", "string-number", Warning, "a string is calculated or ordered with a number";
    QuoteInString = "V742", "quote-in-string", Error, "a backslash does not escape a quote in a literal";
    AssignsNothing = "V743", "assigns-nothing", Advice, "a `#set` from nothing keeps the old value";
    UnusedVariable = "V744", "unused-variable", Advice, "a variable is set and never read";
    LoopOverLimit = "V745", "loop-limit", Advice, "a loop may have more turns than the service runs";
    OverrideUnmapped = "V746", "override-unmapped", Warning, "an override that the service does not send";

    BinaryMock = "V760", "binary-mock", Error, "every body is binary, so that the template fails";
    DuplicatePattern = "V761", "duplicate-pattern", Error, "two integration responses have the same selection pattern";
    PatternNeverMatches = "V762", "pattern-never-matches", Warning, "a selection pattern that matches no status";
    OnlyDefaultResponse = "V763", "only-default-response", Advice, "errors of the backend come out as success";
    StaticMapping = "V764", "static-mapping", Warning, "a mapping expression stands in quotes and is sent as it is";
    StaticNotEncoded = "V765", "static-not-encoded", Error, "a static path or query value is not percent-encoded";
    UriNotEncoded = "V766", "uri-not-encoded", Error, "a character of the URI must be percent-encoded";
    TemplateNeverUsed = "V767", "template-never-used", Warning, "no request selects the template";
    PassthroughOpen = "V768", "passthrough-open", Advice, "bodies of other media types go through as they are";
    TerraformDashPattern = "V769", "terraform-dash-pattern", Warning, "the pattern `-` is not the default response";
    SubTakesReference = "V770", "sub-takes-reference", Error, "`Fn::Sub` takes a reference of the template for its own";
    CorsIncomplete = "V771", "cors-incomplete", Warning, "a preflight answer lacks a method of the path";
    HeaderNotSent = "V772", "header-not-sent", Warning, "a header that a mapping cannot set";
    UriVariableUnmapped = "V773", "uri-variable-unmapped", Warning, "a variable of the URI that no mapping gives a value";
    UnknownContextMapping = "V774", "unknown-context-mapping", Warning, "a mapping from a variable that `context` does not have";

    UnusedSuppression = "V790", "unused-suppression", Advice, "a suppression that suppresses nothing";
    UnknownRule = "V791", "unknown-rule", Warning, "a suppression or setting names a rule that does not exist";

    MalformedTestFile = "V801", "malformed-test-file", Error, "a test file does not parse";
    WrongTest = "V802", "wrong-test", Error, "a test has a wrong value, or lacks what it needs to run";
    UnknownTestKey = "V803", "unknown-test-key", Error, "a test file has a key that does not exist";
    SameTestName = "V804", "same-test-name", Error, "two tests of a file have the same name";
    UnreadableTestInput = "V805", "unreadable-test-input", Error, "a file that a test names cannot be read";
    NoTests = "V806", "no-tests", Error, "no test was found, or none was selected";
    InaccessibleSnapshot = "V807", "inaccessible-snapshot", Error, "a snapshot cannot be read or written";
    OutputDiffers = "V810", "output-differs", Error, "a text is not the expected one";
    JsonDiffers = "V811", "json-differs", Error, "a text is no JSON, or not the expected one";
    AssertionFailed = "V812", "assertion-failed", Error, "an assertion does not hold";
    SchemaViolated = "V813", "schema-violated", Error, "a text does not satisfy its JSON Schema";
    NotesDiffer = "V814", "notes-differ", Error, "the notes are not the expected ones";
    ErrorDiffers = "V815", "error-differs", Error, "an expected error did not occur, or another one did";
    AnswerDiffers = "V816", "answer-differs", Error, "the status, a header or another part of a message is not the expected one";
    BackendCallDiffers = "V817", "backend-call-differs", Error, "the backend is called and must not be, or the reverse";
    LogDiffers = "V818", "log-differs", Error, "the execution log is not the expected one";
    SnapshotDiffers = "V820", "snapshot-differs", Error, "a result is not the stored snapshot";
    SnapshotMissing = "V821", "snapshot-missing", Error, "there is no snapshot of a result yet";
    UnreferencedSnapshot = "V822", "unreferenced-snapshot", Warning, "no test has this snapshot";
    TodoPasses = "V823", "todo-passes", Error, "a test that is marked as `todo` passes";
    CoverageMissed = "V824", "coverage-missed", Error, "the tests cover less than asked for";

    WrongUsage = "V901", "wrong-usage", Error, "flags or arguments are wrong, missing or do not go together";
    UnreadableInput = "V902", "unreadable-input", Error, "an input file cannot be read, or is no UTF-8";
    MalformedInput = "V903", "malformed-input", Error, "an input file is no JSON, or not of the expected shape";
    UnknownKey = "V904", "unknown-key", Error, "an input file has a key that nothing reads";
    NoSuchPart = "V905", "no-such-part", Error, "the document has no API, route or template of that name";
    AmbiguousChoice = "V906", "ambiguous-choice", Error, "several parts of the document fit the flags";
    UnwritableOutput = "V907", "unwritable-output", Error, "the output cannot be written";
}

impl Code {
    /// Returns the HTTP status with which the service answers a call that fails with this code: 400 for
    /// a payload that is no JSON and for a refused request, 500 for any other error of a template or an
    /// integration. Returns `None` for codes that fail no call. A text that `$util.parseJson` cannot read
    /// is answered with 500 all the same, and a backend that fails with 500, 502 or 504.
    ///
    /// ```
    /// use vtl::Code;
    /// assert_eq!(Code::BadPayload.http_status(), Some(400));
    /// assert_eq!(Code::JavaException.http_status(), Some(500));
    /// assert_eq!(Code::NullReference.http_status(), None);
    /// ```
    #[must_use]
    pub fn http_status(self) -> Option<u16> {
        match self {
            Code::BadPayload | Code::Request => Some(400),
            _ if self.severity() == Severity::Error && self.as_str() < "V500" => Some(500),
            _ => None,
        }
    }

    /// Returns the code of a number such as `V001` or a name such as `syntax-error`; case does not
    /// matter. Returns `None` for anything else.
    ///
    /// ```
    /// use vtl::Code;
    /// assert_eq!(Code::from_name("v002"), Some(Code::Unclosed));
    /// assert_eq!(Code::from_name("unclosed-block"), Some(Code::Unclosed));
    /// assert_eq!(Code::from_name("V999"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Code> {
        let is_it = |code: &&Code| code.as_str().eq_ignore_ascii_case(name) || code.name().eq_ignore_ascii_case(name);
        Code::ALL.iter().find(is_it).copied()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The error of parsing a [`Code`]: no code has that number or name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode(pub String);

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown code `{}`: give a number such as V001 or a name such as syntax-error", self.0)
    }
}

impl std::error::Error for UnknownCode {}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Code, UnknownCode> {
        Code::from_name(text).ok_or_else(|| UnknownCode(text.to_owned()))
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
