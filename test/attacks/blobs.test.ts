/** Row 7: what was altered, or taken away, in the database. */
import { sql } from "drizzle-orm";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Finding, scrub } from "../../src/flows/scrub.js";
import type { Db } from "../../src/store/db.js";
import { cache, labels, queue, release, startWith } from "../helpers/recipes.js";
import { STORES } from "../helpers/stores.js";
import { smallContent } from "../process/content.js";
import { DATABASES, readDatabase } from "../process/databases.js";
import { emptyFolder, runCommand, startService } from "../process/service-process.js";

describe.each(STORES)("attack 7: on $name a scrub", (kind) => {
  const DAMAGE: readonly { name: string; by: ReturnType<typeof sql>; codes: Finding["code"][] }[] =
    [
      {
        name: "a blob with other bytes",
        by: sql`update blobs set content = content || 'x' where digest = (select digest from versions limit 1)`,
        codes: ["scrub_blob_corrupt"],
      },
      {
        name: "a file of a version that is gone",
        by: sql`delete from blobs where convert_from(content, 'UTF8') = '# A cache' || chr(10)`,
        codes: ["scrub_blob_missing"],
      },
      {
        name: "the signature of a version that is gone",
        by: sql`delete from blobs where digest = (select bundle from signatures limit 1)`,
        codes: ["scrub_blob_missing"],
      },
      {
        name: "a leaf of the log that says something else",
        by: sql`update log_leaves set kind = 'forced' where index = 0`,
        codes: ["scrub_leaf"],
      },
      {
        name: "a leaf that is gone",
        by: sql`delete from log_leaves where index = 0`,
        codes: ["scrub_leaf", "scrub_log_head"],
      },
      {
        name: "a log that was cut short",
        by: sql`delete from log_leaves where index = (select max(index) from log_leaves)`,
        codes: ["scrub_log_head", "scrub_release"],
      },
      {
        name: "a head that is another's",
        by: sql`update log_head set frontier = frontier || frontier`,
        codes: ["scrub_log_head"],
      },
      {
        name: "a node of the log that no leaves make",
        by: sql`insert into log_nodes values (1, 0, '\\x00')`,
        codes: ["scrub_log_node"],
      },
      {
        name: "a version that is gone",
        by: sql`delete from versions where recipe = 'acme/labels'`,
        codes: ["scrub_version"],
      },
      {
        name: "a version under another name",
        by: sql`update versions set metadata = jsonb_set(metadata, '{title}', '"x"') where recipe = 'acme/queue'`,
        codes: ["scrub_version"],
      },
      {
        name: "a release that is shown as another",
        by: sql`update releases set payload = jsonb_set(payload, '{entries}', '[]')`,
        codes: ["scrub_release"],
      },
      {
        name: "a release that was signed anew",
        by: sql`update releases set jws = jws || 'x'`,
        codes: ["scrub_release"],
      },
      {
        name: "a release that is gone",
        by: sql`delete from releases`,
        codes: ["scrub_release"],
      },
    ];

  test("attack 7: of a sound registry finds nothing; of an altered one each alteration, by its code", async () => {
    const server = await startWith(kind, [cache(), queue(), labels()]);
    onTestFinished(() => server.close());
    const entries = [
      { recipe: "acme/cache", range: "*" },
      { recipe: "acme/labels", range: "*" },
    ];
    await release(server, "local", entries);
    const { db } = server.registry;
    const sound = await scrub(db);
    expect(sound).toMatchObject({ findings: [], versions: 3, releases: 1, leaves: 6 });
    for (const { name, by, codes } of DAMAGE) {
      expect([name, await codesAfter(db, by)]).toEqual([name, codes]);
    }
    expect(await scrub(db)).toEqual(sound);
  });

  /** What a scrub finds once the statement has run, which is taken back. */
  async function codesAfter(db: Db, statement: ReturnType<typeof sql>) {
    const undone = new Error("taken back");
    let codes: Finding["code"][] = [];
    await db
      .transaction(async (tx) => {
        await tx.execute(sql`set local session_replication_role = replica`);
        await tx.execute(statement);
        codes = (await scrub(tx as unknown as Db)).findings.map(({ code }) => code);
        throw undone;
      })
      .catch((error: unknown) => {
        if (error !== undone) throw error;
      });
    return [...new Set(codes)].sort();
  }
});

describe.each(DATABASES)("on $name", (database) => {
  test("attack 7: a blob that was altered on disk is never served: 500, an alarm in log and metrics, and a scrub finds it", {
    timeout: 180_000,
  }, async () => {
    const folder = await emptyFolder();
    const settings = { ...(await database.settings(folder)), ...(await smallContent(folder)) };
    const first = await startService(settings, folder);
    const path = "/v1/recipes/dapr/redis-state-store/versions/1.0.0/files/README.md";
    const readme = await (await fetch(first.url + path)).text();
    await first.end("SIGTERM");
    expect(await runCommand(["scrub"], settings, folder)).toMatchObject({
      exit: { code: 0 },
      stdout: expect.stringContaining("all sound"),
    });

    await readDatabase(settings, (db) =>
      db.execute(
        sql`update blobs set content = content || 'x' where convert_from(content, 'UTF8') = ${readme}`,
      ),
    );
    const second = await startService(settings, folder);
    const reply = await fetch(second.url + path);
    expect(reply.status).toBe(500);
    const told = await reply.text();
    expect(JSON.parse(told)).toMatchObject({ code: "internal" });
    expect(told).not.toContain("sha256:");
    const metrics = await (await fetch(`${second.url}/metrics`)).text();
    expect(metrics).toContain("backbar_damaged_blob_reads_total 1");
    await second.end("SIGTERM");
    expect(second.stdout()).toMatch(/"level":50.*holds other bytes/);

    const found = await runCommand(["scrub"], settings, folder);
    expect(found.exit.code).toBe(1);
    expect(found.stdout).toMatch(
      /^scrub_blob_corrupt: the blob sha256:[0-9a-f]{64} holds other bytes/,
    );
  });
});
