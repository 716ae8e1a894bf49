/** The headers that helmet gives every answer. They never change, so they are worked out once. */
import helmet from "@fastify/helmet";
import fastify, { type FastifyInstance } from "fastify";

/** Sets helmet's headers on every answer of `app`, errors included. */
export async function addSecurityHeaders(app: FastifyInstance): Promise<void> {
  const headers = await readHelmetHeaders();
  app.addHook("onRequest", (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

async function readHelmetHeaders(): Promise<Record<string, string>> {
  const probe = fastify();
  await probe.register(helmet);
  probe.get("/", (_request, reply) => reply.send(reply.getHeaders()));
  const answer = await probe.inject("/");
  await probe.close();
  return answer.json<Record<string, string>>();
}
