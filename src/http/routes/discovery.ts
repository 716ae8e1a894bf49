/** What a client needs to know first: who this registry is and with which keys it signs. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { formatJwks } from "../../core/trust/jwks.js";
import { formatPublicKey } from "../../core/trust/keys.js";
import { readKeySet, readOrigin } from "../../flows/identity.js";
import type { Registry } from "../../flows/registry.js";

const Discovery = Type.Object({
  name: Type.Literal("backbar"),
  version: Type.String(),
  origin: Type.String({ description: "Name of the log" }),
  root: Type.Object({ fingerprint: Type.String(), publicKey: Type.String() }),
  keySet: Type.String({ description: "Compact JWS by the root key" }),
  localKeys: Type.Boolean({
    description: "The service made its keys itself: they prove integrity, not origin",
  }),
});

export function discoveryRoutes(registry: Registry, version: string): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/.well-known/backbar.json",
      {
        config: { needs: "anybody" },
        schema: {
          tags: ["service"],
          summary: "Who this registry is",
          response: { 200: Discovery },
        },
      },
      async () => {
        const { root, local } = registry.keys;
        return {
          name: "backbar" as const,
          version,
          origin: await readOrigin(registry.db),
          root: {
            fingerprint: root.publicKey.fingerprint,
            publicKey: formatPublicKey(root.publicKey),
          },
          keySet: await readKeySet(registry),
          localKeys: local,
        };
      },
    );

    app.get(
      "/.well-known/jwks.json",
      {
        config: { needs: "anybody" },
        schema: {
          tags: ["service"],
          summary: "The public keys of releases, pointers and checkpoints",
          response: { 200: Type.Object({ keys: Type.Array(Type.Unknown()) }) },
        },
      },
      async () => {
        const { release, checkpoint } = registry.keys;
        return formatJwks([release.publicKey, checkpoint.publicKey]) as { keys: unknown[] };
      },
    );
  };
}
