/** What `backbar render --local` reads, replaces, deletes and refuses to touch. */
import { writeFileSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { markedText } from "../../src/core/render/k8s/manifest-files.js";
import { makeHost } from "../conformance/host.js";
import { emptyFolder } from "../process/service-process.js";
import { renderLocally } from "./render-locally.js";
import { useWorkplace, WEB, WITH_SOURCE } from "./workplace.js";

const PATCH = `- op: set
  path: x-patched
  value: true
`;
const { folder, put, read, render } = useWorkplace();

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

  test.each([
    { name: "a document goes", args: ["--target", "k8s", "--out", "shop"] },
    { name: "a part of it goes", args: ["--target", "k8s", "--out", "shop", "--split"] },
    { name: "the state goes", args: ["--state", "shop/mine.yaml"] },
  ])("stay where $name", async ({ args }) => {
    const files = ["manifests.yaml", "manifests/deployment-plain.yaml", "mine.yaml"];
    const mounts = files.map((name, index) => `/${index}: {source: ${name}}`).join(", ");
    await put("shop/score.yaml", WITH_SOURCE.replace(/files: \{.*?\}\}/, `files: {${mounts}}`));
    const text = markedText({ path: "deployment-plain.yaml", text: "{}\n" });
    for (const name of files) await put(`shop/${name}`, text);
    await expect(render(...args, "shop/score.yaml")).rejects.toMatchObject({ code: "cli_file" });
    for (const name of files) expect(await read(`shop/${name}`)).toBe(text);
  });

  test("are read anywhere for Kubernetes, as score-k8s does", async () => {
    const files = `/a: {source: ../b.txt}, /c: {source: ${folder()}/c.txt}`;
    await put("shop/score.yaml", WITH_SOURCE.replace(/files: \{.*?\}\}/, `files: {${files}}`));
    for (const name of ["b.txt", "c.txt"]) await put(name, name);
    await render("--target", "k8s", "shop/score.yaml");
    for (const name of ["b.txt", "c.txt"]) {
      expect(await read("manifests.yaml")).toContain(`file: ${btoa(name)}`);
    }
  });

  test("above the Score file are refused for Compose, as by score-compose", async () => {
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
      await expect(lstat(path.join(folder(), ".score-compose/mounts", name))).rejects.toThrow();
    }
  });

  test("is not deleted where it is read", async () => {
    const inside = ".score-compose/mounts/gone/d.yaml";
    await put(inside, DELETING);
    const args = ["--provisioners", inside, "--image", "i", "score.yaml"];
    await expect(render(...args)).rejects.toMatchObject({ code: "cli_file" });
    expect(await read(inside)).toBe(DELETING);
  });

  test.each([
    { name: "the document", link: "compose.yaml" },
    { name: "the folder of the state", link: ".score-compose" },
    { name: "the mounts directory", link: ".score-compose/mounts" },
    { name: "a mounted file", link: ".score-compose/mounts/pass.txt" },
  ])("is no way out: $name is a link", async ({ link }) => {
    const elsewhere = await emptyFolder();
    await mkdir(path.dirname(path.join(folder(), link)), { recursive: true });
    await symlink(elsewhere, path.join(folder(), link));
    await expect(render(...WEB)).rejects.toMatchObject({ code: "cli_link" });
    expect((await lstat(path.join(folder(), link))).isSymbolicLink()).toBe(true);
    await rm(path.join(folder(), link));
    await render(...WEB);
  });

  test("is no way out: the folder of the state is a link to one that has a state", async () => {
    const elsewhere = await emptyFolder();
    await writeFile(path.join(elsewhere, "state.yaml"), "workloads: {}\n");
    await symlink(elsewhere, path.join(folder(), ".score-compose"));
    await expect(render("plain.yaml")).rejects.toMatchObject({ code: "cli_link" });
    expect(await readFile(path.join(elsewhere, "state.yaml"), "utf8")).toBe("workloads: {}\n");
  });

  test("is followed where a person names it: folder and state", async () => {
    const elsewhere = await emptyFolder();
    await symlink(elsewhere, path.join(folder(), "out"));
    await writeFile(path.join(elsewhere, "kept.yaml"), "workloads: {}\n");
    await symlink(path.join(elsewhere, "kept.yaml"), path.join(folder(), "mine.yaml"));
    await render("--out", "out", "--state", "mine.yaml", "plain.yaml");
    expect(await readFile(path.join(elsewhere, "compose.yaml"), "utf8")).toContain("plain-main");
    expect(await readFile(path.join(elsewhere, "kept.yaml"), "utf8")).toContain("plain");
    expect((await lstat(path.join(folder(), "mine.yaml"))).isSymbolicLink()).toBe(true);
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
    await expect(lstat(path.join(folder(), "s.yaml"))).rejects.toThrow("ENOENT");
    expect(await read(name)).toBe("here");
  });
});

describe("temporary files", () => {
  test("that a killed render left are taken away, those of one that runs are not", async () => {
    const [stale, fresh] = [".backbar-0123456789abcdef.tmp", ".backbar-fedcba9876543210.tmp"];
    await render(...WEB);
    for (const where of ["", ".score-compose/", ".score-compose/mounts/"]) {
      await put(`${where}${stale}`, "secret");
      await utimes(path.join(folder(), where, stale), 0, 0);
      await put(`${where}${fresh}`, "secret");
    }
    await render("--provisioners", "p.yaml");
    const left = await readdir(folder(), { recursive: true });
    expect(left.filter((name) => name.endsWith(stale))).toEqual([]);
    expect(left.filter((name) => name.endsWith(fresh))).toHaveLength(3);
  });
});

describe("places of their own", () => {
  test.each([
    { name: "a document over its Score file", args: ["--out", "in", "in/compose.yaml"] },
    {
      name: "a document over its provisioners",
      args: ["--out", "in", "--provisioners", "in/compose.yaml", "plain.yaml"],
    },
    { name: "a state in the document's", args: ["--state", "compose.yaml", "plain.yaml"] },
    { name: "a state in a file's", args: ["--state", ".score-compose/mounts/pass.txt", ...WEB] },
    { name: "a state below a file", args: ["--state", "p.yaml/s", "--out", "o", "plain.yaml"] },
    { name: "a document below a file", args: ["--out", "p.yaml/out", "plain.yaml"] },
    { name: "a folder where a file is", args: ["--out", "p.yaml", "plain.yaml"] },
  ])("are needed: $name is refused, and nothing is written", async ({ args }) => {
    const source = args.includes("--provisioners") ? "p.yaml" : "plain.yaml";
    await put("in/compose.yaml", await read(source));
    const before = (await readdir(folder(), { recursive: true })).sort();
    await expect(render(...args)).rejects.toMatchObject({
      code: "cli_file",
      message: expect.not.stringMatching(/E[A-Z]{4}/),
    });
    expect((await readdir(folder(), { recursive: true })).sort()).toEqual(before);
    expect(await read("in/compose.yaml")).toBe(await read(source));
  });

  test("are named as the command line does, behind a link too", async () => {
    await mkdir(path.join(folder(), "real"));
    await symlink("real", path.join(folder(), "out"));
    const { stderr } = await render("--out", "out", "plain.yaml");
    expect(stderr).toContain("wrote out/compose.yaml\n");
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
    await writeFile(path.join(folder(), "s.yaml"), text);
    await expect(render("--state", "s.yaml", "plain.yaml")).rejects.toMatchObject({ code });
  });

  test("is refused: a folder as a Score file", async () => {
    await mkdir(path.join(folder(), "dir"));
    await expect(render("dir")).rejects.toMatchObject({ code: "cli_file", place: { file: "dir" } });
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
    { name: "an image that is not given", args: ["score.yaml"], code: "score_image_missing" },
    { name: "no workload at all", args: [], code: "render_no_workloads" },
    {
      name: "provisioners as a Score file",
      args: ["--provisioners", "p.yaml", "p.yaml", "plain.yaml"],
      code: "score_not_a_map",
    },
    {
      name: "a port that is not published",
      args: ["--publish", "8080:web", "plain.yaml"],
      code: "publish_form",
    },
  ])("is refused with what to do: $name", async ({ args, code }) => {
    await expect(render(...args)).rejects.toMatchObject({ code, hint: expect.any(String) });
  });

  test("is refused: a state that another render has changed meanwhile", async () => {
    const host = makeHost();
    const meanwhile = (size: number) => {
      writeFileSync(path.join(folder(), "s.yaml"), "workloads: {}\n");
      return host.randomBytes(size);
    };
    const outside = { folder: folder(), host: { ...host, randomBytes: meanwhile } };
    const args = ["--local", "--state", "s.yaml", ...WEB];
    await expect(renderLocally(args, outside)).rejects.toMatchObject({ code: "cli_state_changed" });
    expect((await readdir(folder())).sort()).toEqual([
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
