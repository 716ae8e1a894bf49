import { describe, expect, test } from "vitest";
import { formatValue, sprint, sprintf, sprintln } from "../../../src/core/gotemplate/printf.js";
import { Time } from "../../../src/core/gotemplate/time.js";
import {
  type CallContext,
  Complex,
  GoFunction,
  Int,
  NamedInt,
  NamedString,
  Struct,
  TypedList,
  TypedMap,
  type Value,
} from "../../../src/core/gotemplate/value.js";
import { STILL_HOST } from "../../helpers/hosts.js";

const bytes = new TypedList("[]uint8", [new Int("uint8", 1n), new Int("uint8", 0xabn)]);
const nilMap = new TypedMap("map[string]string", null);
const point = new Struct(
  "geo.Point",
  new Map<string, Value>([
    ["X", 1n],
    ["Name", "p"],
    ["Any", null],
  ]),
);
const pointer = new Struct(point.type, point.fields, { pointer: true });
const second = new Time(5_000_000_007n);
const named = new NamedInt(
  "time.Month",
  "int64",
  2n,
  () => new Map([["String", new GoFunction("String", [], () => "February")]]),
);

describe("sprintf", () => {
  test.each<[string, Value[], string]>([
    ["%d items", [3n], "3 items"],
    ["%5d|%-5d|%05d|%+d|% d", [42n, 42n, 42n, 42n, 42n], "   42|42   |00042|+42| 42"],
    ["%.3d|%.0d|%8.3d", [5n, 0n, -5n], "005||    -005"],
    [
      "%x|%X|%#x|%o|%#o|%O|%b|%#b",
      [255n, 255n, 255n, 8n, 8n, 8n, 5n, 5n],
      "ff|FF|0xff|10|010|0o10|101|0b101",
    ],
    ["%c|%q|%U|%#U", [0x1f600n, 0x27n, 0x41n, 0x1f600n], "😀|'\\''|U+0041|U+1F600 '😀'"],
    ["%c|%q", [-1n, 0x110000n], "\ufffd|'\ufffd'"],
    ["%v|%#v", [new Int("uint8", 7n), new Int("uint8", 7n)], "7|0x7"],
    ["%s|%10s|%-6s|%.2s|%q", ["a", "é", "b", "日本語", 'x"y'], 'a|         é|b     |日本|"x\\"y"'],
    ["%x|% x|%#x|% #X|%.1x", ["hi", "hi", "hi", "hi", "hi"], "6869|68 69|0x6869|0X68 0X69|68"],
    ["%#q|%#q|%+q", ["a`b", "raw", "é"], '"a`b"|`raw`|"\\u00e9"'],
    ["%t|%v|%5t", [true, false, true], "true|false| true"],
    [
      "%f|%.2f|%8.3f|%-8.1f|%08.3f|%+.1f",
      [1.5, 2.345, 3.14156, 2.5, -3.14156, 1],
      "1.500000|2.35|   3.142|2.5     |-003.142|+1.0",
    ],
    [
      "%e|%E|%g|%G|%v",
      [1234.5, 0.00012, 1e-7, 1e-7, 1e21],
      "1.234500e+03|1.200000E-04|1e-07|1E-07|1e+21",
    ],
    ["%#g|%#.3g|%#v", [1, 1, 1], "1.00000|1.00|1"],
    ["%v|%.1f", [new Complex(1, -2), new Complex(1.25, 0)], "(1-2i)|(1.2+0.0i)"],
    ["%5v|%05v", [Number.NaN, Number.POSITIVE_INFINITY], "  NaN| +Inf"],
    ["%v|%d|%s", [null, null, null], "<nil>|%!d(<nil>)|%!s(<nil>)"],
    [
      "%v %d %q",
      [
        ["a", 1n, null],
        ["a", 1n],
        ["a", "b"],
      ],
      '[a 1 <nil>] [%!d(string=a) 1] ["a" "b"]',
    ],
    [
      "%v",
      [
        new Map<string, Value>([
          ["b", 1n],
          ["a", [2n]],
        ]),
      ],
      "map[a:[2] b:1]",
    ],
    [
      "%#v",
      [
        new Map<string, Value>([
          ["b", 1n],
          ["a", null],
        ]),
      ],
      'map[string]interface {}{"a":interface {}(nil), "b":1}',
    ],
    ["%v|%#v|%T", [nilMap, nilMap, nilMap], "map[]|map[string]string(nil)|map[string]string"],
    [
      "%v|%s|%x|%X|%d|%#v",
      [bytes, bytes, bytes, bytes, bytes, bytes],
      "[1 171]|\x01\udcab|01ab|01AB|[1 171]|[]byte{0x1, 0xab}",
    ],
    [
      "%v|%+v|%#v",
      [point, point, point],
      '{1 p <nil>}|{X:1 Name:p Any:<nil>}|geo.Point{X:1, Name:"p", Any:interface {}(nil)}',
    ],
    ["%v|%T", [pointer, pointer], "&{1 p <nil>}|*geo.Point"],
    ["%v|%d|%q|%T", [named, named, named, named], 'February|2|"February"|time.Month'],
    ["%v|%d", [second, second], "1970-01-01 00:00:05.000000007 +0000 UTC|{7 62135596805 0}"],
    ["%#v", [second], "time.Date(1970, time.January, 1, 0, 0, 5, 7, time.UTC)"],
    [
      "%s|%d",
      [new NamedString("net.Protocol", "TCP"), new NamedString("net.Protocol", "TCP")],
      "TCP|%!d(net.Protocol=TCP)",
    ],
    ["100%%|%", [], "100%|%!(NOVERB)"],
    ["%z|%!", [1n, 2n], "%!z(int=1)|%!!(int=2)"],
    ["%d %d", [1n], "1 %!d(MISSING)"],
    ["%d", [1n, "x", null], "1%!(EXTRA string=x, <nil>)"],
    ["%[2]d %[1]d|%[3]d|%[x]d|%[1", [1n, 2n], "2 1|%!d(BADINDEX)|%!d(BADINDEX)|%!(NOVERB)"],
    ["%*d|%-*d|%.*f", [4n, 7n, 4n, 7n, 1n, 2.55], "   7|7   |2.5"],
    ["%*d|%.*d", ["x", 7n, -1n, 7n], "%!(BADWIDTH)7|%!(BADPREC)7"],
    ["%-05d|%+.2e", [7n, 12345.678], "7    |+1.23e+04"],
    ["%w", ["x"], "%!w(string=x)"],
  ])("%s", (format, args, expected) => {
    expect(sprintf(format, args)).toBe(expected);
  });
});

describe("sprint", () => {
  test("puts a space between two operands that are both no strings", () => {
    expect(sprint(["a", 1n, 2n, "b", 3n, null, true])).toBe("a1 2b3 <nil> true");
  });

  test("joins a character that was cut", () => {
    expect(sprint(["\udcc3", "\udca9"])).toBe("é");
  });

  test("puts spaces between all operands in a line", () => {
    expect(sprintln(["a", 1n])).toBe("a 1\n");
  });

  test("shows floats with the fewest digits", () => {
    expect(formatValue([0.1, 100000, 1e6, 1e-5])).toBe("[0.1 100000 1e+06 1e-05]");
  });
});

describe("budgets", () => {
  const counting = () => {
    const spent = { steps: 0, bytes: 0 };
    const context: CallContext = {
      charge: (steps) => {
        spent.steps += steps;
      },
      allocate: (size) => {
        spent.bytes += size;
      },
      secret() {},
      host: STILL_HOST,
    };
    return { context, spent };
  };

  test("are charged the width before it is filled", () => {
    const { context, spent } = counting();
    sprintf("%100000d", [1n], context);
    expect(spent.bytes).toBeGreaterThanOrEqual(100_000);
  });

  test("are charged every element", () => {
    const { context, spent } = counting();
    sprint([Array.from({ length: 50 }, () => [1n, 2n])], context);
    expect(spent.steps).toBeGreaterThanOrEqual(150);
  });

  test("do not reach values nested too deep", () => {
    let value: Value = 1n;
    for (let i = 0; i < 5000; i++) {
      value = [value];
    }
    expect(() => formatValue(value)).toThrow(
      expect.objectContaining({ code: "template_budget_depth" }),
    );
  });
});
