/** `GET …/versions/{version}/examples/{example}`: an example's files and what they rendered. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { sha256Digest } from "../../core/codec/digest.js";
import { decodeUtf8 } from "../../core/codec/utf8.js";
import { type Example, readExample } from "../../flows/example.js";
import type { Registry } from "../../flows/registry.js";
import { sendImmutablePrivate } from "../immutable.js";
import { TargetName } from "./schemas.js";
import { recipeName, VersionParams } from "./version-schemas.js";

const JSON_TYPE = "application/json; charset=utf-8";

const content = {
  path: Type.String(),
  text: Type.Optional(Type.String()),
  base64: Type.Optional(Type.String({ description: "In place of `text` where it is none" })),
};

const ExampleDetail = Type.Object({
  name: Type.String(),
  files: Type.Array(Type.Object(content)),
  renderings: Type.Array(
    Type.Object({
      target: TargetName,
      document: Type.String({ description: "The Compose file, or all manifests: YAML" }),
      files: Type.Array(Type.Object({ ...content, mode: Type.String() })),
      emptyDirectories: Type.Array(Type.String()),
    }),
  ),
});

export function exampleRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/recipes/:namespace/:name/versions/:version/examples/:example",
      {
        schema: {
          tags: ["recipes"],
          summary: "An example of a version: its files, and what they rendered at publish",
          params: Type.Object({
            ...VersionParams.properties,
            example: Type.String({ maxLength: 256 }),
          }),
          querystring: Type.Object(
            { target: Type.Optional(TargetName) },
            { additionalProperties: false },
          ),
          response: {
            200: {
              description: "The example",
              content: { "application/json": { schema: ExampleDetail } },
            },
          },
        },
      },
      async (request, reply) => {
        const { version, example } = request.params;
        const found = await readExample(registry, request.identity, {
          recipe: recipeName(request.params),
          version,
          example,
          target: request.query.target,
        });
        const bytes = new TextEncoder().encode(JSON.stringify(view(found)));
        const digest = sha256Digest(bytes);
        return sendImmutablePrivate(request, reply, {
          content: bytes,
          digest,
          mediaType: JSON_TYPE,
        });
      },
    );
  };
}

function view({ name, files, renderings }: Example) {
  return {
    name,
    files: files.map(({ path, content: bytes }) => ({ path, ...contentOf(bytes) })),
    renderings: renderings.map(({ target, document, files: made, emptyDirectories }) => ({
      target,
      document,
      files: made.map(({ path, mode, content: bytes }) => ({
        path,
        mode: mode.toString(8).padStart(4, "0"),
        ...contentOf(bytes),
      })),
      emptyDirectories,
    })),
  };
}

function contentOf(bytes: Uint8Array): { readonly text: string } | { readonly base64: string } {
  const text = decodeUtf8(bytes);
  return text === undefined ? { base64: Buffer.from(bytes).toString("base64") } : { text };
}
