import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { isMarked } from "../../../src/core/render/k8s/manifest-files.js";
import {
  cache,
  labels,
  publishAll,
  queue,
  release,
  scoreFile,
  startWith,
} from "../../helpers/recipes.js";
import { askRender, passwordsIn, type RenderJson, rendered } from "../../helpers/rendering.js";
import type { TestServer } from "../../helpers/server.js";
import { STORES } from "../../helpers/stores.js";

const removing = {
  name: "acme/removing",
  version: "1.0.0",
  files: {
    "compose.provisioners.yaml":
      "- uri: template://acme/removing\n  type: removing\n  directories: '{old: false}'\n  files: '{old.txt: null}'\n",
  },
};
const asYaml = { accept: "application/yaml" };

const plain = scoreFile("web", { jobs: { type: "queue" } });
const mounting = scoreFile("web", { store: { type: "cache" } });

describe.each(STORES)("POST /v1/environments/{env}/render on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [cache(), queue(), labels()]);
    await release(server, "local", [
      { recipe: "acme/cache", range: "*", target: "compose" },
      { recipe: "acme/queue", range: "*" },
    ]);
    await release(server, "cluster", [{ recipe: "acme/cache", range: "*", target: "k8s" }]);
  });
  afterAll(() => server?.close());

  const send = (body: string, headers: Record<string, string>, query = "") =>
    server.call(`/v1/environments/local/render${query}`, { method: "POST", body, headers });
  const one = (score: string) => ({ workloads: [{ score }] });

  describe("what a hostile or careless caller sends", () => {
    const json = { "content-type": "application/json" };
    const state = "/v1/projects/careless/environments/local/state?target=compose";

    test("a million faults are answered by the first", async () => {
      const faults = `{"workloads":[{"score":"x","overrideProperties":[${"1,".repeat(1_000_000)}1]}]}`;
      const reply = await send(faults, json);
      expect(reply.json()).toMatchObject({ status: 400, code: "http_request_invalid" });
      expect(reply.bytes.length).toBeLessThan(2000);
    });

    test("an object nested without end is refused", async () => {
      const deep = `{"workloads":[{"score":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}]}`;
      expect((await send(deep, json)).json()).toMatchObject({ status: 400 });
    });

    test.each([
      { name: "no body to render", path: "/v1/environments/local/render", method: "POST" },
      { name: "no body as a state", path: state, method: "PUT" },
      { name: "JSON as a state", path: state, method: "PUT", body: { a: 1 } },
    ])("$name is a 400", async ({ path, method, body }) => {
      const reply = await server.call(path, { method, ...(body === undefined ? {} : { body }) });
      expect(reply.json()).toMatchObject({ status: 400, code: "http_body_invalid" });
    });

    test.each([
      { name: "empty", text: "\n" },
      { name: "that leads out of its folder", text: "mounts_directory: ../../evil\n" },
      { name: "with an absolute folder", text: "mounts_directory: /etc\n" },
    ])("a state $name is refused", async ({ text }) => {
      const reply = await server.call(state, {
        method: "PUT",
        body: text,
        headers: { "content-type": "application/yaml" },
      });
      expect(reply.json()).toMatchObject({ status: 422, code: "project_state" });
      const sent = await askRender(server, "local", {
        ...one(plain),
        target: "compose",
        state: text,
      });
      if (text.trim() !== "") expect(sent.json()).toMatchObject({ code: "project_state" });
    });

    test.each([{ state: "{}" }, { sourceFiles: {} }, { record: false }])(
      "a project takes no %o",
      async (extra) => {
        const body = { ...one(plain), target: "compose", project: "careless", ...extra };
        const reply = await askRender(server, "local", body);
        expect(reply.json()).toMatchObject({ status: 422, code: "http_combination" });
      },
    );

    test("more usage records than one statement takes are all kept", async () => {
      const jobs = Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [`job-${i}`, { type: "queue", id: `shared-${i}` }]),
      );
      const workloads = Array.from({ length: 130 }, (_, i) => ({
        score: scoreFile(`many-${i}`, jobs),
      }));
      const body = { target: "compose", workloads };
      expect((await askRender(server, "local", body)).status).toBe(200);
      const found = await server.call("/v1/usage?workload=many-129&limit=500");
      expect(found.json<{ usage: unknown[] }>().usage).toHaveLength(40);
    });
  });

  describe("the body", () => {
    test.each([
      "application/x-www-form-urlencoded",
      "application/yaml",
      "application/x-yaml",
      "text/yaml",
      "text/x-yaml; charset=utf-8",
      "text/plain",
      "application/octet-stream",
    ])("may be one raw Score file as %s", async (type) => {
      const score =
        "# as curl sends it\napiVersion: score.dev/v1b1\nmetadata: {name: raw}\ncontainers: {main: {image: 'a=b&c'}}\n";
      const reply = await send(
        score,
        { "content-type": type },
        "?target=compose&image=x&record=false",
      );
      expect(reply.status).toBe(200);
      expect(reply.json()).toMatchObject({
        documents: [{ services: { "raw-main": { image: "a=b&c" } } }],
      });
    });

    test("may carry everything that the CLIs take", async () => {
      const score = {
        apiVersion: "score.dev/v1b1",
        metadata: { name: "full" },
        service: { ports: { web: { port: 80, targetPort: 8080 } } },
        containers: {
          main: {
            image: ".",
            variables: { A: "a", B: "b", C: `\${resources.env.C}` },
            files: { "/etc/a.bin": { source: "a.bin", noExpand: true } },
          },
          side: { image: "side" },
        },
        resources: { env: { type: "environment" } },
      };
      const bytes = Buffer.from([0, 1, 254, 255]);
      const answer = await rendered(server, "local", {
        target: "compose",
        publish: ["18080:full:8080"],
        environment: { C: `\${C}` },
        workloads: [
          {
            score,
            path: "services/full/score.yaml",
            image: "example.com/full:2",
            overrides: { containers: { side: { variables: { D: "d" } } } },
            overrideProperties: [
              "containers.main.variables.A=over",
              "containers.main.variables.B=",
            ],
            builds: { main: { context: "./app", args: { N: 3 } }, side: "./side" },
            sourceFiles: { "./conf/../a.bin": { base64: bytes.toString("base64") } },
          },
        ],
        patchTemplates: [{ name: "mine.tpl", text: labels().files["labels.compose.tpl"] }],
      });
      const services = answer.documents[0]?.services as Record<string, Record<string, unknown>>;
      expect(services["full-main"]).toMatchObject({
        build: { context: "./app", args: { N: "3" } },
        environment: { A: "over", C: `\${C}` },
        labels: { team: "acme" },
        ports: [{ target: 8080, published: "18080" }],
      });
      expect(services["full-side"]?.environment).toEqual({ D: "d" });
      expect(services["full-main"]?.environment).not.toHaveProperty("B");
      expect(services["full-side"]?.build).toEqual({ context: "./side" });
      expect(answer.files.map(({ base64, mode }) => [base64, mode])).toEqual([
        [bytes.toString("base64"), "0644"],
      ]);
      expect(answer.state).toContain("services/full/score.yaml");
    });

    test.each([
      ["namespace", { namespace: "blue" }, "blue"],
      ["generateNamespace", { namespace: "blue", generateNamespace: true }, "blue"],
    ])("may choose the %s", async (name, options, namespace) => {
      const answer = await rendered(server, "cluster", { ...one(mounting), ...options });
      const kinds = answer.documents.map(({ kind: type }) => type);
      expect(kinds.includes("Namespace")).toBe(name === "generateNamespace");
      for (const { kind: type, metadata } of answer.documents) {
        if (type !== "Namespace") expect(metadata).toMatchObject({ namespace });
      }
    });

    test("may be strict, by query as well", async () => {
      const patchTemplates = [
        { name: "bad.tpl", text: "- {op: set, path: 0.spec, value: {a: 1}}" },
      ];
      const body = { ...one(mounting), target: "k8s", patchTemplates };
      expect((await rendered(server, "cluster", body)).notes).toEqual([]);
      const refused = await askRender(server, "cluster", { ...body, strict: true });
      expect(refused.json()).toMatchObject({
        status: 422,
        code: "patch_result",
        place: { file: "bad.tpl", path: "0.spec" },
      });

      const annotations = JSON.stringify({ "k8s.score.dev/kind": "Job" });
      const odd = scoreFile("odd").replace('"odd"', `"odd","annotations":${annotations}`);
      const ask = (query: string) =>
        server.call(`/v1/environments/cluster/render?target=k8s&${query}`, {
          method: "POST",
          headers: { "content-type": "text/yaml" },
          body: odd,
        });
      expect((await ask("strict=false")).json()).toMatchObject({
        documents: [],
        warnings: [{ code: "k8s_workload_kind", place: { line: 1 } }],
      });
      expect((await ask("strict=true")).json()).toMatchObject({ code: "k8s_workload_kind" });
      // What the body says prevails.
      const both = await server.call("/v1/environments/cluster/render?strict=true", {
        method: "POST",
        body: { ...one(odd), strict: false },
      });
      expect(both.json()).toMatchObject({ warnings: [{ code: "k8s_workload_kind" }] });
      const generated = await ask("namespace=blue&generateNamespace=true");
      expect(generated.json()).toMatchObject({ documents: [{ kind: "Namespace" }] });
    });

    test("may set the image of a raw Score file by query", async () => {
      const score = scoreFile("raw").replace("example.com/app:1", ".");
      const reply = await send(score, { "content-type": "text/yaml" }, "?image=example.com/q:1");
      expect(reply.json()).toMatchObject({
        documents: [{ services: { "raw-main": { image: "example.com/q:1" } } }],
      });
    });

    test.each<{ name: string; body: object; path: string }>([
      { name: "an unknown field", body: { ...one(plain), workload: [] }, path: "workload" },
      {
        name: "an unknown field of a workload",
        body: { workloads: [{ score: plain, overide: {} }] },
        path: "overide",
      },
      { name: "a number as text", body: { ...one(plain), release: "1" }, path: "release" },
      {
        name: "an environment value that is no text",
        body: { ...one(plain), environment: { A: 1 } },
        path: "environment.A",
      },
      { name: "no workloads", body: {}, path: "workloads" },
      { name: "a project's name", body: { ...one(plain), project: "../x" }, path: "project" },
    ])("is refused with $name, by name", async ({ body, path: field }) => {
      const reply = await askRender(server, "local", body);
      expect(reply.json()).toMatchObject({ status: 400, code: "http_request_invalid" });
      expect(reply.text).toContain(field);
    });

    test.each<{ name: string; body: string; type: string; status: number; code: string }>([
      {
        name: "JSON that is none",
        body: "{",
        type: "application/json",
        status: 400,
        code: "http_body_invalid",
      },
      {
        name: "a form",
        body: "x",
        type: "multipart/form-data; boundary=x",
        status: 415,
        code: "http_content_type",
      },
      {
        name: "base64 that is none",
        body: JSON.stringify({
          workloads: [{ score: plain, sourceFiles: { a: { base64: "*" } } }],
        }),
        type: "application/json",
        status: 400,
        code: "http_body_invalid",
      },
      {
        name: "a namespace that no database keeps (attack 27)",
        body: JSON.stringify({ ...one(plain), namespace: "\0" }),
        type: "application/json",
        status: 400,
        code: "http_request_invalid",
      },
      {
        name: "a Score file beyond 1 MiB",
        body: `# ${"x".repeat(1024 * 1024)}\n${plain}`,
        type: "text/yaml",
        status: 413,
        code: "http_body_too_large",
      },
      {
        name: "a request beyond 8 MiB",
        body: JSON.stringify({ ...one(plain), environment: { A: "x".repeat(8 * 1024 * 1024) } }),
        type: "application/json",
        status: 413,
        code: "http_body_too_large",
      },
    ])("is refused: $name", async ({ body, type, status, code }) => {
      const reply = await send(body, { "content-type": type });
      expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({ status, code });
      expect(reply.headers["content-type"]).toContain("application/problem+json");
    });
  });

  describe("the answer", () => {
    test.each([
      [undefined, "application/json"],
      ["*/*", "application/json"],
      ["application/json", "application/json"],
      ["application/yaml", "application/yaml"],
      ["text/yaml", "application/yaml"],
      ["application/gzip", "application/gzip"],
      ["text/html, application/yaml;q=0.9", "application/yaml"],
      ["application/yaml;q=0.1, application/json", "application/json"],
      ["application/json;q=0, */*", "application/yaml"],
      ["application/yaml, */*;q=0.1", "application/yaml"],
    ])("for Accept: %s is %s", async (accept, type) => {
      const reply = await askRender(
        server,
        "local",
        one(plain),
        accept === undefined ? {} : { accept },
      );
      expect(reply.status).toBe(200);
      expect(reply.headers["content-type"]).toContain(type);
      expect(reply.headers["backbar-release"]).toBe("1");
    });

    test.each([
      { accept: "application/json", kind: "DaemonSet", codes: "k8s_workload_kind" },
      { accept: "application/yaml", kind: "DaemonSet", codes: "k8s_workload_kind" },
      { accept: "application/gzip", kind: "DaemonSet", codes: "k8s_workload_kind" },
      { accept: "application/yaml", kind: "Deployment", codes: undefined },
    ])("names what it warns of in a header: $kind as $accept", async ({ accept, kind, codes }) => {
      const metadata = (name: string) =>
        `metadata: {name: ${name}, annotations: {k8s.score.dev/kind: ${kind}}}`;
      const workloads = ["web", "worker"].map((name) => ({
        score: `apiVersion: score.dev/v1b1\n${metadata(name)}\ncontainers: {main: {image: a}}\n`,
      }));
      const reply = await askRender(server, "cluster", { workloads }, { accept });
      expect(reply.status).toBe(200);
      expect(reply.headers["backbar-warnings"]).toBe(codes);
    });

    test.each(["text/html", "image/*", "application/json;q=0"])(
      "for Accept: %s is a 406, before anything is kept",
      async (accept) => {
        const project = "unacceptable";
        const reply = await askRender(server, "local", { ...one(plain), project }, { accept });
        expect(reply.json()).toMatchObject({ status: 406, code: "http_not_acceptable" });
        const state = `/v1/projects/${project}/environments/local/state`;
        expect((await server.call(state)).status).toBe(404);
      },
    );

    test("as YAML is the document alone", async () => {
      const reply = await askRender(server, "local", one(plain), { accept: "application/yaml" });
      const answer = await rendered(server, "local", one(plain));
      expect(parse(reply.text)).toEqual(answer.documents[0]);
      const state = (await rendered(server, "cluster", one(mounting))).state;
      const body = { ...one(mounting), state };
      const many = await askRender(server, "cluster", body, { accept: "application/yaml" });
      const documents = parseAllDocuments(many.text).map((document) => document.toJS());
      expect(documents).toEqual((await rendered(server, "cluster", body)).documents);
    });

    test("as JSON has the documents as files have them, where they are asked for", async () => {
      const state = (await rendered(server, "cluster", one(mounting))).state;
      const body = { ...one(mounting), state, text: true };
      const many = await askRender(server, "cluster", { ...body, text: false }, asYaml);
      const { text, documents } = await rendered(server, "cluster", body);
      expect(text).toBe(many.text);
      const { manifests = [], ...split } = await rendered(server, "cluster", {
        ...body,
        split: true,
      });
      expect(split.documents).toEqual(documents);
      expect(split).not.toHaveProperty("text");
      expect(manifests.map((file) => `---\n${file.text}`).join("")).toBe(text);
      expect(manifests.map((file) => file.path)).toEqual([
        expect.stringMatching(/^secret-cache-[0-9a-f]{8}\.yaml$/),
        "deployment-web.yaml",
      ]);
    });

    test("names the workloads of the state, and reads what they mount from the request", async () => {
      const files = { "/a": { source: "a.txt" } };
      const mounts = scoreFile("files").replace(
        '"variables"',
        `"files":${JSON.stringify(files)},"variables"`,
      );
      const score = { score: mounts, sourceFiles: { "a.txt": "first" } };
      const first = await rendered(server, "local", { workloads: [score] });
      const next = { ...one(plain), state: first.state };
      const missing = await askRender(server, "local", next);
      expect(missing.json()).toMatchObject({ code: "convert_file_missing" });
      const sourceFiles = { files: { "a.txt": "second" } };
      const answer = await rendered(server, "local", { ...next, sourceFiles });
      expect(answer.workloads).toEqual(["files", "web"]);
      expect(answer.files.map(({ base64 }) => Buffer.from(base64, "base64").toString())).toEqual([
        "second",
      ]);
    });

    test("tells what provisioners delete", async () => {
      const name = "gone";
      await publishAll(server, [removing]);
      await release(server, name, [{ recipe: "acme/removing", range: "*" }]);
      const body = one(scoreFile("web", { gone: { type: "removing" } }));
      expect((await rendered(server, name, body)).removals).toEqual([
        { path: ".score-compose/mounts/old", directory: true },
        { path: ".score-compose/mounts/old.txt", directory: false },
      ]);
    });

    test("as YAML is a 406 where the document mounts files, and nothing is kept", async () => {
      const accept = "application/yaml";
      const body = { ...one(mounting), project: "refused" };
      const reply = await askRender(server, "local", body, { accept });
      expect(reply.json()).toMatchObject({ status: 406, code: "render_has_files" });
      expect(reply.json<{ hint: string }>().hint).toContain("application/gzip");
      const state = await server.call("/v1/projects/refused/environments/local/state");
      expect(state.json()).toMatchObject({ status: 404, code: "project_unknown" });
    });

    test("is refused in any form where the document is to stand alone and cannot", async () => {
      const body = { ...one(mounting), project: "alone", alone: true };
      const reply = await askRender(server, "local", body);
      expect(reply.json()).toMatchObject({ status: 406, code: "render_has_files" });
      const state = await server.call("/v1/projects/alone/environments/local/state");
      expect(state.json()).toMatchObject({ status: 404, code: "project_unknown" });
      expect((await askRender(server, "local", { ...one(plain), alone: true })).status).toBe(200);
    });

    test("as gzip is ready to run: tar finds what compose.yaml mounts", async () => {
      const reply = await askRender(server, "local", one(mounting), { accept: "application/gzip" });
      const folder = unpack(reply.bytes);
      try {
        const document = parse(readFileSync(path.join(folder, "compose.yaml"), "utf8"));
        const services = Object.values<{ volumes?: { type: string; source: string }[] }>(
          document.services,
        );
        const mounts = services
          .flatMap(({ volumes = [] }) => volumes)
          .filter(({ type }) => type === "bind");
        expect(mounts).toHaveLength(2);
        for (const { source } of mounts) {
          expect(existsSync(path.resolve(folder, source))).toBe(true);
        }
        const [file, directory] = mounts.map(({ source }) => path.resolve(folder, source));
        expect(readFileSync(file ?? "", "utf8")).toMatch(/^requirepass [A-Za-z0-9]{24}$/);
        expect(statSync(directory ?? "").isDirectory()).toBe(true);

        // A stateless render carries its state where the CLI keeps it.
        const state = readFileSync(path.join(folder, ".score-compose/state.yaml"), "utf8");
        const again = await rendered(server, "local", { ...one(mounting), state });
        expect(again.documents[0]).toEqual(document);
        expect(passwordsIn(again)).toEqual([
          readFileSync(file ?? "", "utf8")
            .trim()
            .replace("requirepass ", ""),
        ]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    test("as gzip has the manifests for Kubernetes, and no state for a project", async () => {
      const body = { ...one(mounting), project: "archive" };
      const reply = await askRender(server, "cluster", body, { accept: "application/gzip" });
      expect(reply.headers["backbar-state-revision"]).toBe("1");
      const folder = unpack(reply.bytes);
      try {
        const text = readFileSync(path.join(folder, "manifests.yaml"), "utf8");
        const answer: RenderJson = await rendered(server, "cluster", body);
        expect(parseAllDocuments(text).map((one) => one.toJS())).toEqual(answer.documents);
        expect(existsSync(path.join(folder, ".score-k8s"))).toBe(false);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    test("as gzip has a file for each manifest where the request says split", async () => {
      const { state } = await rendered(server, "cluster", one(mounting));
      const request = { ...one(mounting), state };
      const { documents } = await rendered(server, "cluster", { ...request, split: true });
      const body = { ...request, split: true };
      const reply = await askRender(server, "cluster", body, { accept: "application/gzip" });
      const folder = unpack(reply.bytes);
      try {
        const manifests = path.join(folder, "manifests");
        const files = new Map(
          readdirSync(manifests).map((name) => [
            name,
            readFileSync(path.join(manifests, name), "utf8"),
          ]),
        );
        expect(files.get("deployment-web.yaml")).toContain("\nkind: Deployment\n");
        for (const [name, text] of files) expect(isMarked(name, text)).toBe(true);
        const parsed = [...files.values()].map((text): unknown => parse(text));
        expect(parsed).toHaveLength(documents.length);
        expect(parsed).toEqual(expect.arrayContaining([...documents]));
        expect(readdirSync(folder).sort()).toEqual([".score-k8s", "manifests"]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    test.each([
      { environment: "cluster", accept: "application/yaml", code: "http_combination" },
      { environment: "local", accept: "application/gzip", code: "render_target" },
      { environment: "local", accept: "application/json", code: "render_target" },
    ])("is a 422 for split of $environment as $accept", async ({ environment, accept, code }) => {
      const path = `/v1/environments/${environment}/render?split=true&project=apart`;
      const reply = await server.call(path, {
        method: "POST",
        body: mounting,
        headers: { accept, "content-type": "application/yaml" },
      });
      expect(reply.json()).toMatchObject({ status: 422, code, hint: expect.any(String) });
      const state = await server.call(`/v1/projects/apart/environments/${environment}/state`);
      expect(state.json()).toMatchObject({ code: "project_unknown" });
    });

    test("as gzip is the same bytes for the same render", async () => {
      const { state } = await rendered(server, "local", one(mounting));
      const body = { ...one(mounting), state };
      const ask = () => askRender(server, "local", body, { accept: "application/gzip" });
      expect((await ask()).bytes).toEqual((await ask()).bytes);
    });

    test("names files as the document does", async () => {
      const answer = await rendered(server, "local", one(mounting));
      const text = JSON.stringify(answer.documents);
      expect(answer.files).toHaveLength(1);
      for (const { path: file } of answer.files) expect(text).toContain(JSON.stringify(file));
      for (const directory of answer.emptyDirectories) {
        expect(text).toContain(JSON.stringify(directory));
      }
    });
  });
});

/** Extracts with the tar of this machine, as a caller would; returns the folder. */
function unpack(archive: Buffer): string {
  const folder = mkdtempSync(path.join(tmpdir(), "backbar-tar-"));
  const { status, stderr } = spawnSync("tar", ["xzf", "-", "-C", folder], { input: archive });
  if (status !== 0) throw new Error(String(stderr));
  return folder;
}
