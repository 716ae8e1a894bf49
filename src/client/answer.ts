/** Answers of the registry, read as far as they are known: a newer server may say more. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { StrictObject } from "../core/recipe/strict-json.js";
import { ClientError } from "./error.js";
import { type Answer, jsonOf, type Request, type Transport } from "./transport.js";

/** An answer as it is read, and as the registry sent it. */
export interface WithJson<T> {
  readonly value: T;
  readonly json: JsonValue;
}

/** Items asked for in one page of a list. */
const PAGE = 500;
/** A list that does not end by then ends nowhere. */
const MAX_PAGES = 1000;
/** All pages of a list. */
const MAX_LIST_BYTES = 128 * 1024 * 1024;

/**
 * What `read` makes of the fields of an answer; `json` is the whole of it, as the server sent it.
 * @throws {ClientError} client_answer
 */
export function readAnswer<T>(
  answer: Answer,
  read: (fields: StrictObject, json: JsonValue) => T,
): T {
  const problems: { path: readonly (string | number)[]; message: string }[] = [];
  const json = jsonOf(answer) as JsonValue;
  const result = read(new StrictObject(json, [], problems), json);
  const [first] = problems;
  if (first === undefined) return result;
  const message = `the server's answer: ${first.path.join(".")} ${first.message}`;
  throw new ClientError("client_answer", message);
}

/** A list that comes by page. */
export interface PagedList {
  readonly path: string;
  /** The member of each page that has its items. */
  readonly member: string;
  readonly query?: Request["query"];
}

/**
 * What `read` makes of the items of a list, all pages of it; `json` is the item as the server sent it.
 * @throws {ClientError} client_answer, client_answer_limit; {ServerProblem}
 */
export async function readPages<T>(
  send: Transport,
  { path, member, query }: PagedList,
  read: (item: StrictObject, json: JsonValue) => T,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  let pages = 0;
  let sizeBytes = 0;
  do {
    if (pages++ === MAX_PAGES) {
      throw new ClientError("client_answer_limit", `${path} has more than ${MAX_PAGES} pages`);
    }
    const answer = await send({ path, query: { ...query, cursor, limit: PAGE } });
    sizeBytes += answer.body.length;
    if (sizeBytes > MAX_LIST_BYTES) {
      throw new ClientError(
        "client_answer_limit",
        `${path} takes more than ${MAX_LIST_BYTES} bytes`,
      );
    }
    const page = readAnswer(answer, (fields) => {
      const list = fields.raw(member);
      const items = fields.objects(member, PAGE);
      return {
        items: items.map((item, i) => read(item, (list as readonly JsonValue[])[i] ?? null)),
        next: fields.optionalText("next", { maxLength: 1000 }),
      };
    });
    found.push(...page.items);
    if (page.next !== undefined && page.next === cursor) {
      throw new ClientError("client_answer", `${path}: the page after one is that page itself`);
    }
    cursor = page.items.length === 0 ? undefined : page.next;
  } while (cursor !== undefined);
  return found;
}
