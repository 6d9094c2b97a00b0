import { expect, test } from "vitest";
import type { Link } from "../../provider/commands/link.js";
import { bridge } from "../../provider/resources/bridge.js";

// A kernel takes the protocol's frames in its first network namespace alone: a test's host can't be another's leaf.
test("a bridge that is not the spanning tree's root has the root's forward delay, which is no drift", () => {
  const info = { stp_state: 1, forward_delay: 3000, ageing_time: 30_000, bridge_id: "8000.2:0:0:0:0:1" };
  const context = { marks: ["m"], mark: "m", group: 1 } as never;
  const delayWith = (root_id: string) => {
    const link = { kind: "bridge", name: "lan", alias: "m", group: 1, addresses: [], up: true } as unknown as Link;
    const inputs = { name: "lan", addresses: [], stp: true, forwardDelay: 15, ageingTime: 300 } as never;
    const answers = {
      link: { value: { ...link, info: { ...info, root_id } } },
      bridged: { value: [] },
    } as never;
    return bridge.interpret(inputs, answers, context).state?.forwardDelay;
  };
  expect(delayWith("8000.2:0:0:0:0:1")).toBe(30);
  expect(delayWith("1000.2:0:0:0:0:2")).toBe(15);
});
