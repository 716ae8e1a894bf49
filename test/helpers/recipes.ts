/** Small recipes for tests: a cache with a password, a queue in two classes, labels by a patch template. */
import { publishPackage, signPackage } from "../../src/client/publish-folder.js";
import type { Submission } from "../../src/core/oci/submission.js";
import { packRecipe, type RecipePackage } from "../../src/core/recipe/package.js";
import { formatPublicKey, type PrivateKey } from "../../src/core/trust/keys.js";
import { type ServerOptions, startServer, type TestServer } from "./server.js";
import type { TestStore } from "./stores.js";

export interface RecipeText {
  /** `namespace/name` */
  readonly name: string;
  readonly version: string;
  /** More lines of recipe.yaml. */
  readonly metadata?: string;
  /** Other files by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** The package of a recipe whose folder has these texts. */
export function recipe({ name, version, metadata = "", files }: RecipeText): RecipePackage {
  const texts = { "recipe.yaml": `name: ${name}\nversion: ${version}\n${metadata}`, ...files };
  const encoder = new TextEncoder();
  return packRecipe(
    new Map(Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)])),
  );
}

/** The signed submission of `recipe`, not checked: what a publisher without our client may send. */
export function submission(text: RecipeText, key: PrivateKey): Submission {
  return signPackage(recipe(text), key);
}

/** Makes the namespace with the server's publisher key, and whatever else is said of it. */
export async function makeNamespace(
  server: TestServer,
  name: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const publisherKeys = [formatPublicKey(server.publisher.publicKey)];
  const body = { publisherKeys, ...settings };
  const reply = await server.admin(`/v1/namespaces/${name}`, { method: "PUT", body });
  if (reply.status >= 300) throw new Error(`${reply.status}: ${reply.text}`);
}

/** Publishes recipes in order; their namespace has to be there. */
export async function publishAll(
  server: TestServer,
  recipes: readonly RecipeText[],
): Promise<void> {
  for (const text of recipes) await publishPackage(server.client, recipe(text), server.publisher);
}

/** Starts the service with the namespace `acme` and these recipes published in order. */
export async function startWith(
  kind: TestStore,
  recipes: readonly RecipeText[],
  settings: Readonly<Record<string, unknown>> = {},
  options: ServerOptions = {},
): Promise<TestServer> {
  const server = await startServer(kind, options);
  await makeNamespace(server, "acme", settings);
  await publishAll(server, recipes);
  return server;
}

/** Makes an environment of exactly these entries and rules and cuts its first release. */
export async function release(
  server: TestServer,
  environment: string,
  entries: readonly Readonly<Record<string, unknown>>[],
  rules: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const definition = JSON.parse(JSON.stringify({ entries, rules }));
  await server.client.putEnvironment(environment, definition, { create: true });
  await server.client.cutRelease(environment);
}

/**
 * Type `cache`: outputs `host` and the secret `password`, made once; a file that holds the password,
 * an empty directory, a service that mounts both.
 */
export const cache = (version = "1.0.0"): RecipeText => ({
  name: "acme/cache",
  version,
  metadata: [
    "title: A cache",
    "description: Keeps things near.",
    "resources:",
    "  cache:",
    "    params: {type: object, properties: {size: {type: integer, minimum: 1}}, additionalProperties: false}",
    "    secretOutputs: [password]",
    "",
  ].join("\n"),
  files: {
    "compose.provisioners.yaml": `- uri: template://acme/cache
  type: cache
  description: A cache container.
  supported_params: [size]
  expected_outputs: [host, password]
  init: |
    password: {{ randAlphaNum 24 | quote }}
  state: |
    name: {{ dig "name" (printf "cache-%s" (sha256sum .Uid | trunc 8)) .State | quote }}
    password: {{ dig "password" .Init.password .State | quote }}
  outputs: |
    host: {{ .State.name | quote }}
    password: {{ .State.password | quote }}
  files: |
    {{ .State.name }}/cache.conf: |
      requirepass {{ .State.password }}
  directories: |
    {{ .State.name }}-data: true
  services: |
    {{ .State.name }}:
      image: example.com/cache:${version}
      volumes:
        - {type: bind, source: {{ .MountsDirectory }}/{{ .State.name }}/cache.conf, target: /cache.conf, read_only: true}
        - {type: bind, source: {{ .MountsDirectory }}/{{ .State.name }}-data, target: /data}
  info_logs: |
    - the cache listens on {{ .State.name }}:7000
`,
    "k8s.provisioners.yaml": `- uri: template://acme/cache
  type: cache
  supported_params: [size]
  expected_outputs: [host, password]
  init: |
    password: {{ randAlphaNum 24 | quote }}
  state: |
    name: {{ dig "name" (printf "cache-%s" (substr 0 8 .Guid)) .State | quote }}
    password: {{ dig "password" .Init.password .State | quote }}
  outputs: |
    host: {{ .State.name | quote }}
    password: {{ encodeSecretRef .State.name "password" | quote }}
  manifests: |
    - apiVersion: v1
      kind: Secret
      metadata: {name: {{ .State.name }}}
      data: {password: {{ .State.password | b64enc }}}
`,
    "README.md": "# A cache\n",
    "examples/plain/score.yaml":
      "apiVersion: score.dev/v1b1\nmetadata: {name: plain}\ncontainers: {main: {image: x}}\n",
  },
});

/** Type `queue`: one provisioner for the class `fast`, one for any class. */
export const queue = (version = "1.0.0"): RecipeText => ({
  name: "acme/queue",
  version,
  metadata: "title: Queues\n",
  files: {
    "compose.provisioners.yaml": `- uri: template://acme/queue-fast
  type: queue
  class: fast
  outputs: |
    url: fast://{{ .Id }}
- uri: template://acme/queue
  type: queue
  outputs: |
    url: queue://{{ .Id }}
`,
  },
});

/** A patch template alone: labels every service of the Compose file. */
export const labels = (version = "1.0.0"): RecipeText => ({
  name: "acme/labels",
  version,
  files: {
    "labels.compose.tpl": `{{- range $name, $_ := .Compose.services }}
- op: set
  path: services.{{ $name }}.labels.team
  value: acme
{{- end }}
`,
  },
});

/** A Score file of one container whose variables read the outputs named. */
export function scoreFile(
  name: string,
  resources: Readonly<Record<string, unknown>> = {},
  variables: Readonly<Record<string, string>> = {},
): string {
  return JSON.stringify({
    apiVersion: "score.dev/v1b1",
    metadata: { name },
    containers: { main: { image: "example.com/app:1", variables } },
    resources,
  });
}
