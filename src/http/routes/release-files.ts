/** The files of a release, as the Score CLIs fetch them. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { readPatchTemplate, readProvisionersFile } from "../../flows/distribute.js";
import type { Registry } from "../../flows/registry.js";
import { sendImmutable, sendTagged } from "../immutable.js";
import { EnvironmentParams, ReleaseNumber, TargetName, text } from "./schemas.js";

const ReleaseQuery = Type.Object(
  { release: Type.Optional(ReleaseNumber) },
  { additionalProperties: false },
);
const FileParams = Type.Object({ ...EnvironmentParams.properties, target: TargetName });

export function releaseFileRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/environments/:environment/:target/provisioners.yaml",
      {
        schema: {
          tags: ["files"],
          summary: "The combined provisioners file: `score-compose init --provisioners URL`",
          params: FileParams,
          querystring: ReleaseQuery,
          response: { 200: text("application/yaml", "The exact bytes that the release names") },
        },
      },
      async (request, reply) => {
        const { release } = request.query;
        const file = await readProvisionersFile(registry, {
          ...request.params,
          ...(release === undefined ? {} : { release }),
        });
        if (release !== undefined) return sendImmutable(request, reply, file);
        return sendTagged(request, reply.header("cache-control", "no-cache"), file);
      },
    );

    app.get(
      "/v1/environments/:environment/:target/patches/:name",
      {
        schema: {
          tags: ["files"],
          summary: "A patch template: `score-compose init --patch-templates URL`",
          params: Type.Object({ ...FileParams.properties, name: Type.String({ maxLength: 256 }) }),
          querystring: ReleaseQuery,
          response: { 200: text("text/plain", "The exact bytes that the release names") },
        },
      },
      async (request, reply) => {
        const { release } = request.query;
        const file = await readPatchTemplate(registry, {
          ...request.params,
          ...(release === undefined ? {} : { release }),
        });
        if (release !== undefined) return sendImmutable(request, reply, file);
        return sendTagged(request, reply.header("cache-control", "no-cache"), file);
      },
    );
  };
}
