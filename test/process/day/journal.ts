/** Requests of a day, with every answer kept: those that hand out secrets by their nature apart. */
import { type Call, call, type Reply } from "../../helpers/call.js";
import type { Written } from "./secrets.js";

export interface Journal {
  readonly answers: Written[];
  /** The answer is kept, and must hold no secret. */
  send(path: string, options?: Call): Promise<Reply>;
  /** For who may have secrets: the renderer, who exchanges state, who is given a token. */
  sendSecret(path: string, options?: Call): Promise<Reply>;
}

export function keepJournal(url: string): Journal {
  const answers: Written[] = [];
  return {
    answers,
    send: async (path, options) => {
      const reply = await call(url, path, options);
      const where = `the answer ${reply.status} of ${options?.method ?? "GET"} ${path.slice(0, 80)}`;
      const head = Buffer.from(JSON.stringify(reply.headers));
      answers.push({ where, bytes: Buffer.concat([head, reply.bytes]) });
      return reply;
    },
    sendSecret: (path, options) => call(url, path, options),
  };
}
