import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/core/codec/canonical-json.js";
import { Freshness } from "../../src/flows/freshness.js";
import { promote as promoteFlow } from "../../src/flows/promotion.js";
import { loadRelease } from "../../src/flows/release-content.js";
import { readRelease } from "../../src/flows/release-list.js";
import { ask, define, type ReleaseJson, refusalOf, versionsOf } from "../helpers/environments.js";
import { cache, labels, queue, startWith } from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const entry = (recipe: string, range: string, more: object = {}): JsonValue => ({
  recipe: `acme/${recipe}`,
  range,
  ...more,
});

describe.each(STORES)("promotion and rollback on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [
      cache("1.0.0"),
      cache("1.1.0"),
      cache("2.0.0"),
      queue("1.0.0"),
      queue("1.1.0"),
      queue("1.2.0"),
      labels("1.0.0"),
      labels("1.1.0"),
    ]);
  });
  afterAll(() => server?.close());

  const cut = (environment: string, body?: JsonValue) => ask(server, environment, "releases", body);
  const promote = (environment: string, from: string, body: object = {}, query = "") =>
    ask(server, environment, "promotions", { from, ...body }, query);
  const rollBack = (environment: string, body?: JsonValue, query = "") =>
    ask(server, environment, "rollback", body, query);

  describe("a promotion", () => {
    test("takes shared recipes' exact versions; own ones keep theirs", async () => {
      await define(server, "dev", [entry("queue", "1.1.0"), entry("cache", "^2.0.0")]);
      await define(server, "stage", [entry("labels", "1.0.0"), entry("queue", "1.0.0")]);
      await cut("dev");
      await cut("stage");
      await define(server, "stage", [entry("labels", "^1.0.0"), entry("queue", "^1.0.0")]);

      const before = await server.logSize();
      const reply = await promote("stage", "dev");
      expect(reply.status).toBe(201);
      expect(versionsOf(reply)).toEqual(["acme/labels 1.0.0", "acme/queue 1.1.0"]);
      const source = (await server.call("/v1/environments/dev/releases/1")).json<ReleaseJson>();
      expect(reply.json()).toMatchObject({
        status: "current",
        unchanged: false,
        release: {
          number: 2,
          actor: "admin",
          promotion: { environment: "dev", number: 1, digest: source.digest },
        },
        recipes: {
          shared: ["acme/queue"],
          sourceOnly: ["acme/cache"],
          targetOnly: ["acme/labels"],
        },
      });
      // The release, and the promotion.
      expect(await server.logSize()).toBe(before + 2);
      const again = await promote("stage", "dev");
      expect([again.status, again.json<ReleaseJson>().unchanged]).toEqual([200, true]);
      expect(await server.logSize()).toBe(before + 2);
    });

    test("resolves an own recipe anew where its version may no longer be used", async () => {
      await define(server, "own-source", [entry("queue", "1.0.0")]);
      await define(server, "own", [entry("labels", "1.0.0"), entry("queue", "1.0.0")]);
      await cut("own-source");
      await cut("own");
      await define(server, "own", [entry("labels", "~1.1.0"), entry("queue", "1.0.0")]);
      expect(versionsOf(await promote("own", "own-source"))).toEqual([
        "acme/labels 1.1.0",
        "acme/queue 1.0.0",
      ]);
    });

    test("can take an earlier release's versions, and is shown before", async () => {
      await define(server, "past-source", [entry("queue", "1.0.0")]);
      await cut("past-source");
      await define(server, "past-source", [entry("queue", "1.2.0")]);
      await cut("past-source");
      await define(server, "past", [entry("queue", "*")]);
      const before = await server.logSize();
      const preview = await server.call("/v1/environments/past/promotions?preview=true", {
        method: "POST",
        body: { from: "past-source", release: 1 },
      });
      expect(preview.status).toBe(200);
      expect(preview.json()).toMatchObject({
        status: "preview",
        digest: null,
        conflicts: [],
        changes: [{ change: "added", recipe: "acme/queue" }],
        recipes: { shared: ["acme/queue"] },
      });
      expect(await server.logSize()).toBe(before);
      const first = await promote("past", "past-source", { release: 1 });
      expect(versionsOf(first)).toEqual(["acme/queue 1.0.0"]);
      expect(versionsOf(await promote("past", "past-source"))).toEqual(["acme/queue 1.2.0"]);
    });

    test.each<{ name: string; entries: JsonValue[]; rules?: JsonValue; refusal: object }>([
      {
        name: "of a version outside the range",
        entries: [entry("queue", "^2.0.0"), entry("cache", "^2.0.0")],
        refusal: { status: 409, code: "promotion_range", problems: ["promotion_range"] },
      },
      {
        name: "that shares no recipe",
        entries: [entry("labels", "*")],
        refusal: { status: 409, code: "promotion_nothing", problems: [] },
      },
      {
        name: "from an environment that the rules do not name",
        entries: [entry("queue", "*")],
        rules: { promotesFrom: ["elsewhere"] },
        refusal: { status: 409, code: "promotion_order", problems: [] },
      },
      {
        name: "of a version that the rules do not allow",
        entries: [entry("queue", "*")],
        rules: { signatures: 2 },
        refusal: { status: 409, code: "recipe_unresolved", problems: ["recipe_unresolved"] },
      },
    ])("$name is refused", async ({ entries, rules, refusal }) => {
      await define(server, "refused-source", [entry("queue", "1.1.0")]);
      await cut("refused-source");
      await define(server, "refused", entries, rules);
      const before = await server.logSize();
      expect(refusalOf(await promote("refused", "refused-source"))).toEqual(refusal);
      expect(await server.logSize()).toBe(before);
    });

    test.each([
      ["nowhere", {}, 404, "environment_unknown"],
      ["unreleased", {}, 404, "release_none"],
      ["strict-source", { release: 9 }, 404, "release_unknown"],
      ["strict", {}, 409, "promotion_order"],
      ["strict-source", { forced: true }, 400, "http_request_invalid"],
    ])("from %s with %j is %i %s", async (from, body, status, code) => {
      await define(server, "unreleased", []);
      await define(server, "strict-source", [entry("queue", "1.0.0")]);
      await cut("strict-source");
      await define(server, "strict", [entry("queue", "*")]);
      const reply = await promote("strict", from, body);
      expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({ status, code });
    });

    test("of several at once one wins, and the others are told", async () => {
      await define(server, "race-source", [entry("queue", "1.0.0")]);
      await cut("race-source");
      await define(server, "race", [entry("queue", "*")]);
      const replies = await Promise.all(
        Array.from({ length: 5 }, () => promote("race", "race-source")),
      );
      expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
      for (const reply of replies) {
        if (reply.status === 409) expect(refusalOf(reply).code).toBe("release_changed");
        else expect([200, 201]).toContain(reply.status);
      }
    });
  });

  test("takes the release that is current now, whatever this process remembers", async () => {
    await define(server, "source", [entry("queue", "1.0.0")]);
    await cut("source");
    await define(server, "sink", [entry("queue", "*")]);
    // Another process, which has not heard yet.
    const other = { ...server.registry, freshness: new Freshness({ watchLog: undefined }) };
    expect((await loadRelease(other, "source")).number).toBe(1);
    await define(server, "source", [entry("queue", "1.1.0")]);
    await cut("source");
    const { document } = await promoteFlow(other, {
      ...{ environment: "sink", from: "source", release: undefined },
      caller: { actor: "ann", grants: [{ role: "releaser", on: ["sink"] }] },
      ...{ force: false, replace: [], previous: undefined },
    });
    expect(document.promotion).toMatchObject({ environment: "source", number: 2 });
    expect((await readRelease(other, "source", undefined)).status).toBe("current");
  });

  describe("where the rules declare the order", () => {
    beforeAll(async () => {
      await define(server, "first", [entry("queue", "1.0.0")]);
      await cut("first");
      await define(server, "second", [entry("queue", "*"), entry("cache", "*")], {
        promotesFrom: ["first"],
      });
    });

    test("a cut takes no version that the environment before does not serve, unless forced", async () => {
      expect(refusalOf(await cut("second"))).toEqual({
        status: 409,
        code: "release_not_promoted",
        problems: ["release_not_promoted"],
      });
      expect(versionsOf(await promote("second", "first"))).toEqual([
        "acme/queue 1.0.0",
        "acme/cache 2.0.0",
      ]);
      const before = await server.logSize();
      const forced = await cut("second", { force: true });
      expect(forced.status).toBe(201);
      expect(forced.json()).toMatchObject({
        release: { forced: true },
        warnings: [{ code: "release_not_promoted" }],
      });
      // The release, and that it was forced.
      expect(await server.logSize()).toBe(before + 2);
    });

    test("nor does a promotion, of recipes that it takes from no release", async () => {
      await define(server, "one", [entry("queue", "1.0.0")]);
      await cut("one");
      await define(server, "other", [entry("cache", "1.0.0")]);
      await cut("other");
      await define(server, "both", [entry("queue", "*"), entry("cache", "*")], {
        promotesFrom: ["one", "other"],
      });
      expect(refusalOf(await promote("both", "one"))).toEqual({
        status: 409,
        code: "release_not_promoted",
        problems: ["release_not_promoted"],
      });
      const forced = await promote("both", "one", { force: true });
      expect(versionsOf(forced)).toEqual(["acme/queue 1.0.0", "acme/cache 2.0.0"]);
    });

    test("what the environment serves already stays", async () => {
      await define(server, "second", [entry("queue", "*")], { promotesFrom: ["first"] });
      expect((await cut("second", { force: true })).status).toBe(201);
      await define(server, "second", [entry("queue", "*"), entry("labels", "1.0.0")], {
        promotesFrom: ["first"],
      });
      const reply = await cut("second");
      expect(versionsOf(reply)).toEqual(["acme/queue 1.2.0", "acme/labels 1.0.0"]);
    });
  });

  describe("rolling back", () => {
    const file = async (release?: number) => {
      const query = release === undefined ? "" : `?release=${release}`;
      return (await server.call(`/v1/environments/back/compose/provisioners.yaml${query}`)).bytes;
    };
    beforeAll(async () => {
      await define(server, "back", [entry("queue", "1.0.0")]);
      await cut("back");
      await define(server, "back", [entry("queue", "1.1.0")]);
      await cut("back");
      await define(server, "back", [entry("queue", "1.2.0")]);
      await cut("back");
    });

    test("makes a new release with the very bytes of the one before", async () => {
      const preview = await rollBack("back", undefined, "?preview=true");
      expect(preview.json()).toMatchObject({
        changes: [{ change: "changed", before: { version: "1.2.0" }, after: { version: "1.1.0" } }],
      });
      const reply = await rollBack("back");
      expect(reply.status).toBe(201);
      expect(reply.json()).toMatchObject({
        release: { number: 4, rollback: { number: 2 } },
        status: "current",
      });
      expect(versionsOf(reply)).toEqual(["acme/queue 1.1.0"]);
      expect(await file()).toEqual(await file(2));
    });

    test("goes back to the release that is named", async () => {
      expect(versionsOf(await rollBack("back", { release: 1 }))).toEqual(["acme/queue 1.0.0"]);
      expect(await file()).toEqual(await file(1));
    });

    test.each([
      [{ release: 99 }, 404, "release_unknown"],
      [{ release: 5 }, 409, "rollback_release"],
      [{ previous: 4 }, 409, "release_changed"],
    ])("%j is %i %s", async (body, status, code) => {
      expect(refusalOf(await rollBack("back", body))).toMatchObject({ status, code });
    });

    test.each([
      ["single", [entry("queue", "1.0.0")], 409, "rollback_release"],
      ["blank", [], 404, "release_none"],
    ])(
      "of an environment with nothing to go back to is refused: %s",
      async (name, entries, status, code) => {
        await define(server, name, entries);
        if (entries.length > 0) await cut(name);
        expect(refusalOf(await rollBack(name))).toMatchObject({ status, code });
      },
    );

    test("is held against the rules of today", async () => {
      await define(server, "stricter", [entry("cache", "1.0.0")]);
      await cut("stricter");
      await define(server, "stricter", [entry("queue", "1.0.0")], { namespaces: ["acme"] });
      await cut("stricter");
      await define(server, "stricter", [entry("queue", "1.0.0")], { namespaces: ["other"] });
      expect(refusalOf(await rollBack("stricter", { force: true }))).toEqual({
        status: 409,
        code: "rule_version",
        problems: ["rule_version"],
      });
    });
  });
});
