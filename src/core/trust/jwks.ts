/** Public keys as a JWK set (RFC 7517), for `/.well-known/jwks.json`. */
import type { JsonValue } from "../codec/canonical-json.js";
import type { PublicKey } from "./keys.js";

/** `kid` is the fingerprint; it names the key to people and never chooses one here. */
export function formatJwks(keys: readonly PublicKey[]): JsonValue {
  return {
    keys: keys.map(({ key, algorithm, fingerprint }) => {
      const { kty = "", crv = "", x = "", y } = key.export({ format: "jwk" });
      return {
        kty,
        crv,
        x,
        ...(y === undefined ? {} : { y }),
        alg: algorithm,
        use: "sig",
        kid: fingerprint,
      };
    }),
  };
}
