//! Values of parameters: those that CloudFormation refuses, and files of them.

use vtl_loaders::{Document, File, LoadError, Options, load};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const TEMPLATE: &str = "Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod], Default: dev}
  Zones: {Type: CommaDelimitedList, AllowedValues: [a, b], Default: 'a,b'}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: !Sub 'pets-${Stage}'}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      Integration: {Type: HTTP_PROXY, IntegrationHttpMethod: GET, Uri: 'https://a.test/'}
";

fn with(options: Options<'_>) -> Result<Document, LoadError> {
    load(&[File::new("template.yaml", TEMPLATE)], &options)
}

fn findings(document: &Document) -> Vec<String> {
    document.diagnostics().iter().map(|found| found.to_string()).collect()
}

// CloudFormation: "Parameter 'Stage' must be one of AllowedValues", "Parameters: [X] do not exist in
// the template". cases/README.md, newcomer.
#[test]
fn values_that_cloudformation_refuses_are_problems() -> Outcome {
    assert_eq!(findings(&with(Options::new())?), Vec::<String>::new());
    assert_eq!(
        findings(&with(Options::new().parameters([("Stage", "prod"), ("AWS::Region", "x")]))?),
        Vec::<String>::new()
    );
    let wrong =
        with(Options::new().parameters([("Stage", "test"), ("Zones", "a, c"), ("Stgae", "dev")]))?.diagnostics();
    let found: Vec<String> = wrong.iter().map(|found| found.to_string()).collect();
    assert_eq!(
        found,
        [
            "template.yaml:2:3: error[V531]: a value is given for the parameter Stgae, which the template does not declare",
            "template.yaml:2:40: error[V532]: test is none of the allowed values of the parameter Stage",
            "template.yaml:3:52: error[V532]: c is none of the allowed values of the parameter Zones",
        ]
    );
    assert_eq!(wrong[0].help.as_deref(), Some("did you mean Stage?"));
    assert_eq!(wrong[1].help.as_deref(), Some("allowed: dev, prod"));
    Ok(())
}

// "Parameters": bounds of numbers and of the length of strings.
#[test]
fn values_beyond_their_bounds_are_problems() -> Outcome {
    let template = "Parameters:
  N: {Type: Number, MinValue: 3, MaxValue: 9, Default: 5}
  S: {Type: String, MinLength: 2, MaxLength: 3, Default: abc}
Resources: {}
";
    for (name, value, wrong) in [
        ("N", "5", None),
        ("N", "1", Some("1 is below the least value of the parameter N, 3")),
        ("N", "10", Some("10 is above the greatest value of the parameter N, 9")),
        ("N", "x", Some("x is no number, as the parameter N is")),
        ("S", "a", Some("a is below the least length of the parameter S, 2")),
        ("S", "abcd", Some("abcd is above the greatest length of the parameter S, 3")),
    ] {
        let document = load(&[File::new("template.yaml", template)], &Options::new().parameters([(name, value)]))?;
        let found: Vec<String> = document.diagnostics().into_iter().map(|found| found.message).collect();
        assert_eq!(found, wrong.into_iter().collect::<Vec<_>>(), "{name}={value}");
    }
    Ok(())
}

// `aws cloudformation create-stack --parameters file://…`, and the template configuration file of
// CodePipeline with `Parameters`.
#[test]
fn files_of_values() -> Outcome {
    for (name, text) in [
        ("p.json", r#"[{"ParameterKey": "Stage", "ParameterValue": "prod"}]"#),
        ("p.json", r#"{"Parameters": {"Stage": "prod"}}"#),
        ("p.json", r#"{"Stage": "prod"}"#),
        ("p.yaml", "Stage: prod\n"),
    ] {
        let document = with(Options::new().parameter_file(File::new(name, text)))?;
        assert_eq!(document.apis[0].name.as_deref(), Some("pets-prod"), "{text}");
        let given = Options::new().parameter_file(File::new(name, text)).parameters([("Stage", "dev")]);
        assert_eq!(with(given)?.apis[0].name.as_deref(), Some("pets-dev"), "{text}");
    }
    assert!(with(Options::new().parameter_file(File::new("p.json", "{"))).is_err());
    Ok(())
}

#[test]
fn odd_items_of_files_of_values_are_told() -> Outcome {
    let pair = r#"{"ParameterKey": "Stage", "ParameterValue": "prod"}"#;
    for (text, wanted) in [
        (format!(r#"[{pair}, {{"ParameterKey": "Stage", "UsePreviousValue": true}}]"#), "an item has no ParameterKey"),
        (format!("[{pair}, [1]]"), "an item has no ParameterKey"),
        (format!("[{pair}, 7, null]"), "an item has no ParameterKey"),
        (r#"{"Stage": "prod", "Other": null}"#.to_owned(), "the value of Other is no text"),
        (r#"{"Stage": "prod", "Other": {"a": 1}}"#.to_owned(), "the value of Other is no text"),
        (r#"{"Stage": "prod", "Other": ["a", {}]}"#.to_owned(), "the value of Other is no text"),
        ("7".to_owned(), "a file of parameters is a map"),
    ] {
        let document = with(Options::new().parameter_file(File::new("p.json", text.as_str())))?;
        let found = document.diagnostics();
        assert!(found.iter().any(|it| it.message.starts_with(wanted)), "{text}: {found:?}");
    }
    let list = with(Options::new().parameter_file(File::new("p.json", r#"{"Stage": ["a", 1, true]}"#)))?;
    assert_eq!(list.apis[0].name.as_deref(), Some("pets-a,1,true"));
    Ok(())
}
