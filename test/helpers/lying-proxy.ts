/** A proxy before a registry that changes what it answers: a registry that lies to one of its clients. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { call } from "./call.js";

export interface LyingProxy {
  readonly url: string;
  /** Changes the body of answers whose path (with its query) holds `part`; undefined: 404. */
  lie(part: string, change: (body: Buffer) => Buffer | string | undefined): void;
  /** Sends requests whose path holds `part` to another registry. */
  divert(part: string, url: string): void;
  /** Is honest again. */
  repent(): void;
  close(): Promise<void>;
}

export async function startLyingProxy(target: string): Promise<LyingProxy> {
  let lies: { part: string; change: (body: Buffer) => Buffer | string | undefined }[] = [];
  let diversions: { part: string; url: string }[] = [];
  const server = http.createServer((request, response) => {
    void (async () => {
      const path = request.url ?? "/";
      const url = diversions.find(({ part }) => path.includes(part))?.url ?? target;
      const { authorization, accept } = request.headers;
      const reply = await call(url, path, {
        method: request.method ?? "GET",
        headers: {
          ...(authorization === undefined ? {} : { authorization }),
          ...(accept === undefined ? {} : { accept }),
        },
      });
      const lie = lies.find(({ part }) => path.includes(part));
      const body = lie === undefined ? reply.bytes : lie.change(reply.bytes);
      if (body === undefined) {
        response.writeHead(404, { "content-type": "application/problem+json" });
        response.end(JSON.stringify({ status: 404, code: "http_not_found", detail: "gone" }));
        return;
      }
      const type = reply.headers["content-type"] ?? "application/octet-stream";
      response.writeHead(reply.status, { "content-type": type });
      response.end(body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    lie: (part, change) => {
      lies.push({ part, change });
    },
    divert: (part, url) => {
      diversions.push({ part, url });
    },
    repent: () => {
      lies = [];
      diversions = [];
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Changes the JSON of a body, which is taken for a `T`. */
export function changeJson<T>(change: (value: T) => unknown): (body: Buffer) => string {
  return (body) => {
    const value = JSON.parse(body.toString("utf8"));
    change(value);
    return JSON.stringify(value);
  };
}
