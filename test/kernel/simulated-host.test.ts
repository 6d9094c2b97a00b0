/** The simulated host compared with a real kernel: each must answer exactly like the other. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Command } from "../../provider/transport/transport.js";
import { type Host, story, tell } from "../convergence/converges.js";
import { KernelHost } from "../convergence/kernel-host.js";
import { ModelHost } from "../convergence/model-host.js";
import { livesOf, simulatedKinds } from "../kinds/index.js";
import { deleteNamespace, untilGone } from "../kinds/damage-by-hand.js";
import { seeding } from "../seed.js";
import { type Recording, comparable, record } from "../simulated-host/lockstep.js";
import { rawCases } from "../simulated-host/raw-cases.js";
import { initialSettings } from "../simulated-host/settings.js";
import { SimulatedHost } from "../simulated-host/simulated-host.js";
import { TestResource } from "../test-resource.js";
import { TestHost } from "./test-host.js";

let real: TestHost;
let simulated: SimulatedHost;
/** A simulated host with the real host's settings: a kernel calculates some of them from its memory size. */
function simulate(read: (path: string) => string): SimulatedHost {
  const values = Object.keys(initialSettings).map((key) => [key, read(`/proc/sys/${key}`)]);
  return new SimulatedHost({ settings: Object.fromEntries(values) as Record<string, string> });
}
beforeEach(async () => {
  real = await TestHost.start();
  // With forwarding, a kernel creates routes that the simulated host does not model.
  real.sh("sysctl -qw net.ipv6.conf.all.forwarding=0");
  simulated = simulate((path) => real.sh(`cat ${path}`));
});
afterEach(() => real.stop());

/** Runs a line of manual commands on both. */
function byHand(line: string): void {
  // The next command, or the comparison, must find the namespace's interfaces deleted on the real host too.
  const waiting = line.includes(untilGone)
    ? line
    : line.replaceAll(/ip netns del (\w+)/g, (_, namespace: string) => deleteNamespace(namespace));
  real.sh(waiting);
  simulated.commands(withoutWaiting(waiting));
}

/** The simulated host deletes a namespace's interfaces with the namespace. */
const withoutWaiting = (line: string) => line.replaceAll(untilGone, "").replaceAll(/sleep [\d.]+;?/g, "");

/** Whether a line only has commands that both hosts support. */
const isPlain = (line: string) =>
  withoutWaiting(line)
    .split(";")
    .filter((part) => part.trim() !== "")
    .every((part) => plainCommand.test(part.trim()));
const plainCommand = /^(ip (?!netns exec \S+ (?!sysctl))|sysctl -qw |sleep )([^'"$|>]|'')*$/;

describe.each(livesOf(simulatedKinds()))("$label", ({ kind, around = "", made, changes, damages }) => {
  let pair: readonly { readonly resource: TestResource; readonly recording: Recording }[];
  beforeEach(() => {
    pair = [real, simulated].map((host) => {
      const recording = record(host.transport);
      return { resource: new TestResource(recording, kind, "life"), recording };
    });
  });

  /**
   * Does the same on both, and compares the results, the recorded state, and the result of every command on the way.
   */
  async function both(when: string, act: (resource: TestResource) => Promise<unknown>): Promise<void> {
    const said: unknown[] = [];
    for (const { resource, recording } of pair) {
      const answer = await act(resource).catch((error: unknown) => String(error));
      said.push({ answer, state: resource.state, commands: recording.take() });
    }
    expect(said[1], when).toEqual(said[0]);
  }

  test("goes the same way", async () => {
    byHand(around);
    let wanted = made;
    for (const to of [made, ...changes.map(({ to }) => to)]) {
      await both(`up to ${JSON.stringify(to)}`, (resource) => resource.up(to));
      await both(`refresh after ${JSON.stringify(to)}`, (resource) => resource.refresh());
      wanted = to;
    }
    for (const { by, paths } of damages.filter(({ by }) => isPlain(by))) {
      byHand(by);
      await both(`refresh after ${by}`, (resource) => resource.refresh());
      if (paths === "gone") {
        for (const part of around.split(";").filter((part) => part !== "")) {
          real.sh(`${part} 2>/dev/null || :`);
          try {
            simulated.commands(part);
          } catch {
            // This part still exists.
          }
        }
      }
      await both(`up after ${by}`, (resource) => resource.up(wanted));
    }
    await both("down", (resource) => resource.down());
  });
});

describe.each(rawCases)("$name", ({ steps, namespaces = [] }) => {
  const places = [[], ...namespaces.map((name) => ["-n", name])];
  /** Everything that can be seen. */
  const look: readonly Command[] = [
    ...places.map((place) => ["ip", ...place, "-d", "-j", "address", "show"]),
    ...places.flatMap((place) =>
      ["-4", "-6"].map((family) => ["ip", ...place, family, "-N", "-d", "-j", "rule", "show"]),
    ),
    ...places.flatMap((place) =>
      ["-4", "-6"].flatMap((family) =>
        ["main", "local", "default", "77"].map((table) => [
          ...["ip", ...place, family, "-N", "-d", "-j", "route", "show", "table", table],
        ]),
      ),
    ),
  ].map((argv) => ({ argv, always: true }));

  test("is answered alike", async () => {
    for (const step of steps) {
      const command = typeof step === "string" ? { argv: step.split(" ") } : step;
      if (command.argv.includes("setsid")) {
        // A background process prints nothing, and would keep the transport's pipes open.
        real.sh(`${command.argv.join(" ")} >/dev/null 2>&1`);
        simulated.command(...command.argv);
        continue;
      }
      const answers = async (asked: readonly Command[]) => {
        const results = await Promise.all([real, simulated].map(({ transport }) => transport.run({ commands: asked })));
        return results.map((each) => each.map((result, index) => comparable(asked[index]!, result)));
      };
      const [ofReal, ofSimulated] = await answers([command]);
      expect(ofSimulated, command.argv.join(" ")).toEqual(ofReal);
      const compare = async () => {
        const [ofReal, ofSimulated] = await answers(look);
        expect(ofSimulated, command.argv.join(" ")).toEqual(ofReal);
      };
      // A kernel deletes a namespace's interfaces some time after the namespace.
      if (command.argv.includes("netns") && command.argv.includes("delete"))
        await vi.waitFor(compare, { timeout: 5000 });
      else await compare();
    }
  });
});

/** A host for a random story, with a recording of what it is asked. */
function recorded(host: Host): { readonly host: Host; readonly recording: Recording } {
  // A real host has another transport after a reboot.
  const recording = record({ run: (batch) => host.transport.run(batch), close: () => host.transport.close() });
  const { transport } = recording;
  return {
    host: {
      transport,
      terminal: host.terminal,
      reboot: () => host.reboot(),
      dump: () => host.dump(),
      stop: () => host.stop(),
    },
    recording,
  };
}

test("random networks go the same way through damage and reboots", { timeout: 600_000 }, async () => {
  const numRuns = Number(process.env.LINUXNET_STORIES ?? 6);
  const property = fc.asyncProperty(story(simulatedKinds()), async (each) => {
    const kernel = await KernelHost.start();
    const model = new ModelHost(simulate((path) => kernel.terminal(["cat", path])!.trim()));
    const [first, second] = [kernel, model].map(recorded).map(async ({ host, recording }) => {
      const end = await tell(host, each).catch((error: unknown) => String(error));
      await host.stop();
      return { end, commands: recording.take() };
    });
    expect(await second).toEqual(await first);
  });
  await fc.assert(property, { numRuns, ...seeding, endOnFailure: true });
});

describe("the simulated host", () => {
  const bridge = { name: "br0", addresses: ["10.0.0.1/24"] };
  const resource = () => new TestResource(simulated, "Bridge", "br0");

  test.each([
    ["ip", "link", "add", "name", "w0", "type", "wireguard"],
    ["ip", "address", "show"],
    ["cat", "/etc/passwd"],
    ["cat", "/proc/sys/net/ipv4/conf/all/forwarding"],
    ["sh", "-c", "true"],
    ["sysctl", "-a"],
  ])("refuses what it does not know: %s %s %s", async (...argv) => {
    await expect(simulated.transport.run({ commands: [{ argv }] })).rejects.toThrow("does not know");
  });

  test("refuses a rule that iptables-save would print in other words", () => {
    expect(() => {
      simulated.setRules("nat", ["-A POSTROUTING -o br0 -s 10.0.0.0/8 -j MASQUERADE"]);
    }).toThrow("does not know");
  });

  test("lets a command fail", async () => {
    simulated.faults = {
      answer: ({ argv }) =>
        argv.includes("up") ? { exitCode: 2, stderr: "RTNETLINK answers: No buffer space" } : undefined,
    };
    const before = simulated.dump();
    await expect(resource().up(bridge)).rejects.toThrow("No buffer space");
    expect(simulated.dump()).toBe(before);
  });

  test.each([0, 1, 2, 3, 4, 5])("loses the answer after %i commands", async (count) => {
    const undisturbed = new SimulatedHost();
    await new TestResource(undisturbed, "Bridge", "br0").up(bridge);
    simulated.faults = { breakAfter: (_batch, batch) => (batch === 1 ? count : undefined) };
    await resource().up(bridge);
    expect(simulated.dump()).toBe(undisturbed.dump());
    expect(simulated.batchCount).toBeGreaterThan(1);
  });

  test("forgets everything in a reboot", async () => {
    const before = simulated.dump();
    await resource().up(bridge);
    await new TestResource(simulated, "Sysctl", "forward").up({ key: "net.ipv4.ip_forward", value: 1 });
    expect(simulated.dump()).not.toBe(before);
    simulated.reboot();
    expect(simulated.dump()).toBe(before);
  });

  test("keeps what is in a namespace that a process is in", () => {
    simulated.commands("ip netns add box; ip link add name d0 netns box type veth peer name d1");
    simulated.occupy("box");
    simulated.commands("ip netns delete box");
    expect(simulated.dump()).toContain("link d1 of d0");
    expect(() => simulated.command("ip", "-n", "box", "link", "delete", "d0")).toThrow("Cannot open network namespace");
  });
});
