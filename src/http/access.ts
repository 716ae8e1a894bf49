/** Finds out who asks and whether they may, before anything else of a request is looked at. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Registry } from "../flows/registry.js";
import { TokenUses } from "../flows/token-use.js";
import { checkUrl } from "./check-url.js";
import { type AccessPolicy, createIdentify, type Identity } from "./identity.js";
import { checkNeed } from "./need.js";

declare module "fastify" {
  interface FastifyInstance {
    /** Writes what was noted of requests so far; happens by itself now and then, and at the end. */
    flushNotes(): Promise<void>;
  }
}

const USES_INTERVAL_MS = 60_000;

/** Gives every request of `app` its identity and refuses those that its route is not for. */
export function addAccess(app: FastifyInstance, registry: Registry, policy: AccessPolicy): void {
  const uses = new TokenUses(registry);
  keepFlushing(app, uses);
  const identify = createIdentify(registry, policy, uses);
  const admit = (request: FastifyRequest, identity: Identity) => {
    request.identity = identity;
    checkNeed(request);
  };
  // Without a promise where none is needed: most requests have nothing looked up.
  app.addHook("onRequest", (request, _reply, done) => {
    try {
      checkUrl(request.url);
      if (request.routeOptions.config.open === true) return done();
      const identity = identify(request);
      if (identity instanceof Promise) {
        identity.then((found) => admit(request, found)).then(() => done(), done);
        return;
      }
      admit(request, identity);
    } catch (error) {
      return done(error as Error);
    }
    done();
  });
}

function keepFlushing(app: FastifyInstance, uses: TokenUses): void {
  const flush = () =>
    uses.flush().catch((err: unknown) => app.log.warn({ err }, "uses of tokens are not written"));
  app.decorate("flushNotes", flush);
  const timer = setInterval(flush, USES_INTERVAL_MS).unref();
  app.addHook("onClose", async () => {
    clearInterval(timer);
    await flush();
  });
}
