import { describe, expect, test } from "vitest";
import { readTrust } from "../../src/client/catalog.js";
import { BackbarClient } from "../../src/client/client.js";
import { signPackage } from "../../src/client/publish-folder.js";
import { listVersions, readVersion, verifySigners } from "../../src/client/versions.js";
import { canonicalJsonBytes, type JsonValue } from "../../src/core/codec/canonical-json.js";
import { sha256Digest } from "../../src/core/codec/digest.js";
import { signVersion } from "../../src/core/trust/bundle.js";
import {
  type Lies,
  lyingRegistry,
  type Manifest,
  PUBLISHED,
  publisher,
  stranger,
  type VersionDetail,
} from "../cli/install/registry.js";
import { cache, labels, recipe } from "../helpers/recipes.js";
import { sendJson, serve } from "./loopback-server.js";

async function fetchCache(lies: Lies = {}, digest?: string) {
  const { url } = await lyingRegistry(cache(), lies);
  const client = new BackbarClient({ url });
  const [listed] = await listVersions(client, "acme/cache");
  const ref = {
    recipe: "acme/cache",
    version: "1.0.0",
    digest: digest ?? listed?.digest ?? "",
  };
  const content = await readVersion(client, ref);
  const { keySet } = await readTrust(client);
  verifySigners(ref, content, keySet);
  return content;
}

/** A version whose manifest was changed and signed again: its publisher is the attacker. */
function signedManifest(change: (manifest: Manifest) => void) {
  const manifest = JSON.parse(
    Buffer.from(signPackage(recipe(cache()), publisher).manifest).toString(),
  );
  change(manifest);
  const digest = sha256Digest(canonicalJsonBytes(manifest as JsonValue));
  const bundle = signVersion({ recipe: "acme/cache", version: "1.0.0", digest }, publisher);
  const detail = (honest: VersionDetail): VersionDetail => ({
    ...honest,
    manifest,
    signatures: [{ keyFingerprint: "", bundle: JSON.parse(Buffer.from(bundle).toString()) }],
  });
  return { detail, digest };
}

function changeLayer(change: (layer: Manifest["layers"][number]) => void) {
  return signedManifest(({ layers: [first] }) => {
    if (first !== undefined) change(first);
  });
}

test("an honest registry's version comes whole", async () => {
  const { recipe: read } = await fetchCache();
  expect(read.metadata.name).toBe("acme/cache");
  expect(read.files.map(({ title }) => title)).toContain("k8s.provisioners.yaml");
});

test("a version that was published before its key was revoked is taken", async () => {
  const { publishedAt } = await fetchCache({ revoked: { at: "2031-05-06T07:08:10Z" } });
  expect(publishedAt).toBe(PUBLISHED);
});

describe("a lying registry", () => {
  test.each([
    { name: "other content of the version", lies: { given: labels() }, code: "client_version" },
    { name: "another file", lies: { file: "- {}\n" }, code: "oci_blob_size" },
    {
      name: "a file longer than the manifest says",
      lies: { file: "x".repeat(100_000) },
      code: "client_answer_limit",
    },
    {
      name: "a manifest of another form",
      lies: { detail: (detail: VersionDetail) => ({ ...detail, manifest: [] }) },
      code: "client_version",
    },
    {
      name: "a manifest without an end",
      lies: {
        detail: (detail: VersionDetail) => ({
          ...detail,
          manifest: JSON.parse(`${"[".repeat(500)}${"]".repeat(500)}`),
        }),
      },
      code: "client_answer",
    },
    {
      name: "another config",
      lies: {
        detail: (detail: VersionDetail) => ({ ...detail, metadata: { name: "acme/cache" } }),
      },
      code: "client_version",
    },
    {
      name: "no list of files",
      lies: { detail: (detail: VersionDetail) => ({ ...detail, files: [] }) },
      code: "client_version",
    },
    {
      name: "no signature",
      lies: { detail: (detail: VersionDetail) => ({ ...detail, signatures: [] }) },
      code: "bundle_signature",
    },
    { name: "a stranger's signature", lies: { signers: [stranger] }, code: "bundle_signature" },
    {
      name: "fewer signatures than the namespace wants",
      lies: { signatures: 2 },
      code: "bundle_threshold",
    },
    {
      name: "a signature by a key that was revoked before",
      lies: { revoked: { at: "2031-05-06T07:08:09Z", reason: "stolen" } },
      code: "key_revoked",
    },
    {
      name: "one signature twice for two",
      lies: { signatures: 2, signers: [publisher, publisher] },
      code: "bundle_threshold",
    },
    {
      name: "the signature of another version",
      lies: {
        detail: (detail: VersionDetail) => {
          const bundle = signPackage(recipe(cache("1.0.1")), publisher).bundles[0];
          const other = JSON.parse(Buffer.from(bundle ?? []).toString());
          return { ...detail, signatures: [{ keyFingerprint: "", bundle: other }] };
        },
      },
      code: "bundle_subject",
    },
  ])("with $name is refused: $code", async ({ lies, code }) => {
    await expect(fetchCache(lies)).rejects.toMatchObject({ code });
  });

  const titled = (title: string) =>
    changeLayer((layer) => {
      layer.annotations = { "org.opencontainers.image.title": title };
    });
  test.each([
    {
      name: "a title that leaves its folder",
      made: titled("../../.bashrc"),
      code: "recipe_file_path",
    },
    { name: "an absolute title", made: titled("/etc/passwd"), code: "recipe_file_path" },
    {
      name: "a file of more bytes than any may have",
      made: changeLayer((layer) => {
        layer.size = 2 ** 40;
      }),
      code: "oci_manifest",
    },
    {
      name: "a layer by no digest",
      made: changeLayer((layer) => {
        layer.digest = "sha256:../../x";
      }),
      code: "oci_manifest",
    },
  ])("with $name is refused, however well it is signed: $code", async ({ made, code }) => {
    const { detail, digest } = made;
    await expect(fetchCache({ detail }, digest)).rejects.toMatchObject({ code });
  });

  test("with another recipe under this name is refused", async () => {
    const other = signPackage(recipe(labels()), publisher);
    const digest = sha256Digest(other.manifest);
    await expect(fetchCache({ given: labels() }, digest)).rejects.toMatchObject({
      code: "client_version",
    });
  });
});

test("a list whose pages lead nowhere is given up", async () => {
  const version = {
    ...{ recipe: "acme/cache", version: "1.0.0", digest: sha256Digest("x") },
    publishedAt: "2031-05-06T07:08:09.000Z",
  };
  const listed = { versions: [version], next: "again" };
  const { url, seen } = await serve((_, response) => sendJson(response, 200, listed));
  const list = listVersions(new BackbarClient({ url }), "acme/cache");
  await expect(list).rejects.toMatchObject({ code: "client_answer" });
  expect(seen).toHaveLength(2);
});
