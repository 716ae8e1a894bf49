import { expect, test } from "vitest";
import { MAX_TEXT, maskError, maskFault } from "../../../src/core/provision/mask-error.js";
import { MASK, Secrets } from "../../../src/core/provision/secrets.js";
import { FormError } from "../../../src/core/render/compose/form.js";
import { BackbarError } from "../../../src/errors.js";

const secrets = new Secrets(["hunter22"]);

test("errors are masked in every part, causes included", () => {
  const cause = new FormError("services.hunter22", "is hunter22");
  const error = new BackbarError("some_code", "hunter22 failed", {
    hint: "not hunter22",
    place: { file: "f.yaml", path: "a.hunter22.b" },
    problems: [{ code: "c", message: "hunter22", place: { path: "hunter22" } }],
    cause,
  });
  expect(maskError(error, secrets)).toBe(error);
  expect(error).toMatchObject({
    message: `${MASK} failed`,
    hint: `not ${MASK}`,
    place: { file: "f.yaml", path: `a.${MASK}.b` },
    problems: [{ code: "c", message: MASK, place: { path: MASK } }],
  });
  expect(cause).toMatchObject({ path: `services.${MASK}` });
  expect(`${error.stack}${cause.stack}${cause.message}`).not.toContain("hunter22");
});

test("a finding is masked with its place", () => {
  const finding = { code: "c", message: "m hunter22", place: { line: 3, path: "x.hunter22" } };
  expect(maskFault(finding, secrets)).toEqual({
    code: "c",
    message: `m ${MASK}`,
    place: { line: 3, path: `x.${MASK}` },
  });
});

test("long messages are cut, and no secret with them", () => {
  const error = new Error(`${"a ".repeat(MAX_TEXT / 2 - 2)}hunter22${"b".repeat(1e6)}`);
  maskError(error, secrets);
  expect(error.message).toBe(`${"a ".repeat(MAX_TEXT / 2 - 2)}${MASK}…`);
  expect(error.stack?.length).toBeLessThan(2 * MAX_TEXT);
});
