/** What `backbar render --local` takes and tells. */
import { chmod, lstat, stat } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { makeHost } from "../conformance/host.js";
import { renderLocally } from "./render-locally.js";
import { PROVISIONERS, useWorkplace, WEB, WITH_SOURCE } from "./workplace.js";

const SET_LABEL = `{{ range $name, $_ := .Compose.services }}
- op: set
  path: services.{{ $name }}.labels.patched
  value: "yes"
{{ end }}`;

const { folder, put, read, render, mode } = useWorkplace();

describe("a command line", () => {
  test.each([
    { name: "--local missing", args: ["render"], bare: true },
    { name: "an unknown flag", args: ["--colour"] },
    { name: "an unknown target", args: ["--target", "helm"] },
    { name: "--image with two Score files", args: ["--image", "i", "score.yaml", "plain.yaml"] },
    { name: "--image without one", args: ["--image", "i"] },
    { name: "--build with two Score files", args: ["--build", "a=b", "score.yaml", "plain.yaml"] },
    { name: "--build without =", args: ["--build", "main", "score.yaml"] },
    { name: "--build with broken JSON", args: ["--build", "main={", "score.yaml"] },
    { name: "--overrides-file without a Score file", args: ["--overrides-file", "plain.yaml"] },
    { name: "--override-property with two", args: ["--override-property=a=b", "a", "b"] },
    { name: "--namespace for Compose", args: ["--namespace", "shop", "score.yaml"] },
    { name: "-n for Compose", args: ["-n", "shop", "score.yaml"] },
    { name: "--split for Compose", args: ["--split", "plain.yaml"] },
    { name: "--split with --out -", args: ["--target", "k8s", "--split", "--out", "-"] },
    { name: "--publish for Kubernetes", args: ["--target", "k8s", "--publish", "8:web:8"] },
    { name: "--project for Kubernetes", args: ["--target", "k8s", "--project", "x"] },
    { name: "--project with a big letter", args: ["--project", "Shop", "plain.yaml"] },
    { name: "--json with --out -", args: ["--json", "--out", "-", "plain.yaml"] },
    { name: "an empty --out", args: ["--out", "", "plain.yaml"] },
    { name: "empty --provisioners", args: ["--provisioners", "", "plain.yaml"] },
    { name: "an empty name of a Score file", args: ["plain.yaml", ""] },
    { name: "a folder that is no recipe's", args: ["--provisioners", ".", "plain.yaml"] },
    { name: "a Score file that is not there", args: ["nowhere.yaml"] },
    { name: "provisioners that are not there", args: ["--provisioners", "none", "plain.yaml"] },
    { name: "provisioners from -", args: ["--provisioners", "-", "plain.yaml"] },
    { name: "provisioners to fetch", args: ["--provisioners", "https://a.test/p", "plain.yaml"] },
    { name: "a patch template that is not there", args: ["--patch-template", "x", "plain.yaml"] },
  ])("is refused for $name", async ({ args, bare }) => {
    const line = bare ? args : ["--local", ...args];
    await expect(renderLocally(line, { folder: folder(), host: makeHost() })).rejects.toMatchObject(
      {
        code: "cli_usage",
        hint: expect.any(String),
      },
    );
    await expect(lstat(path.join(folder(), "compose.yaml"))).rejects.toThrow("ENOENT");
  });

  test.each([
    { flag: "-o", hint: "--out" },
    { flag: "-ox.yaml", hint: "--out" },
    { flag: "--output", hint: "--out" },
    { flag: "--output=x.yaml", hint: "--out" },
    { flag: "--patch-templates", hint: "--patch-template " },
    { flag: "--no-default-provisioners", hint: "leave it out" },
    { flag: "-f", hint: "without a flag" },
    { flag: "--file", hint: "without a flag" },
    { flag: "--no-sample", hint: "leave it out" },
    { flag: "--quiet", hint: "standard error" },
    { flag: "-vv", hint: "leave it out" },
    { flag: "-v", hint: "leave it out" },
    { flag: "--verbose", hint: "leave it out" },
  ])("says what is here for $flag of the Score CLIs", async ({ flag, hint }) => {
    await expect(render("--target", "k8s", flag, "plain.yaml")).rejects.toMatchObject({
      code: "cli_usage",
      hint: expect.stringContaining(hint),
    });
  });

  test("is told in full by --help, at most a screen wide", async () => {
    const { stdout } = await renderLocally(["-h"], { folder: folder(), host: makeHost() });
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    expect(stdout).toContain("--provisioners");
  });
});

describe("a render", () => {
  test("writes document, files and state, and says so on standard error alone", async () => {
    const { stdout, stderr } = await render(...WEB, "--project", "shop");
    expect(stdout).toBe("");
    expect(stderr).toBe(`password.default#web.db: made for web
wrote .score-compose/state.yaml
wrote .score-compose/mounts/pass.txt
wrote compose.yaml
1 workload with 1 resource in compose.yaml
`);
    expect(await read("compose.yaml")).toContain("name: shop");
    expect(await read(".score-compose/mounts/pass.txt")).toMatch(/^[A-Za-z0-9]{16}$/);
    expect(await mode(".score-compose/state.yaml")).toBe("600");
    expect(await mode("compose.yaml")).toBe("644");
  });

  test("from the state alone gives the same bytes, and leaves unchanged files alone", async () => {
    await render(...WEB);
    const names = ["compose.yaml", ".score-compose/state.yaml", ".score-compose/mounts/pass.txt"];
    const before = await Promise.all(names.map(read));
    const { ino } = await stat(path.join(folder(), "compose.yaml"));
    const { stderr } = await render("--provisioners", "p.yaml");
    expect(await Promise.all(names.map(read))).toEqual(before);
    expect((await stat(path.join(folder(), "compose.yaml"))).ino).toBe(ino);
    expect(stderr).toContain("nothing changed");
  });

  test("keeps the modes of document and state, and gives those of files", async () => {
    await put("score/s.yaml", WITH_SOURCE);
    await put("score/conf/app.conf", "a");
    await render("score/s.yaml");
    const mounted = ".score-compose/mounts/files/plain-files-app.conf";
    expect(await mode(mounted)).toBe("600");
    await chmod(path.join(folder(), "compose.yaml"), 0o640);
    await chmod(path.join(folder(), ".score-compose/state.yaml"), 0o644);
    await chmod(path.join(folder(), mounted), 0o644);
    await render("--override-property=containers.main.image=t:2", "score/s.yaml");
    expect(await mode("compose.yaml")).toBe("640");
    expect(await mode(".score-compose/state.yaml")).toBe("644");
    expect(await mode(mounted)).toBe("600");
  });

  test("takes the project's name from the flag, the state, or the folder", async () => {
    await render("--out", "My Shop_1", "plain.yaml");
    expect(await read("My Shop_1/compose.yaml")).toMatch(/^name: myshop_1\n/);
    await render("--out", "My Shop_1", "--project", "other");
    await render("--out", "My Shop_1");
    expect(await read("My Shop_1/compose.yaml")).toMatch(/^name: other\n/);
  });

  test("keeps patch templates in force until others are given", async () => {
    await put("label.tpl", SET_LABEL);
    await put("none.tpl", "");
    await render("--patch-template", "label.tpl", "plain.yaml");
    await render();
    expect(await read("compose.yaml")).toContain("patched: ");
    await render("--patch-template", "none.tpl");
    expect(await read("compose.yaml")).not.toContain("patched");
  });

  test("asks the first provisioners file first, and a recipe's folder with its secrets", async () => {
    await put("recipe/compose.provisioners.yaml", PROVISIONERS.replace("acme/p", "acme/other-p"));
    await put(
      "recipe/recipe.yaml",
      "name: acme/other\nversion: 1.2.3\nresources:\n  password: {secretOutputs: [password]}\n",
    );
    const args = ["--json", "--provisioners", "recipe", ...WEB];
    const { stdout, stderr } = await render(...args);
    expect(stderr).toBe("");
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      document: "compose.yaml",
      state: ".score-compose/state.yaml",
      files: [{ path: ".score-compose/mounts/pass.txt", mode: "0644" }],
      emptyDirectories: [],
      written: [".score-compose/state.yaml", ".score-compose/mounts/pass.txt", "compose.yaml"],
      removed: [],
      project: path.basename(folder()).toLowerCase(),
      workloads: ["web"],
      resources: [
        {
          uid: "password.default#web.db",
          provisioner: "template://acme/other-password",
          recipe: {
            name: "acme/other",
            version: "1.2.3",
            digest: expect.stringMatching(/^sha256:/),
          },
        },
      ],
      warnings: [],
      infoLogs: [{ resource: "password.default#web.db", text: "made for web" }],
    });
    expect(stdout).not.toContain(await read(".score-compose/mounts/pass.txt"));
  });

  test("holds params against the schema of a recipe's folder", async () => {
    await put("recipe/compose.provisioners.yaml", PROVISIONERS);
    await put(
      "recipe/recipe.yaml",
      "name: acme/other\nversion: 1.0.0\nresources: {password: {params: {required: [length]}}}\n",
    );
    const args = ["--provisioners", "recipe", "--image", "t:1", "score.yaml"];
    await expect(render(...args)).rejects.toMatchObject({
      code: "provision_params_schema",
      place: { file: "score.yaml", line: 4 },
    });
  });

  test("sees the environment", async () => {
    await put(
      "tpl",
      `- {op: set, path: services.plain-main.labels.c, value: '{{ env "COLOUR" }}'}`,
    );
    await render("--patch-template", "tpl", "plain.yaml");
    expect(await read("compose.yaml")).toContain("c: blue");
  });

  test("prints the document alone, with the state kept", async () => {
    const { stdout, stderr } = await render("--out", "-", "plain.yaml");
    expect(stdout).toMatch(/^name: .*\nservices:\n/);
    expect(stderr).toContain("wrote .score-compose/state.yaml");
    await expect(lstat(path.join(folder(), "compose.yaml"))).rejects.toThrow("ENOENT");
    await expect(render("--out", "-", ...WEB)).rejects.toMatchObject({ code: "cli_needs_files" });
  });

  test("makes manifests", async () => {
    const args = ["--target", "k8s", "--out", "k", "-n", "shop", "--generate-namespace"];
    await render(...args, "plain.yaml");
    const first = await read("k/manifests.yaml");
    expect(first).toContain("kind: Namespace");
    expect(first).toContain("kind: Deployment");
    await render(...args);
    expect(await read("k/manifests.yaml")).toBe(first);
    expect(await read("k/.score-k8s/state.yaml")).toContain("instance_suffix");
  });

  describe("that is strict", () => {
    const MANIFESTS = `- uri: template://acme/password
  type: password
  outputs: "password: x"
  manifests: |
    - {apiVersion: acme.test/v1, kind: Vault, metadata: {name: a}}
    - {apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {parallelism: 1}}
`;
    const K8S = ["--target", "k8s", "--provisioners", "k.yaml", "--image", "t:1", "score.yaml"];

    test("tells what it did not check, to people and to programs", async () => {
      await put("k.yaml", MANIFESTS);
      expect((await render(...K8S)).stderr).not.toContain("note: ");
      const { stderr } = await render("--strict", ...K8S);
      expect(stderr).toMatch(/^note: .*Vault.*\n/);
      const { stdout } = await render("--strict", "--json", ...K8S);
      expect(JSON.parse(stdout)).toMatchObject({
        warnings: [],
        notes: [{ code: expect.any(String), message: expect.stringContaining("Vault") }],
      });
    });

    test("refuses what a cluster would, and writes nothing", async () => {
      await put("k.yaml", MANIFESTS.replace("parallelism: 1", "paralelism: 1"));
      await expect(render("--strict", ...K8S)).rejects.toMatchObject({
        message: expect.stringContaining("paralelism"),
      });
      await expect(lstat(path.join(folder(), ".score-k8s"))).rejects.toThrow("ENOENT");
      await render(...K8S);
    });

    test("is nothing new for Compose", async () => {
      const { stdout } = await render("--out", "-", "plain.yaml");
      expect((await render("--strict", "--out", "-", "plain.yaml")).stdout).toBe(stdout);
    });
  });
});
