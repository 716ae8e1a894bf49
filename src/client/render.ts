/** Renders by the registry. What it says of paths is as untrusted as all that it says. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { checkEnvironmentName } from "../core/recipe/names.js";
import { parseRelease, servedTargets } from "../core/recipe/release-document.js";
import type { StrictObject } from "../core/recipe/strict-json.js";
import type { Target } from "../core/score/project-state.js";
import type { Problem } from "../errors.js";
import { readAnswer } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { problemsOf } from "./problem.js";
import { pathOf } from "./transport.js";

/** Text, or base64. */
export type SentFile = string | { readonly base64: string };
/** By path. */
export type SentFiles = Readonly<Record<string, SentFile>>;

/** The body of a request; the API document says what each field is. */
export interface RenderBody {
  readonly target: Target;
  readonly release?: number;
  readonly project?: string;
  readonly workloads: readonly {
    readonly score: string;
    readonly path: string;
    readonly image?: string;
    readonly overrides?: string;
    readonly overridesPath?: string;
    readonly overrideProperties?: readonly string[];
    readonly builds?: Readonly<Record<string, unknown>>;
    readonly sourceFiles?: SentFiles;
  }[];
  readonly patchTemplates?: readonly { readonly name: string; readonly text: string }[];
  readonly state?: string;
  readonly sourceFiles?: Readonly<Record<string, SentFiles>>;
  readonly namespace?: string;
  readonly generateNamespace?: boolean;
  readonly strict?: boolean;
  readonly split?: boolean;
  readonly publish?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly record?: boolean;
  /** Refuses a document that needs files. */
  readonly alone?: boolean;
}

export interface RenderAnswer {
  readonly release: { readonly number: number; readonly digest: string };
  /** The document, or with `split` a file for each manifest. */
  readonly text: string | undefined;
  readonly manifests: readonly { readonly path: string; readonly text: string }[];
  readonly files: readonly {
    readonly path: string;
    /** Octal. */
    readonly mode: string;
    readonly base64: string;
  }[];
  readonly emptyDirectories: readonly string[];
  readonly removals: readonly { readonly path: string; readonly directory: boolean }[];
  readonly workloads: readonly string[];
  /** As the registry sent them, without their outputs. */
  readonly resources: readonly object[];
  readonly infoLogs: readonly { readonly resource: string; readonly text: string }[];
  readonly warnings: readonly Problem[];
  readonly notes: readonly Problem[];
  /** Undefined where the registry keeps it. */
  readonly state: string | undefined;
  readonly stateRevision: number | undefined;
}

const MAX_ITEMS = 100_000;
/** The transport bounds the whole answer. */
const ANY_LENGTH = { maxLength: Number.MAX_SAFE_INTEGER };

/**
 * Renders with an environment's release; the answer has the documents as files have them.
 * @throws {ClientError}; {ServerProblem} whatever the render finds wrong
 */
export async function renderByRegistry(
  client: BackbarClient,
  environment: string,
  body: RenderBody,
): Promise<RenderAnswer> {
  checkEnvironmentName(environment);
  const answer = await client.send({
    method: "POST",
    path: pathOf("v1", "environments", environment, "render"),
    body: { ...body, text: true },
    // The state that goes there has passwords, and so has the document that comes back.
    secret: true,
  });
  return readAnswer(answer, readRender);
}

/**
 * The targets that a release of the environment has something for; the current one's where no number
 * is given.
 * @throws {ClientError}; {RecipeError}; {ServerProblem}
 */
export async function releaseTargets(
  client: BackbarClient,
  environment: string,
  release: number | undefined,
): Promise<Target[]> {
  checkEnvironmentName(environment);
  const number = release ?? "current";
  const answer = await client.send({
    path: pathOf("v1", "environments", environment, "releases", number),
  });
  return servedTargets(readAnswer(answer, (fields) => parseRelease(fields.raw("release") ?? null)));
}

function readRender(fields: StrictObject): RenderAnswer {
  const release = fields.object("release");
  return {
    release: {
      number: release?.integer("number", 1) ?? 0,
      digest: release?.text("digest") ?? "",
    },
    text: fields.optionalText("text", ANY_LENGTH),
    manifests: fields.objects("manifests", MAX_ITEMS).map((manifest) => ({
      path: manifest.text("path"),
      text: manifest.text("text", ANY_LENGTH),
    })),
    files: fields.objects("files", MAX_ITEMS).map((file) => ({
      path: file.text("path", { maxLength: 4096 }),
      mode: file.text("mode"),
      base64: file.text("base64", ANY_LENGTH),
    })),
    emptyDirectories: fields.texts("emptyDirectories", MAX_ITEMS, { maxLength: 4096 }),
    removals: fields.objects("removals", MAX_ITEMS).map((removal) => ({
      path: removal.text("path", { maxLength: 4096 }),
      directory: removal.boolean("directory", false),
    })),
    workloads: fields.texts("workloads", MAX_ITEMS),
    resources: fields.objects("resources", MAX_ITEMS).map(withoutOutputs),
    infoLogs: fields.objects("infoLogs", MAX_ITEMS).map((log) => ({
      resource: log.text("resource"),
      text: log.text("text", ANY_LENGTH),
    })),
    warnings: problemsOf(fields.raw("warnings")),
    notes: problemsOf(fields.raw("notes")),
    state: fields.optionalText("state", ANY_LENGTH),
    stateRevision: fields.has("stateRevision") ? fields.integer("stateRevision", 1) : undefined,
  };
}

function withoutOutputs(resource: StrictObject): object {
  const kept = resource.keys().filter((key) => key !== "outputs");
  return Object.fromEntries(
    kept.map((key): [string, JsonValue] => [key, resource.raw(key) ?? null]),
  );
}
