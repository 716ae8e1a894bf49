/** Makes new cases of recorded ones: swaps, drops, repeats and splices pieces of their templates. */
import type { Random } from "./random.js";
import { FUNCTION_NAMES } from "./signatures.js";

/** What both engines are given. */
export interface FuzzCase {
  readonly template: string;
  readonly data: string;
  readonly decoder: "yaml" | "json" | "score";
  readonly platform?: "compose" | "k8s";
}

/** Pieces of a template: strings, numbers, words, fields, variables, delimiters, blanks, the rest. */
const PIECE =
  /"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'|\{\{-?|-?\}\}|\/\*|\*\/|[+-]?\d[\w.]*|[.$]?[A-Za-z_]\w*|\s+|./gsu;

const LITERAL = /^(?:["'`\d]|[+-]\d)/;
const WORD = /^[A-Za-z_]\w*$/;
const KEYWORD = /^(?:if|else|end|with|range|define|block|template|break|continue|nil|true|false)$/;
const FIELD = /^[.$][A-Za-z_]/;

/** Functions whose outcome depends on the outside; they come only where they are asked for. */
const UNSTABLE =
  /\b(?:now|ago|rand\w+|uuidv4|bcrypt|htpasswd|gen\w+|shuffle|env|expandenv|getHostByName|encryptAES|derivePassword)\b/;

export class Corpus {
  private readonly cases: readonly FuzzCase[];
  private readonly literals: readonly string[];
  private readonly groups: readonly string[];

  constructor(cases: readonly FuzzCase[]) {
    this.cases = cases.filter(({ template }) => !UNSTABLE.test(template));
    const pieces = new Set(this.cases.flatMap(({ template }) => piecesOf(template)));
    this.literals = [...pieces].filter((piece) => LITERAL.test(piece));
    this.groups = [
      ...new Set(this.cases.flatMap(({ template }) => template.match(/\([^()]*\)/g) ?? [])),
    ];
  }

  /** A case with one to four changes. */
  mutate(random: Random): FuzzCase {
    const chosen = random.pick(this.cases);
    let pieces = piecesOf(chosen.template);
    for (let i = random.int(1, 4); i > 0; i--) pieces = this.change(pieces, random);
    const other = random.chance(15) ? random.pick(this.cases) : chosen;
    const { data, decoder, platform } = other;
    const template = wellFormed(pieces.join(""));
    return { template, data, decoder, ...(platform === undefined ? {} : { platform }) };
  }

  private change(pieces: readonly string[], random: Random): string[] {
    const at = (test: (piece: string) => boolean): number => {
      const places = pieces.flatMap((piece, i) => (test(piece) ? [i] : []));
      return places.length === 0 ? -1 : random.pick(places);
    };
    const put = (i: number, count: number, ...added: string[]): string[] =>
      i < 0 ? [...pieces] : [...pieces.slice(0, i), ...added, ...pieces.slice(i + count)];
    const isLiteral = (piece: string) => LITERAL.test(piece);
    const isFunction = (piece: string) => WORD.test(piece) && !KEYWORD.test(piece);
    const isValue = (piece: string) => isLiteral(piece) || FIELD.test(piece);
    return random.weighted([
      [6, () => put(at(isLiteral), 1, random.pick(this.literals))],
      [4, () => put(at(isFunction), 1, random.pick(FUNCTION_NAMES))],
      [4, () => put(at(isValue), 1, random.pick(this.groups))],
      [3, () => put(at(isValue), 1, random.pick(this.literals))],
      [
        3,
        () =>
          put(
            at((piece) => piece.endsWith("}}")),
            0,
            ` | ${random.pick(FUNCTION_NAMES)} `,
          ),
      ],
      [2, () => put(at(isValue), 0, `${random.pick(this.literals)} `)],
      [2, () => put(at(isValue), 1)],
      [
        2,
        () =>
          put(
            at(() => true),
            random.int(1, 3),
          ),
      ],
      [
        2,
        () =>
          put(
            at(() => true),
            0,
            random.pick(pieces),
          ),
      ],
      [
        1,
        () =>
          put(
            at((piece) => piece.startsWith("{{")),
            1,
            random.pick(["{{", "{{-", "{{- "]),
          ),
      ],
      [
        1,
        () =>
          put(
            at((piece) => piece.endsWith("}}")),
            1,
            random.pick(["}}", " -}}", "-}}"]),
          ),
      ],
      [2, () => [...pieces, ...piecesOf(random.pick(this.cases).template)]],
      [
        1,
        () =>
          put(
            at((piece) => piece.startsWith("{{")),
            0,
            random.pick(this.cases).template,
          ),
      ],
    ]);
  }
}

/** Lone surrogates are no text that a file could hold. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function piecesOf(template: string): string[] {
  return template.match(PIECE) ?? [];
}
