/** SIGTERM and SIGINT: requests in flight get their whole answer, new ones are refused, exit code 0. */
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { expect, test } from "vitest";
import { scoreFile, smallContent } from "./content.js";
import { DATABASES } from "./databases.js";
import { emptyFolder, startService, until } from "./service-process.js";

const WORKLOADS = 30;

test.for([
  { signal: "SIGTERM", database: DATABASES[0] },
  { signal: "SIGINT", database: DATABASES[1] },
] as const)(
  "ends on $signal once the requests in flight are answered, on $database.name",
  async ({ signal, database }) => {
    const folder = await emptyFolder();
    const settings = { ...(await database?.settings(folder)), ...(await smallContent(folder)) };
    const service = await startService(settings, folder);
    const render = `${service.url}/v1/environments/local/render?target=compose`;

    // Renders run, one request has still to be sent in full, one connection idles.
    const workloads = Array.from({ length: WORKLOADS }, (_, i) => ({ score: scoreFile(`w${i}`) }));
    const renders = await Promise.all(
      [1, 2, 3].map(async (n) => {
        const request = await openRequest(render, "application/json");
        request.end(JSON.stringify({ workloads, project: `p${n}` }));
        return readAnswer(request);
      }),
    );
    const text = scoreFile("slow");
    const slow = await openRequest(render, "text/yaml");
    slow.write(text.slice(0, 50));
    const agent = new http.Agent({ keepAlive: true });
    await readAnswer(http.get(`${service.url}/healthz`, { agent })).answer;

    service.signal(signal);
    await until(service, () => refusesConnections(service.url));
    for (const { answer } of renders) {
      expect(await answer).toMatchObject({
        status: 200,
        body: { resources: { length: WORKLOADS } },
      });
    }
    slow.end(text.slice(50));
    expect(await readAnswer(slow).answer).toMatchObject({
      status: 200,
      body: { target: "compose" },
    });
    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(service.stderr()).toBe("");
    agent.destroy();
  },
);

/** A POST whose head the service has taken, which it says with 100 Continue; the body follows. */
async function openRequest(url: string, type: string): Promise<http.ClientRequest> {
  const headers = { "content-type": type, expect: "100-continue" };
  const request = http.request(url, { method: "POST", headers });
  request.flushHeaders();
  await once(request, "continue");
  return request;
}

/** The answer to come; wrapped, because waiting for a promise waits for what it promises too. */
function readAnswer(request: http.ClientRequest): {
  readonly answer: Promise<{ status: number | undefined; body: unknown }>;
} {
  const read = async () => {
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    const body = Buffer.concat(await response.toArray()).toString();
    return { status: response.statusCode, body: JSON.parse(body) as unknown };
  };
  return { answer: read() };
}

function refusesConnections(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname);
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", () => resolve(true));
  });
}
