import { describe, expect, test } from "vitest";
import { readConfig } from "../src/config.js";

describe("RELEASE_SIGNER", () => {
  test.each([
    { line: "/bin/sign", words: ["/bin/sign"] },
    {
      line: "sign --vault 'keys of recipes'  -v",
      words: ["sign", "--vault", "keys of recipes", "-v"],
    },
    {
      line: `"/opt/my signer" --key="it's" $HOME ;`,
      words: ["/opt/my signer", "--key=it's", "$HOME", ";"],
    },
    { line: " ", words: undefined },
  ])("$line has the words $words", ({ line, words }) => {
    expect(readConfig({ RELEASE_SIGNER: line }, "/").releaseSigner).toEqual(words);
  });

  test.each(["sign 'x", `sign "x`, `'`])("%s is refused by name", (line) => {
    expect(() => readConfig({ RELEASE_SIGNER: line }, "/")).toThrow(
      expect.objectContaining({
        code: "config_invalid",
        message: expect.stringContaining("RELEASE_SIGNER"),
      }),
    );
  });
});
