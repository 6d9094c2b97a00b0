import { defineConfig } from "vitest/config";

/** What all tests have in common: kernel and engine tests start real hosts and processes, two at a time on two cores, and with time to do it. */
export const common = {
  testTimeout: 60_000,
  hookTimeout: 180_000,
  maxWorkers: 2,
  minWorkers: 1,
};

/** Installs the package as it would be published. */
export const packageSetUp = "test/engine/set-up.ts";

export default defineConfig({
  test: {
    ...common,
    projects: [
      // Need no root, no set-up and no build.
      { extends: true, test: { name: "unit", include: ["test/unit/**/*.test.ts", "test/convergence/model.test.ts"] } },
      // Hosts in namespaces of this machine, without Pulumi.
      {
        extends: true,
        test: {
          name: "kernel",
          include: [
            "test/kernel/**/*.test.ts",
            "test/convergence/kernel.test.ts",
            "test/machines/{tools,verdict}.test.ts",
          ],
        },
      },
      // The real engine, with the package as it would be published.
      {
        extends: true,
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts", "test/chaos/**/*.test.ts", "test/machines/scenario.test.ts"],
          globalSetup: [packageSetUp],
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["provider/**/*.ts", "sdk/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
    },
  },
});
