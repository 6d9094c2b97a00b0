import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

// What `npm run test:machines` runs beside ordinary tests. A virtual machine's processor is emulated, so that all takes many times
// as long there; and one file at a time where they share the machine.
export default mergeConfig(
  base,
  defineConfig({
    test: {
      include: ["test/machines/**/*.machine.ts"],
      testTimeout: 600_000,
      hookTimeout: 600_000,
      fileParallelism: process.env.LINUXNET_MACHINE_FOLDER === undefined,
      coverage: { enabled: false },
    },
  }),
);
