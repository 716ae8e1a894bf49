/**
 * Whether a version is signed as its namespace wants it: by so many different keys that held when
 * the log took it in.
 */
import { parseRecipeName } from "../recipe/names.js";
import { openBundles } from "./bundle.js";
import { checkKeyAt, holdsAt } from "./dated-key.js";
import { TrustError } from "./error.js";
import { type KeySet, namespaceKeys } from "./key-set.js";
import type { PublicKey } from "./keys.js";
import type { PublishStatement } from "./statement.js";

/**
 * The different keys that signed `version` and held at `time` (RFC 3339), which is that of the log's
 * record. Every bundle must be by a key that the namespace lists or listed, and about `version`.
 * @throws {TrustError} key_unknown, bundle_form, bundle_signature, bundle_statement, bundle_subject;
 *   key_revoked, key_not_yet where none of the keys held; bundle_threshold where too few did
 */
export function verifyVersionSignatures(
  bundles: readonly Uint8Array[],
  version: PublishStatement,
  keySet: KeySet,
  time: string,
): readonly PublicKey[] {
  const { namespace } = parseRecipeName(version.recipe);
  const { signatures, keys } = namespaceKeys(keySet, namespace);
  const publicKeys = keys.map(({ publicKey }) => publicKey);
  const opened = openBundles(bundles, publicKeys, version);
  const signers = new Set(opened.map(({ key }) => key.fingerprint));
  const signing = keys.filter(({ publicKey }) => signers.has(publicKey.fingerprint));
  const holding = signing.filter((key) => holdsAt(key, time));
  const [first] = signing;
  if (holding.length === 0 && first !== undefined) checkKeyAt(first, time);
  if (holding.length < signatures) {
    const { recipe, version: number } = version;
    const lapsed = signing.length - holding.length;
    const said = lapsed === 0 ? "" : `, and by ${lapsed} that did not hold at ${time}`;
    throw new TrustError(
      "bundle_threshold",
      `${recipe} ${number} is signed by ${holding.length} of the ${signatures} keys that ${namespace} wants${said}`,
    );
  }
  return holding.map(({ publicKey }) => publicKey);
}
