/** Versions of recipes: what they are, their files, and what changed in them. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { sha256Digest } from "../../core/codec/digest.js";
import { describeVersion, type VersionDescription } from "../../flows/browse.js";
import { diffVersions } from "../../flows/compare.js";
import { readVersionFile } from "../../flows/distribute.js";
import { refuseDelete } from "../../flows/give-notice.js";
import type { Registry } from "../../flows/registry.js";
import { isKnown, sendImmutablePrivate } from "../immutable.js";
import { NotModified, text, VersionName } from "./schemas.js";
import { detail, recipeName, VersionDetail, VersionParams } from "./version-schemas.js";

const VersionRef = Type.Object({ version: Type.String(), digest: Type.String() });
const Change = Type.Union([
  Type.Literal("added"),
  Type.Literal("removed"),
  Type.Literal("changed"),
]);

const VersionDiff = Type.Object({
  from: VersionRef,
  to: VersionRef,
  files: Type.Array(
    Type.Object({
      path: Type.String(),
      change: Change,
      sizeBefore: Type.Optional(Type.Integer({ description: "Bytes" })),
      sizeAfter: Type.Optional(Type.Integer({ description: "Bytes" })),
      diff: Type.Optional(
        Type.String({
          description: "Unified diff of a changed file; absent where it is too different to show",
        }),
      ),
    }),
  ),
  metadata: Type.Array(
    Type.Object({
      about: Type.Union([
        Type.Literal("field"),
        Type.Literal("param"),
        Type.Literal("output"),
        Type.Literal("provisioner"),
      ]),
      change: Change,
      text: Type.String(),
    }),
  ),
});

export function versionRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/recipes/:namespace/:name/versions/:version",
      {
        schema: {
          tags: ["recipes"],
          summary: "A version: what it provides, its files, examples, signatures and notices",
          params: VersionParams,
          response: { 200: VersionDetail, 304: NotModified },
        },
      },
      async (request, reply) => {
        const described = await describeVersion(
          registry,
          request.identity,
          recipeName(request.params),
          request.params.version,
        );
        if (isKnown(request, reply, tagOf(described))) return reply.code(304).send(null);
        return reply.send(detail(described));
      },
    );

    app.delete(
      "/v1/recipes/:namespace/:name/versions/:version",
      {
        // No operation of the API: the answer tells which environments' current releases serve it.
        config: { refused: true },
        schema: { hide: true, params: VersionParams },
      },
      async (request, reply) => {
        reply.header("allow", "GET, HEAD, PUT");
        const recipe = recipeName(request.params);
        return refuseDelete(registry, request.identity, recipe, request.params.version);
      },
    );

    app.get(
      "/v1/recipes/:namespace/:name/versions/:version/files/*",
      {
        schema: {
          tags: ["recipes"],
          summary: "One file of a version",
          params: Type.Object({
            ...VersionParams.properties,
            "*": Type.String({ maxLength: 512 }),
          }),
          response: { 200: text(["text/plain", "application/yaml"], "The file") },
        },
      },
      async (request, reply) => {
        const { version, "*": path } = request.params;
        const file = { recipe: recipeName(request.params), version, path };
        const content = await readVersionFile(registry, request.identity, file);
        return sendImmutablePrivate(request, reply, content);
      },
    );

    app.get(
      "/v1/recipes/:namespace/:name/versions/:version/diff",
      {
        schema: {
          tags: ["recipes"],
          summary: "What changed in a version since another, or since the previous one",
          params: VersionParams,
          querystring: Type.Object(
            { from: Type.Optional(VersionName) },
            { additionalProperties: false },
          ),
          response: { 200: VersionDiff },
        },
      },
      async (request) => {
        const { from } = request.query;
        const { version } = request.params;
        const recipe = recipeName(request.params);
        const found = await diffVersions(registry, request.identity, { recipe, version, from });
        return { ...found, files: [...found.files], metadata: [...found.metadata] };
      },
    );
  };
}

/** The version never changes; what was said of it since may. */
function tagOf({ digest, notices }: VersionDescription): string {
  return notices.length === 0 ? digest : sha256Digest(JSON.stringify([digest, notices]));
}
