import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Generous: how long things take is measured in bench/.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    projects: [
      { extends: true, test: { name: "core", include: ["test/core/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "service",
          include: ["test/**/*.test.ts"],
          exclude: ["test/core/**"],
          globalSetup: ["test/helpers/global-setup.ts"],
        },
      },
    ],
  },
});
