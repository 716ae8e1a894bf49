/**
 * Row 19, within a running process: every statement of a publish fails in turn. What kills the
 * process is in test/process/kill.test.ts, a disk without room for the checkpoint in
 * test/flows/checkpoint.test.ts.
 */
import { expect, onTestFinished, test } from "vitest";
import { buildManifest } from "../../src/core/oci/manifest.js";
import { formatSubmission } from "../../src/core/oci/submission.js";
import { scrub } from "../../src/flows/scrub.js";
import { FAULTS, failingStatements } from "../helpers/failing-statements.js";
import { checkServedLog } from "../helpers/log.js";
import { cache, recipe, startWith, submission } from "../helpers/recipes.js";
import { STORES } from "../helpers/stores.js";
import { readRegistry } from "../helpers/tables.js";

const cases = STORES.flatMap((kind) =>
  FAULTS.filter(({ ofServers }) => !ofServers || kind.name === "Postgres").map((fault) => ({
    kind,
    fault,
  })),
);

test.each(cases)(
  "attack 19: $fault.name at every step of a publish on $kind.name leaves the version there whole or not at all",
  async ({ kind, fault }) => {
    const server = await startWith(kind, []);
    onTestFinished(() => server.close());
    const { db } = server.registry;
    const statements = failingStatements();
    let failed = 0;
    for (let step = 1; ; step++) {
      const version = `1.0.${step}`;
      const path = `/v1/recipes/acme/cache/versions/${version}`;
      const text = cache(version);
      const { digest } = buildManifest(recipe(text));
      const body = formatSubmission(submission(text, server.publisher));
      const size = await server.logSize();
      const before = await readRegistry(db);

      statements.arm(fault, step);
      const reply = await server.admin(path, { method: "PUT", body });
      const came = statements.disarm();
      const isThere = (await server.logSize()) === size + 1;
      const there = await server.call(path);
      if (isThere) expect(there.json()).toMatchObject({ version, digest });
      else {
        expect(there.status).toBe(404);
        expect(await readRegistry(db)).toEqual(before);
      }
      if (reply.status !== 201) {
        failed++;
        expect(reply.json()).toMatchObject({ code: fault.code });
        expect(reply.text).not.toMatch(/device|I\/O|was lost|terminat/);
      }
      expect((await scrub(db)).findings).toEqual([]);
      expect(await checkServedLog(server)).toHaveLength(isThere ? size + 1 : size);

      const again = await server.admin(path, { method: "PUT", body });
      expect([again.status, again.json()]).toEqual([
        isThere ? 200 : 201,
        expect.objectContaining({ digest, logIndex: size }),
      ]);
      if (!came) break;
    }
    expect(failed).toBeGreaterThan(8);
  },
);
