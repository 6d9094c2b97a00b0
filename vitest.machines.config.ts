import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

// What `npm run test:machines` runs beside ordinary tests. A virtual machine's processor is emulated, so that all takes many times
// as long there: one file at a time, whether they share a machine or each has machines of its own.
export default mergeConfig(
  base,
  defineConfig({
    test: {
      include: ["test/machines/**/*.machine.ts"],
      testTimeout: 600_000,
      hookTimeout: 600_000,
      fileParallelism: !process.env.LINUXNET_MACHINE_FOLDER && !process.env.LINUXNET_MACHINE,
      coverage: { enabled: false },
    },
  }),
);
