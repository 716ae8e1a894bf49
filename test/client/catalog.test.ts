import { describe, expect, test } from "vitest";
import {
  type RegistryTrust,
  readTrust,
  readVerifiedFiles,
  readVerifiedRelease,
} from "../../src/client/catalog.js";
import { BackbarClient } from "../../src/client/client.js";
import { sha256Digest } from "../../src/core/codec/digest.js";
import type { ReleaseDocument } from "../../src/core/recipe/release-document.js";
import type { DatedKey } from "../../src/core/trust/dated-key.js";
import { type KeySet, signKeySet } from "../../src/core/trust/key-set.js";
import { formatPublicKey, makePrivateKey } from "../../src/core/trust/keys.js";
import { releaseDigest, signPointer, signRelease } from "../../src/core/trust/release-signature.js";
import { localSigner } from "../../src/core/trust/signer.js";
import { sendJson, serve } from "./loopback-server.js";

const keyOf = (n: number) => localSigner(makePrivateKey("ES256", new Uint8Array(32).fill(n)));
const [root, releaseKey, otherKey] = [keyOf(1), keyOf(2), keyOf(3)];
const file = "- {uri: 'template://r', type: redis}\n";
const patch = "- op: set\n";
const digest = sha256Digest("anything");
const empty = { provisioners: sha256Digest("[]\n"), origins: [], patches: [] };
const release: ReleaseDocument = {
  environment: "staging",
  number: 7,
  time: "2025-01-31T12:00:00Z",
  previous: sha256Digest("release 6"),
  definition: digest,
  rules: digest,
  entries: [{ recipe: "dapr/redis", range: "*", patches: true, version: "1.0.0", digest }],
  targets: {
    compose: {
      provisioners: sha256Digest(file),
      origins: [0],
      patches: [{ name: "dapr-redis-x.tpl", digest: sha256Digest(patch), entry: 0 }],
    },
    k8s: empty,
  },
};
const now = new Date("2025-01-31T18:00:00Z");

const LISTED = "2025-01-01T00:00:00Z";

interface Lies {
  readonly root?: typeof root;
  /** Of the release key. */
  readonly key?: Partial<DatedKey>;
  readonly keySetBy?: typeof root;
  readonly releaseBy?: typeof root;
  readonly release?: Partial<ReleaseDocument>;
  readonly file?: string;
  readonly patch?: string;
}

/** A registry that serves the release above, but for where it lies. */
async function registry(lies: Lies = {}): Promise<BackbarClient> {
  const shown = lies.root ?? root;
  const keySet: KeySet = {
    number: 2,
    time: "2025-01-31T12:00:00Z",
    origin: "example.com",
    formerOrigins: [],
    release: [
      { publicKey: otherKey.publicKey, since: LISTED, until: "2025-02-02T12:00:00Z" },
      { publicKey: releaseKey.publicKey, since: LISTED, ...lies.key },
    ],
    checkpoint: [],
    namespaces: new Map(),
  };
  const signer = lies.releaseBy ?? releaseKey;
  const named = await signRelease(release, signer);
  const served = await signRelease({ ...release, ...lies.release }, signer);
  const pointer = await signPointer(
    {
      environment: "staging",
      number: 7,
      release: releaseDigest(lies.release === undefined ? served : named),
      issued: "2025-01-31T12:00:00Z",
      expires: "2025-02-01T12:00:00Z",
    },
    signer,
  );
  const discovery = {
    root: { publicKey: formatPublicKey(shown.publicKey) },
    keySet: await signKeySet(keySet, lies.keySetBy ?? shown),
    localKeys: true,
  };
  const answers = new Map<string, unknown>([
    ["/.well-known/backbar.json", discovery],
    ["/v1/environments/staging/catalog", { pointer, release: served }],
  ]);
  const { url } = await serve((request, response) => {
    const answer = answers.get(request.url);
    if (answer !== undefined) sendJson(response, 200, answer);
    else if (request.url.endsWith("/compose/provisioners.yaml?release=7")) {
      response.end(lies.file ?? file);
    } else if (request.url.endsWith("/compose/patches/dapr-redis-x.tpl?release=7")) {
      response.end(lies.patch ?? patch);
    } else sendJson(response, 404, {});
  });
  return new BackbarClient({ url });
}

const pinned = { rootFingerprint: root.publicKey.fingerprint };

async function pull(client: BackbarClient, expected: { seenNumber?: number; now?: Date } = {}) {
  const trust: RegistryTrust = await readTrust(client, pinned);
  const found = await readVerifiedRelease(client, "staging", trust, { now, ...expected });
  return readVerifiedFiles(client, found.release, "compose");
}

test("what an honest registry serves comes through", async () => {
  const files = await pull(await registry());
  expect(Buffer.from(files.provisioners).toString()).toBe(file);
  expect(files.patches.map(({ name, content }) => [name, Buffer.from(content).toString()])).toEqual(
    [["dapr-redis-x.tpl", patch]],
  );
});

test("a registry whose keys are its own says so", async () => {
  expect((await readTrust(await registry())).localKeys).toBe(true);
});

describe("a lying registry", () => {
  test.each([
    { name: "another root", lies: { root: otherKey }, code: "client_root" },
    { name: "a key set by another key", lies: { keySetBy: otherKey }, code: "signed_signature" },
    {
      name: "a release by a key outside the set",
      lies: { releaseBy: root },
      code: "signed_signature",
    },
    {
      name: "attack 15: another release than it points to",
      lies: { release: { rules: sha256Digest("x") } },
      code: "pointer_release",
    },
    { name: "another provisioners file", lies: { file: `${file}# more\n` }, code: "client_answer" },
    { name: "another patch template", lies: { patch: "" }, code: "client_answer" },
  ])("with $name is refused", async ({ lies, code }) => {
    await expect(pull(await registry(lies))).rejects.toMatchObject({ code });
  });

  test.each([
    {
      name: "attack 13: an older release than was seen",
      expected: { seenNumber: 8 },
      code: "pointer_rollback",
    },
    {
      name: "attack 14: a pointer that has expired",
      expected: { now: new Date("2025-03-01") },
      code: "pointer_expired",
    },
  ])("with $name is refused", async ({ expected, code }) => {
    await expect(pull(await registry(), expected)).rejects.toMatchObject({ code });
  });

  test("with an older key set than was seen is refused", async () => {
    await expect(readTrust(await registry(), { seenKeySet: 3 })).rejects.toMatchObject({
      code: "key_set",
    });
  });
});
