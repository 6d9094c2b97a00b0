import { defineConfig } from "vitest/config";

// Kernel and engine tests start real hosts and processes: two at a time on two cores, and with time to do it.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/engine/set-up.ts"],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    minWorkers: 1,
    coverage: {
      provider: "v8",
      include: ["provider/**/*.ts", "sdk/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
    },
  },
});
