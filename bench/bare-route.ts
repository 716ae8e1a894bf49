/** A Fastify route that takes JSON or nothing and sends the file named on the command line: run as a process. */
import { readFileSync } from "node:fs";
import fastify from "fastify";

const answer = readFileSync(process.argv[2] ?? "", "utf8");
const app = fastify();
app.route({
  method: ["GET", "POST"],
  url: "/",
  handler: (_request, reply) => reply.type("application/json; charset=utf-8").send(answer),
});
console.log(`serves ${await app.listen({ port: 0, host: "127.0.0.1" })} to the benchmark`);
process.once("SIGTERM", () => void app.close());
