/** Keys that sign notes in tests. */

import type { NoteSigner } from "../../../src/core/tlog/note-signature.js";
import { makePrivateKey, signMessage } from "../../../src/core/trust/keys.js";

/** The Ed25519 key made of a byte. */
export function signerOf(seed: number): NoteSigner {
  const key = makePrivateKey("Ed25519", new Uint8Array(32).fill(seed));
  return { publicKey: key.publicKey, sign: async (message) => signMessage(key, message) };
}

export const ES256_SIGNER: NoteSigner = {
  publicKey: makePrivateKey("ES256", new Uint8Array(32).fill(9)).publicKey,
  sign: async () => new Uint8Array(64),
};
