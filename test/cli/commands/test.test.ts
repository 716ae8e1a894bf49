import { chmod, readdir, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type CommandLine, commandLineIn, openCommandLine } from "../command-line.js";

const STORE = `- uri: template://acme/store
  type: store
  state: |
    password: {{ dig "password" (randAlphaNum 12) .State | quote }}
  outputs: |
    password: {{ .State.password | quote }}
  files: |
    store/conf.ini: |
      password={{ .State.password }}
  directories: |
    store/data: true
  services: |
    store:
      image: store:1
`;
const EXAMPLE = `apiVersion: score.dev/v1b1
metadata: {name: app}
containers: {main: {image: app, variables: {PASSWORD: "\${resources.store.password}"}}}
resources: {store: {type: store}}
`;

let line: CommandLine;

beforeEach(async () => {
  line = await openCommandLine();
  await line.put("store/recipe.yaml", "name: acme/store\nversion: 1.0.0\n");
  await line.put("store/compose.provisioners.yaml", STORE);
  await line.put("store/examples/basic/score.yaml", EXAMPLE);
});

const result = async (...args: string[]) => {
  const { code } = await line.backbar("test", ...args);
  return code;
};

describe("backbar test", () => {
  test("fails without a recording, records, and passes from then on", async () => {
    const first = await line.backbar("test", "store");
    expect(first.code).toBe(1);
    expect(first.stdout).toContain("missing  basic for compose");
    expect(first.stdout).toContain("hint: --update ");
    const update = await line.json("test", "store", "--update");
    expect(update).toMatchObject({
      recipes: [{ examples: [{ example: "basic", target: "compose", result: "recorded" }] }],
      failed: 0,
    });
    const folder = path.join(line.folder, "store/expected/basic/compose");
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      "compose.yaml",
      "files",
      "files.txt",
      "files/store",
      "files/store/conf.ini",
    ]);
    expect(await line.read("store/expected/basic/compose/files.txt")).toBe(
      "0644 store/conf.ini\nempty store/data/\n",
    );
    expect(await line.backbar("test", "store")).toMatchObject({ code: 0, stderr: "" });
  });

  test.each([
    { name: "a link", at: "store/expected/basic/compose/compose.yaml", to: "secret/compose.yaml" },
    { name: "a file behind one", at: "store/expected/basic/compose", to: "secret" },
  ])("never shows what $name leads to", async ({ at, to }) => {
    await line.backbar("test", "store", "-u");
    await line.put("secret/compose.yaml", "token: t0ken\n");
    await rm(path.join(line.folder, at), { recursive: true });
    await symlink(path.join(line.folder, to), path.join(line.folder, at));
    const { code, stdout, stderr } = await line.backbar("test", "store");
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain("t0ken");
    expect(stdout + stderr).toContain("symbolic link");
  });

  test("shows what is rendered otherwise as a unified diff", async () => {
    await line.backbar("test", "store", "-u");
    await line.put("store/compose.provisioners.yaml", STORE.replace("store:1", "store:2"));
    const { code, stdout } = await line.backbar("test", "store");
    expect(code).toBe(1);
    expect(stdout).toContain("--- a/store/expected/basic/compose/compose.yaml\n");
    expect(stdout).toMatch(/\n- +image: store:1\n\+ +image: store:2\n/);
    expect(await result("store", "-u")).toBe(0);
    expect(await result("store")).toBe(0);
  });

  test.each([
    { name: "a mounted file", change: ["password={{", "secret={{"] },
    { name: "an empty directory", change: ["store/data", "store/other"] },
    { name: "a file's mode", change: ["      password=", "      password="] },
  ])("sees $name that is another", async ({ name, change: [from = "", to = ""] }) => {
    await line.backbar("test", "store", "-u");
    if (name !== "a file's mode") {
      await line.put("store/compose.provisioners.yaml", STORE.replace(from, to));
    } else {
      const recorded = "store/expected/basic/compose/files.txt";
      await line.put(recorded, (await line.read(recorded)).replace("0644", "0600"));
    }
    expect(await result("store")).toBe(1);
  });

  test.each([
    { name: "an example that is gone", file: "store/expected/gone/compose/compose.yaml" },
    { name: "a target that is gone", file: "store/expected/basic/k8s/manifests.yaml" },
    { name: "a file that is gone", file: "store/expected/basic/compose/files/old/old.ini" },
  ])("tells recordings of $name and deletes them with --update", async ({ file }) => {
    await line.backbar("test", "store", "-u");
    await line.put(file, "x\n");
    const { code, stdout } = await line.backbar("test", "store");
    expect({ code, told: stdout.includes(file.slice("store/".length)) }).toEqual({
      code: 1,
      told: true,
    });
    const { stdout: updated } = await line.backbar("test", "store", "-u");
    expect(updated).toContain(`removed  ${file.slice("store/".length)}`);
    await expect(line.read(file)).rejects.toThrow();
    await expect(readdir(path.dirname(path.join(line.folder, file)))).rejects.toThrow();
    expect(await result("store")).toBe(0);
  });

  test("leaves what is no recording alone", async () => {
    await line.put("store/expected/README.md", "mine\n");
    await line.put("store/expected/basic/notes.txt", "mine\n");
    await line.put("store/expected/basic/compose/.DS_Store", "x");
    expect(await result("store", "-u")).toBe(0);
    expect(await line.read("store/expected/basic/notes.txt")).toBe("mine\n");
    expect(await result("store")).toBe(0);
  });

  test("keeps the recording of an example that fails, and tells where", async () => {
    await line.backbar("test", "store", "-u");
    const recorded = await line.read("store/expected/basic/compose/compose.yaml");
    await line.put(
      "store/compose.provisioners.yaml",
      STORE.replace("image: store:1", 'image: {{ fail "no" }}'),
    );
    const { code, stdout } = await line.backbar("test", "store", "-u");
    expect(code).toBe(1);
    expect(stdout).toContain("store/compose.provisioners.yaml:14:");
    expect(await line.read("store/expected/basic/compose/compose.yaml")).toBe(recorded);
  });

  test("does not record what differs each time", async () => {
    const key = '    password: {{ genPrivateKey "ecdsa" | sha256sum | quote }}';
    await line.put(
      "store/compose.provisioners.yaml",
      STORE.replace(/ {4}password: \{\{ dig.*/, () => key),
    );
    for (const args of [[], ["-u"], []]) {
      const { code, stdout } = await line.backbar("test", "store", ...args);
      expect({ code, told: stdout.includes("unrepeatable basic for compose") }).toEqual({
        code: 0,
        told: true,
      });
    }
  });

  test("passes a recipe without examples, and says so", async () => {
    await line.put("bare/recipe.yaml", "name: acme/bare\nversion: 1.0.0\n");
    await line.put("bare/compose.provisioners.yaml", STORE);
    const { code, stdout } = await line.backbar("test", "bare");
    expect({ code, told: stdout.includes("no examples") }).toEqual({ code: 0, told: true });
  });

  test("writes nothing where it may not", async () => {
    await line.backbar("test", "store", "-u");
    await line.put("store/compose.provisioners.yaml", STORE.replace("store:1", "store:2"));
    const file = "store/expected/basic/compose/compose.yaml";
    await chmod(path.join(line.folder, file), 0o600);
    expect(await result("store")).toBe(1);
    expect(await line.read(file)).toContain("store:1");
  });
});

test("the catalog renders what is recorded beside it", async () => {
  const { code, stdout } = await commandLineIn(process.cwd()).backbar("test", "catalog");
  expect(stdout).toMatch(/\n\d+ passed in \d+ recipes\n$/);
  expect(code).toBe(0);
});
