/**
 * Which methods a path takes: told to a request whose method is none of them (RFC 9110 §15.5.6).
 * The registered routes say it, so that no route has to.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { HttpError } from "./error.js";

/** The methods by the pattern of the routes' paths. */
type Methods = Map<string, Set<string>>;

/** Has requests for paths of `app` refused whose method no route takes; asked before routes are made. */
export function refuseOtherMethods(app: FastifyInstance): void {
  const methods: Methods = new Map();
  app.addHook("onRoute", (route) => collect(methods, route));
  app.addHook("onRequest", async (request, reply) => {
    if (request.is404) checkMethod(methods, request, reply);
  });
}

function collect(methods: Methods, route: RouteOptions): void {
  if (route.config?.refused === true) return;
  const known = methods.get(route.url) ?? new Set();
  methods.set(route.url, known);
  for (const method of [route.method].flat()) known.add(method.toUpperCase());
}

/** @throws {HttpError} http_method where other methods are taken at the path */
function checkMethod(methods: Methods, request: FastifyRequest, reply: FastifyReply): void {
  const path = pathOf(request);
  const allowed = [...methods].filter(([pattern]) => fits(path, pattern));
  if (allowed.length === 0) return;
  const names = [...new Set(allowed.flatMap(([, known]) => [...known]))].sort().join(", ");
  reply.header("allow", names);
  throw new HttpError("http_method", `${path} does not take ${request.method}`, {
    hint: `it takes ${names}`,
  });
}

/** Of a request's URL. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0] ?? "";
}

/** Whether a route of that pattern serves `path`: `:name` stands for one part, a last `*` for the rest. */
function fits(path: string, pattern: string): boolean {
  const parts = path.split("/");
  const wanted = pattern.split("/");
  const hasRest = wanted.at(-1) === "*";
  if (hasRest ? parts.length < wanted.length : parts.length !== wanted.length) return false;
  return wanted.every((part, index) => {
    if (part.includes(":")) return parts[index] !== "";
    return part === parts[index] || (hasRest && index === wanted.length - 1);
  });
}
