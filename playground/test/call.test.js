// The whole call: documents, routes, messages, what was chosen, the log.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { WIDTHS, editor, show, start, write } from "./page.js";

let world;
before(async () => (world = await start()));
after(() => world.stop());

const SERVERLESS = `service: pets
provider: {name: aws}
functions:
  get:
    handler: index.get
    events:
      - http:
          path: pets/{id}
          method: get
          integration: lambda
          request: {template: {application/json: '{"id": "$input.params(''id'')"}'}}
`;

const CLOUDFORMATION = JSON.stringify({
  Resources: {
    Api: { Type: "AWS::ApiGateway::RestApi", Properties: { Name: "pets" } },
    Get: {
      Type: "AWS::ApiGateway::Method",
      Properties: {
        RestApiId: { Ref: "Api" }, ResourceId: { "Fn::GetAtt": ["Api", "RootResourceId"] }, HttpMethod: "GET", AuthorizationType: "NONE",
        Integration: {
          Type: "MOCK", RequestTemplates: { "application/json": '{"statusCode": 200}' },
          IntegrationResponses: [{ StatusCode: "200", ResponseTemplates: { "application/json": '{"from": "$context.identity.sourceIp"}' } }],
        },
        MethodResponses: [{ StatusCode: "200" }],
      },
    },
  },
});

const messages = (page) => page.locator(".messages");

for (const width of WIDTHS) {
  test(`a document, a route and a backend's answer give the four messages (${width})`, async () => {
    const page = await world.open({ width });
    await page.getByRole("button", { name: "Whole call" }).click();
    await show(page, "Result");
    await messages(page).getByText("Method response").waitFor();
    const headings = await messages(page).locator(".message h2").allTextContents();
    assert.deepEqual(headings.map((it) => it.replace(/^\d|(from|to) the.*/g, "")), ["Method request", "Integration request", "Integration response", "Method response"]);
    assert.match(await messages(page).textContent(), /sqs\.eu-west-1\.amazonaws\.com.*Value\.StringValue=1017.*\{"queued": "m-1", "order": "1017"\}/s);
    assert.deepEqual(await page.locator(".choice").allTextContents(), [
      "request template application/json matched application/json",
      "integration response status 200 matched none of 4\\d\\d; took default",
      "response template application/json matched application/json",
    ]);
    await page.getByRole("tab", { name: "Execution log" }).click();
    assert.match(await page.locator(".log").textContent(), /Endpoint request body after transformations: Action=SendMessage.*Method completed with status: 202/s);

    // The backend refuses.
    await show(page, "Request");
    await page.getByRole("textbox", { name: "Status of the backend's answer" }).fill("403");
    await show(page, "Result");
    await page.getByRole("tab", { name: "Messages" }).click();
    await page.getByText("status 403 matched 4\\d\\d").waitFor();
    assert.match(await messages(page).textContent(), /the queue refused order 1017/);

    // The backend is away.
    await show(page, "Request");
    await page.getByRole("combobox", { name: "The backend" }).selectOption("timeout");
    await show(page, "Result");
    await page.getByText("INTEGRATION_TIMEOUT").waitFor();
    await page.locator(".message-line", { hasText: /^504$/ }).waitFor();

    // Another route, and a template of it in the other view.
    await show(page, "Request");
    await page.getByRole("combobox", { name: "Route" }).selectOption({ label: "GET /health" });
    await show(page, "Result");
    await messages(page).getByText('{"alive": true, "stage": "prod"}').waitFor();
    await show(page, "Request");
    await page.getByRole("button", { name: "response 200: application/json" }).click();
    assert.equal(await editor(page, "Template").textContent(), '{"alive": true, "stage": "$context.stage"}');
    assert.deepEqual(page.errors, []);
  });
}

test("documents of each kind are read as they are pasted", async () => {
  const page = await world.open();
  await page.getByRole("button", { name: "Whole call" }).click();
  const kind = page.locator(".kind");
  await write(page, "Document", CLOUDFORMATION);
  await kind.filter({ hasText: "CloudFormation" }).waitFor();
  await page.getByRole("combobox", { name: "Route" }).selectOption({ label: "GET /" });
  await messages(page).getByText('{"from": "192.0.2.1"}').waitFor();
  await write(page, "Document", SERVERLESS);
  await kind.filter({ hasText: /Serverless/i }).waitFor();
  await page.getByRole("combobox", { name: "Route" }).selectOption({ index: 0 });
  await page.getByRole("combobox", { name: "The backend" }).selectOption("lambda");
  await messages(page).getByText('{"id": "7"}').first().waitFor();
  for (const [label, shown, text] of [["SAM: an item from DynamoDB", "SAM", '{"id": "7", "name": "Rex"}'], ["Terraform: an HTTP backend", "Terraform", '{"created": 7}'],
    ["CloudFormation: a WebSocket chat", "CloudFormation", '{"sent": true, "by": "']]) {
    await page.getByRole("combobox", { name: "Sample documents" }).selectOption({ label });
    await kind.filter({ hasText: shown }).waitFor();
    await messages(page).getByText(text).waitFor();
  }
  assert.deepEqual(page.errors, []);
});

test("a file is opened and dropped", async () => {
  const page = await world.open();
  await page.getByRole("button", { name: "Whole call" }).click();
  await page.locator('input[type="file"]').setInputFiles({ name: "pets.json", mimeType: "application/json", buffer: Buffer.from(CLOUDFORMATION) });
  await page.locator(".kind", { hasText: "CloudFormation" }).waitFor();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "serverless.yml"));
    document.querySelector(".call-view .document").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, SERVERLESS);
  await page.locator(".kind", { hasText: /Serverless/i }).waitFor();
});

test("what the service refuses in a document is a finding at its place", async () => {
  const page = await world.open();
  await page.getByRole("button", { name: "Whole call" }).click();
  await write(page, "Document", "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      x-amazon-apigateway-integration: {type: http, httpMethod: GET, uri: backend.test}\n");
  await page.getByRole("tab", { name: /^Findings/ }).click();
  const finding = page.locator(".finding:visible").first();
  await finding.getByRole("button", { name: /^Line 5/ }).click();
  assert.ok(await editor(page, "Document").evaluate((box) => box === document.activeElement));
  await finding.getByRole("button", { name: /^V6/ }).click();
  await page.getByRole("dialog").waitFor();
});
