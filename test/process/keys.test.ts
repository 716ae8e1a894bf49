/** The procedures of docs/operator.md for the registry's keys, as written: real service, real programs. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { backbarIn } from "./command-line.js";
import { DATABASES } from "./databases.js";
import { makePublisherPem } from "./fresh-registry.js";
import { emptyFolder, runCommand, startService } from "./service-process.js";

const TIMEOUT_MS = 240_000;
const TOKEN = "alice-0123456789abcdef";

describe.each(DATABASES)("the operator's procedures for keys on $name", (database) => {
  test("replace, revoke, follow", { timeout: TIMEOUT_MS }, async () => {
    const folder = await emptyFolder();
    const keys = path.join(folder, "k");
    await writeFile(path.join(folder, "tokens"), `alice ${TOKEN}\n`, { mode: 0o600 });
    const settings = {
      ...(await database.settings(folder)),
      ...{ ADMIN_TOKEN_FILE: path.join(folder, "tokens"), KEYS_DIR: keys },
      ...{ CATALOG_DIR: "", ENVIRONMENTS_DIR: "" },
    };
    const manage = (...args: string[]) => runCommand(["keys", ...args], settings, folder);
    const inUse = (list: string, name: string) =>
      list.split("\n").find((line) => line.startsWith(name) && line.endsWith("in use"));
    const backbar = backbarIn(folder);

    let service = await startService(settings, folder);
    const tokenFile = path.join(folder, "alice.token");
    await writeFile(tokenFile, TOKEN);
    const login = (...more: string[]) =>
      backbar("login", service.url, "--name", "r", "--token-file", tokenFile, ...more);
    expect(await login()).toMatchObject({ code: 0 });
    await writeFile(path.join(folder, "laptop.pem"), makePublisherPem(), { mode: 0o600 });
    const made = await backbar("namespace", "create", "acme", "--key", "laptop.pem");
    expect(made).toMatchObject({ code: 0 });

    // A publisher's key.
    const listed = JSON.parse((await backbar("keys", "list", "acme", "--json")).stdout);
    const [{ fingerprint: laptop }] = listed.keys;
    const stolen = ["--reason", "laptop stolen", "--since", "2024-05-06T00:00:00Z"];
    expect(await backbar("keys", "revoke", "acme", laptop, ...stolen)).toMatchObject({ code: 0 });
    const again = await backbar("keys", "add", "acme", "laptop.pem");
    expect(again.stderr).toContain("never comes back");
    await service.end("SIGTERM");

    // The release and the checkpoint key.
    const before = (await manage("list")).stdout;
    for (const name of ["release", "checkpoint"]) {
      expect(await manage("rotate", name)).toMatchObject({ exit: { code: 0 } });
    }
    const after = (await manage("list")).stdout;
    expect(inUse(after, "release")).not.toBe(inUse(before, "release"));
    const [old = ""] = /sha256:\w+/.exec(inUse(before, "release") ?? "") ?? [];
    expect(after).toContain(`${old} since`);
    const revoked = await manage("revoke", "release", old, "--reason", "backup tape lost");
    expect(revoked).toMatchObject({ exit: { code: 0 } });
    expect(revoked.stdout).toContain("backup tape lost");

    // The root key; clients follow.
    expect(await manage("rotate", "root")).toMatchObject({ exit: { code: 0 } });
    for (const name of await readdir(keys)) {
      if (name.includes(".replaced.")) await rm(path.join(keys, name));
    }
    service = await startService({ ...settings, PORT: new URL(service.url).port }, folder);
    const followed = await login();
    expect(followed).toMatchObject({ code: 0 });
    expect(followed.stderr).toContain("was replaced");
    expect(await backbar("namespace", "create", "late", "--no-key")).toMatchObject({ code: 0 });
    await service.end("SIGTERM");

    // Interrupted after the database knew of it: the next start puts the key in its place.
    expect(await manage("rotate", "release")).toMatchObject({ exit: { code: 0 } });
    const [present, aside] = ["release.pem", "release.replaced.pem"].map((name) =>
      path.join(keys, name),
    );
    const [next, replaced] = await Promise.all(
      [present, aside].map((file) => readFile(file ?? "")),
    );
    await writeFile(path.join(keys, "release.next.pem"), next ?? "", { mode: 0o600 });
    await writeFile(present ?? "", replaced ?? "");
    service = await startService(settings, folder);
    expect(await readFile(present ?? "")).toEqual(next);
    await service.end("SIGTERM");

    // Any other key is refused.
    await writeFile(present ?? "", makePublisherPem());
    const refused = await runCommand([], settings, folder);
    expect(refused.exit.code).toBe(1);
    expect(refused.stderr).toContain("another release key");

    const usage = await manage("rotate", "state");
    expect(usage).toMatchObject({ exit: { code: 2 } });
  });
});
