import { defineConfig } from "vitest/config";
import { common, packageSetUp } from "./vitest.config.ts";

// What `npm run test:machines` runs, beside ordinary tests of all sorts. A virtual machine's processor is emulated, so that all takes
// many times as long there: one file at a time, whether they share a machine or each has machines of its own.
export default defineConfig({
  test: {
    ...common,
    include: ["test/**/*.test.ts", "test/machines/**/*.machine.ts"],
    globalSetup: [packageSetUp],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: !process.env.LINUXNET_MACHINE_FOLDER && !process.env.LINUXNET_MACHINE,
  },
});
