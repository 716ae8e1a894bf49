/** What a client needs to know first: who this registry is and with which keys it signs. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { optional } from "../../core/recipe/strict-json.js";
import { formatNoteKey, noteKey } from "../../core/tlog/note-key.js";
import { formatJwks } from "../../core/trust/jwks.js";
import { readIdentity } from "../../flows/identity.js";
import { acceptedKeys } from "../../flows/own-keys.js";
import type { Registry } from "../../flows/registry.js";

const Discovery = Type.Object({
  name: Type.Literal("backbar"),
  version: Type.String(),
  origin: Type.String({ description: "Name of the log" }),
  root: Type.Object({ fingerprint: Type.String(), publicKey: Type.String() }),
  rootChain: Type.Array(Type.Object({ byOld: Type.String(), byNew: Type.String() }), {
    description:
      "Steps from each root key to the next, oldest first: one statement as two compact JWS",
  }),
  keySet: Type.String({ description: "Compact JWS by the root key" }),
  logKey: Type.String({ description: "Signs the log's checkpoints (C2SP signed-note)" }),
  witnessKey: Type.Optional(
    Type.String({ description: "Cosigns checkpoints of other logs (C2SP tlog-cosignature)" }),
  ),
  readOnly: Type.Optional(
    Type.String({ description: "Why nothing is written; absent while all is well" }),
  ),
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
        const identity = await readIdentity(registry);
        const { witness } = registry;
        return {
          name: "backbar" as const,
          version,
          ...identity,
          logKey: formatNoteKey(
            noteKey(identity.origin, "note", registry.keys.checkpoint.publicKey),
          ),
          ...optional(
            "witnessKey",
            witness &&
              formatNoteKey(noteKey(witness.name, "cosignature", witness.signer.publicKey)),
          ),
          localKeys: registry.keys.local,
          ...optional("readOnly", registry.condition.reason),
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
        return formatJwks(await acceptedKeys(registry)) as { keys: unknown[] };
      },
    );
  };
}
