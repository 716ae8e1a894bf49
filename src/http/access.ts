/** Finds out who asks and whether they may, before anything else of a request is looked at. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ANONYMOUS } from "../flows/caller.js";
import { type Refusal, Refusals } from "../flows/refusals.js";
import type { Registry } from "../flows/registry.js";
import { repeat } from "../flows/rounds.js";
import { TokenUses } from "../flows/token-use.js";
import { hashToken } from "../flows/tokens.js";
import { addressOf } from "./address.js";
import { checkAnonymous } from "./anonymous.js";
import { checkUrl } from "./check-url.js";
import { HttpError } from "./error.js";
import { type AccessPolicy, createIdentify, type Identity, shownToken } from "./identity.js";
import { createLimits, type Limits } from "./limits.js";
import { checkNeed } from "./need.js";
import { statusOf } from "./status.js";

declare module "fastify" {
  interface FastifyInstance {
    /** Writes what was noted of requests so far; happens by itself now and then, and at the end. */
    flushNotes(): Promise<void>;
  }
}

const FLUSH_INTERVAL_MS = 1000;
/** Tokens that were good once: those are let through where others fail too often. */
const MAX_GOOD = 10_000;

/** Gives every request of `app` its identity and refuses those that its route is not for. */
export async function addAccess(
  app: FastifyInstance,
  registry: Registry,
  policy: AccessPolicy,
): Promise<void> {
  const uses = new TokenUses(registry);
  const refusals = new Refusals(registry);
  keepFlushing(app, [uses, refusals]);
  const limits = await createLimits(app, policy.limits);
  const authenticate = authenticator(registry, policy, uses, limits);
  const anonymous: Identity = { actor: ANONYMOUS, grants: policy.anonymousGrants };
  const admit = (request: FastifyRequest, identity: Identity) => {
    request.identity = identity;
    checkNeed(request);
  };
  // Without a promise where none is needed: most requests have nothing looked up.
  app.addHook("onRequest", (request, reply, done) => {
    try {
      checkUrl(request.url);
      const { open = false, counted = false } = request.routeOptions.config;
      if (open && !counted) return done();
      if (open) {
        limits.countCosignature(request, reply).then(() => done(), done);
        return;
      }
      const shown = shownToken(request.headers.authorization);
      if (shown !== undefined) {
        authenticate(request, reply, shown)
          .then((identity) => admit(request, identity))
          .then(() => done(), done);
        return;
      }
      checkAnonymous(request, policy.publicUrl);
      admit(request, anonymous);
    } catch (error) {
      return done(error as Error);
    }
    done();
  });
  app.addHook("onResponse", (request, _reply, done) => {
    if (request.refusal !== undefined) refusals.note(refusalOf(request, request.refusal));
    done();
  });
}

type Authenticate = (
  request: FastifyRequest,
  reply: FastifyReply,
  shown: string,
) => Promise<Identity>;

/** The function throws what `Identify` throws, and {HttpError} http_rate_limit, oidc_no_rule. */
function authenticator(
  registry: Registry,
  policy: AccessPolicy,
  uses: TokenUses,
  limits: Limits,
): Authenticate {
  const identify = createIdentify(registry, policy, uses);
  const good = new Set<string>();
  return async (request, reply, shown) => {
    const hash = Buffer.from(hashToken(shown)).toString("base64");
    if (!good.has(hash)) await limits.checkFailures(request, reply);
    const identity = await identify(shown).catch(async (error: unknown) => {
      good.delete(hash);
      if (error instanceof Error && statusOf(codeOf(error)) === 401) {
        await limits.countFailure(request);
      }
      throw error;
    });
    if (good.size >= MAX_GOOD) good.clear();
    good.add(hash);
    // Before it is refused, so that the audit trail tells who was.
    request.identity = identity;
    await limits.countRequest(request, reply);
    if (identity.grants.length > 0) return identity;
    throw new HttpError("oidc_no_rule", `no rule of OIDC_FILE grants ${identity.actor} anything`, {
      hint: "the operator adds a rule that the token's claims meet",
    });
  };
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "";
}

function refusalOf(request: FastifyRequest, code: string): Refusal {
  const { actor, grants } = request.identity ?? { actor: ANONYMOUS, grants: [] };
  return {
    actor,
    address: addressOf(request),
    method: request.method,
    route: request.routeOptions.url ?? "none",
    code,
    hasGrants: actor !== ANONYMOUS && grants.length > 0,
  };
}

/** What is noted in memory and written in the background. */
interface Notes {
  flush(): Promise<void>;
}

function keepFlushing(app: FastifyInstance, notes: readonly Notes[]): void {
  const write = async () => {
    for (const one of notes) {
      await one
        .flush()
        .catch((err: unknown) => app.log.warn({ err }, "notes of requests are not written yet"));
    }
  };
  const rounds = repeat(write, FLUSH_INTERVAL_MS);
  app.decorate("flushNotes", rounds.now);
  app.addHook("onClose", async () => {
    await rounds.stop();
    await rounds.now();
  });
}
