//! Functions and conditions that CloudFormation refuses have a finding each ("Intrinsic function reference",
//! "Condition functions").
//!
//! Assumed: what CloudFormation refuses at deployment is wrong; a macro that is not known may make it right.

mod found;

use found::{assert_found, findings};
use vtl_loaders::{File, Options, load};

/// A template with a URI.
const URI: &str = "Parameters: {List: {Type: CommaDelimitedList, Default: 'a,b'}, Late: {Type: String}}
Conditions: {Yes: !Equals [a, a]}
Mappings: {Hosts: {eu: {name: h}}}
Resources:
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref A
      ResourceId: !GetAtt A.RootResourceId
      HttpMethod: GET
      Integration:
        Type: HTTP
        IntegrationHttpMethod: GET
        Uri: PART
";

#[test]
fn calls() {
    assert_found(
        "t.yaml",
        URI,
        &[
            ("!If [Yes, a]", "15 V653 Fn::If must have the name of a condition and two values; its value is not read"),
            ("!If [[Yes], a, b]", "15 V653 Fn::If must have the name of a condition"),
            ("!Select [2, !Ref List]", "V653 Fn::Select cannot select the value at 2: its list has 2"),
            ("!Select [x, [a]]", "15 V653 the index of Fn::Select must be a number from 0"),
            ("!Select [0, a]", "15 V653 the second part of Fn::Select must be a list"),
            ("!Select [0]", "15 V653 Fn::Select must have an index and a list"),
            ("!Join ['', a]", "15 V653 Fn::Join must have a separator and a list of strings"),
            ("!Join ['', [{a: b}]]", "15 V653 the values that Fn::Join joins must be strings"),
            ("!Select [0, !Split ['', a]]", "15 V653 Fn::Split must have a separator that is not empty"),
            ("!Select [0, !Split [a]]", "15 V653 Fn::Split must have a separator and a string"),
            ("!FindInMap [Hosts, eu]", "15 V653 Fn::FindInMap must have the name of a mapping and two keys"),
            ("!FindInMap [Hosts, us, name]", "15 V529 the template has no mapping Hosts.us.name"),
            ("!GetAtt A", "15 V653 Fn::GetAtt must have a resource and an attribute"),
            ("{'Fn::GetAtt': [A]}", "15 V653 Fn::GetAtt must have a resource and an attribute"),
            ("{'Fn::Base64': [a]}", "15 V653 Fn::Base64 must have a string"),
            ("!Sub [a]", "15 V653 a list of Fn::Sub must have a string and a map"),
            ("{'Fn::GetAtt': 7}", "15 V653 Fn::GetAtt must have a resource and an attribute"),
            ("null", "15 V653 Uri is null, which CloudFormation does not allow; it is not read"),
            ("!Sub [[a], {}]", "15 V653 Fn::Sub must have a string, or a list of a string and a map"),
            ("!Sub ['${a}', b]", "15 V653 the variables of Fn::Sub must be a map; they are not read"),
            ("!Sub ['${a}', {a: [b]}]", "15 V653 the variable a of Fn::Sub must be a string; it is not replaced"),
            ("!Sub ['x', {'Fn::Length': [a]}]", "15 V528 Fn::Length needs Transform: AWS::LanguageExtensions"),
            (
                "!FindInMap [Hosts, us, name, {DefaultValue: h}]",
                "15 V528 DefaultValue of Fn::FindInMap needs Transform: AWS::LanguageExtensions",
            ),
        ],
    );
}

#[test]
fn every_null_is_told() {
    let nulls = vec!["null"; 30].join(",\n");
    let text = format!("Resources:\n  A: {{Type: AWS::ApiGateway::RestApi, Properties: {{Tags: [{nulls}]}}}}\n");
    let told = "Tags is null, which CloudFormation does not allow; it is not read";
    assert_eq!(findings("t.yaml", &text).iter().filter(|line| line.contains(told)).count(), 30);
}

#[test]
fn calls_of_what_is_known_later() {
    let quiet = [
        "!If [Yes, a, b]",
        "!Select [1, !Ref List]",
        "!Select [7, !GetAZs '']",
        "!Select [!Ref Late, [a, b]]",
        "!Select ['1', [a, b]]",
        "!Select [1, !Split [',', !Ref Late]]",
        "!Join ['', !GetAtt A.Names]",
        "!Join ['', [1, true, !Ref Late]]",
        "!FindInMap [Hosts, !Ref Late, name]",
        "!FindInMap [Hosts, eu, name]",
        "!Sub ['${a}', {a: !GetAtt A.Names}]",
        "!Base64 a",
    ];
    for call in quiet {
        let found = findings("t.yaml", &URI.replace("PART", call));
        assert!(!found.iter().any(|line| line.contains("V653") || line.contains("V528")), "{call}: {found:?}");
    }
    // What a transform or a macro may make.
    for (transform, call) in [
        ("AWS::LanguageExtensions", "!FindInMap [Hosts, us, name, {DefaultValue: h}]"),
        ("{Name: AWS::LanguageExtensions}", "!FindInMap [Hosts, us, name, {DefaultValue: h}]"),
        ("Mine", "!FindInMap [Other, us, name]"),
    ] {
        let text = format!("Transform: {transform}\n{}", URI.replace("PART", call));
        let found = findings("t.yaml", &text);
        assert!(!found.iter().any(|line| line.contains("V528") || line.contains("V529")), "{call}: {found:?}");
    }
}

#[test]
fn conditions() {
    let template = "Parameters: {List: {Type: CommaDelimitedList, Default: 'a,b'}}
Conditions: {PART}
Resources:
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
";
    assert_found(
        "t.yaml",
        template,
        &[
            ("A: {Condition: B}, B: !Not [{Condition: A}]", "2 V508 the condition A depends on itself"),
            ("A: {Condition: B}", "2 V535 the template has no condition B"),
            ("A: true", "2 V653 a condition must be one function, such as Fn::Equals"),
            ("A: {'Fn::Equal': [a, b]}", "2 V653 Fn::Equal is no function of conditions"),
            ("A: {'Fn::If': [A, a, b]}", "2 V653 Fn::If is no function of conditions"),
            ("A: !Equals [a]", "2 V653 Fn::Equals must have two values"),
            ("A: !Equals [!Ref List, a]", "V653 the values of Fn::Equals must be strings"),
            ("A: !Not [!Equals [a, b], !Equals [a, b]]", "2 V653 Fn::Not must have one condition"),
            ("A: !And [!Equals [a, b]]", "2 V653 Fn::And must have 2 to 10 conditions"),
            ("A: !Or []", "2 V653 Fn::Or must have 2 to 10 conditions"),
        ],
    );
    let good = "A: !Equals [!Ref AWS::Region, b], B: !And [{Condition: A}, !Not [!Condition A]]";
    assert_eq!(findings("t.yaml", &template.replace("PART", good)).len(), 0);
    // A chain of conditions is followed to a depth.
    let chain: Vec<String> = (0..300).map(|at| format!("C{at}: !Not [{{Condition: C{}}}]", at + 1)).collect();
    let chain = format!("{}, C300: !Equals [a, b]", chain.join(", "));
    let found = findings("t.yaml", &template.replace("PART", &chain));
    let expected = "2 V507 values or conditions nest deeper than 250 levels; what is deeper is not read";
    assert_eq!(found, [expected]);
    // Of a condition that is used often, each finding is there once.
    let twice = template.replace("PART", "A: !Equals [a]").replace("Name: a", "Name: !If [A, !If [A, a, b], c]");
    let found = findings("t.yaml", &twice);
    assert_eq!(found.iter().filter(|line| line.contains("Fn::Equals")).count(), 1, "{found:?}");
}

#[test]
fn resources_that_are_not_there() {
    let template = "Resources:
  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}, DependsOn: PART}
  Topic: {Type: AWS::SNS::Topic}
";
    assert_found(
        "t.yaml",
        template,
        &[
            ("Topics", "2 V529 the template has no resource or parameter Topics"),
            ("[Topic, Other]", "2 V529 the template has no resource or parameter Other"),
            ("[!Ref Topic]", "2 V653 DependsOn must have names of resources"),
        ],
    );
    assert_eq!(findings("t.yaml", &template.replace("PART", "[Topic]")).len(), 0);
    let looped = "Resources:
  Fn::ForEach::Apis: [Name, [A, B], {'Api${Name}': {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}}]
";
    let found = findings("t.yaml", looped);
    assert_eq!(
        found,
        ["2 V528 Fn::ForEach needs Transform: AWS::LanguageExtensions, which the template does not have"]
    );
    assert_eq!(findings("t.yaml", &format!("Transform: [AWS::LanguageExtensions]\n{looped}")).len(), 0);
}

#[test]
fn apis_of_sam() {
    let api = "Transform: AWS::Serverless-2016-10-31
Resources:
  A: {Type: AWS::Serverless::Api, Properties: {StageName: s, PART}}
";
    assert_found(
        "t.yaml",
        api,
        &[
            ("Cors: true", "3 V653 Cors must be a map, not a boolean"),
            ("Cors: [a]", "3 V653 Cors must be a map, not a list"),
            ("Models: {Pet: a}", "3 V653 Pet must be a map, not a string"),
            ("MethodSettings: a", "3 V653 MethodSettings must be a list, not a string"),
        ],
    );
    assert_eq!(findings("t.yaml", &api.replace("PART", "Cors: \"'*'\"")).len(), 0);
    let named = "Transform: AWS::Serverless-2016-10-31
Resources:
  A: {Type: AWS::Serverless::Api, Properties: {StageName: s}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        E: {Type: Api, Properties: {Path: PATH, Method: GET, RestApiId: API}}
";
    // A logical ID without Ref names the API too (samtranslator, get_rest_api_id_string).
    let own = named.replace("PATH", "/a").replace("API}", "A}");
    let document = load(&[File::new("t.yaml", own.as_str())], &Options::default()).map_err(|error| error.to_string());
    let count = document.map(|document| (document.apis.len(), document.diagnostics().len()));
    assert_eq!(count, Ok((1, 0)));
    let other = findings("t.yaml", &named.replace("PATH", "/a").replace("API}", "Other}"));
    assert_eq!(other, ["8 V529 Other is no API of the template: SAM wants a reference to one"]);
    let path = findings("t.yaml", &named.replace("PATH", "a").replace("API}", "!Ref A}"));
    assert_eq!(path, ["8 V651 a is no path: a path must begin with a slash"]);
    let event = "Transform: AWS::Serverless-2016-10-31
Conditions: {Yes: !Equals [a, a]}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        E: !If [Yes, {Type: Api, Properties: {Path: /a, Method: GET}}, !Ref AWS::NoValue]
";
    let found = findings("t.yaml", event);
    assert_eq!(found, ["8 V530 the event E of F is a function, which SAM does not evaluate there"]);
}
