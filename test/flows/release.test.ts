import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readTrust, readVerifiedFiles, readVerifiedRelease } from "../../src/client/catalog.js";
import type { ServerProblem } from "../../src/client/error.js";
import { sha256Digest } from "../../src/core/codec/digest.js";
import { parseProvisionersFile } from "../../src/core/recipe/provisioners-file.js";
import { keepPointersFresh } from "../../src/flows/pointer.js";
import { findPointer } from "../../src/store/environments.js";
import { ask, define, type ReleaseJson } from "../helpers/environments.js";
import { cache, labels, publishAll, queue, release, startWith } from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

describe.each(STORES)("releases on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [
      cache("1.0.0"),
      cache("1.1.0"),
      cache("2.0.0-rc.1"),
      cache("2.0.0"),
      queue(),
      labels(),
    ]);
  });
  afterAll(() => server?.close());

  const cut = (environment: string, query = "") =>
    ask(server, environment, "releases", undefined, query);

  describe("cutting", () => {
    test.each([
      ["exact", "1.0.0", undefined, "1.0.0"],
      ["caret", "^1.0.0", undefined, "1.1.0"],
      ["tilde", "~1.0.0", undefined, "1.0.0"],
      ["highest", ">=1.0.0", undefined, "2.0.0"],
      ["prerelease", "2.0.0-rc.1", undefined, "2.0.0-rc.1"],
      ["prereleases", "<2.0.0", { prereleases: true }, "2.0.0-rc.1"],
    ])("resolves the range %s (%s)", async (name, range, rules, version) => {
      await define(server, `range-${name}`, [{ recipe: "acme/cache", range }], rules);
      const answer = (await cut(`range-${name}`)).json<ReleaseJson>();
      expect(answer.release.entries).toEqual([expect.objectContaining({ version, range })]);
    });

    test("numbers releases from 1 and chains them by digest", async () => {
      await define(server, "chain", [{ recipe: "acme/cache", range: "^1.0.0" }]);
      const before = await server.logSize();
      const cuts: ReleaseJson[] = [];
      for (let i = 0; i < 3; i++) {
        await define(server, "chain", [{ recipe: "acme/cache", range: `^1.${i === 1 ? 1 : 0}.0` }]);
        cuts.push((await cut("chain")).json<ReleaseJson>());
      }
      expect(cuts.map(({ release: { number } }) => number)).toEqual([1, 2, 3]);
      expect(cuts.map(({ release: { previous } }) => previous)).toEqual([
        null,
        cuts[0]?.digest,
        cuts[1]?.digest,
      ]);
      // Three releases, and two definitions that changed.
      expect(await server.logSize()).toBe(before + 5);

      const list = (await server.call("/v1/environments/chain/releases?limit=2")).json<{
        releases: { number: number; digest: string }[];
        next: string;
      }>();
      expect(list.releases.map(({ number }) => number)).toEqual([3, 2]);
      const rest = await server.call(`/v1/environments/chain/releases?cursor=${list.next}`);
      expect(rest.json()).toEqual({ releases: [expect.objectContaining({ number: 1 })] });

      for (const name of ["3", "current"]) {
        const stored = (await server.call(`/v1/environments/chain/releases/${name}`)).json<{
          digest: string;
          signed: string;
        }>();
        expect(stored).toMatchObject({ number: 3, digest: cuts[2]?.digest });
        expect(sha256Digest(stored.signed)).toBe(stored.digest);
      }
    });

    test("takes an empty body for none, whatever its type is said to be", async () => {
      await define(server, "bodiless", [{ recipe: "acme/cache", range: "^1.0.0" }]);
      const headers = { "content-type": "application/json" };
      const send = (method: string, path: string) =>
        server.admin(`/v1/environments/${path}`, { method, headers, body: "" });
      expect((await send("POST", "bodiless/releases")).status).toBe(201);
      const reply = await send("PUT", "bodiless");
      expect([reply.status, reply.json()]).toMatchObject([400, { code: "http_request_invalid" }]);
    });

    test("does nothing where the newest release says the same already", async () => {
      await define(server, "same", [{ recipe: "acme/cache", range: "^1.0.0" }]);
      const first = await cut("same");
      const before = await server.logSize();
      const again = await cut("same");
      expect([first.status, again.status]).toEqual([201, 200]);
      expect(again.json()).toMatchObject({
        unchanged: true,
        digest: first.json<ReleaseJson>().digest,
        release: { number: 1 },
      });
      expect(await server.logSize()).toBe(before);
    });

    test("of several cuts at once makes one release, and refuses the others with the reason", async () => {
      await define(server, "together", [{ recipe: "acme/cache", range: "^1.0.0" }]);
      const before = await server.logSize();
      const cuts = await Promise.all(Array.from({ length: 6 }, () => cut("together")));
      expect(cuts.filter(({ status }) => status === 201)).toHaveLength(1);
      for (const { status, ...reply } of cuts) {
        // One that began after the first had ended finds that there is nothing to do.
        if (status === 201 || status === 200) continue;
        expect(status).toBe(409);
        expect(reply.json()).toMatchObject({
          code: "release_changed",
          detail: expect.stringContaining("release 1 was cut by admin"),
        });
      }
      expect(await server.logSize()).toBe(before + 1);
    });

    test("refuses a caller who knows of another newest release", async () => {
      await define(server, "expected", [{ recipe: "acme/cache", range: "^1.0.0" }]);
      const ask = (previous: number) =>
        server.admin("/v1/environments/expected/releases", { method: "POST", body: { previous } });
      expect((await ask(3)).json()).toMatchObject({ code: "release_changed" });
      expect((await ask(0)).status).toBe(201);
      expect((await ask(0)).json()).toMatchObject({ code: "release_changed" });
    });

    test("warns of shadowed provisioners and of entries that add nothing", async () => {
      await define(server, "shadowed", [
        { recipe: "acme/cache", range: "1.1.0" },
        { recipe: "acme/cache", range: "1.0.0", target: "compose" },
        { recipe: "acme/queue", range: "1.0.0", type: "nothing" },
      ]);
      const { warnings } = (await cut("shadowed")).json<ReleaseJson>();
      expect(new Set(warnings.map(({ code }) => code))).toEqual(
        new Set(["provisioner_shadowed", "entry_empty"]),
      );
    });

    test("refuses what could not be read again, and the environment stays", async () => {
      const one = { recipe: "acme/many", range: "1.0.0" };
      const types = Array.from({ length: 101 }, (_, i) => `- {uri: 'template://m', type: t${i}}\n`);
      const files = { "compose.provisioners.yaml": types.join("") };
      await publishAll(server, [{ name: one.recipe, version: one.range, files }]);
      await define(server, "many", Array(200).fill(one));
      const reply = await cut("many");
      expect([reply.status, reply.json()]).toMatchObject([409, { code: "release_size" }]);
      await define(server, "many", [one]);
      expect((await cut("many")).status).toBe(201);
    });

    test("lists every entry that finds no version, and changes nothing", async () => {
      await define(
        server,
        "unresolved",
        [
          { recipe: "acme/cache", range: "^1.0.0" },
          { recipe: "acme/cache", range: "^9.0.0" },
          { recipe: "acme/nosuch", range: "*" },
          { recipe: "other/cache", range: "*" },
        ],
        { namespaces: ["acme"] },
      );
      const before = await server.logSize();
      const reply = await cut("unresolved");
      expect(reply.status).toBe(409);
      expect(reply.json()).toMatchObject({
        code: "recipe_unresolved",
        problems: [
          { code: "recipe_unresolved", place: { path: "entries.1" } },
          { code: "recipe_unresolved", place: { path: "entries.2" } },
          { code: "recipe_unresolved", place: { path: "entries.3" } },
        ],
      });
      expect(await server.logSize()).toBe(before);
      expect((await server.call("/v1/environments/unresolved/releases")).json()).toEqual({
        releases: [],
      });
    });

    test("takes no version that fewer keys signed than the rules want", async () => {
      await define(server, "signed-twice", [{ recipe: "acme/cache", range: "*" }], {
        signatures: 2,
      });
      expect((await cut("signed-twice")).json()).toMatchObject({ code: "recipe_unresolved" });
    });

    test("only shows with preview=true, without a token", async () => {
      await define(server, "preview", [{ recipe: "acme/cache", range: "^1.0.0" }]);
      const before = await server.logSize();
      const path = "/v1/environments/preview/releases";
      const reply = await server.call(`${path}?preview=true`, { method: "POST" });
      expect(reply.status).toBe(200);
      expect(reply.json()).toMatchObject({ digest: null, release: { number: 1, previous: null } });
      expect(await server.logSize()).toBe(before);
      expect((await server.call(path)).json()).toEqual({ releases: [] });
      const real = await cut("preview");
      expect(real.status).toBe(201);
      expect(real.json<ReleaseJson>().release).toEqual({
        ...reply.json<ReleaseJson>().release,
        actor: "admin",
      });
    });

    test("needs the admin token", async () => {
      await define(server, "locked", [{ recipe: "acme/cache", range: "^1.0.0" }]);
      const reply = await server.call("/v1/environments/locked/releases", { method: "POST" });
      expect(reply.status).toBe(401);
      expect(reply.json()).toMatchObject({ code: "http_token_required" });
    });

    test.each([
      ["POST", "/v1/environments/nowhere/releases", 404, "environment_unknown"],
      ["POST", "/v1/environments/nowhere/releases?preview=true", 404, "environment_unknown"],
      ["GET", "/v1/environments/nowhere/releases", 404, "environment_unknown"],
      ["GET", "/v1/environments/nowhere/catalog", 404, "environment_unknown"],
      ["GET", "/v1/environments/empty/catalog", 404, "release_none"],
      ["GET", "/v1/environments/empty/releases/current", 404, "release_none"],
      ["GET", "/v1/environments/empty/releases/7", 404, "release_unknown"],
      ["GET", "/v1/environments/empty/releases/0", 400, "http_request_invalid"],
      ["GET", "/v1/environments/empty/releases/4294967296", 400, "http_request_invalid"],
      [
        "GET",
        "/v1/environments/empty/releases?cursor=o:9007199254740991",
        400,
        "http_request_invalid",
      ],
      ["GET", "/v1/environments/empty/compose/provisioners.yaml", 404, "release_none"],
    ])("%s %s is %i %s", async (method, path, status, code) => {
      await server.client.putEnvironment("empty", { entries: [] }).catch(() => {});
      const reply = await server.admin(path, { method });
      expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({ status, code });
    });

    test("of an environment without entries serves nothing", async () => {
      await define(server, "nothing", []);
      expect((await cut("nothing")).status).toBe(201);
      const file = await server.call("/v1/environments/nothing/compose/provisioners.yaml");
      expect(file.status).toBe(200);
      expect(parseProvisionersFile(file.text, { file: "x", target: "compose" })).toEqual([]);
    });
  });

  describe("the catalog", () => {
    test("verifies from the pinned root down to every file", async () => {
      await release(server, "verified", [
        { recipe: "acme/cache", range: "^1.0.0" },
        { recipe: "acme/labels", range: "*" },
      ]);
      const { client } = server;
      const trust = await readTrust(client, {
        rootFingerprint: server.registry.keys.root.publicKey.fingerprint,
      });
      expect(trust.localKeys).toBe(true);
      expect([...trust.keySet.namespaces.keys()]).toEqual(["acme"]);
      const now = server.clock.now();
      const { pointer, release: document } = await readVerifiedRelease(client, "verified", trust, {
        now,
      });
      expect(pointer).toMatchObject({ environment: "verified", number: 1 });
      for (const target of ["compose", "k8s"] as const) {
        const files = await readVerifiedFiles(client, document, target);
        expect(sha256Digest(files.provisioners)).toBe(document.targets[target].provisioners);
        expect(files.patches.map(({ name }) => name)).toEqual(
          target === "compose" ? ["acme-labels-labels.tpl"] : [],
        );
      }
      await expect(
        readTrust(client, { rootFingerprint: sha256Digest("another") }),
      ).rejects.toMatchObject({ code: "client_root" });
      await expect(readTrust(client, { seenKeySet: 1000 })).rejects.toMatchObject({
        code: "key_set",
      });
      await expect(
        readVerifiedRelease(client, "verified", trust, { now, seenNumber: 2 }),
      ).rejects.toMatchObject({ code: "pointer_rollback" });
    });

    test("has a pointer that expires and is renewed (attack 14)", async () => {
      await release(server, "renewed", [{ recipe: "acme/cache", range: "1.0.0" }]);
      const trust = await readTrust(server.client);
      const read = () =>
        readVerifiedRelease(server.client, "renewed", trust, { now: server.clock.now() });
      const first = await read();
      server.clock.advance({ hours: 23 });
      expect((await read()).pointer).toEqual(first.pointer);
      await expect(
        readVerifiedRelease(server.client, "renewed", trust, {
          now: new Date(Date.parse(first.pointer.expires)),
        }),
      ).rejects.toMatchObject({ code: "pointer_expired" });
      server.clock.advance({ hours: 1 });
      const second = await read();
      expect(second.pointer.release).toBe(first.pointer.release);
      expect(Date.parse(second.pointer.expires)).toBeGreaterThan(server.clock.now().getTime());
      expect(await read()).toEqual(second);
    });

    test("follows a cut at once", async () => {
      await release(server, "followed", [{ recipe: "acme/cache", range: "^1.0.0" }]);
      const trust = await readTrust(server.client);
      const options = { now: server.clock.now() };
      await readVerifiedRelease(server.client, "followed", trust, options);
      await define(server, "followed", [{ recipe: "acme/cache", range: "1.0.0" }]);
      const { digest } = await server.client.cutRelease("followed");
      const after = await readVerifiedRelease(server.client, "followed", trust, options);
      expect(after.pointer).toMatchObject({ number: 2, release: digest });
    });
  });

  test("pointers are renewed before they expire while the service runs", async () => {
    await release(server, "kept", [{ recipe: "acme/cache", range: "1.0.0" }]);
    const first = await findPointer(server.registry.db, "kept");
    server.clock.advance({ hours: 13 });
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const stop = keepPointersFresh(server.registry);
    try {
      vi.advanceTimersByTime(60_000);
      await expect
        .poll(async () => (await findPointer(server.registry.db, "kept"))?.issuedAt, {
          timeout: 20_000,
        })
        .toEqual(server.clock.now());
    } finally {
      await stop();
      vi.useRealTimers();
    }
    expect((await findPointer(server.registry.db, "kept"))?.number).toBe(first?.number);
  });

  describe("files", () => {
    const path = (target: string, query = "") =>
      `/v1/environments/files/${target}/provisioners.yaml${query}`;
    beforeAll(async () => {
      await release(server, "files", [
        { recipe: "acme/cache", range: "^1.0.0", class: "small" },
        { recipe: "acme/labels", range: "*" },
        { recipe: "acme/queue", range: "*" },
      ]);
    });

    test.each(["compose", "k8s"])(
      "of %s have the digest that the release names",
      async (target) => {
        const reply = await server.call(path(target));
        const { release: document } = (
          await server.call("/v1/environments/files/releases/1")
        ).json<{ release: { targets: Record<string, { provisioners: string }> } }>();
        const digest = document.targets[target]?.provisioners;
        expect(sha256Digest(reply.bytes)).toBe(digest);
        expect(reply.headers).toMatchObject({
          etag: `"${digest}"`,
          "cache-control": "no-cache",
          "content-type": "application/yaml; charset=utf-8",
        });
        const again = await server.call(path(target), {
          headers: { "if-none-match": `"x", "${digest}"` },
        });
        expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: "" });
      },
    );

    test("are narrowed, in order", async () => {
      const text = (await server.call(path("compose"))).text;
      const parsed = parseProvisionersFile(text, { file: "x", target: "compose" });
      expect(parsed.map(({ uri, class: className }) => [uri, className])).toEqual([
        ["template://acme/cache", "small"],
        ["template://acme/queue-fast", "fast"],
        ["template://acme/queue", undefined],
      ]);
    });

    test("of a numbered release are immutable, and stay after the next cut", async () => {
      const first = await server.call(path("compose", "?release=1"));
      expect(first.headers["cache-control"]).toContain("immutable");
      const { etag } = await server.client.findEnvironment("files").then((one) => ({
        etag: one?.etag ?? "",
      }));
      await server.client.putEnvironment("files", { entries: [] }, { ifMatch: etag });
      // A changed definition serves nothing before it is cut.
      expect((await server.call(path("compose"))).bytes).toEqual(first.bytes);
      await server.client.cutRelease("files");
      expect((await server.call(path("compose"))).bytes).not.toEqual(first.bytes);
      expect((await server.call(path("compose", "?release=1"))).bytes).toEqual(first.bytes);
    });

    test("include patch templates by name", async () => {
      const patch = "/v1/environments/files/compose/patches/acme-labels-labels.tpl";
      const reply = await server.call(`${patch}?release=1`);
      expect(reply.text).toBe(labels().files["labels.compose.tpl"]);
      expect(reply.headers.etag).toBe(`"${sha256Digest(reply.bytes)}"`);
      expect(reply.headers["cache-control"]).toContain("immutable");
      expect((await server.call(patch)).json()).toMatchObject({ code: "patch_unknown" });
    });

    test.each([
      { file: "compose/patches/nosuch.tpl", status: 404 },
      { file: "k8s/patches/acme-labels-labels.tpl", status: 404 },
      { file: "compose/patches/..%2f..%2fprovisioners.yaml", status: 400 },
      { file: "compose/patches/%2e%2e", status: 400 },
    ])("$file is not there: $status", async ({ file, status }) => {
      const reply = await server.call(`/v1/environments/files/${file}?release=1`);
      expect(reply.status).toBe(status);
    });

    test("answer HEAD without a body", async () => {
      const get = await server.call(path("compose", "?release=1"));
      const head = await server.call(path("compose", "?release=1"), { method: "HEAD" });
      expect(head.status).toBe(200);
      expect(head.bytes.length).toBe(0);
      expect(head.headers.etag).toBe(get.headers.etag);
      expect(head.headers["content-length"]).toBe(String(get.bytes.length));
    });
  });

  describe("resolve", () => {
    beforeAll(async () => {
      await release(server, "resolve", [
        { recipe: "acme/queue", range: "*", class: "slow" },
        { recipe: "acme/cache", range: "1.0.0" },
        { recipe: "acme/cache", range: "1.1.0", id: "special" },
        { recipe: "acme/queue", range: "*" },
      ]);
    });
    const ask = (query: string) => server.call(`/v1/environments/resolve/resolve?${query}`);

    test.each([
      ["type=cache&target=compose", "template://acme/cache", "1.0.0", []],
      ["type=cache&id=special&target=compose", "template://acme/cache", "1.0.0", []],
      ["type=queue&class=fast&target=compose", "template://acme/queue-fast", "1.0.0", ["class"]],
      ["type=queue&class=slow&target=compose", "template://acme/queue", "1.0.0", []],
      ["type=queue&target=compose", "template://acme/queue", "1.0.0", ["class", "class"]],
    ])("%s is %s %s", async (query, uri, version, passedOver) => {
      const reply = await ask(query);
      expect(reply.status).toBe(200);
      const { targets } = reply.json<{
        targets: {
          target: string;
          match: { uri: string; recipe: { version: string; digest: string } };
          candidates: { reason?: string }[];
        }[];
      }>();
      expect(targets).toHaveLength(1);
      const [found] = targets;
      expect(found?.match).toMatchObject({ uri, recipe: { version } });
      expect(found?.match.recipe.digest).toMatch(/^sha256:/);
      const reasons = found?.candidates.map(({ reason }) => reason) ?? [];
      expect(reasons.slice(0, passedOver.length)).toEqual(passedOver);
      expect(reasons[passedOver.length]).toBeUndefined();
    });

    test("says what the winner shadows", async () => {
      const { targets } = (await ask("type=cache&id=special&target=compose")).json<{
        targets: { candidates: { reason?: string }[] }[];
      }>();
      expect(targets[0]?.candidates.map(({ reason }) => reason)).toEqual([undefined, "shadowed"]);
    });

    test("answers for each target of the release where none is named", async () => {
      const { targets } = (await ask("type=queue")).json<{
        targets: { target: string; match?: object }[];
      }>();
      expect(targets.map(({ target, match }) => [target, match !== undefined])).toEqual([
        ["compose", true],
        ["k8s", false],
      ]);
    });

    test.each([
      ["type=cach&target=compose", "cache"],
      ["type=queue&target=k8s", undefined],
    ])("%s finds none, and names what is near", async (query, near) => {
      const reply = await ask(query);
      expect(reply.status).toBe(404);
      const problem = reply.json<{ code: string; hint?: string }>();
      expect(problem.code).toBe("resolve_no_match");
      if (near !== undefined) expect(problem.hint).toContain(near);
    });

    test("answers by the release that is asked for", async () => {
      await server.client.putEnvironment("byrelease", {
        entries: [{ recipe: "acme/cache", range: "1.0.0" }],
      });
      await server.client.cutRelease("byrelease");
      const etag = (await server.client.findEnvironment("byrelease"))?.etag ?? "";
      const definition = { entries: [{ recipe: "acme/cache", range: "1.1.0" }] };
      await server.client.putEnvironment("byrelease", definition, { ifMatch: etag });
      await server.client.cutRelease("byrelease");
      const version = async (query: string) => {
        const path = `/v1/environments/byrelease/resolve?type=cache&target=k8s${query}`;
        return (await server.call(path)).json<{
          release: { number: number };
          targets: { match: { recipe: { version: string } } }[];
        }>();
      };
      for (const [query, number, expected] of [
        ["", 2, "1.1.0"],
        ["&release=1", 1, "1.0.0"],
        ["&release=2", 2, "1.1.0"],
      ] as const) {
        const answer = await version(query);
        expect(answer.release.number).toBe(number);
        expect(answer.targets[0]?.match.recipe.version).toBe(expected);
      }
    });

    test.each([
      ["", 400, "http_request_invalid"],
      ["type=", 400, "http_request_invalid"],
      ["type=cache&target=nomad", 400, "http_request_invalid"],
      ["type=cache&clas=x", 400, "http_request_invalid"],
      ["type=cache&release=9", 404, "release_unknown"],
    ])("?%s is %i %s", async (query, status, code) => {
      const reply = await ask(query);
      expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({ status, code });
    });
  });

  test("faults come to the client with their code", async () => {
    const fault = await server.client.cutRelease("nowhere").catch((error: ServerProblem) => error);
    expect(fault).toMatchObject({ status: 404, code: "environment_unknown" });
  });
});
