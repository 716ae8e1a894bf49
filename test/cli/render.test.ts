/** What `backbar render --local` takes, refuses and leaves behind. */
import { writeFileSync } from "node:fs";
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { renderLocally } from "../../src/cli/render.js";
import { makeHost } from "../conformance/host.js";
import { emptyFolder } from "../process/service-process.js";

const SCORE = `apiVersion: score.dev/v1b1
metadata: {name: web}
containers: {main: {image: "."}}
resources: {db: {type: password}}
`;
const PLAIN = `apiVersion: score.dev/v1b1
metadata: {name: plain}
containers: {main: {image: "t:1"}}
`;
const WITH_SOURCE = `apiVersion: score.dev/v1b1
metadata: {name: plain}
containers: {main: {image: "t:1", files: {/etc/app.conf: {source: conf/app.conf, mode: "0600"}}}}
`;
const PROVISIONERS = `- uri: template://acme/password
  type: password
  state: |
    password: {{ dig "password" (randAlphaNum 16) (default dict .State) }}
  outputs: |
    password: {{ .State.password }}
  files: |
    pass.txt: {{ .State.password }}
  info_logs: |
    - made for {{ .SourceWorkload }}
`;
const PATCH = `- op: set
  path: x-patched
  value: true
`;
const SET_LABEL = `{{ range $name, $_ := .Compose.services }}
- op: set
  path: services.{{ $name }}.labels.patched
  value: "yes"
{{ end }}`;

let folder: string;

beforeEach(async () => {
  folder = await emptyFolder();
  await put("score.yaml", SCORE);
  await put("plain.yaml", PLAIN);
  await put("p.yaml", PROVISIONERS);
});

async function put(name: string, content: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  await writeFile(path.join(folder, name), content);
}

const read = (name: string) => readFile(path.join(folder, name), "utf8");
const mode = async (name: string) =>
  ((await stat(path.join(folder, name))).mode & 0o777).toString(8);

/** Runs the command in the folder. */
const render = (...args: string[]) =>
  renderLocally(["--local", ...args], { folder, host: makeHost({ COLOUR: "blue" }) });

const WEB = ["--provisioners", "p.yaml", "--image", "t:1", "score.yaml"];

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
    { name: "--publish for Kubernetes", args: ["--target", "k8s", "--publish", "8:web:8"] },
    { name: "--project for Kubernetes", args: ["--target", "k8s", "--project", "x"] },
    { name: "--project with a big letter", args: ["--project", "Shop", "plain.yaml"] },
    { name: "--json with --out -", args: ["--json", "--out", "-", "plain.yaml"] },
    { name: "an empty --out", args: ["--out", "", "plain.yaml"] },
    { name: "a Score file that is not there", args: ["nowhere.yaml"] },
    { name: "provisioners that are not there", args: ["--provisioners", "none", "plain.yaml"] },
    { name: "a patch template that is not there", args: ["--patch-template", "x", "plain.yaml"] },
    { name: "a flag of score-compose's init", args: ["--patch-templates", "x", "plain.yaml"] },
    { name: "-o of score-compose", args: ["-o", "x.yaml", "plain.yaml"] },
  ])("is refused for $name", async ({ args, bare }) => {
    const line = bare ? args : ["--local", ...args];
    await expect(renderLocally(line, { folder, host: makeHost() })).rejects.toMatchObject({
      code: "cli_usage",
      hint: expect.any(String),
    });
    await expect(lstat(path.join(folder, "compose.yaml"))).rejects.toThrow("ENOENT");
  });

  test("is told in full by --help, at most a screen wide", async () => {
    const { stdout } = await renderLocally(["--help"], { folder, host: makeHost() });
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
    const { ino } = await stat(path.join(folder, "compose.yaml"));
    const { stderr } = await render("--provisioners", "p.yaml");
    expect(await Promise.all(names.map(read))).toEqual(before);
    expect((await stat(path.join(folder, "compose.yaml"))).ino).toBe(ino);
    expect(stderr).toContain("nothing changed");
  });

  test("keeps the modes of document and state, and gives those of files", async () => {
    await put("score/s.yaml", WITH_SOURCE);
    await put("score/conf/app.conf", "a");
    await render("score/s.yaml");
    const mounted = ".score-compose/mounts/files/plain-files-app.conf";
    expect(await mode(mounted)).toBe("600");
    await chmod(path.join(folder, "compose.yaml"), 0o640);
    await chmod(path.join(folder, ".score-compose/state.yaml"), 0o644);
    await chmod(path.join(folder, mounted), 0o644);
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
      project: path.basename(folder).toLowerCase(),
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
    await expect(lstat(path.join(folder, "compose.yaml"))).rejects.toThrow("ENOENT");
    await expect(render("--out", "-", ...WEB)).rejects.toMatchObject({ code: "cli_needs_files" });
  });

  test("makes manifests", async () => {
    const args = ["--target", "k8s", "--out", "k", "--namespace", "shop", "--generate-namespace"];
    await render(...args, "plain.yaml");
    const first = await read("k/manifests.yaml");
    expect(first).toContain("kind: Namespace");
    expect(first).toContain("kind: Deployment");
    await render(...args);
    expect(await read("k/manifests.yaml")).toBe(first);
    expect(await read("k/.score-k8s/state.yaml")).toContain("instance_suffix");
  });
});

describe("sources", () => {
  test("are read beside the Score file, also of a workload that only the state knows", async () => {
    await put("shop/score.yaml", WITH_SOURCE);
    await put("shop/conf/app.conf", "one ${metadata.name}");
    await render("--out", "out", "shop/score.yaml");
    const mounted = "out/.score-compose/mounts/files/plain-files-app.conf";
    expect(await read(mounted)).toBe("one plain");
    await put("shop/conf/app.conf", "two");
    await render("--out", "out");
    expect(await read(mounted)).toBe("two");
  });

  test("that are not there are named", async () => {
    await put("shop/score.yaml", WITH_SOURCE);
    await expect(render("shop/score.yaml")).rejects.toMatchObject({
      code: "convert_file_missing",
      place: { file: "shop/score.yaml" },
      hint: expect.stringContaining("shop/conf/app.conf"),
    });
  });

  test("are bounded together", async () => {
    const files = "/a: {source: a}, /b: {source: b}";
    await put("score.yaml", WITH_SOURCE.replace(/files: \{.*?\}\}/, `files: {${files}}`));
    for (const name of ["a", "b"]) await put(name, "x".repeat(5 * 1024 * 1024));
    await expect(render("score.yaml")).rejects.toMatchObject({
      code: "cli_file_limit",
      place: { file: "b" },
    });
  });

  test("above the Score file are refused", async () => {
    await put("shop/score.yaml", WITH_SOURCE.replace("conf/app.conf,", "../score.yaml,"));
    await expect(render("shop/score.yaml")).rejects.toMatchObject({ code: "convert_file" });
  });
});

describe("what lies there already", () => {
  const DELETING = `- uri: template://acme/password
  type: password
  directories: |
    gone: false
  files: |
    old.txt: null
    gone/new.txt: new
`;

  test("is deleted where a provisioner says so, and otherwise left alone", async () => {
    for (const name of ["old.txt", "gone/a/b.txt", "stale.txt"]) {
      await put(`.score-compose/mounts/${name}`, name);
    }
    await put("d.yaml", DELETING);
    const { stderr } = await render("--provisioners", "d.yaml", "--image", "i", "score.yaml");
    expect(stderr).toContain("removed .score-compose/mounts/gone\n");
    expect(stderr).toContain("removed .score-compose/mounts/old.txt\n");
    expect(await read(".score-compose/mounts/gone/new.txt")).toBe("new");
    expect(await read(".score-compose/mounts/stale.txt")).toBe("stale.txt");
    for (const name of ["old.txt", "gone/a"]) {
      await expect(lstat(path.join(folder, ".score-compose/mounts", name))).rejects.toThrow();
    }
  });

  test.each([
    { name: "the document", link: "compose.yaml" },
    { name: "the folder of the state", link: ".score-compose" },
    { name: "the mounts directory", link: ".score-compose/mounts" },
    { name: "a mounted file", link: ".score-compose/mounts/pass.txt" },
  ])("is no way out: $name is a link", async ({ link }) => {
    const elsewhere = await emptyFolder();
    await mkdir(path.dirname(path.join(folder, link)), { recursive: true });
    await symlink(elsewhere, path.join(folder, link));
    await expect(render(...WEB)).rejects.toMatchObject({ code: "cli_link" });
    expect((await lstat(path.join(folder, link))).isSymbolicLink()).toBe(true);
    await rm(path.join(folder, link));
    await render(...WEB);
  });

  test("is no way out: the folder of the state is a link to one that has a state", async () => {
    const elsewhere = await emptyFolder();
    await writeFile(path.join(elsewhere, "state.yaml"), "workloads: {}\n");
    await symlink(elsewhere, path.join(folder, ".score-compose"));
    await expect(render("plain.yaml")).rejects.toMatchObject({ code: "cli_link" });
    expect(await readFile(path.join(elsewhere, "state.yaml"), "utf8")).toBe("workloads: {}\n");
  });

  test("is followed where a person names it: folder and state", async () => {
    const elsewhere = await emptyFolder();
    await symlink(elsewhere, path.join(folder, "out"));
    await writeFile(path.join(elsewhere, "kept.yaml"), "workloads: {}\n");
    await symlink(path.join(elsewhere, "kept.yaml"), path.join(folder, "mine.yaml"));
    await render("--out", "out", "--state", "mine.yaml", "plain.yaml");
    expect(await readFile(path.join(elsewhere, "compose.yaml"), "utf8")).toContain("plain-main");
    expect(await readFile(path.join(elsewhere, "kept.yaml"), "utf8")).toContain("plain");
    expect((await lstat(path.join(folder, "mine.yaml"))).isSymbolicLink()).toBe(true);
    await render("--out", "out", "--state", "out/new/deep/state.yaml", "plain.yaml");
    expect(await readdir(path.join(elsewhere, "new/deep"))).toEqual(["state.yaml"]);
  });

  test.each([
    { name: "a folder where the document goes", path: "compose.yaml/x" },
    { name: "a folder where a file goes", path: ".score-compose/mounts/pass.txt/x" },
    { name: "a file where a folder goes", path: ".score-compose/mounts" },
  ])("stops a render before anything is written: $name", async ({ path: name }) => {
    await put(name, "here");
    await expect(render("--state", "s.yaml", ...WEB)).rejects.toMatchObject({ code: "cli_file" });
    await expect(lstat(path.join(folder, "s.yaml"))).rejects.toThrow("ENOENT");
    expect(await read(name)).toBe("here");
  });
});

describe("an input", () => {
  test.each([
    { name: "a Score file beyond its limit", file: "plain.yaml", code: "cli_file_limit" },
    { name: "provisioners beyond their limit", file: "p.yaml", code: "cli_file_limit" },
  ])("is refused: $name", async ({ file, code }) => {
    await put(file, `${await read(file)}#${"x".repeat(1024 * 1024)}\n`);
    const args = ["--provisioners", "p.yaml", "plain.yaml"];
    await expect(render(...args)).rejects.toMatchObject({ code, place: { file } });
  });

  test.each([
    { name: "is no UTF-8", text: Buffer.from([0x61, 0xff]), code: "cli_file" },
    { name: "is no state", text: "colour: blue\n", code: "score_state" },
    { name: "mounts outside", text: "mounts_directory: ../x\n", code: "cli_mounts_directory" },
    { name: "mounts beside itself", text: "mounts_directory: .\n", code: "cli_mounts_directory" },
  ])("is refused: a state that $name", async ({ text, code }) => {
    await writeFile(path.join(folder, "s.yaml"), text);
    await expect(render("--state", "s.yaml", "plain.yaml")).rejects.toMatchObject({ code });
  });

  test("is refused: a folder as a Score file", async () => {
    await mkdir(path.join(folder, "dir"));
    await expect(render("dir")).rejects.toMatchObject({ code: "cli_file" });
  });

  test("is refused: a recipe without provisioners for the target", async () => {
    await put("recipe/recipe.yaml", "name: acme/other\nversion: 1.2.3\n");
    await put("recipe/k8s.provisioners.yaml", "[]\n");
    const args = ["--provisioners", "recipe", "plain.yaml"];
    await expect(render(...args)).rejects.toMatchObject({ code: "cli_usage" });
  });

  test.each([
    {
      name: "a resource that nothing serves",
      args: ["score.yaml", "-i", "i"],
      code: "provision_no_match",
    },
    { name: "no workload at all", args: [], code: "render_no_workloads" },
  ])("is refused with what to do: $name", async ({ args, code }) => {
    await expect(render(...args)).rejects.toMatchObject({ code, hint: expect.any(String) });
  });

  test("is refused: a state that another render has changed meanwhile", async () => {
    const host = makeHost();
    const meanwhile = (size: number) => {
      writeFileSync(path.join(folder, "s.yaml"), "workloads: {}\n");
      return host.randomBytes(size);
    };
    const outside = { folder, host: { ...host, randomBytes: meanwhile } };
    const args = ["--local", "--state", "s.yaml", ...WEB];
    await expect(renderLocally(args, outside)).rejects.toMatchObject({ code: "cli_state_changed" });
    expect((await readdir(folder)).sort()).toEqual([
      "p.yaml",
      "plain.yaml",
      "s.yaml",
      "score.yaml",
    ]);
    expect(await read("s.yaml")).toBe("workloads: {}\n");
  });

  test("with a fault leaves everything as it was", async () => {
    await render(...WEB);
    const before = await read(".score-compose/state.yaml");
    await put("bad.tpl", PATCH);
    await expect(render("--patch-template", "bad.tpl")).rejects.toMatchObject({
      code: expect.stringMatching(/^(patch|provision)_/),
    });
    expect(await read(".score-compose/state.yaml")).toBe(before);
  });
});
