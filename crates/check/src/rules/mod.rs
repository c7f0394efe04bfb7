//! The rules: one table, one file a rule.
//!
//! To add a rule: a row in `vtl::diagnostic`'s table of codes, a file here with the function, whose doc
//! comment is its page (behind the first paragraph), a row in [`RULES`], fixtures in `tests/rules`, and
//! `UPDATE=1 cargo test -p vtl-check --test rules`, which writes the pages for `vtl explain`.

use crate::analysis::Template;
use crate::subject::Integrated;
use crate::tally::Findings;
use vtl::Code;

macro_rules! rules {
    ($($file:ident: $code:ident, $category:ident, $form:ident($function:path);)*) => {
        $(mod $file;)*

        /// All rules, in the order of their codes.
        pub const RULES: &[Rule] = &[$(Rule {
            code: Code::$code,
            category: Category::$category,
            check: Check::$form($function),
        }),*];
    };
}

/// The subject of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Category {
    /// Names that do not exist.
    Names,
    /// The output and its reader.
    Output,
    /// Conditions and values.
    Values,
    /// The integration around the templates.
    Integration,
}

impl Category {
    /// Returns the word for the category.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Category::Names => "names",
            Category::Output => "output",
            Category::Values => "values",
            Category::Integration => "integration",
        }
    }
}

/// A rule.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// Code, which has the name, the usual severity and the page.
    pub code: Code,
    /// Subject of the rule.
    pub category: Category,
    pub(crate) check: Check,
}

/// The function of a rule.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
    /// Judges a template.
    Template(fn(&Template<'_, '_>, &mut Findings<'_>)),
    /// Judges an integration.
    Integration(fn(&Integrated<'_>, &mut Findings<'_>)),
}

rules! {
    unknown_variable: UnknownVariable, Names, Template(unknown_variable::check);
    unknown_util: UnknownUtil, Names, Template(unknown_util::check);
    unknown_input: UnknownInput, Names, Template(unknown_input::check);
    unknown_context: UnknownContext, Names, Template(unknown_context::check);
    unknown_stage_variable: UnknownStageVariable, Names, Template(unknown_stage_variable::check);
    unknown_parameter: UnknownRequestParameter, Names, Template(unknown_parameter::check);
    unknown_method: UnknownJavaMethod, Names, Template(unknown_method::check);
    unknown_macro: UnknownMacro, Names, Template(unknown_macro::check);
    root_reassigned: RootReassigned, Names, Template(root_reassigned::check);

    invalid_json: InvalidJson, Output, Template(invalid_json::check);
    comma_in_loop: CommaInLoop, Output, Template(comma_in_loop::check);
    unescaped_in_string: UnescapedInString, Output, Template(unescaped_in_string::check);
    apostrophe_escape: ApostropheEscape, Output, Template(apostrophe_escape::check);
    json_in_quotes: JsonInQuotes, Output, Template(json_in_quotes::check);
    bare_reference: BareReference, Output, Template(bare_reference::check);
    prints_java_map: PrintsJavaMap, Output, Template(prints_java_map::check);
    form_newline: FormNewline, Output, Template(form_newline::check);
    mock_status_code: MockStatusCode, Output, Template(mock_status_code::check);
    output_matches_model: OutputMatchesModel, Output, Template(output_matches_model::check);

    missing_is_true: MissingIsTrue, Values, Template(missing_is_true::check);
    string_number: StringNumber, Values, Template(string_number::check);
    assigns_nothing: AssignsNothing, Values, Template(assigns_nothing::check);
    unused_variable: UnusedVariable, Values, Template(unused_variable::check);
    loop_limit: LoopOverLimit, Values, Template(loop_limit::check);
    override_unmapped: OverrideUnmapped, Values, Template(override_unmapped::check);

    binary_mock: BinaryMock, Integration, Integration(binary_mock::check);
    duplicate_pattern: DuplicatePattern, Integration, Integration(duplicate_pattern::check);
    pattern_never_matches: PatternNeverMatches, Integration, Integration(pattern_never_matches::check);
    only_default_response: OnlyDefaultResponse, Integration, Integration(only_default_response::check);
    static_mapping: StaticMapping, Integration, Integration(static_mapping::check);
    static_not_encoded: StaticNotEncoded, Integration, Integration(static_not_encoded::check);
    uri_not_encoded: UriNotEncoded, Integration, Integration(uri_not_encoded::check);
    template_never_used: TemplateNeverUsed, Integration, Integration(template_never_used::check);
    passthrough_open: PassthroughOpen, Integration, Integration(passthrough_open::check);
    terraform_dash_pattern: TerraformDashPattern, Integration, Integration(terraform_dash_pattern::check);
    sub_takes_reference: SubTakesReference, Integration, Template(sub_takes_reference::check);
    cors_incomplete: CorsIncomplete, Integration, Integration(cors_incomplete::check);
    header_not_sent: HeaderNotSent, Integration, Integration(header_not_sent::check);
    uri_variable_unmapped: UriVariableUnmapped, Integration, Integration(uri_variable_unmapped::check);
    unknown_context_mapping: UnknownContextMapping, Integration, Integration(unknown_context_mapping::check);
}

pub(crate) mod quote_in_string;
