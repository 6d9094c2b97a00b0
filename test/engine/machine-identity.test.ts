/**
 * Names in the inventory and the machines behind them: another machine under a known name, and one machine under two
 * names.
 */
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { type Network, programFromData, setNetwork, upTo } from "./network.ts";
import { Stack } from "./stack.ts";

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string[];

const dumps = () => Promise.all(["host1", "host2"].map((host) => lab.dump(host)));
const up = () => stack.pulumi("up", "--yes", "--skip-preview", "--stack", stack.name);

const filter = "/proc/sys/net/ipv4/conf/all/rp_filter";

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startLab({
    folder: path.join(folder, "lab"),
    hosts: [
      { name: "host1", address: "10.0.12.15/22" },
      { name: "host2", address: "10.0.12.11/22" },
    ],
  });
  await lab.exec("host1", ["sh", "-c", `echo 1 >${filter}`]);
  await lab.exec("host2", ["sh", "-c", `echo 0 >${filter}`]);
  await dumps();
  before = await dumps();
  stack = await new Stack(lab, folder).program(programFromData()).init();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

/**
 * The lab's hosts have the files of one machine, but must look like two. Each way to tell them apart replaces the one
 * before.
 */
async function tellApart(what: "machine-id" | "SSH host key"): Promise<void> {
  const id = "0123456789abcdef0123456789abcdef";
  const put = (file: string, text: string) =>
    `mkdir -p /run/own && echo '${text}' >/run/own/${path.basename(file)} && mount --bind /run/own/${path.basename(file)} ${file}`;
  if (what === "machine-id") await lab.exec("host2", ["sh", "-ec", put("/etc/machine-id", id)]);
  else
    for (const host of ["host1", "host2"]) {
      const lines = [
        put("/etc/machine-id", ""),
        "mkdir -p /run/own-ssh",
        `echo 'ssh-ed25519 ${host}' >/run/own-ssh/ssh_host_ed25519_key.pub`,
      ];
      await lab.exec(host, ["sh", "-ec", [...lines, "mount --bind /run/own-ssh /etc/ssh"].join("\n")]);
    }
}

describe.sequential.each(["machine-id", "SSH host key"] as const)(
  "another machine, by its %s, under a known name",
  (what) => {
    beforeAll(() => tellApart(what));
    const network = (mtu: number): Network => ({
      lan: { kind: "Bridge", args: { host: "box", name: "lan0", mtu } },
      web: { kind: "Namespace", args: { host: "box", name: "web" } },
      filter: { kind: "Sysctl", args: { host: "box", key: "net.ipv4.conf.all.rp_filter", value: "2" } },
    });
    const filterOf = async (host: string) => (await lab.exec(host, ["cat", filter])).stdout.trim();
    const inventory = (machine: "host1" | "host2", more: object = {}) => ({
      box: { ...lab.inventory()[machine], ...more },
    });
    let shown: string;

    test("is an error that shows both, whatever is to be done, and nothing is touched", async () => {
      await stack.setInventory(inventory("host1"));
      await upTo(stack, network(1400));
      const there = await dumps();
      await stack.setInventory(inventory("host2"));
      await setNetwork(stack, network(1300));
      const runs = [
        await up(),
        await stack.pulumi("up", "--yes", "--skip-preview", "--refresh", "--stack", stack.name),
      ];
      await setNetwork(stack, {});
      for (const { exitCode, output } of [...runs, await up()]) {
        expect(exitCode).not.toBe(0);
        expect(output).toMatch(
          /on box: box is another machine \([0-9a-f]{8}\) than the one that this was made on \([0-9a-f]{8}\); nothing was changed for this resource/,
        );
        shown = /another machine \((\w+)\)/.exec(output)![1]!;
        expect(output).toContain(`set machineId: "${shown}" for it in the inventory`);
      }
      expect(await dumps()).toEqual(there);
    });

    test("by choice it goes on: what is missing there is made again", async () => {
      await stack.setInventory(inventory("host2", { machineId: shown }));
      await upTo(stack, network(1400), "--refresh", "--run-program");
      expect((await lab.exec("host2", ["ip", "-br", "link", "show", "lan0"])).stdout).toMatch(/^lan0/);
      expect(await filterOf("host2")).toBe("2");
      // From then on, the name stands for this machine.
      await stack.setInventory(inventory("host2"));
      expect((await upTo(stack, network(1400), "--expect-no-changes")).changes).toEqual({ same: 3 });
      expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: 3 });
    });

    test("a machine that is asked for has to be this one", async () => {
      await stack.setInventory(inventory("host1", { machineId: shown }));
      await setNetwork(stack, network(1300));
      const { exitCode, output } = await up();
      expect(exitCode).not.toBe(0);
      expect(output).toMatch(/is another machine \([0-9a-f]{8}\) than the one that its machineId asks for/);
      // A run without resources uses the inventory of the run before.
      await stack.setInventory(inventory("host2"));
      await upTo(stack, network(1400));
      await upTo(stack, {});
      // The first machine is left as it was: nothing told the stack to remove what is there.
      await lab.exec("host1", [
        "sh",
        "-c",
        `ip netns del web; ip link del lan0; echo 1 >${filter}; rm -r /run/linuxnet`,
      ]);
      // The setting gets back the value that was found on this machine, not on the first one.
      expect(await filterOf("host2")).toBe("0");
      expect(await dumps()).toEqual(before);
    });
  },
);

test("one machine under two names: what both would have is refused", async () => {
  const { host1 } = lab.inventory();
  await stack.setInventory({ host1, web01: host1 });
  await setNetwork(stack, {
    lan: { kind: "Bridge", args: { host: "host1", name: "lan0" } },
    other: { kind: "Bridge", args: { host: "web01", name: "lan0" }, options: { dependsOn: ["lan"] } },
  });
  const { exitCode, output } = await up();
  expect(exitCode).not.toBe(0);
  expect(output).toMatch(
    /Bridge "other" on web01: name: Bridge "lan" of this program is lan0 on web01 already; remove one of them\n.*→ Two names of the inventory are this one machine: give both resources the same\./,
  );
  await upTo(stack, {});
  expect(await dumps()).toEqual(before);
});
