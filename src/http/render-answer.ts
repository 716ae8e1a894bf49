/** The answer to a render, in the form that `Accept` chose. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { RenderAnswer } from "../flows/render.js";
import { HttpError } from "./error.js";
import { archive } from "./render-archive.js";

export const JSON_TYPE = "application/json";
export const YAML_TYPE = "application/yaml";
export const GZIP_TYPE = "application/gzip";

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
export function acceptedType(request: FastifyRequest): string {
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

/** Sends `answer` as `type`, which `acceptedType` gave. */
export async function sendRender(reply: FastifyReply, type: string, answer: RenderAnswer) {
  reply.header("backbar-release", String(answer.release.number));
  if (answer.stateRevision !== undefined) {
    reply.header("backbar-state-revision", String(answer.stateRevision));
  }
  // A document alone and a tar have no place for warnings.
  const warned = new Set(answer.warnings.map(({ code }) => code));
  if (warned.size > 0) reply.header("backbar-warnings", [...warned].join(", "));
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
  const inMounts = (path: string) => `${answer.mountsDirectory ?? ""}/${path}`;
  const rest = JSON.stringify({
    environment: answer.environment,
    target: answer.target,
    release: answer.release,
    files: answer.files.map(({ path, mode, content }) => ({
      path: inMounts(path),
      mode: mode.toString(8).padStart(4, "0"),
      base64: Buffer.from(content).toString("base64"),
    })),
    emptyDirectories: answer.emptyDirectories.map(inMounts),
    removals: answer.removals.map(({ path, directory }) => ({ path: inMounts(path), directory })),
    workloads: [...answer.workloads].sort(),
    infoLogs: answer.infoLogs,
    warnings: answer.warnings,
    notes: answer.notes,
    ...(answer.stateRevision === undefined
      ? { state: answer.stateText }
      : { stateRevision: answer.stateRevision }),
    ...(answer.text === undefined ? {} : { text: answer.text }),
    ...(answer.manifests === undefined ? {} : { manifests: answer.manifests }),
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
