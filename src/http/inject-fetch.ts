/**
 * `fetch` to an application of this process: past the network, so that neither HOST nor a proxy is
 * in the way, and through every hook and check of the application all the same.
 */
import type { App } from "./app.js";

/** What a client asks of `fetch`, answered by `app`; requests come from 127.0.0.1. */
export function injectFetch(app: App): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { pathname, search } = new URL(request.url);
    const answer = await app.inject({
      method: request.method as "GET" | "PUT" | "POST" | "DELETE",
      url: `${pathname}${search}`,
      headers: { host: new URL(request.url).host, ...Object.fromEntries(request.headers) },
      ...(request.body === null ? {} : { payload: Buffer.from(await request.arrayBuffer()) }),
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) {
      for (const part of [value].flat()) if (part !== undefined) headers.append(name, String(part));
    }
    const hasBody = answer.rawPayload.length > 0;
    return new Response(hasBody ? new Uint8Array(answer.rawPayload) : null, {
      status: answer.statusCode,
      headers,
    });
  };
}
