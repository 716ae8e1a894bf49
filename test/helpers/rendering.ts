/** What a render answers as JSON, and how tests ask for one. */
import type { Reply } from "./call.js";
import type { TestServer } from "./server.js";

export interface RenderJson {
  readonly documents: readonly Record<string, unknown>[];
  readonly environment: string;
  readonly target: string;
  readonly release: { readonly number: number; readonly digest: string };
  readonly files: readonly {
    readonly path: string;
    readonly mode: string;
    readonly base64: string;
  }[];
  readonly emptyDirectories: readonly string[];
  readonly infoLogs: readonly { readonly resource: string; readonly text: string }[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly notes: readonly { readonly code: string; readonly message: string }[];
  readonly resources: readonly {
    readonly uid: string;
    readonly type: string;
    readonly class: string;
    readonly id: string;
    readonly workloads: readonly string[];
    readonly provisioner: string;
    readonly recipe?: {
      readonly name: string;
      readonly version: string;
      readonly digest: string;
    };
    readonly outputs: Readonly<Record<string, unknown>>;
  }[];
  readonly removals: readonly { readonly path: string; readonly directory: boolean }[];
  readonly workloads: readonly string[];
  readonly text?: string;
  readonly manifests?: readonly { readonly path: string; readonly text: string }[];
  readonly state?: string;
  readonly stateRevision?: number;
}

/** Asks for a render by a JSON request. */
export function askRender(
  server: TestServer,
  environment: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const path = `/v1/environments/${environment}/render`;
  return server.call(path, { method: "POST", body, headers });
}

/** The answer of a render that has to succeed. */
export async function rendered(
  server: TestServer,
  environment: string,
  body: object,
): Promise<RenderJson> {
  const reply = await askRender(server, environment, body);
  if (reply.status !== 200) throw new Error(`${reply.status}: ${reply.text}`);
  return reply.json<RenderJson>();
}

/** The one password in the files of a Compose render, as the recipe `acme/cache` writes it. */
export function passwordsIn(answer: RenderJson): string[] {
  return answer.files.flatMap(({ base64 }) => {
    const text = Buffer.from(base64, "base64").toString("utf8");
    return /^requirepass (\S+)$/m.exec(text)?.slice(1) ?? [];
  });
}
