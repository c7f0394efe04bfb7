variable "region" {
  default = "eu-west-1"
}

resource "aws_api_gateway_rest_api" "jobs" {
  name = "jobs"
}

resource "aws_api_gateway_resource" "jobs" {
  rest_api_id = aws_api_gateway_rest_api.jobs.id
  parent_id   = aws_api_gateway_rest_api.jobs.root_resource_id
  path_part   = "jobs"
}

resource "aws_api_gateway_method" "start" {
  rest_api_id   = aws_api_gateway_rest_api.jobs.id
  resource_id   = aws_api_gateway_resource.jobs.id
  http_method   = "POST"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "start" {
  rest_api_id             = aws_api_gateway_rest_api.jobs.id
  resource_id             = aws_api_gateway_resource.jobs.id
  http_method             = aws_api_gateway_method.start.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:${var.region}:states:action/StartExecution"
  credentials             = "arn:aws:iam::123456789012:role/api"
  passthrough_behavior    = "NEVER"

  request_templates = {
    "application/json" = file("${path.module}/start.vtl")
  }
}

resource "aws_api_gateway_method_response" "accepted" {
  rest_api_id = aws_api_gateway_rest_api.jobs.id
  resource_id = aws_api_gateway_resource.jobs.id
  http_method = aws_api_gateway_method.start.http_method
  status_code = "202"
}

resource "aws_api_gateway_method_response" "conflict" {
  rest_api_id = aws_api_gateway_rest_api.jobs.id
  resource_id = aws_api_gateway_resource.jobs.id
  http_method = aws_api_gateway_method.start.http_method
  status_code = "409"
}

resource "aws_api_gateway_integration_response" "accepted" {
  rest_api_id = aws_api_gateway_rest_api.jobs.id
  resource_id = aws_api_gateway_resource.jobs.id
  http_method = aws_api_gateway_method.start.http_method
  status_code = aws_api_gateway_method_response.accepted.status_code

  response_templates = {
    "application/json" = <<-EOT
      #set($arn = $input.path('$.executionArn'))
      {"job": "$arn.substring($arn.lastIndexOf(':')).substring(1)"}
    EOT
  }
}

resource "aws_api_gateway_integration_response" "conflict" {
  rest_api_id       = aws_api_gateway_rest_api.jobs.id
  resource_id       = aws_api_gateway_resource.jobs.id
  http_method       = aws_api_gateway_method.start.http_method
  status_code       = aws_api_gateway_method_response.conflict.status_code
  selection_pattern = "400"

  response_templates = {
    "application/json" = "{\"message\": \"the job runs already\"}"
  }
}
