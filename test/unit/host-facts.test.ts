import { expect, test } from "vitest";
import { hostFacts } from "../../provider/commands/host-facts.js";

const idFrom = (...lines: string[]) =>
  hostFacts().parse({
    ran: true,
    exitCode: 0,
    stdout: ["boot b", "net n", "at 1", "kernel 6.1.0", ...lines].join("\n"),
    stderr: "",
  }).value?.machineId;

const id = "0123456789abcdef0123456789abcdef";

test.each<[string, string[], string | undefined]>([
  ["its machine-id", [`id ${id}`, "key AAAAC3"], id],
  ["its SSH host key, where it has no machine-id", ["key AAAAC3"], "AAAAC3"],
  [
    "its SSH host key, where the machine-id is not set yet (machine-id(5))",
    ["id uninitialized", "key AAAAC3"],
    "AAAAC3",
  ],
  ["nothing", [], undefined],
])("a machine is known by %s", (_what, lines, wanted) => {
  expect(idFrom(...lines)).toBe(wanted);
});
