/**
 * One HTTP request as it is written, on node:http: unlike fetch it sends any `Host`, keeps `..` in
 * paths and does not decode the answer.
 */
import http from "node:http";

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is bytes or text. */
  readonly body?: unknown;
  /** Sent as a Bearer token. */
  readonly token?: string | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** The body as JSON, in the shape that the test expects it to have. */
  json<T = unknown>(): T;
}

/** Sends the request and reads the whole answer, whatever its status. */
export function call(url: string, path: string, options: Call = {}): Promise<Reply> {
  const { method = "GET", body, token } = options;
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const payload = body === undefined || isRaw ? body : JSON.stringify(body);
  const { hostname, port } = new URL(url);
  const headers = {
    ...(body === undefined || isRaw ? {} : { "content-type": "application/json" }),
    ...(payload === undefined ? {} : { "content-length": String(Buffer.byteLength(payload)) }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path, method, headers, agent: false });
    request.once("error", reject);
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString("utf8");
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, headers: answered, bytes, text, json: <T>() => JSON.parse(text) as T });
      });
    });
    request.end(payload);
  });
}
