//! The steps of loading grow with the document: with an exponent of at most 1.2, or the budget ends it.
//!
//! The functions are compared with the loaders' own tables and the formats with `Kind::ALL`, so one
//! without a row fails. `cargo test -p vtl-loaders --test growth -- --nocapture` prints the exponents.

use std::collections::BTreeSet;
use vtl_loaders::{File, Kind, Options, load};

/// Returns the steps that a document takes; `None` if a limit ends the loading.
fn steps(name: &str, text: String) -> Option<u64> {
    match load(&[File::new(name, text)], &Options::default()) {
        Ok(document) => Some(document.steps()),
        Err(error) => {
            let code = error.diagnostic().code.name();
            assert!(["step-limit", "memory-limit", "document-limit"].contains(&code), "{name}: {error}");
            None
        }
    }
}

/// Repeats a text with a number in place of `#`.
fn many(count: usize, text: &str) -> String {
    (0..count).map(|at| text.replace('#', &at.to_string())).collect()
}

const API: &str = "Resources:\n  A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}\n";

/// A dimension: its name, the name of the document, and the document of a size.
type Dimension = (&'static str, &'static str, fn(usize) -> String);

const DIMENSIONS: &[Dimension] = &[
    ("parameters", "t.yaml", |n| {
        format!(
            "Parameters:\n{}{API}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Sub '{}'}}}}\n",
            many(n, "  P#: {Type: String, Default: a}\n"),
            many(n, "${P#}")
        )
    }),
    ("conditions", "t.yaml", |n| {
        format!(
            "Conditions:\n  C0: !Equals [a, a]\n{}{API}  B: {{Type: AWS::ApiGateway::RestApi, Condition: C0}}\n",
            many(n, "  D#: !And [{Condition: C0}, {Condition: C0}]\n")
        )
    }),
    ("nested functions", "t.yaml", |n| {
        format!(
            "{API}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: {}a{}}}}}\n",
            "!Join ['', [".repeat(n / 16),
            "]]".repeat(n / 16)
        )
    }),
    ("arguments of Fn::Join", "t.yaml", |n| {
        format!(
            "{API}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Join ['-', [{}]]}}}}\n",
            "a, ".repeat(n)
        )
    }),
    ("variables of Fn::Sub", "t.yaml", |n| {
        format!(
            "{API}  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Sub ['{}', {{{}}}]}}}}\n",
            many(n, "${v#}"),
            many(n, "v#: a, ")
        )
    }),
    ("resources", "t.yaml", |n| {
        API.to_owned() + &many(n, "  B#: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}\n")
    }),
    ("loops", "t.yaml", |n| {
        format!("{API}  Fn::ForEach::L: [I, [{}], {{'B${{I}}': {{Type: AWS::ApiGateway::RestApi}}}}]\n", many(n, "#, "))
    }),
    ("functions of SAM with Globals", "t.yaml", |n| {
        format!(
            "Globals: {{Function: {{AutoPublishAlias: live}}}}\nResources:\n{}",
            many(n, "  F#: {Type: AWS::Serverless::Function, Properties: {}}\n")
        )
    }),
    ("locals", "main.tf", |n| {
        format!(
            "locals {{\n{}}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{ name = \"{}\" }}\n",
            many(n, "  a# = \"x\"\n"),
            many(n, "${local.a#}")
        )
    }),
    ("items of a comprehension", "main.tf", |n| {
        format!(
            "resource \"aws_api_gateway_rest_api\" \"a\" {{ name = join(\"\", [for i in [{}] : i]) }}\n",
            many(n, "\"#\", ")
        )
    }),
    ("unknown values", "main.tf", |n| {
        format!(
            "variable \"v\" {{}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{ name = \"{}\" }}\n",
            "${var.v}".repeat(n)
        )
    }),
    ("resources of Terraform", "main.tf", |n| {
        many(n, "resource \"aws_api_gateway_rest_api\" \"a#\" {\n  name = \"a\"\n}\n")
    }),
    ("variables of the shell", "put.sh", |n| {
        format!("{}aws apigateway create-rest-api --name \"{}\"\n", many(n, "A#=x\n"), many(n, "$A#"))
    }),
    ("doubled variables of the shell", "put.sh", |n| {
        format!("A=x\n{}aws apigateway create-rest-api --name a\n", "A=\"$A$A\"\n".repeat(n))
    }),
    ("turns of a loop of the shell", "put.sh", |n| {
        format!("for a in {}; do\n:\ndone\naws apigateway create-rest-api --name a\n", many(n, "x# "))
    }),
    ("branches of the shell", "put.sh", |n| {
        format!("{}aws apigateway create-rest-api --name \"$A\"\n", many(n, "if a; then A=#; else A=b; fi\n"))
    }),
    ("variables of a branch of the shell", "put.sh", |n| {
        format!("if a; then\n{}fi\naws apigateway create-rest-api --name a\n", many(n, "A#=x\n"))
    }),
    ("binary types of SAM", "t.yaml", |n| {
        format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {{Type: AWS::Serverless::Api, Properties: {{StageName: a, \
             BinaryMediaTypes: [{}]}}}}\n",
            many(n, "a/b#, ")
        )
    }),
    ("allowed values of a list", "t.yaml", |n| {
        format!(
            "Parameters: {{P: {{Type: CommaDelimitedList, Default: '{}k0', AllowedValues: [{}]}}}}\n{API}",
            many(n, "k#,"),
            many(n, "k#, ")
        )
    }),
    ("sections of resources", "serverless.yml", |n| {
        format!(
            "service: a\nprovider: {{name: aws}}\nfunctions: {{f: {{handler: a, events: [{{http: GET a}}]}}}}\nresources:\n{}",
            many(n, "  - Resources: {R#: {Type: AWS::ApiGateway::RestApi}}\n")
        )
    }),
    ("models within models", "a.yaml", |n| {
        // A schema that others refer to is converted once for each.
        let nested = "{properties: {a: ".repeat(n / 16) + "{type: string}" + &"}}".repeat(n / 16);
        format!(
            "openapi: 3.0.1\npaths: {{/a: {{post: {{requestBody: {{content: {{a/b: {{schema: {{$ref: '#/components/schemas/s'}}}}}}}}}}}}}}\n\
             components: {{schemas: {{s: {nested}}}}}\n"
        )
    }),
    ("values of a schema in a text", "t.yaml", |n| {
        format!(
            "{API}  M: {{Type: AWS::ApiGateway::Model, Properties: {{RestApiId: !Ref A, Name: m, Schema: '[{}1]'}}}}\n",
            "1,".repeat(n)
        )
    }),
    ("sets of a product", "main.tf", |n| {
        format!(
            "locals {{\n  l = setproduct([for i in range({n}): [i]]...)\n}}\n\
             resource \"aws_api_gateway_rest_api\" \"a\" {{ name = length(local.l) }}\n"
        )
    }),
    ("lines of a heredoc", "main.tf", |n| {
        format!("resource \"aws_api_gateway_rest_api\" \"a\" {{\n  name = <<E\n{}E\n}}\n", "\n".repeat(n))
    }),
    ("names of a template", "main.tf", |n| {
        format!(
            "locals {{\n  m = {{for i in range({n}): \"k${{i}}\" => i}}\n  t = \"%%{{for i in range(9)}}{}%%{{endfor}}\"\n}}\n\
             resource \"aws_api_gateway_rest_api\" \"a\" {{ name = templatestring(local.t, local.m) }}\n",
            many(n, "$${k#}")
        )
    }),
    ("attributes of a resource that are read", "main.tf", |n| {
        format!(
            "resource \"aws_x\" \"a\" {{\n{}}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{ name = \"{}\" }}\n",
            many(n, "  k# = 1\n"),
            many(n, "${aws_x.a.k#}")
        )
    }),
    ("doubled locals", "main.tf", |n| {
        let doubled: String =
            (1..n).map(|at| format!("  a{at} = \"${{local.a{0}}}${{local.a{0}}}\"\n", at - 1)).collect();
        format!(
            "locals {{\n  a0 = \"x\"\n{doubled}}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{ name = local.a{} }}\n",
            n - 1
        )
    }),
];

/// Parts of a call of a module of Terraform: a name, the call, and the module in `m`.
type Called = (&'static str, fn(usize) -> String, fn(usize) -> String);

const CALLS: &[Called] = &[
    (
        "arguments of a call",
        |n| format!("module \"m\" {{\n  source = \"./m\"\n{}}}\n", many(n, "  a# = 1\n")),
        |n| {
            let names = many(n, "${var.a#}");
            many(n, "variable \"a#\" {}\n")
                + &format!("resource \"aws_api_gateway_rest_api\" \"a\" {{ name = \"{names}\" }}\n")
        },
    ),
    (
        "letters of the name of a call",
        |n| format!("module \"{}\" {{\n  source = \"./m\"\n}}\n", "m".repeat(n * 8)),
        |_| {
            let names = "${local.a}".repeat(100);
            format!("locals {{\n  a = 1\n}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{ name = \"{names}\" }}\n")
        },
    ),
];

/// One document of each format, with `n` of what it has most of.
const KINDS: &[Dimension] = &[
    ("openapi2 paths", "a.yaml", |n| {
        format!(
            "swagger: '2.0'\npaths:\n{}",
            many(n, "  /p#: {get: {x-amazon-apigateway-integration: {type: mock}}}\n")
        )
    }),
    ("openapi3 paths", "a.yaml", |n| {
        format!(
            "openapi: 3.0.1\npaths:\n{}",
            many(n, "  /p#: {get: {x-amazon-apigateway-integration: {type: mock}}}\n")
        )
    }),
    ("openapi3 references", "a.yaml", |n| {
        format!(
            "openapi: 3.0.1\npaths: {{/a: {{get: {{parameters: [{}]}}}}}}\ncomponents: {{parameters: {{{}}}}}\n",
            many(n, "{$ref: '#/components/parameters/p#'}, "),
            many(n, "p#: {name: p#, in: query}, ")
        )
    }),
    ("openapi3 responses of gateways", "a.yaml", |n| {
        format!(
            "openapi: 3.0.1\npaths: {{}}\nx-amazon-apigateway-gateway-responses:\n{}",
            many(n, "  DEFAULT_4XX_#: {responseTemplates: {application/json: $context.error.message}}\n")
        )
    }),
    ("openapi3 templates", "a.yaml", |n| {
        format!(
            "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration:\n        type: mock\n        requestTemplates:\n{}",
            many(n, "          text/t#: $input.body\n")
        )
    }),
    ("openapi3 anchors", "a.yaml", |n| format!("openapi: 3.0.1\npaths: {{}}\nx: [&a x{}]\n", ", *a".repeat(n))),
    ("cloudformation resources", "t.yaml", |n| {
        API.to_owned() + &many(n, "  B#: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}\n")
    }),
    ("cloudformation parents", "t.yaml", |n| {
        let chain: String = (1..=n)
            .map(|at| {
                let above = if at == 1 { "!GetAtt A.RootResourceId".into() } else { format!("!Ref R{}", at - 1) };
                format!(
                    "  R{at}: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref A, ParentId: {above}, PathPart: p}}}}\n"
                )
            })
            .collect();
        API.to_owned() + &chain
    }),
    ("sam events", "t.yaml", |n| {
        format!(
            "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Events:\n{}",
            many(n, "        E#: {Type: Api, Properties: {Path: /p#, Method: get}}\n")
        )
    }),
    ("terraform resources", "main.tf", |n| {
        many(n, "resource \"aws_api_gateway_rest_api\" \"a#\" {\n  name = \"a\"\n}\n")
    }),
    ("terraform instances", "main.tf", |n| {
        format!("resource \"aws_api_gateway_rest_api\" \"a\" {{\n  count = {}\n  name = \"a${{count.index}}\"\n}}\n", n)
    }),
    ("terraform-json resources", "main.tf.json", |n| {
        format!(
            "{{\"resource\": {{\"aws_api_gateway_rest_api\": {{{}\"z\": {{\"name\": \"a\"}}}}}}}}",
            many(n, "\"a#\": {\"name\": \"a\"}, ")
        )
    }),
    ("terraform-plan resources", "plan.json", |n| {
        let one = "{\"address\": \"aws_api_gateway_rest_api.a#\", \"mode\": \"managed\", \"type\": \"aws_api_gateway_rest_api\", \"name\": \"a#\", \"values\": {\"name\": \"a\"}}";
        let all = many(n, &format!("{one}, ")) + &one.replace('#', "z");
        format!("{{\"format_version\": \"1.2\", \"planned_values\": {{\"root_module\": {{\"resources\": [{all}]}}}}}}")
    }),
    ("terraform-state resources", "state.json", |n| {
        let one = "{\"address\": \"aws_api_gateway_rest_api.a#\", \"mode\": \"managed\", \"type\": \"aws_api_gateway_rest_api\", \"name\": \"a#\", \"values\": {\"name\": \"a\"}}";
        let all = many(n, &format!("{one}, ")) + &one.replace('#', "z");
        format!("{{\"format_version\": \"1.0\", \"values\": {{\"root_module\": {{\"resources\": [{all}]}}}}}}")
    }),
    ("cdk artifacts", "manifest.json", |n| {
        format!(
            "{{\"version\": \"36.0.0\", \"artifacts\": {{{}\"z\": {{\"type\": \"cdk:tree\"}}}}}}",
            many(n, "\"a#\": {\"type\": \"cdk:tree\"}, ")
        )
    }),
    ("serverless functions", "serverless.yml", |n| {
        format!(
            "service: a\nprovider: {{name: aws}}\nfunctions:\n{}",
            many(n, "  f#: {handler: a, events: [{http: {path: p#, method: get}}]}\n")
        )
    }),
    ("serverless variables", "serverless.yml", |n| {
        format!(
            "service: a\nprovider: {{name: aws}}\ncustom:\n{}functions:\n  f: {{handler: '{}', events: [{{http: {{path: p, method: get}}}}]}}\n",
            many(n, "  v#: x\n"),
            many(n, "${self:custom.v#}")
        )
    }),
    ("aws-cli commands", "put.sh", |n| many(n, "aws apigateway create-rest-api --name a#\n")),
    ("aws-cli options", "put.sh", |n| format!("aws apigateway create-rest-api --name a{}\n", many(n, " --o# b"))),
    ("aws-cli pairs", "put.sh", |n| {
        format!(
            "aws apigateway put-integration --rest-api-id a --resource-id b --http-method GET --type MOCK --request-parameters {}\n",
            many(n, "integration.request.header.h#=method.request.header.h#,").trim_end_matches(',')
        )
    }),
];

/// Terraform's functions, each with a call on a text, list and map of `n` members.
const TERRAFORM: &[(&str, &str)] = &[
    ("abs", "abs(-5)"),
    ("alltrue", "alltrue([for i in local.l : true])"),
    ("anytrue", "anytrue([for i in local.l : false])"),
    ("base64decode", "base64decode(base64encode(local.s))"),
    ("base64encode", "base64encode(local.s)"),
    ("basename", "basename(local.s)"),
    ("can", "can(local.l)"),
    ("ceil", "ceil(1.5)"),
    ("chomp", "chomp(local.s)"),
    ("chunklist", "chunklist(local.l, 2)"),
    ("coalesce", "coalesce(local.l...)"),
    ("coalescelist", "coalescelist([], local.l)"),
    ("compact", "compact(local.l)"),
    ("concat", "concat(local.l, local.l)"),
    ("contains", "contains(local.l, \"z\")"),
    ("dirname", "dirname(local.s)"),
    ("distinct", "distinct(local.l)"),
    ("element", "element(local.l, 1)"),
    ("endswith", "endswith(local.s, \"z\")"),
    ("ephemeralasnull", "ephemeralasnull(local.s)"),
    ("file", "file(local.s)"),
    ("filebase64", "filebase64(local.s)"),
    ("fileexists", "fileexists(local.s)"),
    ("flatten", "flatten([local.l, [local.l]])"),
    ("floor", "floor(1.5)"),
    ("format", "format(\"%s%s\", local.s, local.s)"),
    ("formatlist", "formatlist(\"%s\", local.l)"),
    ("indent", "indent(2, local.s)"),
    ("index", "index(local.l, \"z\")"),
    ("join", "join(\",\", local.l)"),
    ("jsondecode", "jsondecode(jsonencode(local.l))"),
    ("jsonencode", "jsonencode(local.l)"),
    ("keys", "keys(local.m)"),
    ("length", "length(local.l)"),
    ("log", "log(16, 2)"),
    ("lookup", "lookup(local.m, \"k1\", 1)"),
    ("lower", "lower(local.s)"),
    ("matchkeys", "matchkeys(local.l, local.l, local.l)"),
    ("max", "max([for i in local.l : 1]...)"),
    ("merge", "merge(local.m, local.m)"),
    ("min", "min([for i in local.l : 1]...)"),
    ("nonsensitive", "nonsensitive(local.s)"),
    ("one", "one([local.s])"),
    ("parseint", "parseint(\"12\", 10)"),
    ("pow", "pow(2, 3)"),
    ("range", "range(10)"),
    ("regex", "regex(\"z|k\", local.s)"),
    ("regexall", "regexall(\"\", local.s)"),
    ("replace", "replace(local.s, \"a\", \"b\")"),
    ("reverse", "reverse(local.l)"),
    ("sensitive", "sensitive(local.s)"),
    ("setintersection", "setintersection(local.l, local.l)"),
    ("setproduct", "setproduct(local.l, [1])"),
    ("setsubtract", "setsubtract(local.l, local.l)"),
    ("setunion", "setunion(local.l, local.l)"),
    ("signum", "signum(-1)"),
    ("slice", "slice(local.l, 0, 1)"),
    ("sort", "sort(local.l)"),
    ("split", "split(\"\", local.s)"),
    ("startswith", "startswith(local.s, \"z\")"),
    ("strcontains", "strcontains(local.s, \"z\")"),
    ("strrev", "strrev(local.s)"),
    ("substr", "substr(local.s, 1, -1)"),
    ("sum", "sum([for i in local.l : 1])"),
    ("templatefile", "templatefile(local.s, local.m)"),
    ("templatestring", "templatestring(local.s, local.m)"),
    ("textdecodebase64", "textdecodebase64(textencodebase64(local.s, \"UTF-8\"), \"UTF-8\")"),
    ("textencodebase64", "textencodebase64(local.s, \"UTF-8\")"),
    ("title", "title(local.s)"),
    ("tobool", "tobool(\"true\")"),
    ("tolist", "tolist(local.l)"),
    ("tomap", "tomap(local.m)"),
    ("tonumber", "tonumber(\"1\")"),
    ("toset", "toset(local.l)"),
    ("tostring", "tostring(local.s)"),
    ("trim", "trim(local.s, \"z\")"),
    ("trimprefix", "trimprefix(local.s, \"z\")"),
    ("trimspace", "trimspace(local.s)"),
    ("trimsuffix", "trimsuffix(local.s, \"z\")"),
    ("try", "try(local.none, local.l)"),
    ("upper", "upper(local.s)"),
    ("urlencode", "urlencode(local.s)"),
    ("values", "values(local.m)"),
    ("yamldecode", "yamldecode(yamlencode(local.l))"),
    ("yamlencode", "yamlencode(local.l)"),
    ("zipmap", "zipmap(local.l, local.l)"),
];

/// CloudFormation's functions, each with a call on a text and a list of `n` members, `P` and `L`.
const CLOUDFORMATION: &[(&str, &str)] = &[
    ("Fn::And", "{Fn::If: [C, a, b]}"),
    ("Fn::Base64", "{Fn::Base64: !Ref P}"),
    ("Fn::Equals", "{Fn::If: [C, a, b]}"),
    ("Fn::FindInMap", "{Fn::FindInMap: [M, !Ref P, b]}"),
    ("Fn::ForEach", "a"),
    ("Fn::GetAtt", "{Fn::GetAtt: [A, Name]}"),
    ("Fn::If", "{Fn::If: [C, !Ref P, !Ref L]}"),
    ("Fn::ImportValue", "{Fn::ImportValue: !Ref P}"),
    ("Fn::Join", "{Fn::Join: [',', !Ref L]}"),
    ("Fn::Length", "{Fn::Length: !Ref L}"),
    ("Fn::Not", "{Fn::If: [C, a, b]}"),
    ("Fn::Or", "{Fn::If: [C, a, b]}"),
    ("Fn::Select", "{Fn::Select: [1, !Ref L]}"),
    ("Fn::Split", "{Fn::Split: [a, !Ref P]}"),
    ("Fn::Sub", "{Fn::Sub: ['${v}${v}', {v: !Ref P}]}"),
    ("Fn::ToJsonString", "{Fn::ToJsonString: !Ref L}"),
    ("Fn::Transform", "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: !Ref P}}}"),
    ("Ref", "{Ref: P}"),
];

/// Returns the steps of a Terraform configuration with a call.
fn terraform(call: &str, n: usize) -> Option<u64> {
    let text = format!(
        "locals {{\n  s = \"{}\"\n  l = [{}]\n  m = {{\n{}  }}\n}}\nresource \"aws_api_gateway_rest_api\" \"a\" {{\n  name = \"a\"\n  \
         description = {call}\n}}\n",
        "ab".repeat(n),
        many(n, "\"k#\", "),
        many(n, "    k# = \"v\"\n")
    );
    steps("main.tf", text)
}

/// Returns the steps of a CloudFormation template with a call.
fn cloudformation(call: &str, n: usize) -> Option<u64> {
    let text = format!(
        "Transform: AWS::LanguageExtensions\n\
         Parameters:\n  P: {{Type: String, Default: {}}}\n  L: {{Type: CommaDelimitedList, Default: '{}'}}\n\
         Mappings: {{M: {{a: {{b: c}}}}}}\n\
         Conditions: {{C: !Or [!And [!Not [!Equals [!Ref P, a]], !Equals [!Ref P, !Ref P]], !Equals [a, b]]}}\n\
         Resources:\n  A: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a, Description: {call}}}}}\n  \
         Fn::ForEach::Loop: [I, !Ref L, {{'B${{I}}': {{Type: AWS::ApiGateway::RestApi}}}}]\n",
        "ab".repeat(n),
        many(n, "k#,")
    );
    steps("t.yaml", text)
}

/// Returns a row of a table: the steps of a call over those of the document without it.
fn measured(name: &str, call: &str, steps: fn(&str, usize) -> Option<u64>) -> (String, Option<u64>, Option<u64>) {
    let over = |n: usize| Some(steps(call, n)?.saturating_sub(steps("1", n)?));
    (name.to_owned(), over(200), over(400))
}

/// Returns the quoted names of the loaders' source for which `is_name` holds.
fn names_in(source: &'static str, is_name: fn(&str) -> bool) -> BTreeSet<&'static str> {
    source.lines().flat_map(|line| line.split('"').skip(1).step_by(2)).filter(|name| is_name(name)).collect()
}

/// Prints the exponents, and fails with those that are too large and the names that no row covers.
fn judge(title: &str, found: &[(String, Option<u64>, Option<u64>)]) {
    println!("\n{title}");
    let mut wrong = Vec::new();
    for (name, small, large) in found {
        let (Some(small), Some(large)) = (*small, *large) else {
            println!("  limit  {name}");
            continue;
        };
        // Work that does not grow is a few steps more or less.
        let exponent = (large.max(100) as f64 / small.max(100) as f64).log2();
        println!("  {exponent:>5.2}  {name}");
        if exponent > 1.2 {
            wrong.push(format!("{name}: {small} to {large} steps"));
        }
    }
    assert!(wrong.is_empty(), "the steps grow faster than the document:\n{}", wrong.join("\n"));
}

#[test]
fn parts_of_documents() {
    let rows = DIMENSIONS
        .iter()
        .map(|(name, file, make)| ((*name).to_owned(), steps(file, make(200)), steps(file, make(400))));
    judge("Parts of documents", &rows.collect::<Vec<_>>());
}

#[test]
fn calls_of_modules() {
    let steps = |(_, call, module): &Called, n: usize| {
        let read = |path: &str| (path == "m/m.tf").then(|| module(n));
        let list = |folder: &str| if folder == "m" { vec!["m.tf".to_owned()] } else { vec!["main.tf".to_owned()] };
        let options = Options::new().read_file(&read).list_folder(&list);
        let document = load(&[File::new("main.tf", call(n))], &options).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(document.apis.len(), 1);
        Some(document.steps())
    };
    let rows = CALLS.iter().map(|row| (row.0.to_owned(), steps(row, 200), steps(row, 400)));
    judge("Calls of modules", &rows.collect::<Vec<_>>());
}

#[test]
fn formats() {
    let mut unread: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let mut found = Vec::new();
    for (name, file, make) in KINDS {
        let loaded =
            load(&[File::new(*file, make(2))], &Options::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let kind = loaded.kind.as_str();
        assert_eq!(name.split(' ').next(), Some(kind), "{name}");
        unread.remove(kind);
        found.push(((*name).to_owned(), steps(file, make(200)), steps(file, make(400))));
    }
    assert!(unread.is_empty(), "no dimension of {unread:?}");
    judge("Formats", &found);
}

#[test]
fn functions_of_terraform() {
    let is_name =
        |name: &str| name.len() > 2 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    // The rows of the functions: a name, or several, and the arguments.
    let table = include_str!("../src/terraform/functions.rs")
        .lines()
        .chain(include_str!("../src/terraform/expression.rs").lines());
    let heads =
        table.map(str::trim_start).filter(|line| line.starts_with("(\"") || line.starts_with("if name == \"try\""));
    let known: BTreeSet<&str> = heads
        .flat_map(|line| line.split(", [").next().unwrap().split('"').skip(1).step_by(2))
        .filter(|name| is_name(name))
        .collect();
    let rows: BTreeSet<&str> = TERRAFORM.iter().map(|row| row.0).collect();
    assert!(known.len() > 60, "{known:?}");
    assert_eq!(known.difference(&rows).collect::<Vec<_>>(), [&""; 0], "functions without a row");
    let measured = TERRAFORM.iter().map(|(name, call)| measured(name, call, terraform));
    judge("Functions of Terraform", &measured.collect::<Vec<_>>());
}

#[test]
fn functions_of_cloudformation() {
    let source = include_str!("../src/cloudformation/intrinsics.rs");
    let known = names_in(source, |name| {
        name == "Ref"
            || name.strip_prefix("Fn::").is_some_and(|name| name.chars().all(char::is_alphabetic) && !name.is_empty())
    });
    let rows: BTreeSet<&str> = CLOUDFORMATION.iter().map(|row| row.0).collect();
    assert!(known.len() > 12, "{known:?}");
    assert_eq!(known.difference(&rows).collect::<Vec<_>>(), [&""; 0], "functions without a row");
    let measured = CLOUDFORMATION.iter().map(|(name, call)| measured(name, call, cloudformation));
    judge("Functions of CloudFormation", &measured.collect::<Vec<_>>());
}
