import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changeRegistry } from "../../src/flows/log.js";
import { putNotice } from "../../src/store/notices.js";
import { cache, makeNamespace, publishAll, queue, release } from "../helpers/recipes.js";
import { startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

interface Answer {
  readonly targets: readonly {
    readonly match?: Candidate;
    readonly candidates: readonly Candidate[];
  }[];
}

interface Candidate {
  readonly recipe: { readonly version: string; readonly digest: string };
  readonly notices: readonly object[];
}

describe.each(STORES)("on $name", (store) => {
  let server: TestServer;
  const ask = (headers: Record<string, string> = {}) =>
    server.call("/v1/environments/dev/resolve?type=cache&target=compose", { headers });

  beforeAll(async () => {
    server = await startServer(store);
    await makeNamespace(server, "acme");
    await publishAll(server, [cache("1.0.0"), cache("1.1.0"), queue()]);
    await release(server, "dev", [
      { recipe: "acme/cache", range: "1.0.0" },
      { recipe: "acme/cache", range: "1.1.0" },
    ]);
  });
  afterAll(() => server.close());

  test("an answer that the client has is not sent again", async () => {
    const first = await ask();
    expect(first.headers).toMatchObject({
      "cache-control": "no-cache",
      "content-type": "application/json; charset=utf-8",
      etag: expect.stringMatching(/^"sha256:[0-9a-f]{64}"$/),
    });
    const again = await ask({ "if-none-match": first.headers.etag ?? "" });
    expect([again.status, again.text]).toEqual([304, ""]);
    expect(again.headers.etag).toBe(first.headers.etag);
    expect((await ask({ "if-none-match": '"sha256:0"' })).status).toBe(200);
  });

  test("notices of a version stand with its candidates, as soon as they are given", async () => {
    const before = await ask();
    const notices = (answer: Answer) =>
      answer.targets[0]?.candidates.map((candidate) => candidate.notices);
    expect(notices(before.json<Answer>())).toEqual([[], []]);
    const digest = before.json<Answer>().targets[0]?.match?.recipe.digest ?? "";
    const at = new Date("2031-05-06T07:08:09.000Z");
    await changeRegistry(server.registry, (tx) =>
      putNotice(tx, {
        recipe: "acme/cache",
        version: "1.0.0",
        kind: "yanked",
        digest,
        reason: "loses keys",
        successor: "acme/cache@1.1.0",
        actor: "admin",
        at,
        logIndex: 0,
      }),
    );
    const after = await ask({ "if-none-match": before.headers.etag ?? "" });
    expect(after.status).toBe(200);
    const notice = {
      kind: "yanked",
      reason: "loses keys",
      successor: "acme/cache@1.1.0",
      at: at.toISOString(),
    };
    expect(notices(after.json<Answer>())).toEqual([[notice], []]);
    expect(after.json<Answer>().targets[0]?.match).toMatchObject({
      recipe: { version: "1.0.0" },
      notices: [notice],
    });
    const again = await ask({ "if-none-match": after.headers.etag ?? "" });
    expect(again.status).toBe(304);
  });

  test("the answer is of the new release as soon as it is cut", async () => {
    const version = async () => (await ask()).json<Answer>().targets[0]?.match?.recipe.version;
    expect(await version()).toBe("1.0.0");
    const etag = (await server.client.findEnvironment("dev"))?.etag ?? "";
    const definition = { entries: [{ recipe: "acme/cache", range: "1.1.0" }] };
    await server.client.putEnvironment("dev", definition, { ifMatch: etag });
    await server.client.cutRelease("dev");
    expect(await version()).toBe("1.1.0");
  });
});
