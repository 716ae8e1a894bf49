/** What `POST /v1/environments/{env}/render` takes and answers. */
import { Type } from "typebox";
import { LooseBase64 } from "./base64.js";
import { FaultPlace, Flag, ProjectName, ReleaseNumber, TargetName } from "./schemas.js";
import { KEPT } from "./texts.js";

const Text = Type.String();
const TextOrObject = Type.Union([Type.String(), Type.Object({}, { additionalProperties: true })]);
const SourceFile = Type.Union([
  Type.String({ description: "UTF-8 text" }),
  Type.Object({ base64: LooseBase64 }, { additionalProperties: false }),
]);

export const SourceFiles = Type.Record(Type.String(), SourceFile, {
  description: "Files that containers mount, by `source` as the Score file has it",
});

export const Workload = Type.Object(
  {
    score: { ...TextOrObject, description: "The Score file, as its text or as an object" },
    path: Type.Optional(Type.String({ description: "Path of the Score file, kept in the state" })),
    image: Type.Optional(
      Type.String({ description: "Stands in for containers whose image is `.`" }),
    ),
    overrides: Type.Optional(TextOrObject),
    overridesPath: Type.Optional(
      Type.String({ description: "Path of the overrides file, for what is wrong in it" }),
    ),
    overrideProperties: Type.Optional(
      Type.Array(Type.String({ description: "`path=value`; an empty value deletes" })),
    ),
    builds: Type.Optional(
      Type.Record(Type.String(), TextOrObject, {
        description: "By container: the build's context, or a Compose `build` section",
      }),
    ),
    sourceFiles: Type.Optional(SourceFiles),
  },
  { additionalProperties: false },
);

/** What the query may say too; a body that says it prevails. */
const OPTIONS = {
  target: Type.Optional(TargetName),
  project: Type.Optional(ProjectName),
  release: Type.Optional(ReleaseNumber),
  namespace: Type.Optional(
    Type.String({ pattern: KEPT, description: "k8s: the namespace of every manifest" }),
  ),
  generateNamespace: Type.Optional({
    ...Flag,
    description: "k8s: also the namespace's own manifest; needs `namespace`",
  }),
  strict: Type.Optional({
    ...Flag,
    description:
      "k8s: check fields and types of every manifest of a built-in kind, also after patches, and refuse what score-k8s drops without a word",
  }),
  split: Type.Optional({
    ...Flag,
    description:
      "k8s: the tar holds manifests/KIND-NAME.yaml for each manifest instead of one manifests.yaml; JSON has them apart in any case",
  }),
  text: Type.Optional({
    ...Flag,
    description:
      "JSON also has the documents as files have them, byte for byte: `text`, or with `split` `manifests`",
  }),
  alone: Type.Optional({
    ...Flag,
    description: "Refuses, before anything is kept, a document that mounts files",
  }),
  record: Type.Optional({ ...Flag, description: "false keeps no usage records" }),
};

export const RenderBody = Type.Object(
  {
    workloads: Type.Array(Workload, { maxItems: 200 }),
    ...OPTIONS,
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
    sourceFiles: Type.Optional(
      Type.Record(Type.String(), SourceFiles, {
        description:
          "Stateless renders: by workload, what containers of those mount that only the state knows",
      }),
    ),
    state: Type.Optional(
      Type.String({
        description: "Stateless renders: state in the CLI's own format, as YAML text",
      }),
    ),
  },
  { additionalProperties: false },
);

export const ScoreFile = Type.String({ description: "One raw Score file" });

const Path = Type.String({ description: "Seen from the document's folder" });

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

export const RenderAnswerBody = Type.Object({
  documents: Type.Array(Type.Unknown(), {
    description: "The Compose document, or the manifests in order",
  }),
  environment: Type.String(),
  target: TargetName,
  release: Type.Object({ number: ReleaseNumber, digest: Type.String() }),
  files: Type.Array(RenderedFile),
  emptyDirectories: Type.Array(Type.String()),
  removals: Type.Array(Type.Object({ path: Path, directory: Flag }), {
    description:
      "What provisioners delete of an earlier render, before files are written; a directory with all below it",
  }),
  workloads: Type.Array(Type.String(), { description: "All that are in the documents, sorted" }),
  infoLogs: Type.Array(Type.Object({ resource: Type.String(), text: Type.String() })),
  warnings: Type.Array(Finding),
  notes: Type.Array(Finding, {
    description: "What a strict render could not check: custom kinds, one entry for each",
  }),
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
  text: Type.Optional(
    Type.String({ description: "Where `text` asks for it: the document, as YAML" }),
  ),
  manifests: Type.Optional(
    Type.Array(Type.Object({ path: Type.String(), text: Type.String() }), {
      description: "Where `text` and `split` ask for them: a file for each manifest, as YAML",
    }),
  ),
});

export const RenderQuery = Type.Object(
  {
    ...OPTIONS,
    image: Type.Optional(
      Type.String({
        pattern: KEPT,
        description:
          "Stands in for containers whose image is `.`, in workloads that name no `image`",
      }),
    ),
  },
  { additionalProperties: false },
);
