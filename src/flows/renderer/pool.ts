/**
 * Renders in worker threads with a memory limit and a deadline: what the template budgets let
 * through can still not hang or eat the service. A thread that exceeds either is ended and replaced.
 */
import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { Piscina } from "piscina";
import type { ExampleJob } from "../../core/render/example.js";
import { BackbarError } from "../../errors.js";
import type { ExampleReply, Renderer, RenderReply, WorkerJob } from "./job.js";

export type RendererErrorCode = "render_timeout" | "render_memory" | "render_overloaded";

export class RendererError extends BackbarError<RendererErrorCode> {
  override readonly name = "RendererError";
}

export interface PoolOptions {
  /** The compiled worker module. */
  readonly worker: URL;
  readonly threads: number;
  readonly timeoutSeconds: number;
  readonly heapMegabytes?: number;
}

const DEFAULT_HEAP_MEGABYTES = 512;
const STACK_MEGABYTES = 16;
/** Jobs that may wait for a thread, for each thread. */
const QUEUE_PER_THREAD = 64;

export function createRenderPool(options: PoolOptions): Renderer {
  const pool = new Piscina<WorkerJob | ExampleJob, RenderReply | ExampleReply>({
    filename: options.worker.href,
    minThreads: 1,
    maxThreads: options.threads,
    idleTimeout: 60_000,
    maxQueue: options.threads * QUEUE_PER_THREAD,
    resourceLimits: {
      maxOldGenerationSizeMb: options.heapMegabytes ?? DEFAULT_HEAP_MEGABYTES,
      stackSizeMb: STACK_MEGABYTES,
    },
  });

  const threads = new LoadingThreads(pool);
  const deadline = () => AbortSignal.timeout(options.timeoutSeconds * 1000);
  const run = (job: WorkerJob | ExampleJob, name: "render" | "example", signal: AbortSignal) => {
    const reply = pool.run(job, { signal, name: name === "render" ? "default" : name });
    threads.see();
    return reply
      .catch((error: unknown) => {
        throw explain(error, signal, options.timeoutSeconds);
      })
      .finally(() => threads.see());
  };
  return {
    async render(job) {
      const signal = deadline();
      const send = async (one: WorkerJob) => (await run(one, "render", signal)) as RenderReply;
      const first = await send({ ...job, served: { key: job.served.key } });
      const reply = "unknownKey" in first ? await send(job) : first;
      if ("fault" in reply) throw new RenderFailure(reply.fault);
      if ("outcome" in reply) return reply.outcome;
      throw new TypeError(`a worker does not take in ${reply.unknownKey}`);
    },
    async renderExample(job) {
      const reply = (await run(job, "example", deadline())) as ExampleReply;
      if ("fault" in reply) throw new RenderFailure(reply.fault);
      return reply.outcome;
    },
    close: async () => {
      await threads.loaded();
      await pool.close({ force: true });
    },
  };
}

/**
 * Which threads have loaded their module. Node.js 20 aborts the whole process where a thread is ended
 * while it links modules (`v8::Module::IsGraphAsync`).
 */
class LoadingThreads {
  readonly #pool: Piscina;
  readonly #loaded = new WeakMap<Worker, Promise<void>>();

  constructor(pool: Piscina) {
    this.#pool = pool;
    this.see();
    // One that is ended is replaced at once; one that is ready may find more work than for itself.
    for (const event of ["workerDestroy", "workerCreate"]) {
      pool.on(event, () => queueMicrotask(() => this.see()));
    }
  }

  /**
   * To be called where a thread may have been started, before it can have loaded: with each render, and
   * once one is done, since what waits may be given to a new thread then.
   */
  see(): void {
    for (const thread of this.#pool.threads) {
      if (this.#loaded.has(thread)) continue;
      // Its first message says that it is ready.
      const loaded = Promise.race([once(thread, "message"), once(thread, "exit")]);
      const done = () => {};
      this.#loaded.set(thread, loaded.then(done, done));
    }
  }

  async loaded(): Promise<void> {
    await Promise.all(this.#pool.threads.map((thread) => this.#loaded.get(thread)));
  }
}

/** A fault that a worker reported, with the code of the room that found it. */
class RenderFailure extends BackbarError {
  override readonly name: string;
  constructor(fault: Extract<RenderReply, { fault: unknown }>["fault"]) {
    super(fault.code, fault.message, {
      ...(fault.place === undefined ? {} : { place: fault.place }),
      ...(fault.hint === undefined ? {} : { hint: fault.hint }),
      problems: fault.problems,
    });
    this.name = fault.name;
  }
}

function explain(error: unknown, signal: AbortSignal, timeoutSeconds: number): unknown {
  if (signal.aborted) {
    return new RendererError("render_timeout", `the render took longer than ${timeoutSeconds} s`, {
      hint: "look for templates or Score files that multiply work",
    });
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ERR_WORKER_OUT_OF_MEMORY") {
    return new RendererError(
      "render_memory",
      "the render needed more memory than a worker may have",
    );
  }
  if (error instanceof Error && error.message === "Task queue is at limit") {
    return new RendererError("render_overloaded", "too many renders are waiting; try again");
  }
  return error;
}
