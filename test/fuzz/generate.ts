/** Makes cases from the grammar of templates and the signatures of the functions. */
import { damage } from "./damage.js";
import { makeData } from "./data.js";
import { dateCalls } from "./date-calls.js";
import { dictCalls } from "./dict-calls.js";
import { anyFunction, type Named, operand, pipeline } from "./expressions.js";
import { languageCalls } from "./language-calls.js";
import type { FuzzCase } from "./mutate.js";
import { numberCalls } from "./number-calls.js";
import type { Random } from "./random.js";
import type { Kind } from "./signatures.js";
import { textCalls } from "./text-calls.js";
import { anyText } from "./texts.js";

const COMMENTS = ["{{/**/}}", "{{- /* c */ -}}", "{{/* c */ -}}", "{{-\n/* a\nb */\n-}}"] as const;
const BAD_COMMENTS = [
  "{{-/* c */}}",
  "{{ /* c */}}",
  "{{/* c */ }}",
  "{{/* c}}",
  "{{1 /* c */}}",
] as const;

const NEW_YEAR = '(toDate "2006-01-02" "2024-01-01")';

/** How deep expressions nest inside each other, and statements. */
const EXPRESSION_DEPTH = 3;
const STATEMENT_DEPTH = 2;

export function generate(random: Random): FuzzCase {
  const { names, ...data } = makeData(random);
  const statements = new Statements(random, names);
  const template = random.weighted([
    [10, () => statements.show()],
    [7, () => statements.body(STATEMENT_DEPTH)],
    [3, () => languageCalls(random)],
    [2, () => textCalls(random)],
    [3, () => dictCalls(random)],
    [2, () => dateCalls(random)],
    [1, () => numberCalls(random)],
  ]);
  const whole = statements.definitions.join("") + template;
  return { template: random.chance(8) ? damage(random, whole) : whole, ...data };
}

/** The invariant: `names` are the variables and fields in scope at the statement being made. */
class Statements {
  readonly definitions: string[] = [];
  /** Names of templates as they are written. */
  private readonly defined: string[] = [];
  private readonly random: Random;
  private names: readonly Named[];
  private loops = 0;
  private variables = 0;

  constructor(random: Random, names: readonly Named[]) {
    this.random = random;
    this.names = names;
  }

  /** One expression, shown in one of several ways. */
  show(): string {
    const { random } = this;
    const expression = this.expression("any", random.int(0, EXPRESSION_DEPTH));
    return random.weighted([
      [6, () => `{{ ${expression} }}`],
      [2, () => `{{ ${expression} | toJson }}`],
      [2, () => `{{ ${expression} | printf "%T %v %#v %+v" }}`],
      [1, () => `{{ ${expression} | printf "%s %d %q %x" }}`],
      [1, () => `{{ ${expression} | ${anyFunction(random)} }}`],
      [1, () => `{{ (${expression}) | typeOf }} {{ (${expression}) }}`],
    ]);
  }

  body(depth: number): string {
    const outer = this.names;
    const text = this.random.times(1, 3, () => this.statement(depth)).join("");
    this.names = outer;
    return text;
  }

  private statement(depth: number): string {
    const { random } = this;
    const nested = depth > 0 ? 2 : 0;
    return random.weighted([
      [3, () => this.text()],
      [5, () => this.action(this.expression("any", 2))],
      [3, () => this.declaration()],
      [this.variables > 0 ? 2 : 0, () => this.assignment()],
      [nested, () => this.branch("if", depth)],
      [nested, () => this.branch("with", depth)],
      [nested * 2, () => this.loop(depth)],
      [depth > 0 ? 1 : 0, () => this.definition(depth)],
      [depth > 0 ? 1 : 0, () => this.block(depth)],
      [this.loops > 0 ? 1 : 0, () => this.action(random.pick(["break", "continue"]))],
      [1, () => this.action(`/* ${random.pick(["", "c", "{{", "*", "\n", "\r\n}}"])} */`)],
      [1, () => random.pick(random.chance(90) ? COMMENTS : BAD_COMMENTS)],
      [this.defined.length > 0 ? 1 : 0, () => this.action(`template ${this.knownTemplate()}`)],
    ]);
  }

  private text(): string {
    return this.random.pick([
      " ",
      "\n",
      "x: ",
      "  - ",
      " \t\r\n ",
      "\r\n",
      "\u00a0",
      "- ",
      anyText(this.random).replaceAll("{{", "{"),
    ]);
  }

  private action(inside: string): string {
    const { random } = this;
    const comment = inside.startsWith("/*");
    const space = comment ? "" : random.pick(["", " ", " ", " ", " ", "\n", "\r\n\t"]);
    const left = random.chance(15) ? random.pick(["{{- ", "{{-\n", "{{-\t"]) : `{{${space}`;
    const right = random.chance(15) ? random.pick([" -}}", "\n-}}", "  -}}"]) : `${space}}}`;
    const text = random.chance(3) ? inside.replace(/ /g, "\n") : inside;
    return left + text + right;
  }

  private expression(kind: Kind, depth: number): string {
    return pipeline(this.random, kind, this.names, depth);
  }

  private variable(kind: Kind): string {
    const name = this.random.chance(95)
      ? `$v${this.random.int(0, 3)}`
      : this.random.pick(["$", "$é", "$x1", "$_", "$日本"]);
    this.variables++;
    this.names = [...this.names, { text: name, kind }];
    return name;
  }

  private declaration(): string {
    const kind = this.kind();
    const value = this.expression(kind, 2);
    return this.action(`${this.variable(kind)} := ${value}`);
  }

  private assignment(): string {
    const known = this.names.filter(({ text }) => text.startsWith("$"));
    const { text, kind } = this.random.pick(
      known.length > 0 ? known : [{ text: "$v0", kind: "any" as const }],
    );
    return this.action(`${text} = ${this.expression(kind, 2)}`);
  }

  private kind(): Kind {
    return this.random.pick([
      "any",
      "text",
      "int",
      "list",
      "dict",
      "bool",
      "float",
      "texts",
    ] as const);
  }

  private branch(word: "if" | "with", depth: number): string {
    const { random } = this;
    const outer = this.names;
    const kind = word === "if" ? random.pick(["bool", "any", "int", "text"] as const) : this.kind();
    const value = this.expression(kind, 2);
    const declared = random.chance(25) ? `${this.variable(kind)} := ` : "";
    const parts = [this.action(`${word} ${declared}${value}`), this.inside(word, kind, depth)];
    for (let i = random.pick([0, 0, 0, 1, 2]); i > 0; i--) {
      const next = this.kind();
      parts.push(
        this.action(`else ${this.elseWord(word)} ${this.expression(next, 1)}`),
        this.inside(word, next, depth),
      );
    }
    this.names = outer;
    if (random.chance(50)) parts.push(this.action("else"), this.body(depth - 1));
    parts.push(this.action("end"));
    return parts.join("");
  }

  /** Only `if` goes on with `else if`, and only `with` with `else with`. */
  private elseWord(word: "if" | "with"): string {
    return this.random.chance(4) ? this.random.pick(["if", "with", "range", ""]) : word;
  }

  /** The body of a branch; `with` sets the dot. */
  private inside(word: "if" | "with", kind: Kind, depth: number): string {
    return word === "if" ? this.body(depth - 1) : this.withDot(kind, () => this.body(depth - 1));
  }

  private withDot(kind: Kind, make: () => string): string {
    const outer = this.names;
    const kept = outer.filter(({ text }) => text.startsWith("$") || this.random.chance(10));
    this.names = [...kept, { text: ".", kind }, { text: ".", kind }, { text: "$", kind: "any" }];
    const text = make();
    this.names = outer;
    return text;
  }

  private loop(depth: number): string {
    const { random } = this;
    const outer = this.names;
    const kind = random.pick([
      "list",
      "dict",
      "texts",
      "ints",
      "int",
      "list",
      "dict",
      "any",
    ] as const);
    const value = kind === "int" ? this.limit() : this.expression(kind, 2);
    const element: Kind = kind === "texts" ? "text" : kind === "ints" ? "int" : "any";
    const index: Kind = kind === "dict" ? "key" : "int";
    const declared = random.weighted([
      [4, () => ""],
      [2, () => `${this.variable(element)} := `],
      [3, () => `${this.variable(index)}, ${this.variable(element)} := `],
      [this.variables > 1 ? 1 : 0, () => `${this.known()} = `],
      [this.variables > 1 ? 1 : 0, () => `${this.known()}, ${this.known()} = `],
    ]);
    this.loops++;
    const body = this.withDot(element, () => this.body(depth - 1));
    this.loops--;
    this.names = outer;
    const otherwise = random.chance(30) ? this.action("else") + this.body(depth - 1) : "";
    return this.action(`range ${declared}${value}`) + body + otherwise + this.action("end");
  }

  /** What `range` counts to. */
  private limit(): string {
    const { random } = this;
    return random.weighted([
      [6, () => String(random.int(-1, 4))],
      [1, () => `(int64 ${random.int(-1, 4)})`],
      [1, () => `(semver "1.2.3").${random.pick(["Major", "Minor", "Patch"])}`],
      [1, () => `${NEW_YEAR}.${random.pick(["Month", "Day", "Weekday"])}`],
      [1, () => random.pick(["'\\x03'", "0x2", "2.0", "3i", "(len `abc`)", "(add 1 1)", "nil"])],
    ]);
  }

  /** A variable that is declared already, if there is one. */
  private known(): string {
    const known = this.names.filter(({ text }) => text.startsWith("$"));
    return known.length > 0 ? this.random.pick(known).text : "$v0";
  }

  private definition(depth: number): string {
    const { random } = this;
    const name = this.templateName();
    const body = this.detached(() =>
      random.weighted([
        [6, () => this.body(depth - 1)],
        [1, () => random.pick(["", " ", "\n\t", "\u00a0", "{{/* c */}}", " {{- /* c */ -}} "])],
      ]),
    );
    this.definitions.push(this.action(`define ${name}`) + body + this.action("end"));
    this.defined.push(name);
    return this.action(`template ${name}${random.pick(["", " .", ` ${this.dotFor()}`])}`);
  }

  private block(depth: number): string {
    const name = this.random.chance(90) ? `"b${this.random.int(0, 9)}"` : this.templateName();
    const body = this.detached(() => this.body(depth - 1));
    return this.action(`block ${name} ${this.dotFor()}`) + body + this.action("end");
  }

  private templateName(): string {
    const { random } = this;
    return random.weighted([
      [60, () => `"t${random.int(0, 2)}"`],
      [6, () => random.pick(["``", "`t1`", '"b1"', '"\\x74\\u0031"', '"é\\n"', '"%d{{"', '""'])],
      [1, () => random.pick(['"\\q"', "t1", "1", "$"])],
    ]);
  }

  private knownTemplate(): string {
    return this.random.chance(95) ? this.random.pick(this.defined) : this.templateName();
  }

  private dotFor(): string {
    return operand(this.random, "any", this.names, 1);
  }

  /** The body of another template: it sees no variables, and its dot is what the caller gives. */
  private detached(make: () => string): string {
    const { names, loops, variables } = this;
    this.names = [
      { text: ".", kind: "any" },
      { text: "$", kind: "any" },
    ];
    this.loops = 0;
    this.variables = 0;
    const text = make();
    this.names = names;
    this.loops = loops;
    this.variables = variables;
    return text;
  }
}
