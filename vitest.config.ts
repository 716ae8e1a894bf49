import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Generous: how long things take is measured in bench/.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    projects: [
      {
        extends: true,
        // Core's modules remember nothing but caches: they are loaded once for many files.
        test: { name: "core", include: ["test/core/**/*.test.ts"], isolate: false },
      },
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
