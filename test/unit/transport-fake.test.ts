import { describe } from "vitest";
import { createFakeTransport } from "../fake-transport.js";
import { testContract } from "./transport-contract.js";

describe("the fake transport", () => {
  testContract((testCase) => {
    const answers = new Map(testCase.commands.map(({ answer, ...command }) => [JSON.stringify(command), answer]));
    return createFakeTransport((command) => answers.get(JSON.stringify(command)) ?? { exitCode: 127 });
  });
});
