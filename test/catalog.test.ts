/**
 * The recipes shipped with the product and the orders example, rendered by our own pipeline: every
 * recipe's examples for each of its targets, and the five services in the four environments.
 */
import { describe, expect, test } from "vitest";
import type { Data, DataMap } from "../src/core/gotemplate/value.js";
import { placeholderScope } from "../src/core/provision/scope.js";
import { dataToJson } from "../src/core/recipe/data-json.js";
import { compileJsonSchema } from "../src/core/recipe/schema.js";
import type { RenderResult } from "../src/core/render/contract.js";
import type { WorkloadInput } from "../src/core/score/load.js";
import { scopeResolver, substituteData } from "../src/core/score/placeholders.js";
import type { ProjectState, Target } from "../src/core/score/project-state.js";
import {
  composeServices,
  daprResources,
  manifests,
  orders,
  outcome,
  type PodContainer,
  recipes,
  render,
  type Served,
  serveEnvironment,
  serveRecipe,
  settingsOf,
  storeAndLoad,
  textOf,
} from "./catalog-project.js";
import { STILL_HOST } from "./helpers/hosts.js";
import { refusal } from "./helpers/refusal.js";

const TARGETS: readonly Target[] = ["compose", "k8s"];

interface RenderCase {
  readonly name: string;
  readonly served: Served;
  readonly workloads: readonly WorkloadInput[];
}

const exampleCases: readonly RenderCase[] = [...recipes].flatMap(([name, { files }]) =>
  TARGETS.filter((target) =>
    files.some(
      ({ role }) => role.kind !== "document" && role.kind !== "example" && role.target === target,
    ),
  ).flatMap((target) =>
    files.flatMap(({ role, content }) =>
      role.kind !== "example"
        ? []
        : {
            name: `${name}, ${target}, ${role.path}`,
            served: serveRecipe(name, target),
            workloads: [{ path: role.path, text: textOf(content) }],
          },
    ),
  ),
);

const ENVIRONMENTS = [
  { name: "local", target: "compose", store: "state.redis", bus: "pubsub.redis" },
  { name: "development", target: "k8s", store: "state.redis", bus: "pubsub.redis" },
  { name: "staging", target: "k8s", store: "state.postgresql", bus: "pubsub.rabbitmq" },
  { name: "production", target: "k8s", store: "state.redis", bus: "pubsub.rabbitmq" },
] as const;

const orderCases: readonly RenderCase[] = ENVIRONMENTS.map(({ name, target }) => ({
  name: `orders, ${name}`,
  served: serveEnvironment(name, target),
  workloads: orders,
}));

const cases = [...exampleCases, ...orderCases];
/** What a case gives at first; several tests look at it. */
const firstRenders = new Map<RenderCase, RenderResult>();
function firstRender(one: RenderCase): RenderResult {
  const result = firstRenders.get(one) ?? render(one.served, one.workloads);
  firstRenders.set(one, result);
  return result;
}

const casesOf = (target: Target) => cases.filter(({ served }) => served.target === target);

describe("a recipe", () => {
  test.each([...recipes])("%s says what it is, and shows it", (name, { metadata, files }) => {
    expect(metadata.name).toBe(name);
    expect(metadata.version).toBe("1.0.0");
    expect(metadata.title).toBeDefined();
    expect(metadata.description).toBeDefined();
    expect(metadata.license).toBe("Apache-2.0");
    expect(files.map(({ title }) => title)).toContain("README.md");
    expect(files.some(({ role }) => role.kind === "example")).toBe(true);
  });

  test.each([...recipes])("%s is identified by a uri without a version", (name) => {
    for (const { provisioners } of TARGETS.map((target) => serveRecipe(name, target))) {
      for (const { uri } of provisioners) expect(uri).toBe(`template://${name}`);
    }
  });

  test.each([...recipes])(
    "%s describes each resource type that it serves",
    (name, { metadata }) => {
      for (const { provisioners } of TARGETS.map((target) => serveRecipe(name, target))) {
        for (const { type, supportedParams, expectedOutputs } of provisioners) {
          const { params, outputs } = metadata.resources.get(type) ?? {};
          expect(propertiesOf(params)).toEqual([...supportedParams].sort());
          expect(propertiesOf(outputs)).toEqual([...expectedOutputs].sort());
        }
      }
    },
  );
});

describe("every render", () => {
  test.each(cases)("$name: comes out the same from the stored state", (one) => {
    const { served, workloads } = one;
    const { target } = served;
    const first = firstRender(one);
    const second = render(served, workloads, { state: storeAndLoad(first.state, target) });
    expect(outcome(second, target)).toEqual(outcome(first, target));
    expect(second.repeatable).toBe(true);
  });

  test.each(cases)("$name: params and outputs fit the recipe's schemas", (one) => {
    const { state } = firstRender(one);
    const { served } = one;
    expect(state.resources.size).toBeGreaterThanOrEqual(served.provisioners.length === 0 ? 0 : 1);
    for (const { type, provisioner, params, outputs, sourceWorkload } of state.resources.values()) {
      const { metadata } = recipes.get(provisioner.replace("template://", "")) ?? {};
      const schemas = metadata?.resources.get(type);
      expect(
        faults(schemas?.params, substituted(params ?? new Map(), state, sourceWorkload)),
      ).toEqual([]);
      expect(faults(schemas?.outputs, new Map(outputs))).toEqual([]);
    }
  });

  test.each(cases)("$name: each app sees one actor store at most", (one) => {
    const result = firstRender(one);
    const seen = daprResources(result, one.served.target)
      .filter((store) => settingsOf(store).get("actorStateStore")?.value === "true")
      .flatMap(({ scopes }) => scopes ?? ["every app"]);
    expect(new Set(seen).size).toBe(seen.length);
    if (seen.includes("every app")) expect(seen).toHaveLength(1);
  });

  test.each(cases)("$name: no value is missing", (one) => {
    const result = firstRender(one);
    const texts = [result.text, ...result.files.map(({ content }) => textOf(content))];
    for (const text of texts) expect(text).not.toMatch(/<no value>|<nil>|\$\{resources/);
  });
});

describe("a Compose render", () => {
  test.each(casesOf("compose"))("$name: finds what it mounts", (one) => {
    const result = firstRender(one);
    const mounts = result.state.mountsDirectory ?? "";
    const paths = result.files.map(({ path }) => `${mounts}/${path}`);
    for (const { volumes = [] } of composeServices(result).values()) {
      for (const { type, source, bind } of volumes) {
        const found = paths.some((path) => path === source || path.startsWith(`${source}/`));
        const madeByDocker = bind !== undefined && bind.create_host_path !== false;
        if (type === "bind")
          expect({ source, there: found || madeByDocker }).toEqual({ source, there: true });
      }
    }
  });

  test.each(casesOf("compose"))("$name: its own services are bounded", (one) => {
    for (const [name, service] of recipeServices(firstRender(one))) {
      expect(service.image, name).toMatch(PINNED);
      expect(service.deploy?.resources, name).toEqual({
        limits: { cpus: expect.anything(), memory: expect.anything() },
        reservations: { memory: expect.anything() },
      });
      expect(service.cap_drop, name).toEqual(["ALL"]);
      expect(service.security_opt, name).toEqual(["no-new-privileges:true"]);
    }
  });

  test.each(casesOf("compose"))("$name: what others wait for is probed", (one) => {
    for (const [name, service] of recipeServices(firstRender(one))) {
      // Dapr's images hold one program each, and none that could ask it how it is.
      if (service.image.startsWith("daprio/")) continue;
      expect(service.healthcheck, name).toBeDefined();
      expect(service.user, name).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    }
  });

  test("the gateway stays off Backbar's own port", () => {
    const result = render(serveEnvironment("local", "compose"), orders);
    const published = [...composeServices(result).values()].flatMap(({ ports = [] }) => ports);
    expect(published).toEqual([
      expect.objectContaining({ published: "8088", host_ip: "127.0.0.1" }),
    ]);
  });
});

describe("a Kubernetes render", () => {
  test.each(casesOf("k8s"))("$name: passes strictly, without a warning", (one) => {
    const { served, workloads } = one;
    const { text, warnings, notes } = render(served, workloads, { strict: true });
    expect(text).toBe(firstRender(one).text);
    expect(warnings).toEqual([]);
    for (const { message } of notes) {
      expect(message).toMatch(/ of (dapr\.io|gateway\.networking\.k8s\.io)\/\w+ is a custom kind$/);
    }
  });

  test.each(casesOf("k8s"))("$name: passwords are in Secrets alone", (one) => {
    const result = firstRender(one);
    const secrets = passwordsOf(result.state);
    expect(result.secrets).toEqual(expect.arrayContaining(secrets));
    const open = manifests(result).filter(({ kind }) => kind !== "Secret");
    for (const secret of secrets) {
      for (const text of [secret, Buffer.from(secret).toString("base64")]) {
        expect(JSON.stringify(open)).not.toContain(text);
      }
    }
  });

  test.each(casesOf("k8s"))("$name: pods are probed, bounded and not root", (one) => {
    for (const { metadata, spec } of manifests(firstRender(one))) {
      if (spec?.template === undefined) continue;
      const pod = spec.template.spec;
      const isWorkload = one.workloads.some(({ text }) =>
        text.includes(`name: ${metadata.name}\n`),
      );
      for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
        expect(container.image).toMatch(PINNED);
      }
      // The examples of single recipes show resources, not probes.
      if (isWorkload && one.workloads !== orders) continue;
      for (const container of pod.containers) expectProbes(container);
      for (const container of pod.initContainers ?? []) expectLimits(container);
      if (!isWorkload) expect(pod.securityContext?.runAsNonRoot).toBe(true);
    }
  });

  test.each(casesOf("k8s"))("$name: what is named is there", (one) => {
    const result = firstRender(one);
    const all = manifests(result);
    const keys = all.map(
      ({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`,
    );
    expect(new Set(keys).size).toBe(keys.length);
    const services = all.filter(({ kind }) => kind === "Service");
    const labels = all.flatMap(({ spec }) => spec?.template?.metadata.labels ?? []);
    for (const { spec } of services)
      expect(labels).toContainEqual(expect.objectContaining(spec?.selector));
    for (const { kind, spec } of all) {
      if (kind === "StatefulSet") expect(services.map(nameOf)).toContain(spec?.serviceName);
      for (const { backend } of spec?.rules?.flatMap(({ http }) => http.paths) ?? []) {
        const service = services.find((one) => nameOf(one) === backend.service.name);
        // A route's example has the workload's Service beside it.
        expect(service?.spec?.ports?.map(({ port }) => port)).toContain(
          backend.service.port.number,
        );
      }
    }
    for (const component of daprResources(result, "k8s")) {
      for (const { secretKeyRef: ref } of settingsOf(component).values()) {
        if (ref === undefined || ref.name === "managed-redis") continue;
        const secret = all.find(
          ({ kind, metadata }) => kind === "Secret" && metadata.name === ref.name,
        );
        expect(Object.keys(secret?.data ?? {})).toContain(ref.key);
      }
    }
  });
});

describe("the orders example", () => {
  test.each(ENVIRONMENTS)(
    "$name: has the stores and the bus of the story",
    ({ name, target, store, bus }) => {
      const result = render(serveEnvironment(name, target), orders);
      const dapr = daprResources(result, target);
      const types = dapr.filter(({ kind }) => kind === "Component").map(({ spec }) => spec.type);
      expect(types.sort()).toEqual([bus, ...Array.from({ length: 4 }, () => store)].sort());
      const busName = dapr.find(({ spec }) => spec.type === bus)?.metadata.name;
      const subscriptions = dapr.filter(({ kind }) => kind === "Subscription");
      expect(subscriptions).toHaveLength(7);
      for (const { spec } of subscriptions) expect(spec.pubsubname).toBe(busName);
    },
  );

  test.each(ENVIRONMENTS)("$name: only production asks for quorum queues", ({ name, target }) => {
    const result = render(serveEnvironment(name, target), orders);
    const subscriptions = daprResources(result, target).filter(
      ({ kind }) => kind === "Subscription",
    );
    const metadata = subscriptions.map(({ spec }) => spec.metadata);
    const wanted = name === "production" ? { queueType: "quorum" } : undefined;
    expect(metadata).toEqual(metadata.map(() => wanted));
  });

  test("production reads the managed Redis from the Secret that nobody here makes", () => {
    const result = render(serveEnvironment("production", "k8s"), orders);
    const stores = daprResources(result, "k8s").filter(({ spec }) => spec.type === "state.redis");
    for (const store of stores) {
      const settings = settingsOf(store);
      expect(settings.get("redisHost")?.secretKeyRef).toEqual({
        name: "managed-redis",
        key: "host",
      });
      expect(settings.get("redisPassword")?.secretKeyRef).toEqual({
        name: "managed-redis",
        key: "password",
      });
    }
    expect(manifests(result).map(nameOf)).not.toContain("managed-redis");
  });

  test("local puts one sidecar next to each service, and the control plane once", () => {
    const result = render(serveEnvironment("local", "compose"), orders);
    const services = [...composeServices(result)].filter(([, { image }]) =>
      image.startsWith("daprio/"),
    );
    const names = orders.map(({ path }) => `${path.replace(".score.yaml", "")}-main-daprd`);
    expect(services.map(([name]) => name).sort()).toEqual(
      ["dapr-placement", "dapr-scheduler", ...names].sort(),
    );
    expect(new Set(services.map(([, { image }]) => image.split(":")[1])).size).toBe(1);
  });

  test("every environment but local has no sidecar of its own", () => {
    for (const { name, target } of ENVIRONMENTS.slice(1)) {
      expect(serveEnvironment(name, target).patchTemplates).toEqual([]);
      expect(serveEnvironment(name, "compose").provisioners).toEqual([]);
    }
  });

  test.each(ENVIRONMENTS)("$name: any password survives its way into place", ({ name, target }) => {
    const served = serveEnvironment(name, target);
    const password = `p"a's $w\\:o/r@d#%<&>{\${X}} é`;
    const state = withPasswords(render(served, orders).state, password);
    const result = render(served, orders, { state });
    const count = passwordsOf(state).filter((text) => text === password).length;
    const found = target === "k8s" ? passwordsInSecrets(result) : passwordsInFiles(result);
    expect(found).toEqual(Array.from({ length: count }, () => password));
    if (target === "compose") {
      const variables = [...composeServices(result).values()].flatMap(
        ({ environment }) => environment?.REDISCLI_AUTH ?? [],
      );
      // Compose reads $$ as one dollar sign, and a single one as the start of a variable.
      const escaped = password.split("$").join("$$");
      expect(variables).toEqual(Array.from({ length: count }, () => escaped));
    }
  });

  test("a host name is chosen once, under the domain that the render was given", () => {
    const served = serveEnvironment("production", "k8s");
    const first = render(served, orders, { environment: { DNS_DOMAIN: "shop.example.com" } });
    const again = render(served, orders, { state: first.state });
    for (const { resources } of [first, again]) {
      const dns = resources.find(({ type }) => type === "dns");
      expect(dns?.outputs.get("host")).toMatch(/^[a-z-]+-[0-9a-f]{6}\.shop\.example\.com$/);
    }
    expect(again.text).toBe(first.text);
  });
});

describe("score/route in Compose", () => {
  const served = serveRecipe("score/route", "compose");
  const locations = (result: RenderResult) =>
    [...gateway(result).matchAll(/location (?:= )?(\S+) \{ set \$upstream "([^"]+)"/g)].map(
      ([, path, upstream]) => `${path} ${upstream}`,
    );

  test("all routes share one gateway", () => {
    const result = render(served, [routed("one", "/"), routed("two", "/two/")]);
    expect(locations(result)).toEqual(["/ one:8080", "/two two:8080", "/two/ two:8080"]);
    expect(
      [...composeServices(result).keys()].filter((name) => name.includes("gateway")),
    ).toHaveLength(1);
  });

  test("a resource that was renamed takes its old route's place", () => {
    const { state } = render(served, [routed("one", "/")]);
    expect(
      locations(render(served, [routed("one", "/", { resource: "again" })], { state })),
    ).toEqual(["/ one:8080"]);
  });

  test("routes of a workload that is gone are gone", () => {
    const { state } = render(served, [routed("one", "/"), routed("two", "/two")]);
    const workloads = new Map([...state.workloads].filter(([name]) => name === "two"));
    const result = render(served, [routed("two", "/two")], { state: { ...state, workloads } });
    expect(locations(result)).toEqual(["/two two:8080", "/two/ two:8080"]);
  });

  test.each([
    {
      name: "a route that another workload has",
      workloads: [routed("one", "/"), routed("two", "/")],
    },
    { name: "a port that the service has not", workloads: [routed("one", "/", { port: "81" })] },
  ])("refuses $name", ({ workloads }) => {
    expect(() => render(served, workloads)).toThrow(
      expect.objectContaining({ code: "provision_template_exec" }),
    );
  });

  test.each([
    { name: "a host that is none", workload: routed("one", "/", { host: "a;b" }) },
    { name: "a path that would break out", workload: routed("one", "/a {") },
  ])("refuses $name by its template, which the Score CLIs run, as well", ({ workload }) => {
    expect(() => render(withoutSchemas(served), [workload])).toThrow(
      expect.objectContaining({ code: "provision_template_exec" }),
    );
  });
});

describe("params that a recipe does not describe are refused, in every type and target", () => {
  const types = [...recipes].flatMap(([recipe, { metadata }]) =>
    TARGETS.flatMap((target) => {
      const served = serveRecipe(recipe, target);
      return [...metadata.resources.keys()]
        .filter((type) => served.provisioners.some((one) => one.type === type))
        .map((type) => ({ recipe, target, type, served }));
    }),
  );
  test.each(types)("$recipe, $target, $type", ({ type, served }) => {
    expect(refusedParams(served, type, "{nosuchparam: 1}")).toContain(
      "4 resources.it.params.nosuchparam",
    );
  });

  test.each([
    { recipe: "dapr/redis-state-store", type: "dapr-state-store", params: "{keyPrefix: ''}" },
    { recipe: "dapr/redis-state-store", type: "dapr-state-store", params: "{actorStateStore: 1}" },
    { recipe: "dapr/subscription", type: "dapr-subscription", params: "{topic: t}" },
    { recipe: "dapr/subscription", type: "dapr-subscription", params: "{pubsub: p, topic: ''}" },
    { recipe: "score/route", type: "route", params: "{port: 80}" },
    { recipe: "score/route", type: "route", params: "{port: 80, host: 'a;b'}" },
    { recipe: "score/route", type: "route", params: "{port: 80, host: h, path: '/a {'}" },
    { recipe: "score/route", type: "route", params: "{port: 80.5, host: h}" },
    { recipe: "score/route", type: "route", params: "{port: 2024-01-02, host: h}" },
  ])("$recipe, $type, $params", ({ recipe, type, params }) => {
    expect(refusedParams(serveRecipe(recipe, "compose"), type, params)).toHaveLength(1);
  });
});

describe("dapr/subscription", () => {
  test.each([{ params: "{topic: orders}" }, { params: "{pubsub: bus}" }, { params: "{}" }])(
    "refuses $params",
    ({ params }) => {
      const text = `apiVersion: score.dev/v1b1\nmetadata: {name: app}\ncontainers: {main: {image: "t:1"}}\nresources: {sub: {type: dapr-subscription, params: ${params}}}\n`;
      for (const target of TARGETS) {
        const served = serveRecipe("dapr/subscription", target);
        for (const [one, code] of [
          [served, "provision_params_schema"],
          [withoutSchemas(served), "provision_template_exec"],
        ] as const) {
          const refuse = () => render(one, [{ path: "score.yaml", text }]);
          expect(refuse).toThrow(expect.objectContaining({ code }));
        }
      }
    },
  );
});

/** As the stock Score CLIs see it. */
function withoutSchemas(served: Served): Served {
  return { ...served, provisioners: served.provisioners.map(({ schemas: _, ...one }) => one) };
}

/** Line and path of every problem that a resource of `type` with `params` has. */
function refusedParams(served: Served, type: string, params: string): string[] {
  const text = `apiVersion: score.dev/v1b1
metadata: {name: app}
containers: {main: {image: "t:1"}}
resources: {it: {type: ${type}, params: ${params}}}
`;
  const { code, problems } = refusal(() => render(served, [{ path: "score.yaml", text }]));
  expect(code).toBe("provision_params_schema");
  return problems.map(({ place }) => `${place?.line} ${place?.path}`);
}

/** An image with an exact version: PostgreSQL's have two numbers, all others three. */
const PINNED = /(?:^postgres:\d+\.\d+|:v?\d+\.\d+\.\d+)(?:-[a-z-]+)?$/;

function propertiesOf(schema: unknown): string[] {
  const { properties = {} } = (schema ?? {}) as { properties?: object };
  return Object.keys(properties).sort();
}

function faults(
  schema: Parameters<typeof compileJsonSchema>[0] | undefined,
  value: Parameters<typeof dataToJson>[0],
) {
  if (schema === undefined) return ["no schema"];
  return compileJsonSchema(schema)(dataToJson(value, [], []));
}

/** Params as templates saw them: the state keeps them as the Score file has them. */
function substituted(params: DataMap, state: ProjectState, workload: string): Data {
  const source = {
    state,
    resources: state.resources,
    environments: new Set<string>(),
    host: STILL_HOST,
  };
  return substituteData(params, scopeResolver(placeholderScope(source, workload, "immediate")));
}

/** What recipes add to the workloads' own services; the waiting service is Score's. */
function recipeServices(result: RenderResult) {
  return [...composeServices(result)].filter(
    ([name, { annotations }]) =>
      name !== "wait-for-resources" &&
      annotations?.["compose.score.dev/workload-name"] === undefined,
  );
}

function expectProbes(container: PodContainer): void {
  expect(container.livenessProbe).toBeDefined();
  expect(container.readinessProbe).toBeDefined();
  expectLimits(container);
}

function expectLimits({ resources }: PodContainer): void {
  const both = { cpu: expect.anything(), memory: expect.anything() };
  expect(resources).toEqual({ limits: both, requests: both });
}

function nameOf({ metadata }: { readonly metadata: { readonly name: string } }): string {
  return metadata.name;
}

function passwordsOf(state: ProjectState): string[] {
  return [...state.resources.values()].flatMap(({ state: own }) => {
    const password = own.get("password");
    const cookie = own.get("cookie");
    return [password, cookie].filter((text) => typeof text === "string");
  });
}

function withPasswords(state: ProjectState, password: string): ProjectState {
  const resources = [...state.resources].map(([uid, resource]) => {
    const own = resource.state.has("password")
      ? new Map([...resource.state, ["password", password] as const])
      : resource.state;
    return [uid, { ...resource, state: own }] as const;
  });
  return { ...state, resources: new Map(resources) };
}

function passwordsInSecrets(result: RenderResult): string[] {
  return manifests(result)
    .filter(({ kind }) => kind === "Secret")
    .map(({ data }) => Buffer.from(data?.password ?? "", "base64").toString());
}

function passwordsInFiles(result: RenderResult): string[] {
  return daprResources(result, "compose").flatMap((component) => {
    const password = settingsOf(component).get("redisPassword")?.value;
    return password === undefined ? [] : [password];
  });
}

function gateway(result: RenderResult): string {
  const file = result.files.find(({ path }) => path === "score-route/gateway.conf");
  return file === undefined ? "" : textOf(file.content);
}

function routed(
  workload: string,
  path: string,
  { resource = "route", port = "http", host = "shop.localhost" } = {},
): WorkloadInput {
  const text = `apiVersion: score.dev/v1b1
metadata: {name: ${workload}}
service: {ports: {http: {port: 80, targetPort: 8080}}}
containers: {main: {image: "t:1"}}
resources: {${resource}: {type: route, params: {host: "${host}", path: "${path}", port: ${port}}}}
`;
  return { path: `${workload}.yaml`, text };
}
