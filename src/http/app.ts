/** The HTTP application: plugins, errors and routes around the flows. Listens nowhere by itself. */
import { randomUUID } from "node:crypto";
import compress from "@fastify/compress";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import fastify, { type FastifyInstance } from "fastify";
import type { Registry } from "../flows/registry.js";
import { addAccess } from "./access.js";
import { answerClientError } from "./client-error.js";
import { SECURITY_SCHEMES, showRoute } from "./document.js";
import { HttpError } from "./error.js";
import type { AccessPolicy, Identity } from "./identity.js";
import { measureLog } from "./log-metrics.js";
import { loggedRequest, shownPath } from "./logged-request.js";
import { refuseOtherMethods } from "./methods.js";
import { measure } from "./metrics.js";
import type { Need } from "./need.js";
import { sendProblem } from "./problem.js";
import { discoveryRoutes } from "./routes/discovery.js";
import { entryListRoutes } from "./routes/entry-lists.js";
import { environmentRoutes } from "./routes/environments.js";
import { exampleRoutes } from "./routes/examples.js";
import { healthRoutes } from "./routes/health.js";
import { logRoutes } from "./routes/log.js";
import { logRecoveryRoutes } from "./routes/log-recovery.js";
import { namespaceRoutes } from "./routes/namespaces.js";
import { noticeRoutes } from "./routes/notices.js";
import { projectRoutes } from "./routes/projects.js";
import { promotionRoutes } from "./routes/promotions.js";
import { recipeRoutes } from "./routes/recipes.js";
import { refusalRoutes } from "./routes/refusals.js";
import { releaseFileRoutes } from "./routes/release-files.js";
import { releaseRoutes } from "./routes/releases.js";
import { renderRoutes } from "./routes/render.js";
import { resolveRoutes } from "./routes/resolve.js";
import { tokenRoutes } from "./routes/tokens.js";
import { usageRoutes } from "./routes/usage.js";
import { usageReportRoutes } from "./routes/usage-reports.js";
import { versionRoutes } from "./routes/versions.js";
import { witnessRoutes } from "./routes/witness.js";
import { addSecurityHeaders } from "./security-headers.js";
import { createValidatorCompiler } from "./validation.js";

export interface AppOptions {
  readonly registry: Registry;
  readonly access: AccessPolicy;
  /** The service's own version. */
  readonly version: string;
  readonly logLevel: string;
}

export type App = FastifyInstance;

declare module "fastify" {
  interface FastifyRequest {
    identity: Identity;
    /** The code of the answer, where the request was refused for who asked. */
    refusal: string | undefined;
  }
  interface FastifyContextConfig {
    /** Served to every address without a token. */
    open?: boolean;
    /** Of an open route whose requests are counted by address: each is some work. */
    counted?: boolean;
    /** Not among the methods that its path takes: it only says why not. */
    refused?: boolean;
    /** What a caller needs for the route; without it, the role of a reader. */
    needs?: Need;
  }
}

/** Largest JSON body: a version of 8 MiB as base64, and its envelope. */
const BODY_LIMIT_BYTES = 12 * 1024 * 1024;

export async function createApp(options: AppOptions): Promise<App> {
  const app = fastify({
    logger: { level: options.logLevel, serializers: { req: loggedRequest } },
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => randomUUID(),
    requestTimeout: 60_000,
    return503OnClosing: true,
    routerOptions: { maxParamLength: 512 },
    clientErrorHandler: answerClientError,
    // URLs that no route can be looked up for pass by every hook.
    frameworkErrors: (cause, request, reply) => {
      const message = "the URL is malformed, or a part of it too long";
      const error = new HttpError("http_request_invalid", message, { cause });
      sendProblem(error, request, reply.header("x-request-id", request.id));
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  const parseJson = app.getDefaultJsonParser("error", "error");
  // No body is none, whatever its type is said to be: routes that need one say so.
  app.addContentTypeParser<string>(
    "application/json",
    { parseAs: "string" },
    (request, body, done) => (body === "" ? done(null, undefined) : parseJson(request, body, done)),
  );
  app.setValidatorCompiler(createValidatorCompiler());
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      new HttpError("http_not_found", `nothing is at ${request.method} ${shownPath(request)}`),
      request,
      reply,
    ),
  );
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
  });
  // Hooks of every request call back: a promise for each takes its time.
  app.addHook("onSend", (request, reply, _payload, done) => {
    reply.header("x-request-id", request.id);
    // A connection that a client kept would hold the end up until it times out.
    if (closing) reply.header("connection", "close");
    done();
  });
  await addSecurityHeaders(app);
  app.decorateRequest("identity");
  app.decorateRequest("refusal");
  const { registry } = options;
  await addAccess(app, registry, options.access);
  refuseOtherMethods(app);

  await app.register(compress, { global: true, threshold: 1024 });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Backbar",
        description: "Signed provisioner registry for Score",
        version: options.version,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    transform: showRoute,
  });
  await app.register(swaggerUi, { routePrefix: "/docs" });

  await app.register(healthRoutes(registry, measureLog(measure(app), registry)));
  await app.register(discoveryRoutes(registry, options.version));
  const { administrators } = options.access;
  const taken = () => new Set(administrators.map(({ actor }) => actor));
  await app.register(tokenRoutes(registry, taken));
  await app.register(namespaceRoutes(registry));
  await app.register(recipeRoutes(registry));
  await app.register(versionRoutes(registry));
  await app.register(exampleRoutes(registry));
  await app.register(noticeRoutes(registry));
  await app.register(environmentRoutes(registry));
  await app.register(entryListRoutes(registry));
  await app.register(releaseRoutes(registry));
  await app.register(promotionRoutes(registry));
  await app.register(releaseFileRoutes(registry));
  await app.register(resolveRoutes(registry));
  await app.register(renderRoutes(registry));
  await app.register(projectRoutes(registry));
  await app.register(logRoutes(registry));
  await app.register(logRecoveryRoutes(registry));
  await app.register(witnessRoutes(registry));
  await app.register(usageRoutes(registry));
  await app.register(usageReportRoutes(registry));
  await app.register(refusalRoutes(registry));
  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());
  await app.ready();
  return app;
}
