declare module "virtual:recorded" {
  export interface Recorded {
    id: string;
    note: string;
    source: string;
    confidence: string;
    template: string;
    body: string;
    params: { path: Record<string, string>; querystring: Record<string, string>; header: Record<string, string> };
    context: object;
    stageVariables: Record<string, string>;
    expect: { output?: string; error?: string };
  }
  const cases: Record<string, Recorded>;
  export default cases;
}
