/** Clients that send requests one after the other over kept connections, and how long each took. */
import http from "node:http";

export interface Load {
  readonly count: number;
  readonly clients: number;
}

/** Times of requests, and of all of them together. */
export class Sample {
  /** Of single requests, ascending. */
  private readonly timesMs: Float64Array;
  private readonly totalMs: number;

  /** `timesMs` of single requests; `totalMs` from the first request to the last answer. */
  constructor(timesMs: Float64Array, totalMs: number) {
    this.timesMs = timesMs.slice().sort();
    this.totalMs = totalMs;
  }

  get count(): number {
    return this.timesMs.length;
  }

  quantileMs(quantile: number): number {
    const at = Math.ceil(quantile * this.timesMs.length) - 1;
    return this.timesMs[Math.max(0, at)] ?? Number.NaN;
  }

  perSecond(): number {
    return (this.timesMs.length / this.totalMs) * 1000;
  }

  /** Both, one after the other. */
  plus(other: Sample): Sample {
    const times = new Float64Array([...this.timesMs, ...other.timesMs]);
    return new Sample(times, this.totalMs + other.totalMs);
  }
}

/** POSTs `load.count` JSON bodies, each made by `body`; an answer other than 200 ends it. */
export async function send(url: URL, body: () => string, load: Load): Promise<Sample> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: load.clients });
  const times = new Float64Array(load.count);
  let next = 0;
  const client = async () => {
    for (let i = next++; i < load.count; i = next++) {
      const content = body();
      const start = performance.now();
      await post(url, content, agent);
      times[i] = performance.now() - start;
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: load.clients }, client));
  const total = performance.now() - start;
  agent.destroy();
  return new Sample(times, total);
}

/** The body of the answer to one JSON request. */
export function post(url: URL, body: string, agent?: http.Agent): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    const options = { method: "POST", headers, ...(agent === undefined ? {} : { agent }) };
    const request = http.request(url, options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        const content = Buffer.concat(chunks);
        if (answer.statusCode === 200) resolve(content);
        else reject(new Error(`${answer.statusCode}: ${content.toString()}`));
      });
      answer.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}
