import { expect, test } from "vitest";
import { escapeDollars } from "../../../../src/core/render/compose/container-command.js";

test.each([
  { word: "$X", want: "$$X", why: "at the start" },
  { word: "echo $X", want: "echo $$X", why: "behind a visible character and a space" },
  { word: "ab$X", want: "ab$$X", why: "behind two visible characters" },
  { word: "a$X", want: "a$X", why: "one character before it is too few" },
  { word: "  $X", want: "  $X", why: "no visible character before" },
  { word: "ab$(x)", want: "ab$(x)", why: "Compose reads no parentheses" },
  { word: "ab$ x", want: "ab$ x", why: "a lone dollar" },
  { word: "ab$".concat("{X}"), want: "ab$$".concat("{X}"), why: "braces" },
  { word: "$$X", want: "$$X", why: "doubled already" },
])("$word: $why", ({ word, want }) => {
  expect(escapeDollars([word])).toEqual([want]);
  expect(escapeDollars([want])).toEqual([want]);
});
