/** `POST /v1/environments/{env}/render`: Score files in, a Compose file or manifests out. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import type { JsonValue } from "../../core/codec/canonical-json.js";
import { parseYaml } from "../../core/codec/yaml.js";
import { cleanPath } from "../../core/provision/file-path.js";
import { nestsDeeper } from "../../core/recipe/strict-json.js";
import type { Registry } from "../../flows/registry.js";
import { type RenderRequest, render } from "../../flows/render.js";
import { HttpError } from "../error.js";
import { acceptedType, GZIP_TYPE, JSON_TYPE, sendRender, YAML_TYPE } from "../render-answer.js";
import {
  RenderAnswerBody,
  RenderBody,
  RenderQuery,
  ScoreFile,
  type SourceFiles,
  type Workload,
} from "./render-schemas.js";
import { EnvironmentParams } from "./schemas.js";

/** Bodies of these types are one Score file; curl's `--data-binary` says the last one. */
const SCORE_TYPES = [
  "application/yaml",
  "application/x-yaml",
  "text/yaml",
  "text/x-yaml",
  "text/plain",
  "application/octet-stream",
  "application/x-www-form-urlencoded",
];
const MAX_SCORE_FILE_BYTES = 1024 * 1024;
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_DEPTH = 200;

export function renderRoutes(registry: Registry): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.addContentTypeParser(
      SCORE_TYPES,
      { parseAs: "string" },
      async (_request: FastifyRequest, body: string | Buffer) => {
        // A limit of the parser's own would give way to that of the route, which is for JSON requests.
        if (Buffer.byteLength(body) <= MAX_SCORE_FILE_BYTES) return body.toString();
        throw new HttpError("http_body_too_large", "a Score file may take up to 1 MiB");
      },
    );

    app.post(
      "/v1/environments/:environment/render",
      {
        bodyLimit: MAX_BODY_BYTES,
        config: { needs: { role: "renderer" } },
        schema: {
          tags: ["render"],
          summary: "Render Score files with the recipes of the environment's release",
          description:
            "The body is one raw Score file, or a JSON request. `Accept` chooses the answer: `application/json` (everything), " +
            "`application/yaml` (the document alone), `application/gzip` (a tar of the document and its files). " +
            "The header `backbar-warnings` has the codes of the warnings, whatever the form.",
          params: EnvironmentParams,
          querystring: RenderQuery,
          body: {
            content: {
              [JSON_TYPE]: { schema: RenderBody },
              ...Object.fromEntries(SCORE_TYPES.map((type) => [type, { schema: ScoreFile }])),
            },
          },
          response: {
            200: {
              description: "The render, in the form that `Accept` chose",
              content: {
                [JSON_TYPE]: { schema: RenderAnswerBody },
                [YAML_TYPE]: { schema: Type.Unknown() },
                [GZIP_TYPE]: { schema: Type.Unknown() },
              },
            },
          },
        },
      },
      async (request, reply) => {
        const { image, ...options } = request.query;
        const asked = { ...options, ...requestOf(request.body) };
        const type = acceptedType(request);
        checkCombination(asked);
        const split = asked.split ?? false;
        const answer = await render(registry, {
          environment: request.params.environment,
          target: asked.target,
          project: asked.project,
          release: asked.release,
          namespace: asked.namespace,
          generateNamespace: asked.generateNamespace ?? false,
          strict: asked.strict ?? false,
          workloads: asked.workloads.map((workload) => workloadInput(workload, image)),
          patchTemplates: asked.patchTemplates ?? [],
          state: asked.state,
          publish: asked.publish ?? [],
          environmentValues: new Map(Object.entries(asked.environment ?? {})),
          record: asked.record ?? true,
          rememberedSourceFiles: new Map(
            Object.entries(asked.sourceFiles ?? {}).map(([workload, files]) => [
              workload,
              readSourceFiles(files),
            ]),
          ),
          documentAlone: type === YAML_TYPE || asked.alone === true,
          split,
          form: formOf(type, split, asked.text === true),
          caller: request.identity,
        });
        return sendRender(reply, type, answer);
      },
    );
  };
}

/**
 * A project has its state and its records here.
 * @throws {HttpError} http_combination
 */
function checkCombination(asked: Static<typeof RenderBody>): void {
  const { project, state, sourceFiles, record } = asked;
  if (project === undefined) return;
  if (state === undefined && sourceFiles === undefined && record !== false) return;
  throw new HttpError(
    "http_combination",
    "state, its sourceFiles and record=false are for renders without a project",
    {
      hint: "PUT /v1/projects/PROJECT/environments/ENVIRONMENT/state replaces the state of a project",
    },
  );
}

/** @throws {HttpError} http_combination */
function formOf(type: string, split: boolean, text: boolean): RenderRequest["form"] {
  if (type === JSON_TYPE) return text ? (split ? "json+files" : "json+yaml") : "json";
  if (!split) return "yaml";
  if (type === GZIP_TYPE) return "files";
  throw new HttpError("http_combination", `split gives several files, ${YAML_TYPE} is one`, {
    hint: `accept ${GZIP_TYPE}, or leave out split`,
  });
}

/** The short form is one Score file. The body's type chose the schema that it was checked with. */
function requestOf(body: unknown): Static<typeof RenderBody> {
  if (body === undefined || body === null) {
    throw new HttpError("http_body_invalid", "the request has no body", {
      hint: "send a Score file, or a JSON request",
    });
  }
  return typeof body === "string"
    ? { workloads: [{ score: body }] }
    : (body as Static<typeof RenderBody>);
}

function workloadInput(workload: Static<typeof Workload>, image: string | undefined) {
  const chosenImage = workload.image ?? image;
  return {
    path: workload.path ?? "score.yaml",
    text: asText(workload.score),
    ...(chosenImage === undefined ? {} : { image: chosenImage }),
    ...(workload.overrides === undefined
      ? {}
      : {
          overridesFile: {
            path: workload.overridesPath ?? "overrides",
            text: asText(workload.overrides),
          },
        }),
    overrideProperties: workload.overrideProperties ?? [],
    builds: new Map(
      Object.entries(workload.builds ?? {}).map(([container, build]) => [
        container,
        typeof build === "string" ? build : parseYaml(asText(build)).value,
      ]),
    ),
    sourceFiles: readSourceFiles(workload.sourceFiles ?? {}),
  };
}

/** By cleaned path. */
function readSourceFiles(files: Static<typeof SourceFiles>): Map<string, Uint8Array> {
  return new Map(
    Object.entries(files).map(([path, file]) => [cleanPath(path), sourceBytes(path, file)]),
  );
}

/** JSON is YAML: an object goes on as text, so that both forms take the same way. */
function asText(value: string | object): string {
  if (typeof value === "string") return value;
  if (nestsDeeper(value as JsonValue, MAX_DEPTH)) {
    throw new HttpError("http_body_invalid", `the body nests deeper than ${MAX_DEPTH}`);
  }
  return JSON.stringify(value);
}

function sourceBytes(path: string, file: Static<typeof SourceFiles>[string]): Uint8Array {
  if (typeof file === "string") return new TextEncoder().encode(file);
  const bytes = Buffer.from(file.base64, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== file.base64.replace(/=+$/, "")) {
    throw new HttpError("http_body_invalid", `sourceFiles.${path}.base64 is not base64`);
  }
  return new Uint8Array(bytes);
}
