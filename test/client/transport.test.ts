import { describe, expect, test } from "vitest";
import { createTransport, jsonOf, pathOf } from "../../src/client/transport.js";
import { sendJson, serve } from "./loopback-server.js";

describe("a request", () => {
  test("carries method, query, token and JSON", async () => {
    const { url, seen } = await serve((_, response) => sendJson(response, 200, {}));
    const send = createTransport({ url, token: "t0ken" });
    await send({
      method: "PUT",
      path: pathOf("v1", "a b/c"),
      query: { x: 1, y: undefined, z: "ä&" },
      headers: { "If-Match": '"e"' },
      body: { a: 1 },
    });
    expect(seen[0]).toMatchObject({
      method: "PUT",
      url: "/v1/a%20b%2Fc?x=1&z=%C3%A4%26",
      body: '{"a":1}',
      headers: {
        authorization: "Bearer t0ken",
        "content-type": "application/json",
        "if-match": '"e"',
      },
    });
  });

  test("carries text as it is", async () => {
    const { url, seen } = await serve((_, response) => sendJson(response, 200, {}));
    await createTransport({ url })({ method: "POST", path: "/", body: "a: 1" });
    expect(seen[0]?.body).toBe("a: 1");
  });
});

test("a problem is thrown with the server's code, hint and problems", async () => {
  const { url } = await serve((_, response) =>
    sendJson(response, 409, {
      title: "Conflict",
      detail: "published with \u001b[31mother content",
      code: "publish_conflict",
      hint: "raise the version",
      problems: [{ code: "x", message: "y", place: { file: "f", line: 3, column: 1 } }],
    }),
  );
  await expect(createTransport({ url })({ path: "/" })).rejects.toMatchObject({
    name: "ServerProblem",
    status: 409,
    code: "publish_conflict",
    message: "published with \ufffd[31mother content",
    hint: "raise the version",
    problems: [{ code: "x", message: "y", place: { file: "f", line: 3, column: 1 } }],
  });
});

test.each([
  { name: "no JSON", body: "<html>" },
  { name: "JSON of another kind", body: '["x"]' },
  { name: "nothing", body: "" },
])("an error answer with $name is still an error", async ({ body }) => {
  const { url } = await serve((_, response) => response.writeHead(502).end(body));
  await expect(createTransport({ url })({ path: "/" })).rejects.toMatchObject({
    status: 502,
    code: "http_error",
  });
});

test("a redirect is not followed, so that no token goes elsewhere", async () => {
  const other = await serve((_, response) => sendJson(response, 200, {}));
  const { url } = await serve((_, response) =>
    response.writeHead(307, { location: `${other.url}/` }).end(),
  );
  await expect(createTransport({ url, token: "t" })({ path: "/" })).rejects.toMatchObject({
    code: "client_answer",
  });
  expect(other.seen).toEqual([]);
});

test("an answer without end is cut off", async () => {
  const { url } = await serve((_, response) => {
    const timer = setInterval(() => response.write("x".repeat(10_000)), 1);
    response.on("close", () => clearInterval(timer));
  });
  await expect(
    createTransport({ url, maxAnswerBytes: 50_000 })({ path: "/" }),
  ).rejects.toMatchObject({
    code: "client_answer_limit",
  });
});

test("an answer that does not come is given up", async () => {
  const { url } = await serve(() => {});
  await expect(createTransport({ url, timeoutSeconds: 0.1 })({ path: "/" })).rejects.toMatchObject({
    code: "client_timeout",
  });
});

test("a server that is not there is named", async () => {
  const { url } = await serve((_, response) => response.destroy());
  await expect(createTransport({ url })({ path: "/" })).rejects.toMatchObject({
    code: "client_unreachable",
    message: expect.stringContaining(url) as string,
  });
});

test.each([
  { name: "no URL", options: { url: "localhost" } },
  { name: "a path", options: { url: "https://example.com/docs" } },
  { name: "another scheme", options: { url: "ftp://example.com" } },
  { name: "a token in the URL", options: { url: "https://user:token@example.com" } },
  { name: "a token over plain HTTP", options: { url: "http://example.com", token: "t" } },
])("refuses $name", ({ options }) => {
  expect(() => createTransport(options)).toThrow(expect.objectContaining({ code: "client_url" }));
});

test("a request with secrets goes over plain HTTP to this machine alone", async () => {
  const { url, seen } = await serve((_, response) => sendJson(response, 200, {}));
  await createTransport({ url })({ path: "/", secret: true });
  expect(seen).toHaveLength(1);
  const sent: unknown[] = [];
  const send = createTransport({
    url: "http://registry.example",
    fetch: async (...args) => {
      sent.push(args);
      return new Response("{}");
    },
  });
  await send({ path: "/" });
  await expect(send({ path: "/", secret: true })).rejects.toMatchObject({ code: "client_url" });
  expect(sent).toHaveLength(1);
});

test("an answer that nests without end is refused", async () => {
  const body = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const { url } = await serve((_, response) => response.end(body));
  const answer = await createTransport({ url })({ path: "/" });
  expect(() => jsonOf(answer)).toThrow(expect.objectContaining({ code: "client_answer" }));
});
