/** What `--split` writes, takes away and leaves alone. */
import { chmod, lstat, mkdir, readdir, symlink } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { markedText } from "../../src/core/render/k8s/manifest-files.js";
import { emptyFolder } from "../process/service-process.js";
import { useWorkplace } from "./workplace.js";

/** Two objects of Kubernetes for each resource, one of them with a name that no file can have. */
const PROVISIONERS = `- uri: template://acme/password
  type: password
  outputs: "password: x"
  manifests: |
    - {apiVersion: v1, kind: Secret, metadata: {name: "{{ .Id }}"}}
    - {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: "acme:{{ .Id }}"}}
`;
const WEB = ["--provisioners", "k.yaml", "--image", "t:1", "score.yaml"];
const WITHOUT = ["--override-property", "resources=", "--image", "t:1", "score.yaml"];
const OF_WEB = ["deployment-web.yaml", "role-acme-web.db.yaml", "secret-web.db.yaml"];

const { folder, put, read, render, mode } = useWorkplace();
const split = (...args: string[]) => render("--target", "k8s", "--split", ...args);
const found = async (name = "manifests") => (await readdir(path.join(folder(), name))).sort();

/** A workplace with the files of a first render. */
async function rendered(): Promise<void> {
  await put("k.yaml", PROVISIONERS);
  await split(...WEB);
}

describe("a split render", () => {
  test("writes the parts of the one document, each below its mark", async () => {
    await rendered();
    expect(await found()).toEqual(OF_WEB);
    await expect(lstat(path.join(folder(), "manifests.yaml"))).rejects.toThrow("ENOENT");
    const { stdout } = await render("--target", "k8s", "--out", "-", "--provisioners", "k.yaml");
    const order = ["secret-web.db.yaml", "role-acme-web.db.yaml", "deployment-web.yaml"];
    const parts = [];
    for (const name of order) {
      const [mark = "", ...text] = (await read(`manifests/${name}`)).split("\n");
      expect(mark).toContain(name);
      parts.push(`---\n${text.join("\n")}`);
    }
    expect(parts.join("")).toBe(stdout);
  });

  test("tells every file, and the folder that kubectl takes", async () => {
    await put("k.yaml", PROVISIONERS);
    const { stdout } = await split(...WEB, "--out", "out", "--json");
    const files = ["secret-web.db", "role-acme-web.db", "deployment-web"].map(
      (name) => `out/manifests/${name}.yaml`,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      document: "out/manifests",
      manifests: files,
      written: ["out/.score-k8s/state.yaml", ...files],
      removed: [],
    });
    const { stderr } = await split("--out", "out", "--provisioners", "k.yaml");
    expect(stderr).toBe("1 workload with 1 resource in out/manifests, nothing changed\n");
    const other = await render("--target", "k8s", "--json", "plain.yaml");
    expect(JSON.parse(other.stdout)).not.toHaveProperty("manifests");
  });

  test("keeps the mode of a file, and puts Namespaces before all others", async () => {
    await rendered();
    await chmod(path.join(folder(), "manifests/deployment-web.yaml"), 0o640);
    await split("-n", "shop", "--generate-namespace", "--provisioners", "k.yaml");
    expect(await mode("manifests/deployment-web.yaml")).toBe("640");
    expect(await found()).toEqual(["0-namespace-shop.yaml", ...OF_WEB]);
  });
});

describe("files of an earlier split render", () => {
  test("go when they are no longer rendered", async () => {
    await rendered();
    const { stderr } = await split(...WITHOUT);
    expect(stderr).toContain("removed manifests/role-acme-web.db.yaml\n");
    expect(stderr).toContain("removed manifests/secret-web.db.yaml\n");
    expect(await found()).toEqual(["deployment-web.yaml"]);
  });

  test("stay where the render fails", async () => {
    await rendered();
    const bad = "containers.main.image=.";
    await expect(split("--override-property", bad, "plain.yaml")).rejects.toMatchObject({
      code: "score_image_missing",
    });
    expect(await found()).toEqual(OF_WEB);
  });

  test("stay where the render is of one document", async () => {
    await rendered();
    await render("--target", "k8s", ...WITHOUT);
    expect(await found()).toEqual(OF_WEB);
  });

  test("that are read are not deleted", async () => {
    const overrides = markedText({ path: "o.yaml", text: "metadata: {}\n" });
    await put("manifests/o.yaml", overrides);
    const args = ["--overrides-file", "manifests/o.yaml", "plain.yaml"];
    await expect(split(...args)).rejects.toMatchObject({ code: "cli_file" });
    expect(await found()).toEqual(["o.yaml"]);
    await split("plain.yaml");
    expect(await found()).toEqual(["deployment-plain.yaml"]);
  });
});

describe("files of others", () => {
  test("stay: without a mark, copied from one with it, no YAML, in folders, links", async () => {
    await rendered();
    const secret = await read("manifests/secret-web.db.yaml");
    const others = {
      "mine.yaml": "kind: ConfigMap\n",
      "secret-copy.yaml": secret,
      "kustomization.yaml": "resources: []\n",
      "secret-web.db.yaml.bak": secret,
      "below/secret-web.db.yaml": secret,
      "later.yaml": `\n${secret.replace("secret-web.db", "later")}`,
    };
    for (const [name, text] of Object.entries(others)) await put(`manifests/${name}`, text);
    await symlink("secret-copy.yaml", path.join(folder(), "manifests/link.yaml"));
    await mkdir(path.join(folder(), "manifests/folder.yaml"));
    await split(...WITHOUT);
    for (const [name, text] of Object.entries(others)) {
      expect(await read(`manifests/${name}`)).toBe(text);
    }
    expect(await found()).toEqual(
      [
        ...["below", "deployment-web.yaml", "folder.yaml", "kustomization.yaml", "later.yaml"],
        ...["link.yaml", "mine.yaml", "secret-copy.yaml", "secret-web.db.yaml.bak"],
      ].sort(),
    );
  });

  test.each([
    { name: "a manifest's name", file: "manifests/deployment-web.yaml", code: "cli_file" },
    { name: "the folder's", file: "manifests", code: "cli_file" },
    {
      name: "a folder where a manifest goes",
      file: "manifests/deployment-web.yaml/x",
      code: "cli_file",
    },
  ])("are not written over: they have $name", async ({ file, code }) => {
    await put("k.yaml", PROVISIONERS);
    await put(file, "mine\n");
    await expect(split(...WEB)).rejects.toMatchObject({ code });
    expect(await read(file)).toBe("mine\n");
    await expect(lstat(path.join(folder(), ".score-k8s"))).rejects.toThrow("ENOENT");
  });

  test("are not reached through links", async () => {
    await rendered();
    const elsewhere = await emptyFolder();
    await mkdir(path.join(folder(), "out"));
    await symlink(path.join(folder(), "manifests"), path.join(folder(), "out/manifests"));
    await expect(split("--out", "out", ...WITHOUT)).rejects.toMatchObject({ code: "cli_link" });
    expect(await found()).toEqual(OF_WEB);
    await put("o/x", "");
    await symlink(elsewhere, path.join(folder(), "o/manifests"));
    await expect(split("--out", "o", ...WITHOUT)).rejects.toMatchObject({ code: "cli_link" });
    expect(await readdir(elsewhere)).toEqual([]);
  });
});
