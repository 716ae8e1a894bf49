import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { publishPackage } from "../../src/client/publish-folder.js";
import { formatPrivateKey } from "../../src/core/trust/keys.js";
import { externalSigner } from "../../src/external-signer.js";
import { labels, makeNamespace, publishAll, recipe, release } from "../helpers/recipes.js";
import { makeKey, startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const script = fileURLToPath(new URL("../helpers/signer.mjs", import.meta.url));

describe.each(STORES)("attack 21: the signing key is unavailable, on $name", (kind) => {
  let server: TestServer;
  let folder: string;
  const say = (mode: string) => writeFile(path.join(folder, "mode"), mode);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "backbar-signer-"));
    const external = async (name: string) => {
      const key = makeKey();
      const file = path.join(folder, `${name}.pem`);
      await writeFile(file, formatPrivateKey(key));
      return externalSigner({
        ...{ name, publicKey: key.publicKey, report: () => {}, timeoutSeconds: 3 },
        command: [process.execPath, script, path.join(folder, "mode"), file],
      });
    };
    await say("sign");
    const keys = { root: await external("root"), release: await external("release") };
    server = await startServer(kind, { keys });
    await makeNamespace(server, "acme");
    await publishAll(server, [labels("1.0.0")]);
    await release(server, "staging", [{ recipe: "acme/labels", range: "*" }]);
  });
  afterAll(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => say("sign"));

  const publish = (version: string) =>
    publishPackage(server.client, recipe(labels(version)), server.publisher);

  test.each([
    { mode: "hang", version: "2.0.0" },
    { mode: "garbage", version: "2.0.1" },
    { mode: "stranger", version: "2.0.2" },
    { mode: "vanish", version: "2.0.3" },
    { mode: "refuse", version: "2.0.4" },
  ])("publishing is refused where it answers $mode, and reading goes on", async (row) => {
    const { mode, version } = row;
    await say(mode);
    const before = await server.logSize();
    await expect(publish(version)).rejects.toMatchObject({
      status: 503,
      code: "signer_unavailable",
    });
    const cut = await server.admin("/v1/namespaces/other", { method: "PUT", body: {} });
    expect(cut.json()).toMatchObject({ status: 503, code: "signer_unavailable" });
    expect(cut.headers["retry-after"]).toBeDefined();
    expect(cut.text).not.toContain("SECRET");
    for (const read of [
      "/v1/recipes/acme/labels/versions/1.0.0",
      "/v1/environments/staging/catalog",
      "/v1/environments/staging/k8s/provisioners.yaml",
      "/.well-known/backbar.json",
    ]) {
      expect((await server.call(read)).status, read).toBe(200);
    }
    // Nothing is half written: not the version, not the namespace, no leaf.
    expect((await server.call(`/v1/recipes/acme/labels/versions/${version}`)).status).toBe(404);
    expect((await server.call("/v1/namespaces/other")).status).toBe(404);
    expect(await server.logSize()).toBe(before);
    await say("sign");
    await expect
      .poll(() => publish(version).then(() => "published"), { timeout: 10_000 })
      .toBe("published");
  });
});
