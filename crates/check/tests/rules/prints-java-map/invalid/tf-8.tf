resource "aws_api_gateway_rest_api" "api" {
  name = "t"
}

resource "aws_api_gateway_resource" "a" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "a"
}

resource "aws_api_gateway_method" "m" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.a.id
  http_method   = "POST"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "i" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.a.id
  http_method             = aws_api_gateway_method.m.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  passthrough_behavior    = "NEVER"
  uri                     = "arn:aws:apigateway:eu-west-1:states:action/StartExecution"
  credentials             = "arn:aws:iam::123456789012:role/r"
  request_templates = {
    "application/json" = <<-VTL
      #set($u = $input.path('$.user')){"name": "$util.urlEncode($u.name)", "user": «$u}
    VTL
  }
}
