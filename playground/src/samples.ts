// Ready samples: the surroundings of a request for each type of API, and documents for whole calls.
import type { ApiType } from "./state";

const pretty = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

export const PARAMS = pretty({
  path: { id: "1017" },
  querystring: { lang: "en" },
  header: { Accept: "application/json", "X-Trace": "t-1" },
});

export const STAGE = pretty({ table: "orders-prod" });

export const CONTEXTS: Record<ApiType, string> = {
  REST: pretty({
    accountId: "123456789012",
    apiId: "a1b2c3d4e5",
    authorizer: { principalId: "ada", claims: { sub: "c0ffee", email: "ada@example.com" } },
    domainName: "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
    httpMethod: "POST",
    identity: { sourceIp: "192.0.2.1", userAgent: "curl/8.5.0" },
    path: "/prod/orders/1017",
    protocol: "HTTP/1.1",
    requestId: "4e1c5f0a-9d5b-4c7e-8f6a-0b1c2d3e4f50",
    requestTime: "04/Mar/2026:19:15:17 +0000",
    requestTimeEpoch: 1772651717000,
    resourceId: "x9y8z7",
    resourcePath: "/orders/{id}",
    stage: "prod",
  }),
  HTTP: pretty({
    accountId: "123456789012",
    apiId: "h1t2t3p4",
    authorizer: { claims: { sub: "c0ffee", scope: "orders" } },
    domainName: "h1t2t3p4.execute-api.eu-west-1.amazonaws.com",
    httpMethod: "POST",
    identity: { sourceIp: "192.0.2.1", userAgent: "curl/8.5.0" },
    path: "/orders/1017",
    protocol: "HTTP/1.1",
    requestId: "Kx1aBcDeFiEEJtw=",
    requestTime: "04/Mar/2026:19:15:17 +0000",
    requestTimeEpoch: 1772651717000,
    routeKey: "POST /orders/{id}",
    stage: "$default",
  }),
  WebSocket: pretty({
    apiId: "w1e2b3s4",
    connectedAt: 1772651700000,
    connectionId: "L0SM9cOFIAMCIdw=",
    domainName: "w1e2b3s4.execute-api.eu-west-1.amazonaws.com",
    eventType: "MESSAGE",
    extendedRequestId: "Kx1aBcDeFiEEJtw=",
    identity: { sourceIp: "192.0.2.1", userAgent: "wscat/5.2.0" },
    messageDirection: "IN",
    messageId: "L0SPzdVgIAMCIdw=",
    requestId: "Kx1aBcDeFiEEJtw=",
    requestTime: "04/Mar/2026:19:15:17 +0000",
    requestTimeEpoch: 1772651717000,
    routeKey: "sendOrder",
    stage: "prod",
  }),
};

export interface Sample {
  title: string;
  file: string;
  text: string;
  headers?: string;
  message?: string;
  line?: string;
  answer?: string;
}

export const DOCUMENTS: Sample[] = [
  {
    title: "OpenAPI: orders to a queue",
    file: "openapi.yaml",
    line: "POST /orders/1017?urgent=yes",
    message: `{"sku": "A1", "count": 2}`,
    answer: `{"SendMessageResponse": {"SendMessageResult": {"MessageId": "m-1"}}}`,
    text: `openapi: 3.0.1
info: {title: orders, version: "1"}
paths:
  /orders/{id}:
    post:
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      responses:
        "202": {description: queued}
        "400": {description: refused by the queue}
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:sqs:path/123456789012/orders
        credentials: arn:aws:iam::123456789012:role/queue
        passthroughBehavior: never
        requestParameters:
          integration.request.header.Content-Type: "'application/x-www-form-urlencoded'"
        requestTemplates:
          application/json: >-
            Action=SendMessage&MessageBody=$util.urlEncode($input.json('$'))&MessageAttribute.1.Name=id&MessageAttribute.1.Value.StringValue=$input.params('id')
        responses:
          default:
            statusCode: "202"
            responseTemplates:
              application/json: |
                {"queued": $input.json('$.SendMessageResponse.SendMessageResult.MessageId'), "order": "$input.params('id')"}
          4\\d\\d:
            statusCode: "400"
            responseTemplates:
              application/json: |
                {"message": "the queue refused order $input.params('id')"}
  /health:
    get:
      responses: {"200": {description: alive}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: "200", responseTemplates: {application/json: '{"alive": true, "stage": "$context.stage"}'}}}
`,
  },
  {
    title: "SAM: an item from DynamoDB",
    file: "template.yaml",
    line: "GET /pets/7",
    answer: `{"Item": {"id": {"S": "7"}, "name": {"S": "Rex"}}}`,
    text: `AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Pets:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      DefinitionBody:
        openapi: 3.0.1
        info: {title: pets, version: "1"}
        paths:
          /pets/{id}:
            get:
              parameters: [{name: id, in: path, required: true, schema: {type: string}}]
              responses: {"200": {description: a pet}}
              x-amazon-apigateway-integration:
                type: aws
                httpMethod: POST
                uri: arn:aws:apigateway:eu-west-1:dynamodb:action/GetItem
                credentials: arn:aws:iam::123456789012:role/table
                requestTemplates:
                  application/json: |
                    {"TableName": "pets", "Key": {"id": {"S": "$input.params('id')"}}}
                responses:
                  default:
                    statusCode: "200"
                    responseTemplates:
                      application/json: |
                        #set($pet = $input.path('$.Item'))
                        {"id": "$pet.id.S", "name": "$pet.name.S"}
`,
  },
  {
    title: "Terraform: an HTTP backend",
    file: "main.tf",
    line: "POST /pets",
    message: `{"name": "Rex"}`,
    answer: `{"id": 7}`,
    text: `resource "aws_api_gateway_rest_api" "pets" {
  name = "pets"
}

resource "aws_api_gateway_resource" "pets" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  parent_id   = aws_api_gateway_rest_api.pets.root_resource_id
  path_part   = "pets"
}

resource "aws_api_gateway_method" "create" {
  rest_api_id   = aws_api_gateway_rest_api.pets.id
  resource_id   = aws_api_gateway_resource.pets.id
  http_method   = "POST"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "create" {
  rest_api_id             = aws_api_gateway_rest_api.pets.id
  resource_id             = aws_api_gateway_resource.pets.id
  http_method             = aws_api_gateway_method.create.http_method
  type                    = "HTTP"
  integration_http_method = "PUT"
  uri                     = "https://backend.example.com/pets"
  request_templates = {
    "application/json" = <<-EOT
      {"name": $input.json('$.name'), "from": "$context.identity.sourceIp"}
    EOT
  }
}

resource "aws_api_gateway_method_response" "created" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  resource_id = aws_api_gateway_resource.pets.id
  http_method = aws_api_gateway_method.create.http_method
  status_code = "201"
}

resource "aws_api_gateway_integration_response" "created" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  resource_id = aws_api_gateway_resource.pets.id
  http_method = aws_api_gateway_method.create.http_method
  status_code = aws_api_gateway_method_response.created.status_code
  response_templates = {
    "application/json" = "{\\"created\\": $input.path('$.id')}"
  }
}
`,
  },
  {
    title: "CloudFormation: a WebSocket chat",
    file: "chat.yaml",
    line: "MESSAGE",
    message: `{"action": "send", "text": "Hello"}`,
    text: `Resources:
  Chat:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Name: chat
      ProtocolType: WEBSOCKET
      RouteSelectionExpression: $request.body.action
  Send:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref Chat
      RouteKey: send
      RouteResponseSelectionExpression: $default
      Target: !Sub integrations/\${Echo}
  Echo:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Chat
      IntegrationType: MOCK
      TemplateSelectionExpression: "200"
      RequestTemplates: {"200": '{"statusCode": 200}'}
  EchoResponse:
    Type: AWS::ApiGatewayV2::IntegrationResponse
    Properties:
      ApiId: !Ref Chat
      IntegrationId: !Ref Echo
      IntegrationResponseKey: $default
      TemplateSelectionExpression: "200"
      ResponseTemplates: {"200": '{"sent": true, "by": "$context.connectionId"}'}
  SendResponse:
    Type: AWS::ApiGatewayV2::RouteResponse
    Properties:
      ApiId: !Ref Chat
      RouteId: !Ref Send
      RouteResponseKey: $default
`,
  },
];
