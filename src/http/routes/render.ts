/** `POST /v1/environments/{env}/render`: Score files in, a Compose file or manifests out. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import type { JsonValue } from "../../core/codec/canonical-json.js";
import { parseYaml } from "../../core/codec/yaml.js";
import { nestsDeeper } from "../../core/recipe/strict-json.js";
import type { Registry } from "../../flows/registry.js";
import { type RenderAnswer, type RenderRequest, render } from "../../flows/render.js";
import { HttpError } from "../error.js";
import { archive } from "../render-archive.js";
import {
  EnvironmentParams,
  FaultPlace,
  Flag,
  ProjectName,
  ReleaseNumber,
  TargetName,
} from "./schemas.js";

const Text = Type.String();
const TextOrObject = Type.Union([Type.String(), Type.Object({}, { additionalProperties: true })]);
const SourceFile = Type.Union([
  Type.String({ description: "UTF-8 text" }),
  Type.Object({ base64: Type.String() }, { additionalProperties: false }),
]);

const Workload = Type.Object(
  {
    score: Type.Union([Type.String(), Type.Object({}, { additionalProperties: true })], {
      description: "The Score file, as its text or as an object",
    }),
    path: Type.Optional(Type.String({ description: "Path of the Score file, kept in the state" })),
    image: Type.Optional(
      Type.String({ description: "Stands in for containers whose image is `.`" }),
    ),
    overrides: Type.Optional(TextOrObject),
    overrideProperties: Type.Optional(
      Type.Array(Type.String({ description: "`path=value`; an empty value deletes" })),
    ),
    builds: Type.Optional(
      Type.Record(Type.String(), TextOrObject, {
        description: "By container: the build's context, or a Compose `build` section",
      }),
    ),
    sourceFiles: Type.Optional(Type.Record(Type.String(), SourceFile)),
  },
  { additionalProperties: false },
);

const STRICT =
  "k8s: check every manifest of a built-in kind, also after patches, and refuse what score-k8s drops without a word";
const SPLIT =
  "k8s: the tar holds manifests/KIND-NAME.yaml for each manifest instead of one manifests.yaml; JSON has them apart in any case";

const RenderBody = Type.Object(
  {
    workloads: Type.Array(Workload, { maxItems: 200 }),
    target: Type.Optional(TargetName),
    project: Type.Optional(ProjectName),
    release: Type.Optional(ReleaseNumber),
    namespace: Type.Optional(Text),
    generateNamespace: Type.Optional(Type.Boolean()),
    strict: Type.Optional(Type.Boolean({ description: STRICT })),
    split: Type.Optional(Type.Boolean({ description: SPLIT })),
    publish: Type.Optional(
      Type.Array(Type.String({ description: "`HOST_PORT:REF:CONTAINER_PORT`" })),
    ),
    environment: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: "Values that the `environment` resource, `env` and `expandenv` see",
      }),
    ),
    patchTemplates: Type.Optional(
      Type.Array(Type.Object({ name: Text, text: Text }, { additionalProperties: false }), {
        maxItems: 50,
        description: "Applied after those of the release",
      }),
    ),
    state: Type.Optional(
      Type.String({
        description: "Stateless renders: state in the CLI's own format, as YAML text",
      }),
    ),
    record: Type.Optional(Type.Boolean({ description: "false keeps no usage records" })),
  },
  { additionalProperties: false },
);

const ScoreFile = Type.String({ description: "One raw Score file" });

const RenderedFile = Type.Object({
  path: Type.String({ description: "Where the document expects it" }),
  mode: Type.String({ description: "Octal permission bits" }),
  base64: Type.String(),
});

const Finding = Type.Object({
  code: Type.String(),
  message: Type.String(),
  place: Type.Optional(FaultPlace),
});

const RenderAnswerBody = Type.Object({
  documents: Type.Array(Type.Unknown(), {
    description: "The Compose document, or the manifests in order",
  }),
  environment: Type.String(),
  target: TargetName,
  release: Type.Object({ number: ReleaseNumber, digest: Type.String() }),
  files: Type.Array(RenderedFile),
  emptyDirectories: Type.Array(Type.String()),
  infoLogs: Type.Array(Type.Object({ resource: Type.String(), text: Type.String() })),
  warnings: Type.Array(Finding),
  notes: Type.Array(Finding, { description: "Nothing is wrong with these" }),
  resources: Type.Array(
    Type.Object({
      uid: Type.String(),
      type: Type.String(),
      class: Type.String(),
      id: Type.String(),
      workloads: Type.Array(Type.String()),
      provisioner: Type.String({ description: "The provisioner's uri" }),
      recipe: Type.Optional(
        Type.Object({ name: Type.String(), version: Type.String(), digest: Type.String() }),
      ),
      outputs: Type.Unknown({ description: "Outputs, secret ones masked" }),
    }),
  ),
  state: Type.Optional(Type.String({ description: "Stateless renders: the new state" })),
  stateRevision: Type.Optional(
    Type.Integer({ description: "Projects: revision of the stored state" }),
  ),
});

const RenderQuery = Type.Object(
  {
    target: Type.Optional(TargetName),
    project: Type.Optional(ProjectName),
    release: Type.Optional(ReleaseNumber),
    namespace: Type.Optional(Text),
    generateNamespace: Type.Optional(Flag),
    strict: Type.Optional({ ...Flag, description: STRICT }),
    split: Type.Optional({ ...Flag, description: SPLIT }),
    image: Type.Optional(Text),
    record: Type.Optional(Flag),
  },
  { additionalProperties: false },
);

const JSON_TYPE = "application/json";
const YAML_TYPE = "application/yaml";
const GZIP_TYPE = "application/gzip";

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
        schema: {
          tags: ["render"],
          summary: "Render Score files with the recipes of the environment's release",
          description:
            "The body is one raw Score file, or a JSON request. `Accept` chooses the answer: `application/json` (everything), " +
            "`application/yaml` (the document alone), `application/gzip` (a tar of the document and its files).",
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
                [YAML_TYPE]: { schema: Type.String() },
                [GZIP_TYPE]: { schema: Type.Unknown() },
              },
            },
          },
        },
      },
      async (request, reply) => {
        const { query } = request;
        const body = requestOf(request.body);
        const type = acceptedType(request);
        checkCombination(body, query);
        const split = body.split ?? query.split ?? false;
        const answer = await render(registry, {
          environment: request.params.environment,
          target: body.target ?? query.target,
          project: body.project ?? query.project,
          release: body.release ?? query.release,
          namespace: body.namespace ?? query.namespace,
          generateNamespace: body.generateNamespace ?? query.generateNamespace ?? false,
          strict: body.strict ?? query.strict ?? false,
          workloads: body.workloads.map((workload) => workloadInput(workload, query.image)),
          patchTemplates: body.patchTemplates ?? [],
          state: body.state,
          publish: body.publish ?? [],
          environmentValues: new Map(Object.entries(body.environment ?? {})),
          record: body.record ?? query.record ?? true,
          documentAlone: type === YAML_TYPE,
          split,
          form: formOf(type, split),
          actor: request.identity.actor,
        });
        return send(reply, type, answer);
      },
    );
  };
}

/** A project has its state and its records here. */
function checkCombination(
  body: Static<typeof RenderBody>,
  query: Static<typeof RenderQuery>,
): void {
  if ((body.project ?? query.project) === undefined) return;
  if (body.state === undefined && (body.record ?? query.record) !== false) return;
  throw new HttpError(
    "http_request_invalid",
    "state and record=false are for renders without a project",
    {
      hint: "PUT /v1/projects/PROJECT/environments/ENVIRONMENT/state replaces the state of a project",
    },
  );
}

/** @throws {HttpError} http_request_invalid */
function formOf(type: string, split: boolean): RenderRequest["form"] {
  if (type === JSON_TYPE) return "json";
  if (!split) return "yaml";
  if (type === GZIP_TYPE) return "files";
  throw new HttpError("http_request_invalid", `split gives several files, ${YAML_TYPE} is one`, {
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
      : { overridesFile: { path: "overrides", text: asText(workload.overrides) } }),
    overrideProperties: workload.overrideProperties ?? [],
    builds: new Map(
      Object.entries(workload.builds ?? {}).map(([container, build]) => [
        container,
        typeof build === "string" ? build : parseYaml(asText(build)).value,
      ]),
    ),
    sourceFiles: new Map(
      Object.entries(workload.sourceFiles ?? {}).map(([path, file]) => [
        path,
        sourceBytes(path, file),
      ]),
    ),
  };
}

/** JSON is YAML: an object goes on as text, so that both forms take the same way. */
function asText(value: string | object): string {
  if (typeof value === "string") return value;
  if (nestsDeeper(value as JsonValue, MAX_DEPTH)) {
    throw new HttpError("http_body_invalid", `the body nests deeper than ${MAX_DEPTH}`);
  }
  return JSON.stringify(value);
}

function sourceBytes(path: string, file: Static<typeof SourceFile>): Uint8Array {
  if (typeof file === "string") return new TextEncoder().encode(file);
  const bytes = Buffer.from(file.base64, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== file.base64.replace(/=+$/, "")) {
    throw new HttpError("http_body_invalid", `sourceFiles.${path}.base64 is not base64`);
  }
  return new Uint8Array(bytes);
}

const ANSWER_TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ["*/*", [JSON_TYPE, YAML_TYPE, GZIP_TYPE]],
  ["application/*", [JSON_TYPE, YAML_TYPE, GZIP_TYPE]],
  [JSON_TYPE, [JSON_TYPE]],
  [YAML_TYPE, [YAML_TYPE]],
  ["application/x-yaml", [YAML_TYPE]],
  ["text/yaml", [YAML_TYPE]],
  [GZIP_TYPE, [GZIP_TYPE]],
  ["application/x-gzip", [GZIP_TYPE]],
  ["application/tar+gzip", [GZIP_TYPE]],
]);

/**
 * What `Accept` likes best (RFC 9110 §12.5.1); of two that it likes alike, the first.
 * @throws {HttpError} http_not_acceptable
 */
function acceptedType(request: FastifyRequest): string {
  const accept = request.headers.accept ?? "*/*";
  const ranges = accept.split(",").map((range) => {
    const [name = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return { types: ANSWER_TYPES.get(name) ?? [], quality: Number(quality) };
  });
  const refused = new Set(
    ranges.flatMap(({ types, quality }) => (quality > 0 || types.length > 1 ? [] : types)),
  );
  const [best] = ranges
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .flatMap(({ types }) => types.filter((type) => !refused.has(type)));
  if (best !== undefined) return best;
  throw new HttpError("http_not_acceptable", `cannot answer as ${accept}`, {
    hint: `accept one of ${JSON_TYPE}, ${YAML_TYPE}, ${GZIP_TYPE}`,
  });
}

async function send(reply: FastifyReply, type: string, answer: RenderAnswer) {
  reply.header("backbar-release", String(answer.release.number));
  if (answer.stateRevision !== undefined) {
    reply.header("backbar-state-revision", String(answer.stateRevision));
  }
  if (type === GZIP_TYPE) {
    return reply.type(GZIP_TYPE).send(await archive(answer));
  }
  if (type === YAML_TYPE) {
    return reply.type(`${YAML_TYPE}; charset=utf-8`).serializer(String).send(answer.documents);
  }
  return reply.type(`${JSON_TYPE}; charset=utf-8`).serializer(String).send(answerJson(answer));
}

/** Built as text around the documents and outputs, whose numbers JavaScript's own JSON would round. */
function answerJson(answer: RenderAnswer): string {
  const resources = answer.resources.map(({ outputsJson, ...use }) =>
    withRaw(JSON.stringify(use), "outputs", outputsJson),
  );
  const rest = JSON.stringify({
    environment: answer.environment,
    target: answer.target,
    release: answer.release,
    files: answer.files.map(({ path, mode, content }) => ({
      path: `${answer.mountsDirectory ?? ""}/${path}`,
      mode: mode.toString(8).padStart(4, "0"),
      base64: Buffer.from(content).toString("base64"),
    })),
    emptyDirectories: answer.emptyDirectories.map(
      (path) => `${answer.mountsDirectory ?? ""}/${path}`,
    ),
    infoLogs: answer.infoLogs,
    warnings: answer.warnings,
    notes: answer.notes,
    ...(answer.stateRevision === undefined
      ? { state: answer.stateText }
      : { stateRevision: answer.stateRevision }),
  });
  return withRaw(
    withRaw(rest, "resources", `[${resources.join(",")}]`),
    "documents",
    answer.documents,
  );
}

/** Adds `"name": json` to the front of a JSON object's text. */
function withRaw(object: string, name: string, json: string): string {
  const inner = object.slice(1);
  return `{${JSON.stringify(name)}:${json}${inner === "}" ? "" : ","}${inner}`;
}
