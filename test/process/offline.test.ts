/** A bundle, and what it takes to believe it: the program and a root's fingerprint. Nothing else is there. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { backbarIn } from "./command-line.js";
import { smallContent } from "./content.js";
import { DATABASES } from "./databases.js";
import { emptyFolder, startService } from "./service-process.js";

describe.each(DATABASES)("a bundle of a registry on $name", (database) => {
  test("is verified where there is no registry", { timeout: 180_000 }, async () => {
    const folder = await emptyFolder();
    const content = await smallContent(folder);
    const settings = {
      ...content,
      ...(await database.settings(folder)),
      ADMIN_TOKEN_FILE: path.join(folder, "tokens"),
    };
    await writeFile(settings.ADMIN_TOKEN_FILE, "alice alice-0123456789abcdef\n", { mode: 0o600 });
    const service = await startService(settings, folder);
    const { root } = JSON.parse(
      await (await fetch(`${service.url}/.well-known/backbar.json`)).text(),
    );
    const near = { BACKBAR_SERVER: service.url, BACKBAR_TOKEN: "alice-0123456789abcdef" };
    const bundles = path.join(folder, "bundles");
    await mkdir(bundles);
    for (const args of [
      ["bundle", "local", "--out", "one.json"],
      ["log", "bundle", "--full", "--out", "log.json"],
    ]) {
      expect(await backbarIn(bundles, near)(...args)).toMatchObject({ code: 0 });
    }
    await service.end("SIGTERM");

    const away = await emptyFolder();
    // Any request would fail: there is no such host, and nothing listens behind the proxy.
    const far = {
      BACKBAR_SERVER: "https://registry.invalid",
      HTTPS_PROXY: "http://127.0.0.1:1",
      BACKBAR_ROOT: root.fingerprint,
    };
    for (const name of ["one.json", "log.json"]) {
      await writeFile(path.join(away, name), await readFile(path.join(bundles, name)));
    }
    const verified = await backbarIn(away, far)("verify", "--bundle", "one.json");
    expect(verified).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("local is verified"),
    });
    const audited = await backbarIn(away, far)("log", "audit", "--bundle", "log.json");
    expect(audited).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("the registry says what its log says"),
    });
    expect(audited.stdout).not.toContain("not compared");
    // Without the bundle there is nothing.
    expect(await backbarIn(away, far)("verify", "local")).toMatchObject({ code: 1 });
    const another = { ...far, BACKBAR_ROOT: `sha256:${"0".repeat(64)}` };
    expect(await backbarIn(away, another)("verify", "--bundle", "one.json")).toMatchObject({
      code: 1,
    });
    // What it remembers lies below HOME, and nothing else was written.
    const left = (await readdir(away)).filter((name) => !name.startsWith("."));
    expect(left.sort()).toEqual(["log.json", "one.json"]);
  });
});
