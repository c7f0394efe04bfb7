//! The AWS CLI: commands as a shell reads them, the JSON that commands read and print, and places.

use serde_json::{Value as Json, json};
use vtl_loaders::{Document, File, Kind, LoadError, Options, load};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn sh(text: &str) -> Result<Document, LoadError> {
    load(&[File::new("put.sh", text)], &Options::default())
}

fn integration(text: &str) -> Result<Json, LoadError> {
    Ok(sh(text)?.to_json()["routes"][0]["integration"].clone())
}

const PUT: &str = "aws apigateway put-integration --rest-api-id a --resource-id r --http-method GET --type MOCK";

/// A script puts an integration again to change it, also where the script has no `put-method`.
#[test]
fn the_last_integration_of_a_method_counts() -> Outcome {
    let document = sh(&format!("{PUT}\n{PUT} --type HTTP --uri https://x.test/\n"))?;
    assert_eq!(document.routes.len(), 1);
    assert_eq!(document.to_json()["routes"][0]["integration"]["uri"], "https://x.test/");
    Ok(())
}

#[test]
fn words_are_read_as_a_shell_does() -> Outcome {
    for (written, expected) in [
        (r"--uri https://x.test/{p}", "https://x.test/{p}"),
        (r"--uri='https://x.test/?a=b&c'", "https://x.test/?a=b&c"),
        (r#"--uri "a \"b\" \$c \x""#, r#"a "b" $c \x"#),
        (r"--uri a\ b'c d'", "a bc d"),
        ("--uri \\\n    'next'", "next"),
        ("--uri \\\r\n    'next'\r\n", "next"),
        ("--uri a#b # a comment", "a#b"),
        (r"--uri $'a\tb\'c'", "a\tb'c"),
        ("--uri https://$HOST/x", "https://${HOST}/x"),
        (r#"--uri "https://${HOST}/x""#, "https://${HOST}/x"),
        (
            r#"--uri "arn:$(aws sts get-caller-identity --query Account):x""#,
            "arn:${aws sts get-caller-identity --query Account}:x",
        ),
        ("--uri x --debug --no-paginate --region eu-west-1 --query 'a.b' --output=json", "x"),
        ("--uri x > out.json && echo done | cat", "x"),
    ] {
        assert_eq!(integration(&format!("{PUT} {written}"))?["uri"], expected, "{written}");
    }
    Ok(())
}

#[test]
fn the_command_may_stand_among_others() -> Outcome {
    let text = format!(
        "#!/bin/bash\n# It's a comment.\nset -euo pipefail\nexport HOST='h.test'\nURI=\"https://$HOST\"\ncat > x <<'EOF'\nit's \"any\" text\nEOF\n\
         $ {PUT} --uri \"$URI/p\" \\\n  --cache-namespace \"$NS\"; exit 0\n"
    );
    let loaded = integration(&text)?;
    assert_eq!((&loaded["uri"], &loaded["cacheNamespace"]), (&json!("https://h.test/p"), &json!("${NS}")));
    let document = load(&[File::new("put.sh", text)], &Options::new().parameters([("NS", "n")]))?;
    assert_eq!(document.to_json()["routes"][0]["integration"]["cacheNamespace"], "n");
    Ok(())
}

#[test]
fn shorthand_is_read() -> Outcome {
    let text = format!(
        "{PUT} --request-parameters \"integration.request.header.a='x',integration.request.path.p=method.request.path.p\" \
         --request-templates application/json=\\''{{\"a\": \"b,c\"}}'\\',text/plain='$input.body = 1' \
         --cache-key-parameters method.request.path.p 'method.request.header.h' --tls-config=insecureSkipVerification=true"
    );
    let loaded = integration(&text)?;
    // The shorthand drops its quotes, as the command does.
    assert_eq!(
        loaded["requestParameters"],
        json!({"integration.request.header.a": "x", "integration.request.path.p": "method.request.path.p"})
    );
    assert_eq!(
        loaded["requestTemplates"],
        json!({"application/json": "{\"a\": \"b,c\"}", "text/plain": "$input.body = 1"})
    );
    assert_eq!(loaded["cacheKeyParameters"], json!(["method.request.path.p", "method.request.header.h"]));
    assert_eq!(loaded["tlsConfig"], json!({"insecureSkipVerification": true}));
    let text = "aws apigatewayv2 create-integration --api-id a --integration-type HTTP_PROXY --integration-method ANY \
        --integration-uri https://x.test --payload-format-version 1.0 \
        --response-parameters '403={append:header.h=v,overwrite:statuscode=404},500={remove:header.x=\"\"}' \
        --tls-config ServerNameToVerify=x.test";
    let loaded = integration(text)?;
    assert_eq!(
        loaded["responseParameters"],
        json!({"403": {"append:header.h": "v", "overwrite:statuscode": "404"}, "500": {"remove:header.x": ""}})
    );
    assert_eq!(loaded["tlsConfig"], json!({"serverNameToVerify": "x.test"}));
    Ok(())
}

#[test]
fn json_and_files_are_read_and_flags_beat_them() -> Outcome {
    let read = |name: &str| match name {
        "input.json" => Some(
            r#"{"restApiId": "a", "resourceId": "r", "httpMethod": "GET", "type": "HTTP", "uri": "", "credentials": "",
                "integrationHttpMethod": "POST", "timeoutInMillis": 0, "cacheKeyParameters": [""],
                "requestTemplates": {"KeyName": ""}, "requestParameters": {"KeyName": ""}, "cacheNamespace": "json"}"#
                .to_owned(),
        ),
        "templates.json" => Some("{\n  \"application/json\": \"{\\\"a\\\": $input.x}\"\n}".to_owned()),
        _ => None,
    };
    let text = "aws apigateway put-integration --cli-input-json file://input.json --uri https://x.test/ --cache-namespace=flag \
        --request-templates file://templates.json --credentials file://missing.txt";
    let document = load(&[File::new("put.sh", text)], &Options::new().read_file(&read))?;
    let json = document.to_json();
    let loaded = &json["routes"][0]["integration"];
    assert_eq!(loaded["requestTemplates"], json!({"application/json": "{\"a\": $input.x}"}));
    assert_eq!(loaded["requestParameters"], json!({}));
    assert_eq!((&loaded["timeoutInMillis"], &loaded["cacheKeyParameters"]), (&json!(29000), &json!([])));
    assert_eq!((&loaded["cacheNamespace"], &loaded["httpMethod"]), (&json!("flag"), &json!("POST")));
    assert_eq!(loaded["credentials"], "${file://missing.txt}");
    assert!(document.diagnostics().iter().any(|finding| finding.message.contains("cannot read missing.txt")));
    let place = document.locate(0, "/requestTemplates/application~1json", 6..6).map(|place| place.to_string());
    assert_eq!(place, Some("templates.json:2:32".into()));
    Ok(())
}

#[test]
fn an_error_in_a_template_points_into_the_command() -> Outcome {
    let text = "aws apigateway put-integration --type MOCK \\\n  --request-templates '{\n    \"application/json\": \"{\\\"a\\\": $x}\",\n    \"a/b\": \"\"}' \\\n  --uri \"a\\\"b$C\"\n";
    let document = sh(text)?;
    assert_eq!(document.templates().next().map(|it| it.text), Some("{\"a\": $x}"));
    let place =
        |pointer: &str, offset: usize| document.locate(0, pointer, offset..offset).map(|place| place.to_string());
    assert_eq!(place("/requestTemplates/application~1json", 6), Some("put.sh:3:34".into()));
    assert_eq!(place("/uri", 2), Some("put.sh:5:13".into()));
    assert_eq!(document.routes[0].location.to_string(), "put.sh:1:1");
    let shorthand = format!("{PUT} \\\n  --request-templates application/json='$input.body #if('\n");
    let document = sh(&shorthand)?;
    let place = document.locate(0, "/requestTemplates/application~1json", 12..12).map(|place| place.to_string());
    assert_eq!(place, Some("put.sh:2:53".into()));
    Ok(())
}

#[test]
fn a_script_makes_one_api() -> Outcome {
    let text = r#"
API=$(aws apigateway create-rest-api --name demo --binary-media-types 'image/png' --query id --output text)
ROOT=$(aws apigateway get-resources --rest-api-id $API --query 'items[0].id' --output text)
PETS=$(aws apigateway create-resource --rest-api-id $API --parent-id "$ROOT" --path-part pets --query id --output text)
aws apigateway put-method --rest-api-id $API --resource-id $PETS --http-method GET --authorization-type NONE \
  --request-parameters method.request.querystring.q=true,method.request.header.h=false
aws apigateway put-integration --rest-api-id "$API" --resource-id "${PETS}" --http-method GET --type MOCK
aws apigateway put-method-response --rest-api-id $API --resource-id $PETS --http-method GET --status-code 200 \
  --response-parameters method.response.header.x=true
aws apigateway put-integration-response --rest-api-id $API --resource-id $PETS --http-method GET --status-code 200 \
  --selection-pattern '' --response-templates '{"application/json": "ok"}'
aws apigateway create-deployment --rest-api-id $API --stage-name prod --variables a=1,b=2
"#;
    let json = sh(text)?.to_json();
    let (api, route) = (&json["apis"][0], &json["routes"][0]);
    assert_eq!(json["apis"].as_array().map(Vec::len), Some(1));
    assert_eq!((&api["name"], &api["binaryMediaTypes"]), (&json!("demo"), &json!(["image/png"])));
    assert_eq!(api["stageVariables"], json!({"a": "1", "b": "2"}));
    assert_eq!(route["routeKey"], "GET /pets");
    assert_eq!(
        route["requestParameters"],
        json!({"method.request.querystring.q": true, "method.request.header.h": false})
    );
    assert_eq!(route["methodResponses"], json!({"200": {"headers": ["x"], "models": {}}}));
    let response = &route["integration"]["responses"][0];
    assert_eq!((&response["selectionPattern"], &response["statusCode"]), (&Json::Null, &json!("200")));
    assert_eq!(response["responseTemplates"], json!({"application/json": "ok"}));
    Ok(())
}

#[test]
fn version_2_is_loaded_from_commands_and_outputs() -> Outcome {
    let text = "ID=$(aws apigatewayv2 create-integration --api-id w --integration-type AWS --integration-uri arn:aws:x \
        --integration-method POST --request-templates '{\"$default\": \"t\"}' --template-selection-expression '\\$default')\n\
        aws apigatewayv2 create-integration-response --api-id w --integration-id $ID --integration-response-key /400/\n\
        aws apigatewayv2 create-route --api-id w --route-key '$connect' --target \"integrations/$ID\"\n";
    let json = sh(text)?.to_json();
    assert_eq!(
        (&json["apis"][0]["protocol"], &json["routes"][0]["routeKey"]),
        (&json!("WEBSOCKET"), &json!("$connect"))
    );
    assert_eq!(json["routes"][0]["integration"]["responses"][0]["integrationResponseKey"], "/400/");

    let output =
        |text: &str| load(&[File::new("o.json", text)], &Options::default()).map(|document| document.to_json());
    let json = output(
        r#"{"Items": [{"ApiGatewayManaged": false, "IntegrationId": "i1", "IntegrationType": "AWS_PROXY", "IntegrationUri": "arn:aws:lambda:x",
            "IntegrationMethod": "POST", "PayloadFormatVersion": "2.0", "TimeoutInMillis": 30000},
            {"IntegrationId": "i2", "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET", "IntegrationUri": "https://x.test",
            "PayloadFormatVersion": "1.0"}]}"#,
    )?;
    assert_eq!((&json["kind"], json["routes"].as_array().map(Vec::len)), (&json!("aws-cli"), Some(2)));
    assert_eq!(json["apis"][0]["protocol"], "HTTP");
    // The output of `--generate-cli-skeleton` counts as absent.
    let json = output(
        r#"{"ApiId": "", "ConnectionId": "", "ConnectionType": "INTERNET", "ContentHandlingStrategy": "CONVERT_TO_TEXT", "IntegrationType": "MOCK",
            "RequestParameters": {"KeyName": ""}, "ResponseParameters": {"KeyName": {"KeyName": ""}}, "TimeoutInMillis": 0,
            "TlsConfig": {"ServerNameToVerify": ""}, "PayloadFormatVersion": "", "RequestTemplates": {"KeyName": ""}}"#,
    )?;
    let loaded = &json["routes"][0]["integration"];
    assert_eq!((&json["apis"][0]["protocol"], &loaded["timeoutInMillis"]), (&json!("WEBSOCKET"), &json!(29000)));
    assert_eq!((&loaded["requestTemplates"], &loaded["tlsConfig"]), (&json!({}), &Json::Null));
    let json = output(r#"{"Items": [{"RouteId": "r", "RouteKey": "GET /x", "Target": "integrations/i"}]}"#)?;
    assert_eq!((&json["routes"][0]["routeKey"], &json["routes"][0]["integration"]), (&json!("GET /x"), &Json::Null));
    Ok(())
}

#[test]
fn outputs_of_version_1_are_loaded() -> Outcome {
    let output =
        |text: &str| load(&[File::new("o.json", text)], &Options::default()).map(|document| document.to_json());
    let json = output(
        r#"{"httpMethod": "POST", "authorizationType": "NONE", "apiKeyRequired": false, "requestModels": {"application/json": "M"},
            "methodResponses": {"200": {"statusCode": "200", "responseModels": {"application/json": "Empty"}}},
            "methodIntegration": {"type": "MOCK", "requestTemplates": {"application/json": null}, "passthroughBehavior": "NEVER",
            "integrationResponses": {"200": {"statusCode": "200", "responseTemplates": {"application/json": null}}}}}"#,
    )?;
    let route = &json["routes"][0];
    assert_eq!((&route["method"], &route["path"], &route["routeKey"]), (&json!("POST"), &Json::Null, &Json::Null));
    assert_eq!(route["methodResponses"]["200"]["models"], json!({"application/json": "Empty"}));
    assert_eq!(route["integration"]["requestTemplates"], json!({"application/json": ""}));
    // Without `path` it is made from the parents.
    let json = output(
        r#"{"items": [{"id": "2", "parentId": "1", "pathPart": "a", "resourceMethods": {"ANY": {}, "GET": {"httpMethod": "GET",
            "methodIntegration": {"type": "MOCK"}}}}, {"id": "1"}]}"#,
    )?;
    let keys: Vec<&Json> = json["routes"].as_array().into_iter().flatten().map(|route| &route["routeKey"]).collect();
    assert_eq!(keys, ["ANY /a", "GET /a"]);
    let json = output(r#"{"id": "2", "path": "/b", "resourceMethods": {"GET": {"httpMethod": "GET"}}}"#)?;
    assert_eq!(json["routes"][0]["routeKey"], "GET /b");
    // The output of `get-export` is an OpenAPI document.
    let json = output(r#"{"openapi": "3.0.1", "paths": {"/x": {"get": {}}}}"#)?;
    assert_eq!((&json["kind"], &json["routes"][0]["routeKey"]), (&json!("openapi3"), &json!("GET /x")));
    Ok(())
}

/// Returns the error of loading a document.
fn error(name: &str, text: &str) -> String {
    let loaded = load(&[File::new(name, text)], &Options::default());
    loaded.map_or_else(|error| error.to_string(), |document| format!("loaded {:?}", document.kind))
}

#[test]
fn errors_have_a_place() {
    let line = |options: &str| error("put.sh", &format!("aws apigateway put-integration \\\n  {options}"));
    assert_eq!(line("--uri 'x"), "put.sh:2:9: unclosed quote");
    assert_eq!(line("--uri \"x"), "put.sh:2:9: unclosed quote");
    assert_eq!(line("--uri $(x"), "put.sh:2:9: unclosed command substitution");
    assert_eq!(line("--type MOCK HTTP"), "put.sh:2:15: --type takes one value");
    assert_eq!(line("--request-templates '{\"a\": }'"), "put.sh:2:30: expected a value");
    assert_eq!(line("--request-templates application/json"), "put.sh:2:38: expected `key=value`");
    assert_eq!(line("--request-templates 'a/b={\"a\": 1}'"), "put.sh:2:29: expected `key=value`");
    assert_eq!(line("--request-templates 'a/b=\"x'"), "put.sh:2:28: unclosed quote");
    assert!(error("x.sh", "aws s3 ls\n").contains("aws apigateway"));
    assert!(error("x.json", r#"{"restApiId": "a"}"#).contains("put-integration"));
    assert!(error("x.json", r#"{"Items": [{"DomainName": "a"}]}"#).contains("no API Gateway integration"));
}

#[test]
fn long_and_nested_input_ends() {
    let kind = format!("loaded {:?}", Kind::AwsCli);
    let word = |text: String| error("put.sh", &format!("{PUT} --request-templates {text}"));
    for (open, close) in [("{a=", "}"), ("[", "]"), ("[{a=", "}]")] {
        let nested = word(format!("'a={}x{}'", open.repeat(50_000), close.repeat(50_000)));
        assert!(nested.starts_with("put.sh:"), "{nested}");
    }
    assert!(word("$(".repeat(50_000)).starts_with("put.sh:"));
    assert!(
        error("put.sh", &format!("aws apigateway {}{}", "$(x ".repeat(20_000), ")".repeat(20_000)))
            .contains("too deeply")
    );
    assert_eq!(word(format!("a=x{}", ",x".repeat(200_000))).get(..6), Some("loaded"));
    assert_eq!(error("put.sh", &format!("{PUT} --uri '{}'", "x".repeat(3_000_000))), kind);
    assert_eq!(error("put.sh", &format!("{PUT}\n").repeat(20_000)), kind);
}

fn report(name: &str) -> Result<Document, Box<dyn std::error::Error>> {
    let path = format!("{}/../../corpus/reported/reports/r34/{name}", env!("CARGO_MANIFEST_DIR"));
    Ok(load(&[File::new(name, std::fs::read_to_string(path)?)], &Options::default())?)
}

// corpus/reported, reports: r34 (`awslocal` is LocalStack's wrapper of the command).
#[test]
fn awslocal_and_an_endpoint_are_read() -> Outcome {
    for name in ["awslocal.sh", "ep.sh", "vars.sh"] {
        let document = report(name)?;
        assert_eq!(document.route_label(0), "GET ?", "{name}");
        let patterns = document.method(0).and_then(|(_, method)| method.integration.as_ref());
        assert_eq!(patterns.map(|it| it.responses.len()), Some(2), "{name}");
        assert_eq!(
            document.diagnostics().iter().map(|found| found.to_string()).collect::<Vec<_>>(),
            Vec::<String>::new(),
            "{name}"
        );
    }
    // The variables have the outputs of commands, one of which looks the root up.
    let local = report("local.sh")?;
    assert_eq!(local.route_key(0).as_deref(), Some("GET /"));
    // The same variables without a value are still the same.
    let unknown = report("local2.sh")?;
    assert_eq!((unknown.routes.len(), unknown.route_label(0)), (1, "? ?".to_owned()));
    let given = load(
        &[File::new(
            "put.sh",
            "awslocal apigateway put-integration --rest-api-id a --resource-id r --http-method \"$VERB\" --type MOCK\n",
        )],
        &Options::new().parameters([("VERB", "PUT")]),
    )?;
    assert_eq!(given.route_label(0), "PUT ?");
    // Without an ending, a text is told by its first line.
    assert_eq!(
        load(&[File::new("-", "awslocal apigateway put-integration --type MOCK\n")], &Options::default())?.kind,
        Kind::AwsCli
    );
    Ok(())
}

// `--query` is JMESPath: a literal between backquotes is JSON.
#[test]
fn a_resource_is_looked_up_by_its_path() -> Outcome {
    for query in ["'items[?path==`/pets`].id'", "\"items[?path=='/pets'].id\"", "'items[?path == `\"/pets\"`].[id]'"] {
        let text = format!(
            "R=$(aws apigateway get-resources --rest-api-id a1 --query {query} --output text)\n\
             aws apigateway put-integration --rest-api-id a1 --resource-id $R --http-method GET --type MOCK\n"
        );
        assert_eq!(sh(&text)?.route_label(0), "GET /pets", "{query}");
    }
    Ok(())
}

// Scripts for LocalStack name the command in a variable or a function.
#[test]
fn the_command_in_a_variable_or_a_function() -> Outcome {
    for (before, program) in [
        ("AWS=\"aws --endpoint-url=http://localhost:4566\"\n", "$AWS"),
        ("AWS='aws --endpoint-url http://localhost:4566  --region us-east-1'\n", "${AWS}"),
        ("aws_local() {\n  aws --endpoint-url http://localhost:4566 \"$@\"\n}\n", "aws_local"),
        ("alias la='aws --profile local'\n", "la"),
        ("", "docker exec localstack awslocal"),
        ("", "sudo /usr/local/bin/aws --no-cli-pager"),
    ] {
        let text = format!(
            "#!/bin/sh\n{before}{program} apigateway put-integration --rest-api-id a --resource-id r --http-method GET --type MOCK\n"
        );
        let document = sh(&text).map_err(|error| format!("{program}: {error}"))?;
        assert_eq!(document.route_label(0), "GET ?", "{program}");
    }
    // A word that is no operation of the service is no command.
    assert!(sh("echo apigateway put-integration-now\n").is_err());
    Ok(())
}

// AWS CLI Command Reference: `configure get VARNAME`, `lambda wait function-active`, `--patch-operations` (list).
#[test]
fn commands_without_a_part_in_an_integration_may_have_any_arguments() -> Outcome {
    for other in [
        "R=$(aws configure get region)",
        "aws lambda wait function-active --function-name f",
        "aws lambda invoke --function-name f out.json",
        "aws apigateway update-stage --rest-api-id a --stage-name s --patch-operations op=add,path=/x,value=1 op=remove,path=/y",
    ] {
        let text = format!(
            "{other}\naws apigateway put-integration --rest-api-id a --resource-id r --http-method GET --type MOCK\n"
        );
        let document =
            load(&[File::new("put.sh", text)], &Options::default()).map_err(|error| format!("{other}: {error}"))?;
        assert_eq!(document.routes.len(), 1, "{other}");
    }
    Ok(())
}

#[test]
fn each_integration_without_a_method_is_told() -> Outcome {
    let put = |resource: &str| {
        format!(
            "aws apigateway put-integration --rest-api-id a --resource-id {resource} --http-method GET --type MOCK\n"
        )
    };
    let method =
        "aws apigateway put-method --rest-api-id a --resource-id m --http-method GET --authorization-type NONE\n";
    for (text, expected) in [
        // An example.
        (put("r"), vec![]),
        (put("r") + &put("r"), vec![]),
        (put("r") + &put("s"), vec![1, 2]),
        (put("r") + method + &put("s") + &put("m"), vec![1, 3]),
    ] {
        let document = load(&[File::new("put.sh", text.clone())], &Options::default())?;
        let found = document.diagnostics();
        let told = found.iter().filter(|it| it.message == "the document has no method for this integration");
        let lines: Vec<_> = told.map(|it| it.location.as_ref().map_or(0, |at| at.line)).collect();
        assert_eq!(lines, expected, "{text}");
    }
    Ok(())
}
