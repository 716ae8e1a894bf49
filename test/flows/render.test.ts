import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseState } from "../../src/core/score/state.js";
import { findProject } from "../../src/store/projects.js";
import {
  cache,
  labels,
  makeNamespace,
  publishAll,
  queue,
  type RecipeText,
  release,
  scoreFile,
  startWith,
} from "../helpers/recipes.js";
import { askRender, passwordsIn, rendered } from "../helpers/rendering.js";
import { startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";
import { readTables } from "../helpers/tables.js";

const web = scoreFile("web", { store: { type: "cache" } }, { HOST: `\${resources.store.host}` });
const workload = (score: string) => ({ score });

/** A recipe of one compose provisioner of the type `name`. */
function only(name: string, body: string): RecipeText {
  const head = `- uri: template://acme/${name}\n  type: ${name}\n`;
  return {
    name: `acme/${name}`,
    version: "1.0.0",
    files: { "compose.provisioners.yaml": head + body },
  };
}

const HOSTILE: readonly RecipeText[] = [
  only(
    "telltale",
    [
      "  init: |",
      "    password: {{ randAlphaNum 24 | quote }}",
      "  state: |",
      '    password: {{ dig "password" .Init.password .State | quote }}',
      "  outputs: |",
      "    password: {{ .State.password }}",
      '    {{ if .Params }}{{ fail (printf "refused: %s" .State.password) }}{{ end }}',
      "",
    ].join("\n"),
  ),
  only(
    "slow",
    "  outputs: |\n    {{ range until 400000 }}{{ end }}\n  state: |\n    {{ range until 400000 }}{{ end }}\n",
  ),
  {
    name: "acme/command",
    version: "1.0.0",
    files: { "compose.provisioners.yaml": "- uri: cmd://sh#run\n  type: command\n" },
  },
];

describe.each(STORES)("render on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(
      kind,
      [cache("1.0.0"), cache("1.1.0"), queue(), labels(), ...HOSTILE],
      { commands: true },
    );
    const entries = [
      { recipe: "acme/cache", range: "1.0.0", target: "compose" },
      { recipe: "acme/queue", range: "*" },
      { recipe: "acme/labels", range: "*" },
      ...HOSTILE.map(({ name }) => ({ recipe: name, range: "*" })),
    ];
    await release(server, "local", entries, { commands: true });
    await release(server, "cluster", [{ recipe: "acme/cache", range: "^1.0.0", target: "k8s" }]);
    await release(server, "both", [{ recipe: "acme/cache", range: "^1.0.0" }]);
    await server.client.putEnvironment("unreleased", { entries: [] });
  });
  afterAll(() => server?.close());

  const statePath = (project: string, environment = "local") =>
    `/v1/projects/${project}/environments/${environment}/state`;

  test("says which recipe served each resource, with secret outputs masked", async () => {
    const answer = await rendered(server, "local", { workloads: [workload(web)] });
    const [password = ""] = passwordsIn(answer);
    expect(password).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(answer).toMatchObject({
      environment: "local",
      target: "compose",
      release: { number: 1 },
      infoLogs: [{ resource: "cache.default#web.store" }],
      resources: [
        {
          uid: "cache.default#web.store",
          type: "cache",
          class: "default",
          id: "web.store",
          workloads: ["web"],
          provisioner: "template://acme/cache",
          recipe: { name: "acme/cache", version: "1.0.0" },
        },
      ],
    });
    expect(answer.resources[0]?.outputs.host).toMatch(/^cache-/);
    expect(JSON.stringify(answer.resources)).not.toContain(password);
    const services = answer.documents[0]?.services as Record<string, { labels?: object }>;
    expect(Object.keys(services)).toContain("web-main");
    // The patch template of the release labels each of them.
    for (const { labels: given } of Object.values(services)) {
      expect(given).toMatchObject({ team: "acme" });
    }
  });

  describe("without a project", () => {
    test.each(["local", "cluster"])("goes on in %s where its state says it was", async (name) => {
      const first = await rendered(server, name, { workloads: [workload(web)] });
      expect(first.stateRevision).toBeUndefined();
      const body = { workloads: [workload(web)], state: first.state };
      const second = await rendered(server, name, body);
      expect(second).toEqual(first);
      const alone = await rendered(server, name, { workloads: [], state: first.state });
      expect(alone.documents).toEqual(first.documents);
      const fresh = await rendered(server, name, { workloads: [workload(web)] });
      expect(fresh.documents).not.toEqual([]);
      expect(fresh.state).not.toEqual(first.state);
    });

    test("keeps nothing but usage records, and not even those with record=false", async () => {
      const before = await readTables(server.registry.db);
      const body = { workloads: [workload(scoreFile("ghost", { store: { type: "cache" } }))] };
      await rendered(server, "local", { ...body, record: false });
      expect(await readTables(server.registry.db)).toEqual(before);
      await rendered(server, "local", body);
      const after = await readTables(server.registry.db);
      expect({ ...after, usage: undefined }).toEqual({ ...before, usage: undefined });
    });
  });

  describe("with a project", () => {
    test("keeps the state, counts its revisions and renders every workload", async () => {
      const project = "kept";
      const first = await rendered(server, "local", { workloads: [workload(web)], project });
      expect(first.stateRevision).toBe(1);
      expect(first.state).toBeUndefined();
      const api = scoreFile("api", { store: { type: "cache" } });
      const second = await rendered(server, "local", { workloads: [workload(api)], project });
      expect(second.stateRevision).toBe(2);
      const services = Object.keys(second.documents[0]?.services as object);
      expect(services).toEqual(expect.arrayContaining(["web-main", "api-main"]));
      expect(passwordsIn(second)).toEqual(expect.arrayContaining(passwordsIn(first)));
      const third = await rendered(server, "local", { workloads: [], project });
      expect(third.documents).toEqual(second.documents);
      expect(third.files).toEqual(second.files);
      const other = await rendered(server, "both", {
        workloads: [workload(web)],
        project,
        target: "compose",
      });
      expect(other.stateRevision).toBe(1);
      expect(passwordsIn(other)).not.toEqual(passwordsIn(first));
    });

    test("leaves the stored state as it is where nothing is new, and sees what is", async () => {
      const key = { project: "settled", environment: "local" };
      const body = { workloads: [workload(web)], project: key.project };
      const stored = async () => (await findProject(server.store.db, key))?.sealed;
      const first = await rendered(server, "local", body);
      const sealed = await stored();
      for (const stateRevision of [2, 3, 4]) {
        expect(await rendered(server, "local", body)).toEqual({ ...first, stateRevision });
        expect(await stored()).toEqual(sealed);
      }
      const state = (await server.call(statePath(key.project))).text;
      const [password = ""] = passwordsIn(first);
      const put = await server.call(`${statePath(key.project)}?target=compose`, {
        method: "PUT",
        body: state.replaceAll(password, "another"),
        headers: { "content-type": "application/yaml", "if-match": '"4"' },
      });
      expect(put.status).toBe(204);
      for (const stateRevision of [6, 7]) {
        const answer = await rendered(server, "local", body);
        expect(answer.stateRevision).toBe(stateRevision);
        expect(passwordsIn(answer)).toEqual(["another"]);
      }
      expect(await stored()).not.toEqual(sealed);
    });

    test("eight at once lose no workload and change no password", async () => {
      const project = "crowd";
      const names = Array.from({ length: 8 }, (_, i) => `w${i}`);
      const shared = { type: "cache", id: "shared" };
      const answers = await Promise.all(
        names.map((name) =>
          rendered(server, "local", {
            workloads: [workload(scoreFile(name, { own: { type: "cache" }, shared }))],
            project,
          }),
        ),
      );
      expect(answers.map(({ stateRevision }) => stateRevision).sort()).toEqual([
        1, 2, 3, 4, 5, 6, 7, 8,
      ]);
      const last = await rendered(server, "local", { workloads: [], project });
      const services = Object.keys(last.documents[0]?.services as object);
      expect(services).toEqual(expect.arrayContaining(names.map((name) => `${name}-main`)));
      const kept = new Map(last.files.map(({ path, base64 }) => [path, base64]));
      expect(kept.size).toBe(9);
      for (const { files } of answers) {
        for (const { path, base64 } of files) expect(kept.get(path)).toBe(base64);
      }
    });

    test.each(["local", "cluster"])(
      "renders in %s what a remembered workload mounts from a source file",
      async (name) => {
        const project = "sources";
        const score = JSON.stringify({
          apiVersion: "score.dev/v1b1",
          metadata: { name: "mounted" },
          containers: {
            main: { image: "x", files: { "/etc/app.conf": { source: "app.conf" } } },
          },
        });
        const sourceFiles = { "app.conf": "kept = true\n" };
        const body = { workloads: [{ score, sourceFiles }], project };
        const first = await rendered(server, name, body);
        const second = await rendered(server, name, { workloads: [workload(web)], project });
        if (name === "local") {
          expect(first.files).toHaveLength(1);
          expect(second.files).toContainEqual(first.files[0]);
        } else expect(second.documents).toEqual(expect.arrayContaining([...first.documents]));
        const lacking = await askRender(server, name, { workloads: [workload(score)], project });
        expect(lacking.status).toBe(422);
      },
    );

    test("exchanges its state with the CLIs: a stateless render goes on from it, and back", async () => {
      const project = "moving";
      const first = await rendered(server, "local", { workloads: [workload(web)], project });
      const got = await server.call(statePath(project));
      expect(got.status).toBe(200);
      expect(got.headers).toMatchObject({
        etag: '"1"',
        "cache-control": "no-store",
        "content-type": "application/yaml; charset=utf-8",
        "backbar-target": "compose",
      });
      const state = parseState(got.text, "compose", { file: "state.yaml" });
      expect([...state.workloads.keys()]).toEqual(["web"]);
      const outside = await rendered(server, "local", { workloads: [], state: got.text });
      expect(outside.documents).toEqual(first.documents);
      expect(outside.files).toEqual(first.files);

      const put = await server.call(`${statePath("moved")}?target=compose`, {
        method: "PUT",
        body: outside.state,
        headers: { "content-type": "application/yaml", "if-none-match": "*" },
      });
      expect({ status: put.status, etag: put.headers.etag }).toEqual({ status: 204, etag: '"1"' });
      const back = await rendered(server, "local", { workloads: [], project: "moved" });
      expect(back.documents).toEqual(first.documents);
      expect(back.stateRevision).toBe(2);
    });

    test.each<{
      name: string;
      method: string;
      headers: Record<string, string>;
      status: number;
      code?: string;
    }>([
      {
        name: "PUT with a stale If-Match",
        method: "PUT",
        headers: { "if-match": '"1"' },
        status: 412,
        code: "project_changed",
      },
      {
        name: "PUT with If-None-Match: *",
        method: "PUT",
        headers: { "if-none-match": "*" },
        status: 412,
        code: "project_changed",
      },
      {
        name: "PUT with no ETag of a state",
        method: "PUT",
        headers: { "if-match": '"x"' },
        status: 400,
        code: "http_if_match",
      },
      { name: "PUT with the ETag", method: "PUT", headers: { "if-match": '"2"' }, status: 204 },
      {
        name: "DELETE with a stale If-Match",
        method: "DELETE",
        headers: { "if-match": '"1"' },
        status: 412,
        code: "project_changed",
      },
      {
        name: "DELETE with the ETag",
        method: "DELETE",
        headers: { "if-match": '"2"' },
        status: 204,
      },
    ])("$name is $status", async ({ name, method, headers, status, code }) => {
      const project = (name.toLowerCase().match(/[a-z]+/g) ?? []).join("-");
      for (let i = 0; i < 2; i++) {
        await rendered(server, "local", { workloads: [workload(web)], project });
      }
      const state = (await server.call(statePath(project))).text;
      const reply = await server.call(
        `${statePath(project)}${method === "PUT" ? "?target=compose" : ""}`,
        {
          method,
          headers: { ...headers, ...(method === "PUT" ? { "content-type": "text/yaml" } : {}) },
          ...(method === "PUT" ? { body: state } : {}),
        },
      );
      expect(reply.status).toBe(status);
      if (code !== undefined) expect(reply.json()).toMatchObject({ code });
      const after = await server.call(statePath(project));
      const gone = method === "DELETE" && status === 204;
      expect(after.status).toBe(gone ? 404 : 200);
      if (!gone) expect(after.headers.etag).toBe(status === 204 ? '"3"' : '"2"');
    });

    test("loses a workload that is taken out, and keeps what it had", async () => {
      const project = "shrinking";
      const api = scoreFile("api", { store: { type: "cache" } });
      await rendered(server, "local", { workloads: [workload(web), workload(api)], project });
      const remove = (name: string) =>
        server.call(`/v1/projects/${project}/environments/local/workloads/${name}`, {
          method: "DELETE",
        });
      const removed = await remove("api");
      expect({ status: removed.status, etag: removed.headers.etag }).toEqual({
        status: 204,
        etag: '"2"',
      });
      expect((await remove("api")).json()).toMatchObject({ status: 404, code: "workload_unknown" });
      const left = await rendered(server, "local", { workloads: [], project });
      expect(Object.keys(left.documents[0]?.services as object)).not.toContain("api-main");
      const state = parseState((await server.call(statePath(project))).text, "compose");
      expect([...state.resources.keys()]).toContain("cache.default#api.store");
    });

    test("has its state encrypted at rest: no table holds a password", async () => {
      const answer = await rendered(server, "local", {
        workloads: [workload(scoreFile("vault", { store: { type: "cache" } }))],
        project: "vault",
      });
      const [password = ""] = passwordsIn(answer);
      expect(password).not.toBe("");
      const all = await readTables(server.registry.db);
      expect(Object.keys(all)).toEqual(expect.arrayContaining(["projects", "blobs", "usage"]));
      for (const [name, rows] of Object.entries(all)) {
        expect([name, rows.includes(password)]).toEqual([name, false]);
        expect([name, rows.includes(Buffer.from(password).toString("hex"))]).toEqual([name, false]);
      }
    });

    test("is not taken for another target", async () => {
      const project = "fixed";
      const body = { workloads: [workload(web)], project };
      await rendered(server, "both", { ...body, target: "compose" });
      const reply = await askRender(server, "both", { ...body, target: "k8s" });
      expect(reply.json()).toMatchObject({ status: 409, code: "project_target" });
    });

    test.each([
      ["GET", statePath("nobody"), "project_unknown"],
      ["DELETE", statePath("nobody"), "project_unknown"],
      ["DELETE", "/v1/projects/nobody/environments/local/workloads/web", "project_unknown"],
      ["PUT", `${statePath("nobody", "nowhere")}?target=compose`, "environment_unknown"],
    ])("%s %s is 404 %s", async (method, path, code) => {
      const reply = await server.call(path, {
        method,
        ...(method === "PUT"
          ? { body: "workloads: {}\n", headers: { "content-type": "text/yaml" } }
          : {}),
      });
      expect(reply.json()).toMatchObject({ status: 404, code });
    });

    test("PUT refuses what is no state", async () => {
      for (const body of ["workloads: [", "nosuch: 1\n", "workloads: {web: {nosuch: 1}}\n"]) {
        const reply = await server.call(`${statePath("broken")}?target=compose`, {
          method: "PUT",
          body,
          headers: { "content-type": "text/yaml" },
        });
        expect(reply.json()).toMatchObject({ status: 422, code: "score_state" });
      }
      expect((await server.call(statePath("broken"))).status).toBe(404);
    });
  });

  describe("refuses", () => {
    const uses = (type: string, params?: object) =>
      scoreFile("web", { one: { type, ...(params === undefined ? {} : { params }) } });
    test.each<{ name: string; environment?: string; body: object; status: number; code: string }>([
      {
        name: "an unknown environment",
        environment: "nowhere",
        body: { workloads: [workload(web)] },
        status: 404,
        code: "environment_unknown",
      },
      {
        name: "an environment without a release",
        environment: "unreleased",
        body: { workloads: [workload(web)] },
        status: 404,
        code: "release_none",
      },
      {
        name: "an unknown release",
        body: { workloads: [workload(web)], release: 7 },
        status: 404,
        code: "release_unknown",
      },
      {
        name: "a release number beyond all",
        body: { workloads: [workload(web)], release: 2 ** 31 },
        status: 400,
        code: "http_request_invalid",
      },
      {
        name: "a target that the environment has nothing for",
        body: { workloads: [workload(web)], target: "k8s" },
        status: 422,
        code: "render_target",
      },
      {
        name: "no target where there are two",
        environment: "both",
        body: { workloads: [workload(web)] },
        status: 422,
        code: "render_target",
      },
      { name: "no workloads", body: { workloads: [] }, status: 422, code: "render_no_workloads" },
      {
        name: "a type that nothing provides",
        body: { workloads: [workload(uses("nosuch"))] },
        status: 422,
        code: "provision_no_match",
      },
      {
        name: "a command",
        body: { workloads: [workload(uses("command"))] },
        status: 403,
        code: "provision_command",
      },
      {
        name: "a Score file that is no YAML",
        body: { workloads: [workload("a: [")] },
        status: 422,
        code: "score_yaml",
      },
      {
        name: "a Score file that the schema refuses",
        body: { workloads: [workload("apiVersion: score.dev/v1b1\nmetadata: {name: web}\n")] },
        status: 422,
        code: "score_schema",
      },
      {
        name: "state that is none",
        body: { workloads: [workload(web)], state: "nosuch: 1" },
        status: 422,
        code: "score_state",
      },
    ])("$name", async ({ environment = "local", body, status, code }) => {
      const reply = await askRender(server, environment, body);
      expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({ status, code });
      expect(reply.headers["content-type"]).toContain("application/problem+json");
    });

    test.each(["made in this render", "made before"])(
      "a password %s, and does not show it",
      async (when) => {
        const project = when.replaceAll(" ", "-");
        const failing = uses("telltale", { fail: true });
        if (when === "made before") {
          const fine = scoreFile("web", { one: { type: "telltale" } });
          await rendered(server, "local", { workloads: [workload(fine)], project });
        }
        const before = await server.call(statePath(project));
        const reply = await askRender(server, "local", { workloads: [workload(failing)], project });
        expect(reply.json()).toMatchObject({ status: 422, code: "provision_template_exec" });
        const { detail } = reply.json<{ detail: string }>();
        expect(detail).toContain("refused: ");
        expect(detail).not.toMatch(/refused: [A-Za-z0-9]{24}/);
        expect(reply.text).not.toContain(/password: (\S+)/.exec(before.text)?.[1] ?? "none");
        expect((await server.call(statePath(project))).headers.etag).toBe(before.headers.etag);
      },
    );
  });

  test("renders by the release that is asked for", async () => {
    await release(server, "pinned", [{ recipe: "acme/cache", range: "1.0.0", target: "compose" }]);
    const etag = (await server.client.findEnvironment("pinned"))?.etag ?? "";
    const definition = { entries: [{ recipe: "acme/cache", range: "1.1.0", target: "compose" }] };
    await server.client.putEnvironment("pinned", definition, { ifMatch: etag });
    await server.client.cutRelease("pinned");
    for (const [number, version] of [
      [undefined, "1.1.0"],
      [1, "1.0.0"],
      [2, "1.1.0"],
    ] as const) {
      const answer = await rendered(server, "pinned", {
        workloads: [workload(web)],
        ...(number === undefined ? {} : { release: number }),
      });
      expect(answer.resources[0]?.recipe?.version).toBe(version);
      expect(answer.release.number).toBe(number ?? 2);
    }
  });

  test("releases of the same provisioners tell their own versions apart", async () => {
    const { files, ...rest } = cache("1.0.0");
    const later = { ...rest, version: "1.0.1", files: { ...files, "README.md": "# Cache\n" } };
    await publishAll(server, [later]);
    for (const version of ["1.0.0", "1.0.1", "1.0.0"]) {
      const name = `at-${version.replaceAll(".", "-")}`;
      if ((await server.client.findEnvironment(name)) === undefined) {
        await release(server, name, [{ recipe: "acme/cache", range: version, target: "compose" }]);
      }
      const answer = await rendered(server, name, { workloads: [workload(web)] });
      expect(answer.resources[0]?.recipe?.version).toBe(version);
    }
  });
});

describe("a render that hangs", () => {
  test("is stopped at its time, and the next one is served", async () => {
    const [kind] = STORES;
    if (kind === undefined) throw new Error("no store");
    const server = await startServer(kind, { renderTimeoutSeconds: 3, renderThreads: 1 });
    try {
      await makeNamespace(server, "acme", { commands: true });
      await publishAll(server, HOSTILE);
      await release(server, "local", [{ recipe: "acme/slow", range: "*" }]);
      const slow = Object.fromEntries(
        Array.from({ length: 60 }, (_, i) => [`r${i}`, { type: "slow" }]),
      );
      const reply = await askRender(server, "local", {
        workloads: [workload(scoreFile("web", slow))],
      });
      expect(reply.json()).toMatchObject({ status: 422, code: "render_timeout" });
      await rendered(server, "local", { workloads: [workload(scoreFile("web"))] });
    } finally {
      await server.close();
    }
  });
});
