/**
 * The JSON schema of a Score workload, version `score.dev/v1b1` of the Score specification 0.4.x, in the
 * strict form: `files` and `volumes` are maps by target, after list forms have been upgraded.
 */

/** RFC 1123 label of at least two characters: workloads, containers, ports, resources. */
const NAME = { minLength: 2, maxLength: 63, pattern: "^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$" };
const TYPE = {
  type: "string",
  minLength: 2,
  maxLength: 63,
  pattern: "^[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]$",
};
const TEXT = { type: "string" };
const FLAG = { type: "boolean" };
const TEXTS = { type: "array", items: TEXT };
const PORT_NUMBER = { type: "integer", minimum: 1, maximum: 65_535 };

/** An object with these keys and no others. */
function closed(properties: Record<string, object>, required: readonly string[] = []) {
  return { type: "object", additionalProperties: false, required, properties };
}

/** An object with free keys, whose values all have one form. */
function mapOf(values: object, keys?: object) {
  return { type: "object", additionalProperties: values, ...(keys && { propertyNames: keys }) };
}

const ANNOTATIONS = mapOf(TEXT, {
  minLength: 2,
  maxLength: 316,
  pattern:
    "^(([a-z0-9][a-z0-9-]{0,61}[a-z0-9])(\\.[a-z0-9][a-z0-9-]{0,61}[a-z0-9])*/)?" +
    "[A-Za-z0-9][A-Za-z0-9._-]{0,61}[A-Za-z0-9]$",
});

const QUANTITIES = closed({
  cpu: { ...TEXT, pattern: "^[0-9]+(?:m|\\.[0-9]+)?$" },
  memory: {
    ...TEXT,
    pattern: "^(0\\.[0-9]+|[1-9][0-9]*(\\.[0-9]+)?)(K|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$",
  },
});

const FILE = {
  ...closed({
    mode: { ...TEXT, pattern: "^0?[0-7]{3}$" },
    source: { ...TEXT, minLength: 1 },
    content: TEXT,
    binaryContent: TEXT,
    noExpand: FLAG,
  }),
  oneOf: [{ required: ["content"] }, { required: ["binaryContent"] }, { required: ["source"] }],
};

const HTTP_GET = closed(
  {
    host: { ...TEXT, minLength: 1 },
    scheme: { ...TEXT, enum: ["HTTP", "HTTPS"] },
    path: TEXT,
    port: PORT_NUMBER,
    httpHeaders: {
      type: "array",
      items: closed(
        { name: { ...TEXT, pattern: "^[A-Za-z0-9_-]+$" }, value: { ...TEXT, minLength: 1 } },
        ["name", "value"],
      ),
    },
  },
  ["port", "path"],
);

const PROBE = closed({ httpGet: HTTP_GET, exec: closed({ command: TEXTS }, ["command"]) });

const BEFORE = mapOf(
  closed({ ready: { ...TEXT, enum: ["started", "healthy", "complete"] } }, ["ready"]),
  NAME,
);

const CONTAINER = closed(
  {
    image: { ...TEXT, minLength: 1 },
    command: TEXTS,
    args: TEXTS,
    variables: mapOf(TEXT, { minLength: 1, pattern: "^[^=]+$" }),
    files: mapOf(FILE),
    volumes: mapOf(closed({ source: TEXT, path: TEXT, readOnly: FLAG }, ["source"])),
    before: BEFORE,
    resources: closed({ limits: QUANTITIES, requests: QUANTITIES }),
    livenessProbe: PROBE,
    readinessProbe: PROBE,
  },
  ["image"],
);

const RESOURCE = closed(
  {
    type: TYPE,
    class: TYPE,
    id: {
      ...TEXT,
      minLength: 2,
      maxLength: 63,
      pattern: "^[a-z0-9]+(?:-+[a-z0-9]+)*(?:\\.[a-z0-9]+(?:-+[a-z0-9]+)*)*$",
    },
    metadata: { type: "object", properties: { annotations: ANNOTATIONS } },
    params: { type: "object" },
  },
  ["type"],
);

const SERVICE_PORT = closed(
  { port: PORT_NUMBER, protocol: { ...TEXT, enum: ["TCP", "UDP"] }, targetPort: PORT_NUMBER },
  ["port"],
);

export const SCORE_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  ...closed(
    {
      apiVersion: { ...TEXT, pattern: "^score\\.dev/v1b1$" },
      metadata: {
        type: "object",
        required: ["name"],
        properties: { name: { ...TEXT, ...NAME }, annotations: ANNOTATIONS },
      },
      service: closed({ ports: mapOf(SERVICE_PORT, NAME) }),
      containers: { ...mapOf(CONTAINER, NAME), minProperties: 1 },
      resources: mapOf(RESOURCE, NAME),
    },
    ["apiVersion", "metadata", "containers"],
  ),
} as const;
