/** Recovery of the log after a backup was restored that lacks what was published. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { recoverLog } from "../../flows/recovery.js";
import type { Registry } from "../../flows/registry.js";
import { linesOf } from "./texts.js";

const Recovery = Type.Object({
  origin: Type.String({ description: "The log's name from now on" }),
  formerOrigin: Type.String(),
  size: Type.Integer({ description: "How many leaves of the former log this one has" }),
  logIndex: Type.Integer({ description: "Of the leaf that says so" }),
});

export function logRecoveryRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/v1/log/recovery",
      {
        config: { needs: { role: "admin" } },
        schema: {
          tags: ["log"],
          summary: "Go on with the log of a restored database, under another name",
          description:
            "Only while the registry is read-only. The next leaf tells what was lost and why; the key " +
            "set names the former log.",
          body: Type.Object(
            {
              reason: linesOf({
                minLength: 1,
                maxLength: 500,
                description: "For people; in the log",
              }),
            },
            { additionalProperties: false },
          ),
          response: { 200: Recovery },
        },
      },
      async (request) => recoverLog(registry, request.identity, request.body.reason),
    );
  };
}
