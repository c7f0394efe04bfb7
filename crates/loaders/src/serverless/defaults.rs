//! The mapping templates that the Serverless framework and its plug-ins deploy for a route without
//! templates of its own, as they are deployed.
//!
//! Their text is that of the framework (`integration.js` of its API Gateway events), of
//! serverless-step-functions (`methods.js`) and of serverless-apigateway-service-proxy
//! (`compileMethodsTo….js`), all under the MIT licence (`THIRD-PARTY.md`): a call must render
//! what is deployed.

/// Word in [`LAMBDA`] that is replaced by the claims of a Cognito authorizer.
pub(super) const CLAIMS: &str = "extraCognitoPoolClaims";

/// The common part of the templates of a Lambda integration.
const LAMBDA: &str = r##"
  #define( $loop )
    {
    #foreach($key in $map.keySet())
        #set( $k = $util.escapeJavaScript($key) )
        #set( $v = $util.escapeJavaScript($map.get($key)).replaceAll("\\'", "'") )
        "$k":
          "$v"
          #if( $foreach.hasNext ) , #end
    #end
    }
  #end

  {
    "body": $body,
    "method": "$context.httpMethod",
    "principalId": "$context.authorizer.principalId",
    "stage": "$context.stage",

    "cognitoPoolClaims" : {
       extraCognitoPoolClaims
       "sub": "$context.authorizer.claims.sub"
    },

    #set( $map = $context.authorizer )
    "enhancedAuthContext": $loop,

    #set( $map = $input.params().header )
    "headers": $loop,

    #set( $map = $input.params().querystring )
    "query": $loop,

    #set( $map = $input.params().path )
    "path": $loop,

    #set( $map = $context.identity )
    "identity": $loop,

    #set( $map = $stageVariables )
    "stageVariables": $loop,

    "requestPath": "$context.resourcePath"
  }
"##;

/// The body of a form as a map, defined as `$body`.
const FORM: &str = r##"
    #define( $body )
      {
      #foreach( $token in $input.path('$').split('&') )
        #set( $keyVal = $token.split('=') )
        #set( $keyValSize = $keyVal.size() )
        #if( $keyValSize >= 1 )
          #set( $key = $util.escapeJavaScript($util.urlDecode($keyVal[0])) )
          #if( $keyValSize >= 2 )
            #set($val = $util.escapeJavaScript($util.urlDecode($keyVal[1])).replaceAll("\\'","'"))
          #else
            #set( $val = '' )
          #end
          "$key": "$val"#if($foreach.hasNext),#end
        #end
      #end
      }
    #end

    "##;

/// Returns the template of a Lambda integration for `application/json`.
pub(super) fn lambda_json() -> String {
    format!("\n    #set( $body = $input.json(\"$\") )\n\n    {LAMBDA}\n  ")
}

/// Returns the template of a Lambda integration for `application/x-www-form-urlencoded`.
pub(super) fn lambda_form() -> String {
    format!("{FORM}{LAMBDA}\n  ")
}

/// The template that starts a state machine with the payload.
pub(super) const EXECUTION: &str = r##"
#set( $body = $util.escapeJavaScript($input.json('$')).replaceAll("\\'", "'") )
{"input": "$body", "name": "$context.requestId", "stateMachineArn":"${StateMachineArn}"}"##;

/// The common part of the templates that start a state machine with an event as of a Lambda proxy.
const EXECUTION_PROXY: &str = r##"
  #define( $loop )
  {
    #foreach($key in $map.keySet())
      #set( $k = $util.escapeJavaScript($key) )
      #set( $v = $util.escapeJavaScript($map.get($key)).replaceAll("\\'", "'") )
      "$k":
        #if ("$v" == "")
          null
        #else
          "$v"
        #end
        #if( $foreach.hasNext ) , #end
    #end
  }
  #end
  #define( $smInput )
  {
    "resource": "$context.resourcePath",
    "path": "$context.path",
    "httpMethod": "$context.httpMethod",
    #set( $map = $input.params().header )
    "headers": $loop,

    #if ($input.params().querystring.size() == 0)
    "queryStringParameters": null,
    #else
    #set( $map = $input.params().querystring )
    "queryStringParameters": $loop,
    #end

    #if ($input.params().path.size() == 0)
    "pathParameters": null,
    #else
    #set( $map = $input.params().path )
    "pathParameters": $loop,
    #end

    #if ($stageVariables.size() == 0)
    "stageVariables": null,
    #else
    #set( $map = $stageVariables )
    "stageVariables": $loop,
    #end

    "requestContext": {
      "resourceId": "$context.resourceId",
      "resourcePath": "$context.resourcePath",
      "httpMethod": "$context.httpMethod",
      "extendedRequestId": "$context.extendedRequestId",
      "requestTime": "$context.requestTime",
      "path": "$context.path",
      "accountId": "${AccountId}",
      "protocol": "$context.protocol",
      "stage": "$context.stage",
      "domainPrefix": "$context.domainPrefix",
      "requestTimeEpoch": $context.requestTimeEpoch,
      "requestId": "$context.requestId",
      #set( $map = $context.identity )
      "identity": $loop,
      "domainName": "$context.domainName",
      #set( $map = $context.authorizer )
      "authorizer": $loop,
      "apiId": "$context.apiId"
    },
    "body": "$util.escapeJavaScript("$body").replaceAll("\\'", "'")",
    "isBase64Encoded": false
  }
  #end
  {
    "input": "$util.escapeJavaScript("$smInput").replaceAll("\\'", "'")",
    "name":"$context.requestId",
    "stateMachineArn":"${StateMachineArn}"
  }"##;

/// Returns the template that starts a state machine with a proxy event, for `application/json`.
pub(super) fn execution_proxy_json() -> String {
    format!("\n  #set( $body = $input.body )\n  {EXECUTION_PROXY}")
}

/// Returns the template that starts a state machine with a proxy event, for a form.
pub(super) fn execution_proxy_form() -> String {
    let form: Vec<&str> = FORM.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
    format!("{}\n  {EXECUTION_PROXY}", form.join("\n").trim_end())
}

/// The records of a Kinesis stream.
pub(super) const KINESIS_RECORDS: &str = r##"[
  #foreach($elem in $input.path('$.records'))
      {
        "Data": "$util.base64Encode($elem.data)",
        "PartitionKey": "$elem.partition-key"
      }#if($foreach.hasNext),#end
  #end
]"##;

/// The answer to `GetItem` of DynamoDB, on one line.
pub(super) const DYNAMODB_ITEM: &str = concat!(
    r##"#set($item = $input.path('$.Item')){#foreach($key in $item.keySet())"##,
    r##"#set ($value = $item.get($key))#foreach( $type in $value.keySet())"$key":"$value.get($type)""##,
    r##"#if($foreach.hasNext()),#end#end#if($foreach.hasNext()),#end#end}"##
);

/// The attributes of an item that is put into DynamoDB.
pub(super) const DYNAMODB_ATTRIBUTES: &str = r##"
      #set ($body = $util.parseJson($input.body))
      #foreach( $key in $body.keySet())
        #set ($item = $body.get($key))
        #foreach( $type in $item.keySet())
          "$key":{"$type" : "$item.get($type)"}
        #if($foreach.hasNext()),#end
        #end
      #if($foreach.hasNext()),#end
      #end
    }
    "##;
