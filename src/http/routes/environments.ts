/** Environments: definitions, releases, resolution, and the files that the Score CLIs fetch. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { JsonValue } from "../../core/codec/canonical-json.js";
import { formatEnvironment } from "../../core/recipe/environment.js";
import { formatRelease } from "../../core/recipe/release.js";
import { readPatchTemplate, readProvisionersFile } from "../../flows/distribute.js";
import {
  type Environment,
  putEnvironment,
  readEnvironments,
  requireEnvironment,
} from "../../flows/environment.js";
import type { Registry } from "../../flows/registry.js";
import { cutRelease, previewRelease, readCatalog, readReleases } from "../../flows/release.js";
import { loadRelease } from "../../flows/release-content.js";
import { resolve } from "../../flows/resolve.js";
import { nameCursor, nameOf, offsetCursor, offsetOf } from "../cursor.js";
import { HttpError } from "../error.js";
import { requireAdmin } from "../identity.js";
import { sendImmutable, sendTagged } from "../immutable.js";
import {
  DEFAULT_PAGE,
  EnvironmentParams,
  Flag,
  NextCursor,
  Page,
  ReleaseNumber,
  TargetName,
  text,
} from "./schemas.js";

const EnvironmentDetail = Type.Object({
  name: Type.String(),
  digest: Type.String({ description: "Digest of the definition; its ETag" }),
  updatedAt: Type.String({ format: "date-time" }),
  definition: Type.Unknown(),
});
const Warning = Type.Object({
  code: Type.String(),
  message: Type.String(),
  place: Type.Optional(Type.Object({ path: Type.Optional(Type.String()) })),
});
const CutAnswer = Type.Object({
  release: Type.Unknown({ description: "The release document" }),
  digest: Type.Union([Type.String(), Type.Null()], {
    description: "Digest of the signed document; null for a preview",
  }),
  warnings: Type.Array(Warning),
});
const RecipeRef = Type.Object({
  name: Type.String(),
  version: Type.String(),
  digest: Type.String(),
});
const Candidate = Type.Object({
  uri: Type.String(),
  type: Type.String(),
  class: Type.Optional(Type.String()),
  id: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  recipe: RecipeRef,
  reason: Type.Optional(
    Type.String({
      description: "Why it was passed over: type, class, id, or shadowed by an earlier one",
    }),
  ),
});
const ReleaseQuery = Type.Object(
  { release: Type.Optional(ReleaseNumber) },
  { additionalProperties: false },
);
const FileParams = Type.Object({ ...EnvironmentParams.properties, target: TargetName });

export function environmentRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/environments",
      {
        schema: {
          tags: ["environments"],
          summary: "All environments",
          querystring: Type.Object(Page, { additionalProperties: false }),
          response: {
            200: Type.Object({ environments: Type.Array(EnvironmentDetail), next: NextCursor }),
          },
        },
      },
      async (request) => {
        const { cursor, limit = DEFAULT_PAGE } = request.query;
        const after = nameOf(cursor);
        const found = await readEnvironments(registry, {
          ...(after === undefined ? {} : { after }),
          limit: limit + 1,
        });
        const environments = found.slice(0, limit).map(view);
        const last = environments.at(-1);
        return found.length > limit && last !== undefined
          ? { environments, next: nameCursor(last.name) }
          : { environments };
      },
    );

    app.get(
      "/v1/environments/:environment",
      {
        schema: {
          tags: ["environments"],
          summary: "An environment's definition",
          params: EnvironmentParams,
          response: { 200: EnvironmentDetail },
        },
      },
      async (request, reply) => {
        const environment = await requireEnvironment(registry, request.params.environment);
        return reply.header("etag", `"${environment.digest}"`).send(view(environment));
      },
    );

    app.put(
      "/v1/environments/:environment",
      {
        schema: {
          tags: ["environments"],
          summary: "Make or change an environment",
          description:
            "A change needs the ETag of what it changes as If-Match; `If-None-Match: *` only makes.",
          security: [{ token: [] }],
          params: EnvironmentParams,
          body: Type.Object({}, { additionalProperties: true, description: "The definition" }),
          response: { 200: EnvironmentDetail, 201: EnvironmentDetail },
        },
      },
      async (request, reply) => {
        requireAdmin(request.identity);
        const { environment, created } = await putEnvironment(registry, {
          name: request.params.environment,
          definition: request.body as JsonValue,
          expected: expectedDigest(request),
          actor: request.identity.actor,
        });
        return reply
          .code(created ? 201 : 200)
          .header("etag", `"${environment.digest}"`)
          .send(view(environment));
      },
    );

    app.get(
      "/v1/environments/:environment/releases",
      {
        schema: {
          tags: ["releases"],
          summary: "The releases of an environment, newest first",
          params: EnvironmentParams,
          querystring: Type.Object(Page, { additionalProperties: false }),
          response: {
            200: Type.Object({
              releases: Type.Array(
                Type.Object({
                  number: ReleaseNumber,
                  digest: Type.String(),
                  createdAt: Type.String({ format: "date-time" }),
                }),
              ),
              next: NextCursor,
            }),
          },
        },
      },
      async (request) => {
        const { cursor, limit = DEFAULT_PAGE } = request.query;
        const before = offsetOf(cursor);
        const found = await readReleases(registry, request.params.environment, {
          ...(before === 0 ? {} : { before }),
          limit: limit + 1,
        });
        const releases = found.slice(0, limit).map(({ number, digest, createdAt }) => ({
          number,
          digest,
          createdAt: createdAt.toISOString(),
        }));
        const last = releases.at(-1);
        return found.length > limit && last !== undefined
          ? { releases, next: offsetCursor(last.number) }
          : { releases };
      },
    );

    app.post(
      "/v1/environments/:environment/releases",
      {
        schema: {
          tags: ["releases"],
          summary: "Cut a release: resolve every entry, freeze, sign",
          security: [{ token: [] }],
          params: EnvironmentParams,
          querystring: Type.Object(
            { preview: Type.Optional(Flag) },
            { additionalProperties: false },
          ),
          response: { 200: CutAnswer, 201: CutAnswer },
        },
      },
      async (request, reply) => {
        const { environment } = request.params;
        const preview = request.query.preview === true;
        if (!preview) requireAdmin(request.identity);
        const cut = preview
          ? await previewRelease(registry, environment)
          : await cutRelease(registry, environment);
        return reply.code(preview ? 200 : 201).send({
          release: formatRelease(cut.release),
          digest: cut.digest,
          warnings: cut.warnings.map((warning) => ({ ...warning })),
        });
      },
    );

    app.get(
      "/v1/environments/:environment/releases/:number",
      {
        schema: {
          tags: ["releases"],
          summary: "A release: its document and the signed form",
          params: Type.Object({
            ...EnvironmentParams.properties,
            number: Type.Union([ReleaseNumber, Type.Literal("current")]),
          }),
          response: {
            200: Type.Object({
              number: ReleaseNumber,
              digest: Type.String(),
              createdAt: Type.String({ format: "date-time" }),
              release: Type.Unknown(),
              signed: Type.String({ description: "Compact JWS by the release key" }),
            }),
          },
        },
      },
      async (request) => {
        const { environment, number } = request.params;
        const found = await loadRelease(
          registry,
          environment,
          number === "current" ? undefined : number,
        );
        return {
          number: found.number,
          digest: found.digest,
          createdAt: found.createdAt.toISOString(),
          release: formatRelease(found.document),
          signed: found.jws,
        };
      },
    );

    app.get(
      "/v1/environments/:environment/catalog",
      {
        schema: {
          tags: ["releases"],
          summary: "The current release and the pointer to it, both signed",
          params: EnvironmentParams,
          response: {
            200: {
              description: "Both as compact JWS",
              content: {
                "application/jose+json": {
                  schema: Type.Object({
                    pointer: Type.String({ description: "Expires" }),
                    release: Type.String({ description: "Never expires" }),
                  }),
                },
              },
            },
          },
        },
      },
      async (request, reply) =>
        reply
          .type("application/jose+json")
          .header("cache-control", "no-cache")
          .serializer(JSON.stringify)
          .send(await readCatalog(registry, request.params.environment)),
    );

    app.get(
      "/v1/environments/:environment/resolve",
      {
        schema: {
          tags: ["resolve"],
          summary: "Which recipe serves a resource, and why",
          params: EnvironmentParams,
          querystring: Type.Object(
            {
              type: Type.String({ minLength: 1, maxLength: 128 }),
              class: Type.Optional(Type.String({ maxLength: 128 })),
              id: Type.Optional(Type.String({ maxLength: 256 })),
              target: Type.Optional(TargetName),
              release: Type.Optional(ReleaseNumber),
            },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({
              environment: Type.String(),
              release: Type.Object({ number: ReleaseNumber, digest: Type.String() }),
              targets: Type.Array(
                Type.Object({
                  target: TargetName,
                  match: Type.Optional(Candidate),
                  candidates: Type.Array(Candidate),
                }),
              ),
            }),
          },
        },
      },
      async (request) => {
        const { type, class: className = "default", id = "", target, release } = request.query;
        const answer = await resolve(registry, {
          environment: request.params.environment,
          type,
          class: className,
          id,
          target,
          release,
        });
        return {
          ...answer,
          targets: answer.targets.map((one) => ({ ...one, candidates: [...one.candidates] })),
        };
      },
    );

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

function view({ name, digest, updatedAt, definition }: Environment) {
  return {
    name,
    digest,
    updatedAt: updatedAt.toISOString(),
    definition: formatEnvironment(definition),
  };
}

/** null: there must be none yet; undefined: not said. */
function expectedDigest(request: FastifyRequest): string | null | undefined {
  if (request.headers["if-none-match"] === "*") return null;
  const tag = request.headers["if-match"];
  if (tag === undefined) return undefined;
  const digest = /^"(sha256:[0-9a-f]{64})"$/.exec(tag)?.[1];
  if (digest === undefined) {
    throw new HttpError("http_if_match", "If-Match holds no ETag of an environment");
  }
  return digest;
}
