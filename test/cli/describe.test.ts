import { expect, test } from "vitest";
import { describeError } from "../../src/cli/frame/describe.js";
import { BackbarError } from "../../src/errors.js";

const place = { file: "a.yaml", line: 3, column: 5 };

test.each([
  {
    name: "one problem",
    error: new BackbarError("x", "bad", {
      place,
      hint: "h",
      problems: [{ code: "x", message: "bad", place, hint: "h" }],
    }),
    text: "backbar: error: a.yaml:3:5: bad\nhint: h\n",
  },
  {
    name: "a file that begins the message",
    error: new BackbarError("x", "a.yaml is bad", { place: { file: "a.yaml" } }),
    text: "backbar: error: a.yaml is bad\n",
  },
  {
    name: "hints of their own where problems have them",
    error: new BackbarError("x", "bad (and 1 more)", {
      place,
      hint: "h",
      problems: [
        { code: "x", message: "bad", place, hint: "h" },
        { code: "y", message: "worse", hint: "other" },
      ],
    }),
    text: "backbar: error: 2 problems\n  a.yaml:3:5: bad\n  worse\n    hint: other\nhint: h\n",
  },
  {
    name: "the command that makes a request",
    error: new BackbarError("version_unknown", "there is none", {
      hint: "GET /v1/recipes/acme/redis/versions lists them",
    }),
    text: "backbar: error: there is none\nhint: backbar show acme/redis lists them\n",
  },
  {
    name: "a hint that the message ends with once",
    error: new BackbarError("x", "bad: write it so", { hint: "write it so" }),
    text: "backbar: error: bad: write it so\n",
  },
  {
    name: "what helps at a command line instead of in a request",
    error: new BackbarError("environment_unknown", "there is none", {
      hint: "GET /v1/environments lists them",
    }),
    text: "backbar: error: there is none\nhint: backbar env list shows those that are there\n",
  },
])("tells $name", ({ error, text }) => {
  expect(describeError(error)).toBe(text);
});
