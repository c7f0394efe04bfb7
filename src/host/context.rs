//! The variables of `$context`.

/// A variable of `$context`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Variable {
    /// Path below `$context`, such as `identity.sourceIp`; a part in capitals is a placeholder for any name.
    pub name: &'static str,
    /// Description in a few words of Markdown.
    pub doc: &'static str,
    /// `true` for a variable that WebSocket APIs alone have. Left out of JSON if `false`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub websocket: bool,
}

macro_rules! variables {
    ($($name:literal: $doc:literal,)* websocket { $($own:literal: $own_doc:literal,)* }
     access_log { $($log:literal: $log_doc:literal,)* }) => {
        /// The variables that the service fills ("API Gateway mapping template and access logging variable
        /// reference"; "API Gateway WebSocket API mapping template reference").
        pub(crate) const CONTEXT: &[Variable] = &[
            $(Variable { name: $name, doc: $doc, websocket: false },)*
            $(Variable { name: $own, doc: $own_doc, websocket: true },)*
        ];

        /// The variables of access logs alone, which templates and mappings do not have ("Variables for access
        /// logging for API Gateway", "Customize HTTP API access logs").
        pub(crate) const ACCESS_LOG: &[Variable] =
            &[$(Variable { name: $log, doc: $log_doc, websocket: false },)*];
    };
}

variables! {
    "accountId": "ID of the account that owns the API.",
    "apiId": "ID of the API.",
    "authorizer.principalId": "Principal that a Lambda authorizer returned.",
    "authorizer.claims.NAME": "Claim of a Cognito user pool's token.",
    "authorizer.NAME": "Value that a Lambda authorizer put into its context, always as text.",
    "awsEndpointRequestId": "ID of the request at the AWS service behind the API, once that has answered.",
    "deploymentId": "ID of the deployment.",
    "domainName": "Host name that was called.",
    "domainPrefix": "First label of the host name.",
    "error.message": "In a gateway response: the error message.",
    "error.messageString": "In a gateway response: the error message in quotes.",
    "error.responseType": "In a gateway response: its type.",
    "error.validationErrorString": "In a gateway response: the details of a failed validation.",
    "extendedRequestId": "Second ID of the request.",
    "httpMethod": "Method: `GET`, `POST` and so on.",
    "identity.accountId": "Account of the caller of a signed request.",
    "identity.apiKey": "API key, where the method needs one.",
    "identity.apiKeyId": "ID of the API key.",
    "identity.caller": "Principal of a signed request.",
    "identity.clientCert.NAME": "Client certificate: `clientCertPem`, `subjectDN`, `issuerDN`, `serialNumber`, `validity.notBefore`, `validity.notAfter`.",
    "identity.cognitoAuthenticationProvider": "Providers that a Cognito identity came by.",
    "identity.cognitoAuthenticationType": "`authenticated` or `unauthenticated`.",
    "identity.cognitoIdentityId": "Cognito identity.",
    "identity.cognitoIdentityPoolId": "Pool of the Cognito identity.",
    "identity.principalOrgId": "Organization of the caller.",
    "identity.sourceIp": "IP address that the request came from.",
    "identity.user": "User of a signed request.",
    "identity.userAgent": "Header `User-Agent`.",
    "identity.userArn": "ARN of the user.",
    "identity.vpcId": "VPC of a private call.",
    "identity.vpceId": "Endpoint of the VPC.",
    "isCanaryRequest": "`true` or `false`: answered by the canary of the stage; only where there is one.",
    "operationName": "Name of the operation, where the method has one (`operationId` of OpenAPI).",
    "path": "Path with the stage: `/prod/pets/7`.",
    "protocol": "Protocol: `HTTP/1.1`.",
    "requestId": "ID of the request.",
    "requestOverride.header.NAME": "To be set in a request template: header for the backend.",
    "requestOverride.path.NAME": "To be set in a request template: path parameter of the backend's address.",
    "requestOverride.querystring.NAME": "To be set in a request template: query parameter for the backend.",
    "requestTime": "Time of the request: `04/Mar/2020:19:15:17 +0000`.",
    "requestTimeEpoch": "Time of the request in milliseconds since 1970.",
    "resourceId": "ID of the resource.",
    "resourcePath": "Path of the resource without the stage: `/pets/{id}`.",
    "responseOverride.header.NAME": "To be set in a template: header for the client.",
    "responseOverride.status": "To be set in a template: status for the client.",
    "stage": "Name of the stage.",
    "wafResponseCode": "`WAF_ALLOW` or `WAF_BLOCK`, where there is a web ACL.",
    "webaclArn": "ARN of the web ACL.",
    websocket {
        "connectedAt": "Time of the connection in milliseconds since 1970.",
        "connectionId": "ID of the connection.",
        "disconnectReason": "Reason that a connection was closed for, in events of `$disconnect`.",
        "disconnectStatusCode": "Status that a connection was closed with, in events of `$disconnect`.",
        "eventType": "`CONNECT`, `MESSAGE` or `DISCONNECT`.",
        "messageDirection": "Direction of a message: `IN`.",
        "messageId": "ID of a message; only for `MESSAGE`.",
        "routeKey": "Key of the route that was selected.",
    }
    access_log {
        "authenticate.error": "Error of the authentication.",
        "authenticate.latency": "Time of the authentication in milliseconds.",
        "authenticate.status": "Status of the authentication.",
        "authorize.error": "Error of the authorization.",
        "authorize.latency": "Time of the authorization in milliseconds.",
        "authorize.status": "Status of the authorization.",
        "customDomain.basePathMatched": "Path of the mapping of a custom domain that was selected.",
        "dataProcessed": "Bytes that were processed, in HTTP APIs.",
        "endpointType": "Type of the endpoint of the API.",
        "integration.error": "Error of the integration.",
        "integration.integrationStatus": "Status of Lambda, not of the function.",
        "integration.latency": "Time of the integration in milliseconds.",
        "integration.requestId": "ID of the request at the AWS service.",
        "integration.status": "Status of the integration; of a function behind a proxy, its own.",
        "integrationErrorMessage": "Error of the integration.",
        "integrationLatency": "Time of the integration in milliseconds.",
        "integrationStatus": "Status of the integration.",
        "responseLatency": "Time of the response in milliseconds.",
        "responseLength": "Bytes of the response.",
        "status": "Status of the response.",
        "tenantId": "ID of the tenant.",
        "waf.error": "Error of AWS WAF.",
        "waf.latency": "Time of AWS WAF in milliseconds.",
        "waf.status": "Status of AWS WAF.",
        "xrayTraceId": "Trace ID of X-Ray.",
    }
}
