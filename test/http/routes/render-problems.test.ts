/** What a person who sends bad Score files reads in the answer. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cache, labels, release, startWith } from "../../helpers/recipes.js";
import { askRender } from "../../helpers/rendering.js";
import type { TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";

interface Fault {
  readonly code: string;
  readonly place?: Readonly<Record<string, unknown>>;
  readonly hint?: string;
}

/** Outputs a port that its own recipe says is a number. */
const liar = {
  name: "acme/liar",
  version: "2.1.0",
  metadata: "resources: {liar: {outputs: {properties: {port: {type: integer}}}}}\n",
  files: {
    "compose.provisioners.yaml":
      "- uri: template://acme/liar\n  type: liar\n  outputs: |\n    port: top-secret-port\n",
  },
};

/** Writes a short form where a patched document has to have the long one. */
const breaker = {
  name: "acme/breaker",
  version: "3.0.0",
  files: { "ports.compose.tpl": "- {op: set, path: services.web-main.ports, value: ['80:80']}\n" },
};

const head = (name: string) => `apiVersion: score.dev/v1b1\nmetadata: {name: ${name}}\n`;

describe.each(STORES)("problems of a render on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [cache(), labels(), liar, breaker]);
    await release(server, "local", [
      { recipe: "acme/cache", range: "*", target: "compose" },
      { recipe: "acme/liar", range: "*" },
    ]);
    await release(server, "broken", [{ recipe: "acme/breaker", range: "*" }]);
  });
  afterAll(() => server?.close());

  const cases: { name: string; environment?: string; scores: string[]; faults: Fault[] }[] = [
    {
      name: "every fault of every Score file",
      scores: [
        `${head("web")}containers:\n  main:\n    image: .\n    tty: 1\n    variables: {A.B: "\${resources.x.y}"}\n`,
        "a: [\n",
      ],
      faults: [
        { code: "score_yaml", place: { file: "1.yaml", line: 2, column: 1 } },
        {
          code: "score_schema",
          place: {
            file: "0.yaml",
            workload: "web",
            line: 6,
            column: 5,
            path: "containers.main.tty",
          },
        },
        {
          code: "score_placeholder_unknown_resource",
          place: {
            file: "0.yaml",
            workload: "web",
            line: 7,
            column: 17,
            path: "containers.main.variables.A\\.B",
          },
        },
        {
          code: "score_image_missing",
          place: {
            file: "0.yaml",
            workload: "web",
            line: 5,
            column: 5,
            path: "containers.main.image",
          },
          hint: expect.any(String),
        },
      ],
    },
    {
      name: "every resource that cannot be provisioned, by the recipe's schema as well",
      scores: [
        `${head("web")}containers: {main: {image: i}}\nresources:\n  store: {type: cache, params: {size: 0}}\n  jobs: {type: cachee}\n`,
      ],
      faults: [
        {
          code: "provision_params_schema",
          place: {
            file: "0.yaml",
            workload: "web",
            line: 5,
            column: 33,
            path: "resources.store.params.size",
          },
        },
        {
          code: "provision_no_match",
          place: { file: "0.yaml", workload: "web", line: 6, column: 3, path: "resources.jobs" },
          hint: expect.stringContaining("cache"),
        },
      ],
    },
    {
      name: "outputs that are not what their recipe says",
      scores: [`${head("web")}containers: {main: {image: i}}\nresources: {one: {type: liar}}\n`],
      faults: [
        {
          code: "provision_outputs_schema",
          place: { file: "provisioners.yaml", line: expect.any(Number), path: "outputs.port" },
        },
      ],
    },
  ];
  test.each(cases)("$name", async ({ environment = "local", scores, faults }) => {
    const workloads = scores.map((score, i) => ({ path: `${i}.yaml`, score }));
    const reply = await askRender(server, environment, { target: "compose", workloads });
    expect(reply.json()).toMatchObject({
      status: 422,
      code: faults[0]?.code,
      place: faults[0]?.place,
    });
    expect(reply.json<{ problems: Fault[] }>().problems).toEqual(
      faults.map((fault) => ({ message: expect.any(String), ...fault })),
    );
    expect(reply.text).not.toContain("top-secret");
  });

  test("a recipe's patch that breaks the document is named with its version and operation", async () => {
    const workloads = [{ score: `${head("web")}containers: {main: {image: i}}\n` }];
    const reply = await askRender(server, "broken", { target: "compose", workloads });
    expect(reply.json()).toMatchObject({
      status: 422,
      code: "patch_result",
      place: { path: "services.web-main.ports.0" },
    });
    const { detail } = reply.json<{ detail: string }>();
    expect(detail).toContain("acme/breaker@3.0.0");
    expect(detail).toContain("operation 1: set 'services.web-main.ports'");
  });

  test("warnings have their places too", async () => {
    const container = "{image: i, resources: {limits: {cpu: 1m}}}";
    const workloads = [{ score: `${head("web")}containers: {main: ${container}}\n` }];
    const reply = await askRender(server, "local", { target: "compose", workloads });
    expect(reply.json<{ warnings: Fault[] }>().warnings).toMatchObject([
      {
        place: {
          file: "score.yaml",
          workload: "web",
          line: 3,
          path: "containers.main.resources.limits",
        },
      },
    ]);
  });
});
