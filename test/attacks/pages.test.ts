/** Rows 29 and 38: what a browser would run, and requests that are too much, too long or too slow. */
import net from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cache, labels, publishAll, release, startWith } from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const SCRIPT = `<script>alert(1)</script><img src=x onerror="alert(1)"><a href="javascript:alert(1)">x</a>`;

describe.each(STORES)("on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [cache("1.0.0"), cache("1.0.1")]);
    const html = (version: string) => ({
      ...labels(version),
      name: "acme/html",
      metadata: `title: ${JSON.stringify(SCRIPT)}\ndescription: ${JSON.stringify(SCRIPT)}\n`,
      files: { ...labels().files, "README.md": `${SCRIPT}${version}\n` },
    });
    await publishAll(server, [html("1.0.0"), html("1.1.0")]);
    await release(server, "local", [{ recipe: "acme/html", range: "*" }]);
    const body = { reason: SCRIPT };
    await server.admin("/v1/recipes/acme/html/versions/1.1.0/deprecate", { method: "POST", body });
  });
  afterAll(() => server?.close());

  test.each([
    "/v1/recipes",
    "/v1/recipes?q=script",
    "/v1/recipes/acme/html",
    "/v1/recipes/acme/html/versions",
    "/v1/recipes/acme/html/versions/1.0.0",
    "/v1/recipes/acme/html/versions/1.0.0/files/README.md",
    "/v1/recipes/acme/html/versions/1.1.0/diff",
    "/v1/recipes/acme/%3Cscript%3E",
    "/v1/environments/local/compose/provisioners.yaml",
    "/v1/environments/local/compose/patches/acme-html-labels.tpl",
    "/v1/environments/local/resolve?type=%3Cscript%3E",
    "/%3Cscript%3Ealert(1)%3C/script%3E",
    "/openapi.json",
  ])("attack 29: %s is answered as nothing that a browser would run", async (path) => {
    const { headers } = await server.call(path, { headers: { accept: "text/html" } });
    expect(headers["content-type"]).toMatch(
      /^(application\/(problem\+)?json|application\/yaml|text\/plain); charset=utf-8$/,
    );
    expectGuarded(headers);
  });

  test("attack 29: a link that runs a script is no link of a recipe", async () => {
    for (const url of ["javascript:alert(1)", "data:text/html,x", "vbscript:x"]) {
      const links = `links: [{title: x, url: ${JSON.stringify(url)}}]\n`;
      const text = { ...labels("2.0.0"), name: "acme/links", metadata: links };
      await expect(async () => publishAll(server, [text])).rejects.toMatchObject({
        code: expect.stringMatching(/^recipe_metadata$|^recipe_check$/),
      });
    }
  });

  test("attack 29: /docs is the only page; it holds nothing of recipes and runs its own scripts alone", async () => {
    const page = await server.call("/docs/");
    expect(page.headers["content-type"]).toMatch(/^text\/html/);
    expectGuarded(page.headers);
    expect(page.headers["content-security-policy"]).not.toMatch(
      /script-src[^;]*'unsafe-(inline|eval)'/,
    );
    const description = await server.call("/docs/json");
    expect(description.text).not.toContain("alert(1)");
  });

  function expectGuarded(headers: Readonly<Record<string, unknown>>): void {
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["x-frame-options"]).toBe("SAMEORIGIN");
    expect(headers["content-security-policy"]).toContain("default-src 'self'");
    expect(headers["content-security-policy"]).toContain("script-src 'self'");
  }

  const LISTS = [
    "/v1/namespaces",
    "/v1/recipes",
    "/v1/recipes/acme/cache/versions",
    "/v1/environments",
    "/v1/entry-lists",
    "/v1/environments/local/releases",
    "/v1/usage",
    "/v1/tokens",
  ];
  const QUERIES = [
    "limit=0",
    "limit=-1",
    "limit=501",
    "limit=2147483647",
    "limit=2147483648",
    "limit=1e3",
    "limit=%00",
    "limit=1&limit=2",
    "cursor=last",
    "cursor=bjphAA",
    "cursor=bzotMQ",
    "cursor=bzo5OTk5OTk5OTk5OTk5OTk5",
    "cursor=%27%20or%201%3D1",
    `cursor=${"A".repeat(5000)}`,
    "page=2",
  ];
  test.each(LISTS)(
    "attack 38: %s has bounded pages and takes no other cursor than its own",
    async (path) => {
      for (const query of QUERIES) {
        const reply = await server.admin(`${path}?${query}`);
        expect([query, reply.status]).toEqual([query, 400]);
        expect(reply.headers["content-type"]).toContain("application/problem+json");
      }
      expect((await server.admin(`${path}?limit=500`)).status).toBe(200);
    },
  );

  describe("a socket", () => {
    const GIBIBYTE = 1024 ** 3;
    const start = "HTTP/1.1\r\nhost: localhost\r\n";
    test("attack 38: whose header has no end is 431", async () => {
      const { answer, sent } = await speak(
        server,
        `GET / ${start}x: `,
        "x".repeat(16 * 1024),
        GIBIBYTE,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 431 /);
      expect(answer).toContain("http_headers_too_large");
      expect(sent).toBeLessThan(16 * 1024 ** 2);
    });

    test.each([
      ["PUT", "/v1/namespaces/wide"],
      ["PUT", "/v1/recipes/acme/cache/versions/9.9.9"],
      ["POST", "/v1/environments/local/render?target=compose"],
      ["PUT", "/v1/projects/wide/environments/local/state?target=compose"],
    ])(
      "attack 38: that announces a body of 1 GiB for %s %s is 413, before it is sent",
      async (method, path) => {
        const headers = `authorization: Bearer ${server.token}\r\ncontent-type: application/json\r\ncontent-length: ${GIBIBYTE}\r\n\r\n`;
        const { answer } = await speak(server, `${method} ${path} ${start}${headers}`);
        expect(answer).toMatch(/^HTTP\/1\.1 413 /);
        expect(answer).toContain("http_body_too_large");
      },
    );

    test("attack 38: that sends a body without end in chunks is cut off", async () => {
      const headers = `authorization: Bearer ${server.token}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
      const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
      const opening = `PUT /v1/namespaces/wide ${start}${headers}`;
      const { answer, sent } = await speak(server, opening, chunk, GIBIBYTE);
      // Who sends on may get the reset before the answer.
      expect(answer).toMatch(/^(HTTP\/1\.1 413 |$)/);
      expect(sent).toBeLessThan(64 * 1024 ** 2);
    });

    test.each([
      ["two lengths", "content-length: 1\r\ncontent-length: 2\r\n\r\nx"],
      ["a length and chunks", "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
      ["a folded header", "x: a\r\n b: c\r\n\r\n"],
      ["a bare line feed", "x: a\nb: c\r\n\r\n"],
    ])(
      "attack: whose request has %s is 400, and the request hidden behind it is not read",
      async (_name, rest) => {
        const hidden = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
        const { answer } = await speak(server, `POST /v1/recipes ${start}${rest}${hidden}`);
        expect(answer.match(/^HTTP\/1\.1 \d+/gm)?.map((line) => line.slice(9))).toEqual(["400"]);
      },
    );
  });
});

/** Sends the opening, then `more` again and again until there is an answer or the end, `limit` bytes at most. */
function speak(
  server: TestServer,
  opening: string,
  more = "",
  limit = 0,
): Promise<{ readonly answer: string; readonly sent: number }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sent = opening.length;
    const socket = net.connect(Number(port), hostname, () => socket.write(opening, send));
    const send = () => {
      if (more === "" || sent >= limit || chunks.length > 0 || !socket.writable) return;
      sent += more.length;
      socket.write(more, send);
    };
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      // Who kept the connection open would wait; what came after the first answer counts as well.
      setTimeout(() => socket.destroy(), 300);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (!["ECONNRESET", "EPIPE"].includes(error.code ?? "")) reject(error);
    });
    socket.once("close", () => resolve({ answer: Buffer.concat(chunks).toString("utf8"), sent }));
  });
}
