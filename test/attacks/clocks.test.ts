/** Row 40: processes of one registry whose clocks are a day apart, as processes of their own. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { readTrust, readVerifiedRelease } from "../../src/client/catalog.js";
import { BackbarClient } from "../../src/client/client.js";
import { publishFolder } from "../../src/client/publish-folder.js";
import { parsePrivateKey } from "../../src/core/trust/keys.js";
import { createDatabase } from "../helpers/stores.js";
import { STATE_STORE_RECIPE, smallContent } from "../process/content.js";
import { emptyFolder, startService } from "../process/service-process.js";

const HOUR_MS = 3_600_000;
/** Longer than a pointer is valid. */
const OFF_HOURS = 25;

test("attack 40: of processes whose clocks are a day off none loses what was acknowledged, and nobody accepts what has expired", async () => {
  const folder = await emptyFolder();
  const shared = {
    ...(await smallContent(folder)),
    DATABASE_URL: await createDatabase(),
    KEYS_DIR: path.join(folder, "keys"),
    ADMIN_TOKEN_FILE: path.join(folder, "behind/admin-token"),
  };
  const start = (name: string, hours: number) => {
    const { ADMIN_TOKEN_FILE, ...first } = shared;
    const settings = { ...first, ...(name === "behind" ? {} : { ADMIN_TOKEN_FILE }) };
    const DATA_DIR = path.join(folder, name);
    return startService({ ...settings, DATA_DIR, NODE_OPTIONS: withClock(hours) }, folder);
  };
  // The first makes the keys: they hold since its time, and nobody's clock is further behind.
  const behind = await start("behind", -OFF_HOURS);
  const right = await start("right", 0);
  const ahead = await start("ahead", OFF_HOURS);
  const token = (await readFile(shared.ADMIN_TOKEN_FILE, "utf8")).trim();
  const key = parsePrivateKey(await readFile(path.join(folder, "keys/publisher.pem"), "utf8"));
  const services = Object.entries({ right, ahead, behind });
  const clientOf = (url: string) => new BackbarClient({ url, token });
  const trust = await readTrust(clientOf(right.url));
  const verify = (url: string) =>
    readVerifiedRelease(clientOf(url), "local", trust, { now: new Date() });

  let number = 1;
  for (const [i, [name, { url }]] of services.entries()) {
    const version = `1.1.${i}`;
    const overrides = { version };
    await publishFolder(clientOf(url), STATE_STORE_RECIPE, key, { overrides });
    await clientOf(url).cutRelease("local");
    number++;
    for (const [, other] of services) {
      const at = `${other.url}/v1/environments/local/resolve?type=dapr-state-store&target=compose`;
      // Resolve says of which release it answers.
      await expect
        .poll(async () => ((await (await fetch(at)).json()) as { release: object }).release)
        .toMatchObject({ number });
    }
    // A process that is a day behind signs pointers that have expired: clients refuse them, and any
    // process whose clock is right renews them.
    const by = await verify(right.url).then(({ pointer }) => pointer.number, String);
    expect([name, by]).toEqual([name, number]);
  }
  const expired = await verify(right.url).then(({ pointer }) => Date.parse(pointer.expires));
  expect(expired).toBeGreaterThan(Date.now());
  const later = { now: new Date(expired + HOUR_MS) };
  await expect(
    readVerifiedRelease(clientOf(behind.url), "local", trust, later),
  ).rejects.toMatchObject({ code: "pointer_expired" });
}, 180_000);

/** Options of a process whose clock is off by so many hours. */
function withClock(hours: number): string {
  const module = `const R=Date,o=${hours * HOUR_MS};globalThis.Date=class extends R{constructor(...a){super(...(a.length?a:[R.now()+o]))}static now(){return R.now()+o}}`;
  return `--import=data:text/javascript,${encodeURIComponent(module)}`;
}
