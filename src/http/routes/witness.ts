/** This service as a witness of other logs (C2SP tlog-witness). */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Registry } from "../../flows/registry.js";
import { addCheckpoint, listForks } from "../../flows/witness.js";
import { text } from "./schemas.js";

/** Of a checkpoint with many signatures, and its proof. */
const BODY_LIMIT_BYTES = 64 * 1024;

export function witnessRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser<string>("*", { parseAs: "string" }, (_request, body, done) =>
      done(null, body),
    );

    app.post(
      "/witness/add-checkpoint",
      {
        config: { open: true, counted: true },
        bodyLimit: BODY_LIMIT_BYTES,
        schema: {
          tags: ["log"],
          summary: "Cosign a checkpoint of another log (C2SP tlog-witness)",
          description:
            "The body: `old` and a size, the lines of a consistency proof, an empty line, the checkpoint. " +
            "Who signs the checkpoint is who asks: no token is needed.",
          consumes: ["text/plain"],
          body: Type.String(),
          response: {
            200: text("text/plain", "The cosignature, as a line of a signed note"),
            409: text("text/x.tlog.size", "The size that was cosigned last"),
          },
        },
      },
      async (request, reply) => {
        const answer = await addCheckpoint(registry, request.body);
        if ("cosignature" in answer) {
          return reply.type("text/plain; charset=utf-8").send(answer.cosignature);
        }
        return reply.code(409).type("text/x.tlog.size").send(`${answer.size}\n`);
      },
    );

    app.get(
      "/witness/forks",
      {
        config: { open: true },
        schema: {
          tags: ["log"],
          summary: "Logs that were caught showing two histories, with both signed checkpoints",
          response: {
            200: Type.Object({
              forks: Type.Array(
                Type.Object({ origin: Type.String(), notes: Type.Array(Type.String()) }),
              ),
            }),
          },
        },
      },
      async () => ({
        forks: (await listForks(registry)).map((fork) => ({ ...fork, notes: [...fork.notes] })),
      }),
    );
  };
}
