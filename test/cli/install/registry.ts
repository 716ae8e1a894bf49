/** A registry on loopback with one recipe, which tells the truth but for where a test has it lie. */

import { signPackage } from "../../../src/client/publish-folder.js";
import { sha256Digest } from "../../../src/core/codec/digest.js";
import { unpackFiles } from "../../../src/core/recipe/package.js";
import { optional } from "../../../src/core/recipe/strict-json.js";
import type { Revocation } from "../../../src/core/trust/dated-key.js";
import { type KeySet, signKeySet } from "../../../src/core/trust/key-set.js";
import { formatPublicKey, makePrivateKey, type PrivateKey } from "../../../src/core/trust/keys.js";
import { localSigner } from "../../../src/core/trust/signer.js";
import { type SeenRequest, sendJson, serve } from "../../client/loopback-server.js";
import type { RecipeText } from "../../helpers/recipes.js";
import { recipe as packageOf } from "../../helpers/recipes.js";

export interface Lies {
  /** The version that is given for the one in the list. */
  readonly given?: RecipeText;
  /** Changes the answer that describes the version. */
  readonly detail?: (detail: VersionDetail) => unknown;
  /** Changes the manifest; the list and the signature are those of the changed one. */
  readonly manifest?: (manifest: Manifest) => unknown;
  /** The content of every file. */
  readonly file?: string;
  readonly signers?: readonly PrivateKey[];
  /** How many signatures the namespace wants. */
  readonly signatures?: number;
  /** Of the publisher's key. */
  readonly revoked?: Revocation;
}

export interface VersionDetail {
  publishedAt: string;
  logIndex: number;
  manifest: unknown;
  metadata: unknown;
  signatures: { keyFingerprint: string; bundle: unknown }[];
  files: { path: string; digest: string; size: number }[];
}

export interface Manifest {
  layers: { digest: string; size: number; annotations: Record<string, string> }[];
}

const LISTED = "2025-01-31T12:00:00Z";
export const PUBLISHED = "2031-05-06T07:08:09.000Z";

const keyOf = (n: number) => makePrivateKey("ES256", new Uint8Array(32).fill(n));
const [root, releaseKey] = [keyOf(1), keyOf(2)];
export const [publisher, stranger] = [keyOf(3), keyOf(4)];
const json = (bytes: Uint8Array | undefined) => JSON.parse(Buffer.from(bytes ?? []).toString());

/** Starts it for the running test. */
export async function lyingRegistry(
  honest: RecipeText,
  lies: Lies = {},
): Promise<{ readonly url: string; readonly seen: readonly SeenRequest[]; readonly root: string }> {
  const keySet: KeySet = {
    number: 1,
    time: "2025-01-31T12:00:00Z",
    origin: "example.com",
    formerOrigins: [],
    release: [{ publicKey: releaseKey.publicKey, since: LISTED }],
    checkpoint: [],
    namespaces: new Map([
      [
        "acme",
        {
          signatures: lies.signatures ?? 1,
          keys: [
            { publicKey: publisher.publicKey, since: LISTED, ...optional("revoked", lies.revoked) },
          ],
        },
      ],
    ]),
  };
  const discovery = {
    root: { publicKey: formatPublicKey(root.publicKey) },
    keySet: await signKeySet(keySet, localSigner(root)),
    localKeys: true,
  };
  const listed = signPackage(packageOf(honest), publisher);
  const text = lies.given ?? honest;
  const given = packageOf(text);
  const signers = lies.signers ?? [publisher];
  const [signed = listed] = signers.map((key) => signPackage(given, key));
  const detail: VersionDetail = {
    publishedAt: PUBLISHED,
    logIndex: 1,
    manifest: json(signed.manifest),
    metadata: json(signed.blobs.get(json(signed.manifest).config.digest)),
    signatures: signers.map((key) => ({
      keyFingerprint: key.publicKey.fingerprint,
      bundle: json(signPackage(given, key).bundles[0]),
    })),
    files: [...unpackFiles(given)].map(([path, content]) => ({
      path,
      digest: sha256Digest(content),
      size: content.length,
    })),
  };
  const files = unpackFiles(given);
  const base = `/v1/recipes/${honest.name}/versions`;
  const server = await serve((request, response) => {
    const [path = ""] = request.url.split("?");
    const file = path.slice(`${base}/${honest.version}/files/`.length);
    if (path === "/.well-known/backbar.json") sendJson(response, 200, discovery);
    else if (path === base) {
      const version = {
        recipe: honest.name,
        version: honest.version,
        digest: sha256Digest(listed.manifest),
        publishedAt: PUBLISHED,
      };
      sendJson(response, 200, { versions: [version] });
    } else if (path === `${base}/${honest.version}`) {
      sendJson(response, 200, lies.detail?.(structuredClone(detail)) ?? detail);
    } else if (lies.file !== undefined) response.end(lies.file);
    else if (files.has(file)) response.end(files.get(file));
    else sendJson(response, 404, { code: "version_file_unknown" });
  });
  return { ...server, root: root.publicKey.fingerprint };
}
