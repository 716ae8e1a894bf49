/** State of projects, exchanged in the CLIs' own format. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import {
  deleteProjectState,
  readProjectState,
  removeWorkload,
  writeProjectState,
} from "../../flows/project.js";
import type { Registry } from "../../flows/registry.js";
import { HttpError } from "../error.js";
import { expectedRevision, RevisionConditions } from "../if-match.js";
import { EnvironmentName, ProjectName, TargetName, tagged, text, WorkloadName } from "./schemas.js";

const ProjectParams = Type.Object({ project: ProjectName, environment: EnvironmentName });
const STATE_TYPES = [
  "application/yaml",
  "application/x-yaml",
  "text/yaml",
  "text/plain",
  "application/octet-stream",
  "application/x-www-form-urlencoded",
];
/** Every accepted type carries the same thing. */
const stateBody = {
  content: Object.fromEntries(
    STATE_TYPES.map((type) => [type, { schema: Type.String({ description: "state.yaml" }) }]),
  ),
};
const MAX_STATE_BYTES = 8 * 1024 * 1024;

export function projectRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.addContentTypeParser(
      STATE_TYPES,
      { parseAs: "string", bodyLimit: MAX_STATE_BYTES },
      async (_request: FastifyRequest, body: string | Buffer) => body.toString(),
    );
    const path = "/v1/projects/:project/environments/:environment/state";

    app.get(
      path,
      {
        config: { needs: { role: "renderer" } },
        schema: {
          tags: ["projects"],
          summary: "The project's state, as `.score-compose/state.yaml` or `.score-k8s/state.yaml`",
          params: ProjectParams,
          response: { 200: text("application/yaml", "state.yaml") },
        },
      },
      async (request, reply) => {
        const { state, revision, target } = await readProjectState(
          registry,
          request.identity,
          request.params,
        );
        return reply
          .header("etag", `"${revision}"`)
          .header("cache-control", "no-store")
          .header("backbar-target", target)
          .type("application/yaml; charset=utf-8")
          .send(state);
      },
    );

    app.put(
      path,
      {
        bodyLimit: MAX_STATE_BYTES,
        config: { needs: { role: "renderer" } },
        schema: {
          tags: ["projects"],
          summary: "Replace the project's state with a CLI's own file",
          params: ProjectParams,
          querystring: Type.Object({ target: TargetName }, { additionalProperties: false }),
          headers: RevisionConditions,
          body: stateBody,
          response: { 204: tagged(Type.Null()) },
        },
      },
      async (request, reply) => {
        if (typeof request.body !== "string") {
          throw new HttpError("http_body_invalid", "the body has to be a state file, in YAML");
        }
        const revision = await writeProjectState(registry, request.identity, request.params, {
          state: request.body,
          target: request.query.target,
          expected: expectedRevision(request, "this state"),
        });
        return reply.code(204).header("etag", `"${revision}"`).send(null);
      },
    );

    app.delete(
      path,
      {
        config: { needs: { role: "renderer" } },
        schema: {
          tags: ["projects"],
          summary: "Forget the project's state in the environment",
          params: ProjectParams,
          headers: RevisionConditions,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { identity, params } = request;
        await deleteProjectState(
          registry,
          identity,
          params,
          expectedRevision(request, "this state"),
        );
        return reply.code(204).send(null);
      },
    );

    app.delete(
      "/v1/projects/:project/environments/:environment/workloads/:workload",
      {
        config: { needs: { role: "renderer" } },
        schema: {
          tags: ["projects"],
          summary: "Take one workload out of the project; its resources stay in the state",
          params: Type.Object({ ...ProjectParams.properties, workload: WorkloadName }),
          response: { 204: tagged(Type.Null()) },
        },
      },
      async (request, reply) => {
        const { identity, params } = request;
        const revision = await removeWorkload(registry, identity, params, params.workload);
        return reply.code(204).header("etag", `"${revision}"`).send(null);
      },
    );
  };
}
