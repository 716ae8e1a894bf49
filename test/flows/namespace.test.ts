import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openKeySet } from "../../src/core/trust/key-set.js";
import { formatPublicKey } from "../../src/core/trust/keys.js";
import { openRecord } from "../../src/core/trust/record.js";
import { putNamespace as putInFlow, tombstoneNamespace } from "../../src/flows/namespace.js";
import { getBlob } from "../../src/store/blobs.js";
import { readLogLeaves } from "../../src/store/log.js";
import { startWith } from "../helpers/recipes.js";
import { makeKey, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

interface Detail {
  readonly name: string;
  readonly owners: readonly string[];
  readonly publisherKeys: readonly { readonly fingerprint: string; readonly publicKey: string }[];
  readonly tombstonedAt?: string;
}

describe.each(STORES)("namespaces on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, []);
  });
  afterAll(() => server?.close());

  const pem = () => formatPublicKey(makeKey().publicKey);
  const put = (name: string, body: object, headers: Record<string, string> = {}) =>
    server.admin(`/v1/namespaces/${name}`, { method: "PUT", body, headers });
  const putKeys = (name: string, publisherKeys: readonly string[]) => put(name, { publisherKeys });
  const read = (name: string) => server.call(`/v1/namespaces/${name}`);
  const lastRecord = async () => {
    const size = await server.logSize();
    const [leaf] = await readLogLeaves(server.registry.db, size - 1, size);
    const envelope = await getBlob(server.registry.db, leaf?.envelope ?? "");
    const record = await openRecord(new TextDecoder().decode(envelope), [
      server.registry.keys.release.publicKey,
    ]);
    return { leaf: leaf?.kind, ...record };
  };
  const olga = { actor: "olga", grants: [] };

  test("have defaults, and keep what a change leaves out", async () => {
    const made = await put("fields", {});
    expect(made.json()).toEqual({
      name: "fields",
      owners: [],
      publisherKeys: [],
      revokedKeys: [],
      signatures: 1,
      visibility: "public",
      commands: false,
      createdAt: server.clock.now().toISOString(),
    });
    const keys = [pem(), pem()];
    await put("fields", { publisherKeys: keys, signatures: 2, owners: ["olga", "bob", "olga"] });
    const changed = await put("fields", { visibility: "private", commands: true });
    expect(changed.json()).toMatchObject({
      owners: ["bob", "olga"],
      signatures: 2,
      visibility: "private",
      commands: true,
    });
    expect(changed.json<Detail>().publisherKeys).toHaveLength(2);
    expect((await read("fields")).json()).toEqual(changed.json());
    expect((await read("fields")).headers.etag).toBe(changed.headers.etag);
  });

  test("record each change with all fields and who made it", async () => {
    const key = makeKey().publicKey;
    await server.as("alice").call("/v1/namespaces/recorded", {
      method: "PUT",
      body: { publisherKeys: [formatPublicKey(key)], owners: ["olga"] },
    });
    expect(await lastRecord()).toMatchObject({
      leaf: "namespace",
      kind: "namespace",
      actor: "alice",
      details: {
        namespace: "recorded",
        owners: ["olga"],
        publisherKeys: [key.fingerprint],
        signatures: 1,
        visibility: "public",
        commands: false,
      },
    });
  });

  test("hold the keys that may publish; the same keys again change nothing", async () => {
    const keys = [pem(), pem()];
    const before = await server.logSize();
    const first = await putKeys("keyed", keys);
    expect(first.status).toBe(200);
    const again = await putKeys("keyed", [...keys].reverse());
    expect(again.headers.etag).toBe(first.headers.etag);
    expect(await server.logSize()).toBe(before + 1);
    const stored = (await read("keyed")).json<Detail>();
    expect(stored.publisherKeys.map(({ publicKey }) => publicKey).sort()).toEqual(keys.sort());
    await putKeys("keyed", []);
    expect((await read("keyed")).json<Detail>().publisherKeys).toEqual([]);
  });

  test("are changed on the state that If-Match names", async () => {
    const { etag = "" } = (await put("matched", {})).headers;
    const changed = await put("matched", { owners: ["olga"] }, { "if-match": etag });
    expect(changed.status).toBe(200);
    const before = await server.logSize();
    for (const [name, headers] of [
      ["matched", { "if-match": etag }],
      ["matched", { "if-none-match": "*" }],
      ["not-there", { "if-match": etag }],
    ] as const) {
      const reply = await put(name, { owners: [] }, headers);
      expect(reply.json()).toMatchObject({ status: 412, code: "namespace_changed" });
    }
    const refused = await put("matched", {}, { "if-match": "W/1" });
    expect(refused.json()).toMatchObject({ status: 400, code: "http_if_match" });
    expect(await server.logSize()).toBe(before);
  });

  test.each([
    { name: "0", keys: 1, signatures: 0 },
    { name: "-1", keys: 1, signatures: -1 },
    { name: "more than keys", keys: 2, signatures: 3 },
    { name: "two with no key", keys: 0, signatures: 2 },
  ])("refuse a threshold of $name (attack 12)", async ({ keys, signatures }) => {
    const publisherKeys = Array.from({ length: keys }, pem);
    const reply = await put("threshold", { publisherKeys, signatures });
    expect(reply.json()).toMatchObject({ status: 422, code: "namespace_signatures" });
    expect((await read("threshold")).status).toBe(404);
  });

  test("refuse fewer keys than their threshold (attack 12)", async () => {
    const one = pem();
    await put("shrunk", { publisherKeys: [one, pem()], signatures: 2 });
    const reply = await put("shrunk", { publisherKeys: [one] });
    expect(reply.json()).toMatchObject({ status: 422, code: "namespace_signatures" });
    expect((await put("shrunk", { publisherKeys: [one], signatures: 1 })).status).toBe(200);
  });

  test("count a key that is given twice once (attack 12)", async () => {
    const key = pem();
    const reply = await put("twice", { publisherKeys: [key, key], signatures: 2 });
    expect(reply.json()).toMatchObject({ status: 422, code: "namespace_signatures" });
  });

  test("name every key that cannot be read", async () => {
    const reply = await putKeys("faulty", ["x", pem(), "-----BEGIN"]);
    expect(reply.json()).toMatchObject({
      status: 422,
      code: "key_form",
      problems: [
        { code: "key_form", place: { path: "publisherKeys.0" } },
        { code: "key_form", place: { path: "publisherKeys.2" } },
      ],
    });
  });

  test.each([
    ["an unknown field", { owner: ["olga"] }],
    ["an owner that is no name", { owners: ["Olga Example"] }],
    ["those without a token as owner", { owners: ["anonymous"] }],
    ["another visibility", { visibility: "internal" }],
    ["commands as text", { commands: "true" }],
    ["51 owners", { owners: Array.from({ length: 51 }, (_, i) => `o${i}`) }],
  ])("refuse %s", async (_name, body) => {
    const reply = await put("faulty", body);
    expect(reply.json()).toMatchObject({ status: 400, code: "http_request_invalid" });
  });

  test("are changed by their owners, and made by administrators only (attack 2)", async () => {
    await put("owned", { owners: ["olga"] });
    const change = { name: "owned", publicKeys: [pem()] };
    const changed = await putInFlow(server.registry, change, { caller: olga });
    expect(changed.publisherKeys).toHaveLength(1);
    expect(await lastRecord()).toMatchObject({ actor: "olga" });
    const mallory = { actor: "mallory", grants: [] };
    const refused = { code: "namespace_owner" };
    const before = await server.logSize();
    await expect(putInFlow(server.registry, change, { caller: mallory })).rejects.toMatchObject(
      refused,
    );
    await expect(
      putInFlow(server.registry, { name: "olgas" }, { caller: olga }),
    ).rejects.toMatchObject(refused);
    await expect(
      tombstoneNamespace(server.registry, "owned", { caller: mallory }),
    ).rejects.toMatchObject(refused);
    expect(await server.logSize()).toBe(before);
  });

  test("made with the same keys at once add one leaf", async () => {
    const keys = [pem()];
    const before = await server.logSize();
    await Promise.all(Array.from({ length: 4 }, () => putKeys("eager", keys)));
    expect(await server.logSize()).toBe(before + 1);
  });

  test.each([
    ["no key", ["x"], "key_form"],
    [
      "a private key",
      ["-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"],
      "key_form",
    ],
  ])("refuse %s", async (_name, keys, code) => {
    expect((await putKeys("faulty", keys)).json()).toMatchObject({ status: 422, code });
    expect((await read("faulty")).json()).toMatchObject({ code: "namespace_unknown" });
  });

  test.each(["PUT", "DELETE"])("need a token for %s", async (method) => {
    const body = method === "PUT" ? {} : undefined;
    const reply = await server.call("/v1/namespaces/acme", { method, body });
    expect(reply.json()).toMatchObject({ status: 401, code: "http_token_required" });
  });

  test("change the signed key set, whose number grows", async () => {
    const keySet = async () => {
      const discovery = (await server.call("/.well-known/backbar.json")).json<{ keySet: string }>();
      return openKeySet(discovery.keySet, server.registry.keys.root.publicKey);
    };
    const before = await keySet();
    const key = makeKey().publicKey;
    await putKeys("grown", [formatPublicKey(key)]);
    const after = await keySet();
    expect(after.number).toBe(before.number + 1);
    expect(after.namespaces.get("grown")).toMatchObject({
      signatures: 1,
      keys: [
        { publicKey: { fingerprint: key.fingerprint }, since: server.clock.now().toISOString() },
      ],
    });
  });

  test("are listed by page, and to the client as a whole", async () => {
    for (const name of ["page-a", "page-b", "page-c"]) await put(name, { visibility: "private" });
    const names: string[] = [];
    let cursor = "";
    do {
      const page = (await server.call(`/v1/namespaces?limit=2${cursor}`)).json<{
        namespaces: (Detail & { visibility: string })[];
        next?: string;
      }>();
      expect(page.namespaces.length).toBeLessThanOrEqual(2);
      names.push(...page.namespaces.map(({ name }) => name));
      cursor = page.next === undefined ? "" : `&cursor=${page.next}`;
    } while (cursor !== "");
    expect(names).toEqual([...new Set(names)].sort());
    expect(names).toEqual(expect.arrayContaining(["acme", "page-a", "page-b", "page-c"]));
    expect(await server.client.listNamespaces()).toEqual(names);
  });

  test.each([
    "limit=0",
    "limit=501",
    "limit=2147483648",
    "limit=-1",
    "cursor=last",
    "cursor=n:a%00",
    "page=2",
  ])("are not listed by ?%s", async (query) => {
    const reply = await server.call(`/v1/namespaces?${query}`);
    expect(reply.json()).toMatchObject({ status: 400, code: "http_request_invalid" });
  });
});
