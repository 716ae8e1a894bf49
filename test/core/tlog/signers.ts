/** Keys that sign notes in tests. */
import { makePrivateKey } from "../../../src/core/trust/keys.js";
import { localSigner, type Signer } from "../../../src/core/trust/signer.js";

/** The Ed25519 key made of a byte. */
export function signerOf(seed: number): Signer {
  return localSigner(makePrivateKey("Ed25519", new Uint8Array(32).fill(seed)));
}

export const ES256_SIGNER = localSigner(makePrivateKey("ES256", new Uint8Array(32).fill(9)));
