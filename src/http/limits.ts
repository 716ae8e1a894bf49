/**
 * How often somebody may ask. Requests are counted by who asks; failed authentications, and requests
 * for cosignatures, by where they come from; each process for itself. Requests from this machine
 * without a token are not counted, but for those for cosignatures.
 */
import rateLimit, { type CreateRateLimitOptions } from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "./error.js";

export interface RateLimits {
  /** Requests in a minute of one identity; 0: no limit. */
  readonly requests: number;
  /** Failed authentications in a minute from one address; 0: no limit. */
  readonly failures: number;
  /** Requests for a cosignature in a minute from one address; 0: no limit. */
  readonly cosignatures: number;
}

export interface Limits {
  /** Counts a request of its identity. @throws {HttpError} http_rate_limit */
  countRequest(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Checks that so many did not fail from there. @throws {HttpError} http_rate_limit */
  checkFailures(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  countFailure(request: FastifyRequest): Promise<void>;
  /** Counts a request for a cosignature. @throws {HttpError} http_rate_limit */
  countCosignature(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

const MINUTE_MS = 60_000;

/** The limits of `app`, before any of its routes is made. */
export async function createLimits(
  app: FastifyInstance,
  { requests, failures, cosignatures }: RateLimits,
): Promise<Limits> {
  await app.register(rateLimit, { global: false });
  const limit = (max: number, key: Pick<CreateRateLimitOptions, "keyGenerator">) =>
    max === 0 ? undefined : app.createRateLimit({ max, timeWindow: MINUTE_MS, ...key });
  const ofIdentity = limit(requests, { keyGenerator: ({ identity }) => identity.key ?? "" });
  // By default the key is the address, of IPv6 its subnet.
  const ofAddress = limit(failures, {});
  const ofWitnessed = limit(cosignatures, {});
  return {
    countRequest: async (request, reply) => {
      if (request.identity.key === undefined) return;
      const found = await ofIdentity?.(request);
      checkCount(reply, found, `${requests} requests in a minute`);
    },
    checkFailures: async (request, reply) => {
      if (ofAddress === undefined) return;
      const found = await ofAddress(request, { increment: false });
      if (found.isAllowed || found.remaining > 0) return;
      const what = `${failures} failed authentications in a minute from one address`;
      throw tooMany(reply, what, found.ttlInSeconds);
    },
    countFailure: async (request) => {
      await ofAddress?.(request);
    },
    countCosignature: async (request, reply) => {
      const what = `${cosignatures} requests for a cosignature in a minute from one address`;
      checkCount(reply, await ofWitnessed?.(request), what);
    },
  };
}

type Count = Awaited<ReturnType<ReturnType<FastifyInstance["createRateLimit"]>>>;

/** @throws {HttpError} http_rate_limit */
function checkCount(reply: FastifyReply, found: Count | undefined, what: string): void {
  if (found === undefined || found.isAllowed || !found.isExceeded) return;
  throw tooMany(reply, what, found.ttlInSeconds);
}

function tooMany(reply: FastifyReply, what: string, seconds: number): HttpError {
  const wait = Math.max(1, seconds);
  reply.header("retry-after", String(wait));
  return new HttpError("http_rate_limit", `more than ${what}`, { hint: `wait ${wait} seconds` });
}
