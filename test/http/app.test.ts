import net from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeNamespace, publishAll, queue, release } from "../helpers/recipes.js";
import { startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const PUBLIC_URL = "https://backbar.example.com";

describe.each(STORES)("the application on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(kind, { publicUrl: PUBLIC_URL });
    await makeNamespace(server, "acme");
    await publishAll(server, [queue()]);
    await release(server, "local", [{ recipe: "acme/queue", range: "*" }]);
  });
  afterAll(() => server?.close());

  const port = () => new URL(server.url).port;

  describe("access without a token", () => {
    test.each<[string, (port: string) => Record<string, string>]>([
      ["localhost", (port) => ({ host: `localhost:${port}` })],
      ["127.0.0.1", (port) => ({ host: `127.0.0.1:${port}` })],
      ["[::1]", (port) => ({ host: `[::1]:${port}` })],
      ["LOCALHOST", () => ({ host: "LOCALHOST" })],
      ["PUBLIC_URL", () => ({ host: "backbar.example.com" })],
      [
        "a page of its own",
        (port) => ({ host: `localhost:${port}`, origin: `http://localhost:${port}` }),
      ],
      [
        "a page of PUBLIC_URL",
        () => ({ host: "backbar.example.com", origin: "https://backbar.example.com" }),
      ],
    ])("is given to %s", async (_name, headers) => {
      const reply = await server.call("/v1/recipes", { headers: headers(port()) });
      expect(reply.status).toBe(200);
    });

    test.each<[string, Record<string, string>, number, string]>([
      ["another Host (DNS rebinding)", { host: "evil.example" }, 403, "http_host_refused"],
      ["a Host that begins alike", { host: "localhost.evil.example" }, 403, "http_host_refused"],
      ["an address of a network", { host: "10.0.0.1:8080" }, 403, "http_host_refused"],
      ["another Origin", { origin: "https://evil.example" }, 403, "http_origin_refused"],
      ["the Origin null", { origin: "null" }, 403, "http_origin_refused"],
      ["another port as Origin", { origin: "http://localhost:1" }, 403, "http_origin_refused"],
      ["X-Forwarded-For", { "x-forwarded-for": "127.0.0.1" }, 401, "http_token_required"],
      ["Forwarded", { forwarded: "for=127.0.0.1" }, 401, "http_token_required"],
    ])("is refused with %s", async (_name, headers, status, code) => {
      for (const path of ["/v1/recipes", "/v1/environments/local/render", "/docs", "/nothing"]) {
        const method = path.endsWith("render") ? "POST" : "GET";
        const reply = await server.call(path, { method, headers });
        expect({ path, status: reply.status, ...reply.json<object>() }).toMatchObject({
          path,
          status,
          code,
        });
        expect(reply.headers["www-authenticate"] === undefined).toBe(status !== 401);
      }
    });
  });

  describe("a token", () => {
    const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;
    test.each<[string, (token: string) => string]>([
      ["Bearer", (token) => `Bearer ${token}`],
      ["bearer", (token) => `bearer ${token}`],
      ["Basic, as the password of anyone", (token) => basic(`x:${token}`)],
    ])("is taken as %s, from anywhere", async (_name, header) => {
      const headers = {
        authorization: header(server.token),
        host: "elsewhere.example",
        origin: "https://elsewhere.example",
        "x-forwarded-for": "192.0.2.1",
      };
      expect((await server.call("/v1/recipes", { headers })).status).toBe(200);
    });

    test.each(["Bearer wrong", "Bearer ", "Basic !!!", basic("x:"), "Digest x", "x"])(
      "that is wrong is refused, on loopback as well: %s",
      async (authorization) => {
        const reply = await server.call("/v1/recipes", { headers: { authorization } });
        expect(reply.json()).toMatchObject({ status: 401, code: "http_token_invalid" });
        expect(reply.text).not.toContain("wrong");
      },
    );
  });

  describe("an error", () => {
    test.each<[string, string, number, string]>([
      ["GET", "/nothing", 404, "http_not_found"],
      ["POST", "/v1/recipes", 405, "http_method"],
      ["DELETE", "/v1/recipes/acme/queue/versions/1.0.0", 405, "version_delete"],
      ["GET", "/v1/recipes/%zz", 400, "http_request_invalid"],
      ["GET", "/v1/recipes/acme/queue/versions/1.0.0/files/%zz", 400, "http_request_invalid"],
      ["GET", "/v1/recipes/a%00b/queue", 400, "http_request_invalid"],
      ["GET", "/v1/recipes?q=%00", 400, "http_request_invalid"],
      ["GET", `/v1/environments/${"x".repeat(600)}`, 400, "http_request_invalid"],
      ["GET", "/v1/recipes?limit=1&limit=2", 400, "http_request_invalid"],
      ["GET", "/v1/recipes?nosuch=1", 400, "http_request_invalid"],
      ["GET", "/v1/recipes?__proto__=1", 400, "http_request_invalid"],
    ])("of %s %s is problem details", async (method, path, status, code) => {
      const reply = await server.call(path, { method });
      expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({
        type: "about:blank",
        status,
        code,
        title: expect.any(String),
        detail: expect.any(String),
        instance: `urn:uuid:${reply.headers["x-request-id"]}`,
      });
      expect(reply.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
      expect(reply.text).not.toMatch(/node_modules|\bat .*\.(ts|js)/);
    });

    test.each<[string, string, string | undefined]>([
      ["POST", "/v1/recipes", "GET, HEAD"],
      ["TRACE", "/v1/recipes?limit=1", "GET, HEAD"],
      ["QUERY", "/v1/recipes/acme/queue", "GET, HEAD"],
      ["PATCH", "/v1/namespaces/nobody-made-it", "DELETE, GET, HEAD, PUT"],
      ["PUT", "/v1/recipes/acme/queue/versions/1.0.0/files/a/b", "GET, HEAD"],
      ["OPTIONS", "/v1/environments/local/render", "POST"],
      ["POST", "/v1/recipes/acme/queue/versions/1.0.0", "GET, HEAD, PUT"],
      ["DELETE", "/v1/recipes/acme/queue/versions/1.0.0", "GET, HEAD, PUT"],
      ["GET", "/v1/environments/local/render", "POST"],
      ["POST", "/healthz", "GET, HEAD"],
      ["POST", "/v1/recipes/", undefined],
      ["POST", "/v1/recipes//queue", undefined],
      ["POST", "/v1/recipes/acme/queue/versions/1.0.0/files", undefined],
    ])("of %s %s tells the methods that the path takes: %s", async (method, path, allow) => {
      const reply = await server.call(path, { method });
      expect(reply.headers.allow).toBe(allow);
      expect(reply.json()).toMatchObject({ status: allow === undefined ? 404 : 405 });
    });

    test("of a method that a path does not take comes after the question who asks", async () => {
      const headers = { host: "evil.example" };
      const reply = await server.call("/v1/recipes", { method: "POST", headers });
      expect(reply.json()).toMatchObject({ code: "http_host_refused" });
      expect(reply.headers.allow).toBeUndefined();
    });

    test("of bytes that are no HTTP is problem details", async () => {
      const answer = await sendRaw(
        server,
        "GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
      );
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain("application/problem+json");
    });

    test("of headers beyond all bounds is problem details", async () => {
      const answer = await sendRaw(
        server,
        `GET / HTTP/1.1\r\nHost: localhost\r\nx: ${"x".repeat(100_000)}\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 431 /);
      expect(answer).toContain("application/problem+json");
    });

    test("of an empty Host is the refusal of any other", async () => {
      const answer = await sendRaw(server, "GET /v1/recipes HTTP/1.1\r\nHost:\r\n\r\n");
      expect(answer).toContain("http_host_refused");
    });

    test.each([
      ["PUT", "/v1/environments/wide", 13 * 1024 * 1024],
      ["PUT", "/v1/recipes/acme/queue/versions/9.9.9", 13 * 1024 * 1024],
      ["PUT", "/v1/namespaces/wide", 13 * 1024 * 1024],
    ])("of a body too large for %s %s is a 413", async (method, path, size) => {
      const reply = await server.admin(path, { method, body: { x: "x".repeat(size) } });
      expect(reply.json()).toMatchObject({ status: 413, code: "http_body_too_large" });
    });

    test("of an unknown field in a body names it", async () => {
      const body = { publisherKeys: [], publisherKey: "x" };
      const reply = await server.admin("/v1/namespaces/faulty", { method: "PUT", body });
      expect(reply.json()).toMatchObject({
        status: 400,
        code: "http_request_invalid",
        problems: [{ message: expect.stringContaining("publisherKey") }],
      });
    });
  });

  describe("a request that did not come from this machine", () => {
    test.each([
      ["forwarded", "for=10.0.0.1"],
      ["via", "1.1 proxy"],
      ["x-forwarded-for", "10.0.0.1"],
      ["x-forwarded-proto", "https"],
      ["x-real-ip", "10.0.0.1"],
    ])("is known by its %s and needs a token", async (name, value) => {
      const reply = await server.call("/v1/recipes", { headers: { [name]: value } });
      expect(reply.json()).toMatchObject({ status: 401, code: "http_token_required" });
    });

    test("cannot hide behind a user name in its Host", async () => {
      const reply = await server.call("/v1/recipes", {
        headers: { host: "localhost:8080@example.com" },
      });
      expect(reply.json()).toMatchObject({ status: 403, code: "http_host_refused" });
    });
  });

  describe("readiness", () => {
    test("is said by /readyz", async () => {
      expect((await server.call("/healthz")).json()).toEqual({ status: "ok" });
      expect((await server.call("/readyz")).json()).toEqual({ status: "ok" });
    });

    test("and metrics are open to every address", async () => {
      const headers = { host: "10.0.0.7:8080", "x-forwarded-for": "10.0.0.1" };
      for (const path of ["/healthz", "/readyz", "/metrics"]) {
        expect((await server.call(path, { headers })).status).toBe(200);
      }
      const metrics = (await server.call("/metrics")).text;
      expect(metrics).toContain("backbar_http_request_duration_seconds");
      expect(metrics).not.toContain("acme");
    });
  });

  describe("the API document", () => {
    interface Operation {
      readonly responses: Record<string, unknown>;
      readonly security: readonly object[];
    }
    interface OpenApi {
      readonly openapi: string;
      readonly paths: Record<string, Record<string, Operation>>;
    }

    test("is served at /openapi.json and says every route and how it fails", async () => {
      const reply = await server.call("/openapi.json");
      expect(reply.status).toBe(200);
      const { openapi, paths } = reply.json<OpenApi>();
      expect(openapi).toBe("3.1.0");
      expect(Object.keys(paths)).toEqual(
        expect.arrayContaining([
          "/v1/recipes",
          "/v1/environments/{environment}/render",
          "/v1/environments/{environment}/{target}/provisioners.yaml",
          "/v1/usage",
        ]),
      );
      for (const operations of Object.values(paths)) {
        for (const { responses } of Object.values(operations)) {
          expect(responses).toHaveProperty("default");
        }
      }
    });

    test.each<[string, string, readonly string[][]]>([
      ["get", "/metrics", []],
      ["get", "/v1/recipes", [[], ["token"], ["basic"]]],
      ["put", "/v1/environments/{environment}", [["token"], ["basic"]]],
      [
        "get",
        "/v1/recipes/{namespace}/{name}/versions/{version}/files/{path}",
        [[], ["token"], ["basic"]],
      ],
    ])("says of %s %s who may ask", async (method, path, names) => {
      const { paths } = (await server.call("/openapi.json")).json<OpenApi>();
      expect(paths[path]?.[method]?.security.map(Object.keys)).toEqual(names);
    });

    test("has a page to read it at /docs", async () => {
      const reply = await server.call("/docs/");
      expect(reply.status).toBe(200);
      expect(reply.headers["content-security-policy"]).toBeDefined();
    });
  });

  test("says who it is", async () => {
    const { keys } = server.registry;
    const discovery = (await server.call("/.well-known/backbar.json")).json();
    expect(discovery).toMatchObject({
      name: "backbar",
      origin: expect.stringMatching(/^backbar\/[0-9a-f]{16}$/),
      root: { fingerprint: keys.root.publicKey.fingerprint },
      localKeys: true,
    });
    const jwks = (await server.call("/.well-known/jwks.json")).json<{
      keys: Record<string, unknown>[];
    }>();
    expect(jwks.keys.map(({ kty }) => kty).sort()).toEqual(["EC", "OKP"]);
    for (const key of jwks.keys) expect(key).not.toHaveProperty("d");
  });
});

/** Sends bytes as they are; returns what comes back until the server closes. */
function sendRaw(server: TestServer, bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => socket.end(bytes));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.once("error", reject);
    socket.once("close", () => resolve(Buffer.concat(chunks).toString("utf8")));
  });
}
