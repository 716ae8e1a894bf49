import { describe, expect, test } from "vitest";
import { sprigFunctions } from "../../../src/core/gotemplate/sprig/map.js";
import {
  DEFAULT_LIMITS,
  executeTemplate,
  MAX_TEMPLATE_LENGTH,
  parseTemplate,
} from "../../../src/core/gotemplate/template.js";
import {
  type CallContext,
  GoFunction,
  Struct,
  TypedMap,
  type Value,
} from "../../../src/core/gotemplate/value.js";
import { makeHost } from "../../conformance/host.js";

function run(text: string, data: Value = null, functions = sprigFunctions): string {
  return executeTemplate(parseTemplate("t", text, functions), data, { host: makeHost() }).output;
}

function codeOf(text: string, limits = DEFAULT_LIMITS): string {
  try {
    executeTemplate(parseTemplate("t", text, sprigFunctions), null, { host: makeHost(), limits });
    return "";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("executeTemplate", () => {
  test("executes one parsed template many times, each from the start", () => {
    const template = parseTemplate(
      "t",
      "{{$n := 1}}{{range .}}{{$n}}{{$n = add $n 1}}{{end}}",
      sprigFunctions,
    );
    const once = () => executeTemplate(template, [null, null, null], { host: makeHost() }).output;
    expect([once(), once()]).toEqual(["123", "123"]);
  });

  test("sees lists of the data as they are, also where an execution before took parts of them", () => {
    const template = parseTemplate("t", "{{ slice . 0 2 }}{{ slice . 1 }}", sprigFunctions);
    const data: Value[] = ["a", "b"];
    const once = () => executeTemplate(template, data, { host: makeHost() }).output;
    expect(once()).toBe("[a b][b]");
    data[1] = "c";
    expect(once()).toBe("[a c][c]");
    data.push("d");
    expect(once()).toBe("[a c][c d]");
  });

  test("leaves builtins and Sprig's functions in place of one another", () => {
    expect(run("{{slice (list 1 2 3) 1}}")).toBe("[2 3]");
    expect(run('{{slice "abc" 1}}', null, new Map())).toBe("bc");
  });

  test("gives functions the secrets to collect", () => {
    const mint = new GoFunction("mint", [], (context: CallContext) => {
      context.secret("s3cret");
      return "s3cret";
    });
    const template = parseTemplate("t", "{{mint}}", new Map([["mint", mint]]));
    const { output, secrets } = executeTemplate(template, null, { host: makeHost() });
    expect({ output, secrets }).toEqual({ output: "s3cret", secrets: ["s3cret"] });
  });

  describe("forms of secrets are secrets", () => {
    const mint = new GoFunction("mint", [], (context: CallContext) => {
      context.secret("s3cret Word");
      return "s3cret Word";
    });
    const functions = new Map([...sprigFunctions, ["mint", mint]]);
    const secretsOf = (text: string, isSecret?: (text: string) => boolean) => {
      const options = { host: makeHost(), ...(isSecret && { isSecret }) };
      return executeTemplate(parseTemplate("t", text, functions), null, options).secrets;
    };

    test.each([
      ["mint | b64enc", "czNjcmV0IFdvcmQ="],
      ["b32enc mint", "OMZWG4TFOQQFO33SMQ======"],
      ["mint | upper", "S3CRET WORD"],
      ["mint | lower", "s3cret word"],
      ["mint | title", "S3cret Word"],
      ["mint | trunc 6", "s3cret"],
      ["mint | substr 0 6", "s3cret"],
      ["mint | quote", '"s3cret Word"'],
      ["mint | squote", "'s3cret Word'"],
      ["mint | urlquery", "s3cret+Word"],
      ["mint | toJson", '"s3cret Word"'],
      ["mint | upper | b64enc", "UzNDUkVUIFdPUkQ="],
      ["adler32sum mint", "403768337"],
    ])("%s", (expression, want) => {
      expect(secretsOf(`{{ ${expression} }}`)).toContain(want);
    });

    test.each(["sha1sum", "sha256sum", "sha512sum"])("%s", (name) => {
      expect(secretsOf(`{{ ${name} mint }}`).at(-1)).toMatch(/^[0-9a-f]{40,128}$/);
    });

    test("but neither short ones nor those of other texts", () => {
      expect(secretsOf("{{ mint | trunc 4 }}{{ upper `other` }}")).toEqual(["s3cret Word"]);
    });

    test("of those that are known from before too", () => {
      expect(secretsOf("{{ b64enc `older` }}", (text) => text === "older")).toEqual(["b2xkZXI="]);
    });
  });

  test("joins a character that two outputs cut", () => {
    expect(run('{{trunc 1 "é"}}{{substr 1 2 "é"}}')).toBe("é");
  });

  test.each([
    { name: "function of data", text: "{{call .f 3}}", output: "3!" },
    { name: "nil struct pointer field", text: "{{.p.Field}}", output: "1" },
    { name: "pointer without its ampersand", text: "{{.p}} {{print .p}}", output: "{1} &{1}" },
    {
      name: "nil map",
      text: "{{.nil.x}} {{len .nil}} {{range .nil}}a{{else}}b{{end}}",
      output: "<no value> 0 b",
    },
    {
      name: "method with arguments",
      text: '{{.when.Format "2006"}} {{.when.Year}}',
      output: "1970 1970",
    },
  ])("reaches a $name", ({ text, output }) => {
    const data = new Map<string, Value>([
      ["f", new GoFunction("f", ["int"], (_: CallContext, n: bigint) => `${n}!`)],
      ["p", new Struct("a.B", new Map([["Field", 1n]]), { pointer: true })],
      ["nil", new TypedMap("map[string]string", null)],
    ]);
    const now = run("{{now.UTC.Year}}");
    expect(Number(now)).toBeGreaterThan(2023);
    const filled = text.replaceAll(".when", "(toDate `2006` `1970`)");
    expect(run(filled, data)).toBe(output);
  });
});

describe("errors", () => {
  test("tell the place, the template and the piece", () => {
    const text = 'é\n{{define "x"}}\n  é {{ index . 5 }}{{end}}{{template "x" .}}';
    expect(() => run(text, [1n])).toThrow(
      expect.objectContaining({
        code: "template_exec",
        message: expect.stringMatching(
          /^template: t:3:8: executing "x" at <index \. 5>: error calling index: /,
        ),
        place: { file: "t", line: 3, column: 8 },
      }),
    );
  });

  test("cut the piece of a long pipeline", () => {
    const text = `{{ fail (print${" 1".repeat(10_000)}) }}`;
    try {
      run(text);
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message.indexOf("…")).toBeLessThan(1100);
    }
  });

  test("never show values of the data", () => {
    const data = new Map<string, Value>([["secret", "hunter2"]]);
    const texts = [
      "{{range .secret}}{{end}}",
      "{{.secret.x}}",
      "{{eq . .}}",
      "{{index .secret `a`}}",
      "{{lt .secret 1}}",
    ];
    for (const text of texts) {
      expect(() => run(text, data)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
      );
    }
  });

  test("refuse a text beyond the limit", () => {
    expect(() => run("x".repeat(MAX_TEMPLATE_LENGTH + 1))).toThrow(
      expect.objectContaining({ code: "template_parse" }),
    );
  });
});

describe("budgets", () => {
  test.each([
    { name: "repeat 2e9", text: '{{repeat 2000000000 "x"}}', code: "template_budget_memory" },
    { name: "until 5e7", text: "{{until 50000000}}", code: "template_budget_memory" },
    {
      name: "range 100000000000",
      text: "{{range 100000000000}}{{end}}",
      code: "template_budget_steps",
    },
    {
      name: "cutting a long text again and again",
      text: '{{$x := repeat 400000 "É"}}{{range 1000000000}}{{$y := trunc 3 $x}}{{end}}',
      code: "template_budget_steps",
    },
    {
      name: "comparing long texts again and again",
      text: '{{$x := repeat 1000000 "x"}}{{$y := print $x}}{{range 1000000000}}{{$z := eq $x $y}}{{end}}',
      code: "template_budget_steps",
    },
    {
      name: "sorting a list that thousands of empty parts share again and again",
      text: '{{$l := toStrings (list "b" "a")}}{{range 500000}}{{$x := slice $l 0 0}}{{end}}{{range 500000}}{{$x := sortAlpha $l}}{{end}}',
      code: "template_budget_steps",
    },
    {
      name: "self-recursive define",
      text: '{{define "r"}}{{template "r"}}{{end}}{{template "r"}}',
      code: "template_budget_depth",
    },
    {
      name: "print doubling",
      text: '{{$x := "xxxxxxxx"}}{{range 100}}{{$x = print $x $x}}{{end}}',
      code: "template_budget_memory",
    },
    {
      name: "list doubling",
      text: "{{$x := list 1}}{{range 60}}{{$x = list $x $x}}{{end}}{{$x}}",
      code: "template_budget_memory",
    },
    {
      name: "list nested deep",
      text: "{{$x := list 1}}{{range 5000}}{{$x = list $x}}{{end}}{{$x}}",
      code: "template_budget_depth",
    },
    {
      name: "dict within itself",
      text: '{{$d := dict}}{{$_ := set $d "d" $d}}{{$d}}',
      code: "template_budget_depth",
    },
    {
      name: "wide printf",
      text: '{{range 100000}}{{printf "%1000000d" 1}}{{end}}',
      code: "template_budget_output",
    },
    {
      name: "output",
      text: `{{range 100000}}${"x".repeat(1000)}{{end}}`,
      code: "template_budget_output",
    },
  ])("stop $name", ({ text, code }) => {
    expect(codeOf(text)).toBe(code);
  });

  test("count the way to a variable far down the stack", () => {
    const variables = Array.from({ length: 20_000 }, (_, i) => `{{$v${i} := 1}}`).join("");
    const limits = { ...DEFAULT_LIMITS, steps: 100_000 };
    expect(codeOf(`${variables}{{range 1000}}{{$v0}}{{end}}`, limits)).toBe(
      "template_budget_steps",
    );
  });

  test("name the place", () => {
    expect(() => run("\n{{ range 100000000000 }}{{ end }}")).toThrow(
      expect.objectContaining({ place: { file: "t", line: 2, column: 10 } }),
    );
  });

  test("leave room for 100,000 nested template calls", () => {
    const text =
      '{{define "r"}}{{if .}}{{template "r" (int (sub . 1))}}{{else}}done{{end}}{{end}}{{template "r" 99990}}';
    expect(run(text)).toBe("done");
  });

  test.each([
    { name: "calls", text: `{{${"(print ".repeat(9990)}1${")".repeat(9990)}}}`, output: "1" },
    { name: "fields", text: `{{${"(".repeat(9000)}.${").a".repeat(9000)}}}`, output: "<no value>" },
    {
      name: "loops",
      text: `${"{{range 1}}".repeat(20_000)}x${"{{end}}".repeat(20_000)}`,
      output: "x",
    },
    { name: "conditions", text: `{{${"(and 1 ".repeat(9990)}2${")".repeat(9990)}}}`, output: "2" },
  ])("leave room for deeply nested $name", ({ text, output }) => {
    expect(run(text)).toBe(output);
  });
});

describe("loops and scopes", () => {
  test.each([
    { text: "{{range 3}}{{with 1}}{{continue}}{{end}}{{end}}{{.}}", output: "<no value>" },
    {
      text: "{{range $i, $e := list 1 2 3}}{{with 5}}{{if eq $e 2}}{{break}}{{end}}{{end}}{{.}}{{end}}",
      output: "1",
    },
    { text: "{{$x := 0}}{{range list 1 2}}{{$x := .}}{{end}}{{$x}}", output: "0" },
    { text: "{{$x := 0}}{{range $x = list 1 2}}{{end}}{{$x}}", output: "2" },
    { text: "{{range 2}}{{range 2}}{{if .}}{{break}}{{end}}{{.}}{{end}};{{end}}", output: "0;0;" },
    {
      text: '{{define "u"}}{{range .}}{{.}}{{end}}{{end}}{{range list 1 2}}{{template "u" list .}}{{end}}',
      output: "12",
    },
    { text: "{{or 1 ($x := 2)}}{{and 0 ($y := 3)}}", output: "10" },
    { text: "{{$x := 1}}{{or 1 ($x := 2)}}{{$x}}{{or 0 ($x := 2)}}{{$x}}", output: "1122" },
    { text: "{{range int64 2}}{{printf `%T%d` . .}}{{end}}", output: "int640int641" },
  ])("$text gives $output", ({ text, output }) => {
    expect(run(text)).toBe(output);
  });

  test("miss a variable that a branch not taken declared", () => {
    expect(codeOf("{{if true}}{{else}}{{end}}{{or 1 ($x := 2)}}{{$x}}")).toBe("template_exec");
  });
});
