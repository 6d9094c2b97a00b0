import { expect, test } from "vitest";
import { link } from "../../provider/commands/link.js";
import { bridge } from "../../provider/resources/bridge.js";

// A kernel receives the protocol's frames only in its initial network namespace, so a test host can't be the leaf of
// another one.
test("a bridge that is not the spanning tree's root has the root's forward delay, which is no drift", () => {
  const delayWith = (root_id: string) => {
    const info_data = {
      stp_state: 1,
      forward_delay: 3000,
      ageing_time: 30_000,
      bridge_id: "8000.2:0:0:0:0:1",
      root_id,
    };
    const shown = [
      {
        ...{
          ifindex: 2,
          ifname: "lan",
          flags: ["UP"],
          mtu: 1500,
          group: "7",
          address: "02:00:00:00:00:01",
          ifalias: "m",
        },
        ...{ linkinfo: { info_kind: "bridge", info_data }, addr_info: [] },
      },
    ];
    const answer = { ran: true, exitCode: 0, stdout: JSON.stringify(shown), stderr: "" };
    const answers = { link: link(undefined, "lan").parse(answer), bridged: { value: undefined } };
    const inputs = { name: "lan", addresses: [], stp: true, forwardDelay: 15, ageingTime: 300 };
    const context = { marks: ["m"], mark: "m", group: 7 };
    return bridge.interpret(inputs as never, answers as never, context as never).state?.forwardDelay;
  };
  expect(delayWith("8000.2:0:0:0:0:1")).toBe(30);
  expect(delayWith("1000.2:0:0:0:0:2")).toBe(15);
});
