/**
 * The story of the design over HTTP alone, against a fresh server: recipes are published, four
 * environments made, five services rendered in each, new versions promoted from development to
 * production, rolled back, and withdrawn. Each test goes on where the one before it ended.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishFolder, publishPackage } from "../../src/client/publish-folder.js";
import type { RenderJson } from "../helpers/rendering.js";
import { DATABASES } from "./databases.js";
import {
  accepted,
  type FreshRegistry,
  make,
  makeNamespace,
  makePublisherKey,
  type Refusal,
  startFreshRegistry,
} from "./fresh-registry.js";
import {
  catalogFolders,
  ENVIRONMENTS,
  type EnvironmentName,
  LISTS,
  NAMES,
  noticesOf,
  raisedRecipe,
  recipesFor,
  recipesOf,
  renderOrders,
  SERVICES,
  STORES,
  stateOf,
  targetOf,
} from "./story.js";

interface ReleaseJson {
  readonly release: {
    readonly number: number;
    readonly entries: readonly { readonly recipe: string; readonly version: string }[];
    readonly promotion?: { readonly environment: string; readonly number: number };
    readonly rollback?: { readonly number: number };
  };
  readonly status: "preview" | "current" | "waiting";
  readonly unchanged: boolean;
  readonly conflicts?: readonly { readonly code: string }[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly changes?: readonly {
    readonly recipe: string;
    readonly change: string;
    readonly before?: { readonly version: string };
    readonly after?: { readonly version: string };
    readonly diff?: {
      readonly files: readonly { readonly path: string; readonly diff?: string }[];
    };
  }[];
  readonly touched?: readonly { readonly workload: string; readonly resource: string }[];
  readonly recipes?: Readonly<Record<"shared" | "sourceOnly" | "targetOnly", readonly string[]>>;
}

/** What a new version changes; the stores of each environment are its own. */
const RAISED = ["dapr/subscription", "score/dns"];

describe.each(DATABASES)("the story on $name", (database) => {
  let registry: FreshRegistry;
  const key = makePublisherKey();
  /** By environment, as last rendered, and the project's state from then. */
  const renders = new Map<EnvironmentName, RenderJson>();
  const states = new Map<EnvironmentName, string>();

  beforeAll(async () => {
    registry = await startFreshRegistry(database);
  });
  afterAll(() => registry?.close());

  const cut = (environment: string, query = "") =>
    registry.alice.post(`/v1/environments/${environment}/releases${query}`);
  const promote = (environment: string, from: string, query = "") =>
    registry.alice.post(`/v1/environments/${environment}/promotions${query}`, { from });
  const rollBack = (environment: string, query = "") =>
    registry.alice.post(`/v1/environments/${environment}/rollback${query}`);
  const approve = ({ post }: FreshRegistry["bob"], number: number) =>
    post(`/v1/environments/production/releases/${number}/approvals`, { comment: "as agreed" });
  const combined = async (environment: EnvironmentName, query = "") => {
    const path = `/v1/environments/${environment}/${targetOf(environment)}/provisioners.yaml`;
    return accepted(await registry.anyone.get(path + query));
  };
  const renderAll = async (environments: readonly EnvironmentName[] = NAMES) => {
    for (const name of environments) {
      renders.set(name, await renderOrders(registry.anyone, name));
      states.set(name, await stateOf(registry.anyone, name));
    }
  };
  const rendered = (name: EnvironmentName): RenderJson => {
    const answer = renders.get(name);
    if (answer === undefined) throw new Error(`${name} was not rendered`);
    return answer;
  };

  test("the catalog is published into namespaces with keys", async () => {
    const { alice, anyone } = registry;
    for (const namespace of ["dapr", "score"]) await makeNamespace(alice, namespace, [key]);
    for (const folder of catalogFolders()) {
      expect(await publishFolder(alice.client, folder, key)).toMatchObject({ created: true });
    }
    const [folder = ""] = catalogFolders();
    expect(await publishFolder(alice.client, folder, key)).toMatchObject({ created: false });
    expect((await anyone.client.searchRecipes()).size).toBe(catalogFolders().length);
  });

  test("four environments share entry lists, and those that need no approval serve at once", async () => {
    const { alice, bob, anyone } = registry;
    for (const [name, list] of Object.entries(LISTS)) {
      await make(alice, `/v1/entry-lists/${name}`, list);
    }
    for (const name of NAMES) {
      await make(alice, `/v1/environments/${name}`, ENVIRONMENTS[name]);
      const { status, conflicts } = (await cut(name, "?preview=true")).json<ReleaseJson>();
      expect({ status, conflicts }).toEqual({ status: "preview", conflicts: [] });
      const answer = await cut(name);
      expect(answer.status).toBe(201);
      expect(answer.json()).toMatchObject({
        status: name === "production" ? "waiting" : "current",
      });
    }
    const list = (await anyone.get("/v1/entry-lists/platform")).json();
    expect(list).toMatchObject({ environments: [...NAMES].sort() });

    const early = await anyone.get("/v1/environments/production/k8s/provisioners.yaml");
    expect(early.json()).toMatchObject({ status: 404, code: "release_none" });
    expect((await approve(alice, 1)).json()).toMatchObject({ status: 409, code: "approval_own" });
    expect((await approve(bob, 1)).json()).toMatchObject({ current: true, needed: 1 });
  });

  test("the same five Score files render in each, with the stores of each", async () => {
    await renderAll();
    for (const name of NAMES) {
      for (const [type, recipe] of Object.entries(STORES[name])) {
        expect([name, type, recipesFor(rendered(name), type)]).toEqual([name, type, [recipe]]);
      }
      const workloads = new Set(rendered(name).resources.flatMap((one) => one.workloads));
      expect([...workloads].sort()).toEqual(SERVICES);
      expect(noticesOf(rendered(name))).toEqual([]);
    }
  });

  test("new versions of shared recipes change nothing until a cut, which a preview shows", async () => {
    const { alice } = registry;
    const before = await combined("development");
    for (const name of RAISED) {
      const recipe = await raisedRecipe(name, "1.1.0");
      expect(await publishPackage(alice.client, recipe, key)).toMatchObject({ created: true });
    }
    expect((await combined("development")).bytes).toEqual(before.bytes);

    const preview = accepted(await cut("development", "?preview=true")).json<ReleaseJson>();
    expect(preview).toMatchObject({ status: "preview", conflicts: [], unchanged: false });
    const changed = preview.changes?.filter(({ change }) => change === "changed") ?? [];
    expect(changed.map((one) => [one.recipe, one.before?.version, one.after?.version])).toEqual(
      RAISED.map((name) => [name, "1.0.0", "1.1.0"]),
    );
    for (const { diff } of changed) {
      const file = diff?.files.find(({ path }) => path === "k8s.provisioners.yaml");
      expect(file?.diff).toContain("\n+  description: As of 1.1.0.\n");
    }
    const touched = new Set(preview.touched?.map(({ resource }) => resource.split(".")[0]));
    expect([...touched].sort()).toEqual(["dapr-subscription", "dns"]);

    expect((await cut("development")).json()).toMatchObject({ status: "current" });
    expect((await combined("development")).bytes).not.toEqual(before.bytes);
    await renderAll(["development"]);
    expect(recipesOf(rendered("development"))).toEqual({
      ...{ "dapr/redis-state-store": "1.0.0", "dapr/redis-pubsub": "1.0.0" },
      ...{ "dapr/subscription": "1.1.0", "score/dns": "1.1.0", "score/route": "1.0.0" },
    });
  });

  test("versions come to production along the declared order only", async () => {
    const skipping = await promote("production", "development");
    expect(skipping.json()).toMatchObject({ status: 409, code: "promotion_order" });
    const reversed = await promote("staging", "production");
    expect(reversed.json()).toMatchObject({ status: 409, code: "promotion_order" });
    const around = (await cut("production")).json<Refusal>();
    expect(around).toMatchObject({ status: 409, code: "release_not_promoted" });
    expect(around.problems?.map(({ code, message }) => [code, message.split(" ")[0]])).toEqual(
      RAISED.map((name) => ["release_not_promoted", name]),
    );
  });

  test("staging takes the shared versions of development and keeps its own stores", async () => {
    const preview = accepted(await promote("staging", "development", "?preview=true"));
    expect(preview.json()).toMatchObject({
      ...{ status: "preview", conflicts: [] },
      recipes: {
        shared: ["dapr/subscription", "score/dns", "score/route"],
        sourceOnly: ["dapr/redis-pubsub", "dapr/redis-state-store"],
        targetOnly: ["dapr/postgresql-state-store", "dapr/rabbitmq-pubsub"],
      },
    });
    const promoted = await promote("staging", "development");
    expect(promoted.status).toBe(201);
    expect(promoted.json()).toMatchObject({
      status: "current",
      release: { number: 2, promotion: { environment: "development", number: 2 } },
    });
    await expectStoresKept("staging");
  });

  test("production serves a promotion once somebody else approved it", async () => {
    const { alice, bob, anyone } = registry;
    const before = await combined("production");
    const preview = accepted(await promote("production", "staging", "?preview=true"));
    expect(preview.json()).toMatchObject({ status: "preview", conflicts: [] });
    const waiting = await promote("production", "staging");
    expect(waiting.json()).toMatchObject({ status: "waiting", release: { number: 2 } });

    expect((await combined("production")).bytes).toEqual(before.bytes);
    const path = "/v1/environments/production";
    const asked = await anyone.get(`${path}/k8s/provisioners.yaml?release=2`);
    expect(asked.json()).toMatchObject({ status: 409, code: "release_waiting" });
    const render = await anyone.post(`${path}/render`, {
      workloads: [],
      target: "k8s",
      release: 2,
    });
    expect(render.json()).toMatchObject({ status: 409, code: "release_waiting" });
    expect((await anyone.get(`${path}/releases/current`)).json()).toMatchObject({ number: 1 });

    expect((await approve(alice, 2)).json()).toMatchObject({ status: 409, code: "approval_own" });
    expect((await approve(anyone, 2)).status).toBe(401);
    expect((await approve(bob, 2)).json()).toMatchObject({ current: true });
    expect((await approve(bob, 2)).json()).toMatchObject({ code: "release_not_waiting" });
    expect((await anyone.get(`${path}/releases/current`)).json()).toMatchObject({
      number: 2,
      actor: "alice",
      approvals: { needed: 1, given: [{ actor: "bob", comment: "as agreed" }] },
    });
    await expectStoresKept("production");
  });

  test("production goes back to the very bytes that it served before", async () => {
    const { bob } = registry;
    const first = await combined("production", "?release=1");
    expect((await combined("production")).bytes).not.toEqual(first.bytes);
    const preview = accepted(await rollBack("production", "?preview=true")).json<ReleaseJson>();
    const back = preview.changes?.filter(({ change }) => change === "changed") ?? [];
    expect(back.map((one) => [one.recipe, one.before?.version, one.after?.version])).toEqual(
      RAISED.map((name) => [name, "1.1.0", "1.0.0"]),
    );
    expect((await rollBack("production")).json()).toMatchObject({
      ...{ status: "waiting", release: { number: 3, rollback: { number: 1 } } },
    });
    expect((await approve(bob, 3)).json()).toMatchObject({ current: true });
    const served = await combined("production");
    expect(served.bytes).toEqual(first.bytes);
    expect(served.headers.etag).toBe(first.headers.etag);
    const { documents } = await renderOrders(registry.anyone, "production");
    expect(documents).not.toEqual(rendered("production").documents);
    expect(await stateOf(registry.anyone, "production")).toBe(states.get("production"));
  });

  test("a yanked version is told of everywhere, and what is served stays the same bytes", async () => {
    const { alice, anyone } = registry;
    const before = await combined("staging");
    const yank = await alice.post("/v1/recipes/score/dns/versions/1.1.0/yank", {
      ...{ reason: "gives names twice", successor: "score/dns@1.0.0" },
    });
    expect(accepted(yank).status).toBe(200);
    const told = "score/dns 1.1.0 is yanked: gives names twice; use score/dns@1.0.0 instead";

    const { warnings } = await renderOrders(anyone, "staging");
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: "version_yanked", message: told }),
    );
    const resolved = await anyone.get("/v1/environments/staging/resolve?type=dns&target=k8s");
    expect(accepted(resolved).text).toContain("gives names twice");
    expect((await anyone.client.searchRecipes({ q: "dns" })).get("score/dns")).toMatchObject({
      version: "1.0.0",
    });
    const served = await combined("staging");
    expect(served.bytes).toEqual(before.bytes);
    expect(served.headers.etag).toBe(before.headers.etag);

    const promotion = await promote("production", "staging", "?preview=true");
    expect(promotion.text).toContain("gives names twice");
    expect((await promote("production", "staging")).json()).toMatchObject({
      ...{ status: 409, code: "recipe_unresolved" },
    });
    const next = accepted(await cut("development", "?preview=true")).json<ReleaseJson>();
    expect(next.warnings).toContainEqual(
      expect.objectContaining({ code: "version_yanked", message: told }),
    );
    const dns = next.changes?.find(({ recipe }) => recipe === "score/dns");
    expect([dns?.before?.version, dns?.after?.version]).toEqual(["1.1.0", "1.0.0"]);
  });

  /** Renders again: the raised recipes are new, and all that the stores made is as it was, with the state. */
  async function expectStoresKept(name: EnvironmentName): Promise<void> {
    const [before, state] = [rendered(name), states.get(name)];
    await renderAll([name]);
    const after = rendered(name);
    expect(recipesOf(after)).toEqual({
      ...recipesOf(before),
      ...{ "dapr/subscription": "1.1.0", "score/dns": "1.1.0" },
    });
    expect(states.get(name)).toBe(state);
    expect(others(after)).toEqual(others(before));
    expect(after.documents).not.toEqual(before.documents);
  }
});

/** All documents but the subscriptions, which the new version labels: Secrets with passwords among them. */
function others({ documents }: RenderJson) {
  return documents.filter(({ kind }) => kind !== "Subscription");
}
