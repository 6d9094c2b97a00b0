import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { codeBlocks, readPages } from "../documentation.ts";
import { makeConsumer } from "./consumer.ts";
import {
  host,
  conflicts,
  removeConflicts,
  prepareConnectionMistakes,
  wayOut,
  inventoryMistakes,
  programMistakes,
  hostMistakes,
  connectionMistakes,
} from "./mistakes.ts";
import { type Network, programFromData, setNetwork, upTo } from "./network.ts";
import { type Outcome, Stack } from "./stack.ts";
import { withNumberedAddresses, withoutId } from "./without-id.ts";

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string;

const page = readPages().find(({ file }) => file === "docs/troubleshooting.md")!;
const shown = new Map(
  codeBlocks(page).flatMap(({ label, text }) =>
    label?.startsWith("mistake: ") ? [[label.slice("mistake: ".length), text.trimEnd()] as const] : [],
  ),
);

const keys = () => path.join(folder, "keys");
const shell = (line: string) => lab.exec(host, ["sh", "-c", line]);

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: host, address: "10.0.12.15/22" }] });
  await prepareConnectionMistakes(lab, keys());
  // What a rule enables stays on, so it is on from the start.
  await lab.exec(host, ["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
  before = await lab.dump(host);
  stack = await new Stack(lab, folder, "dev").program(programFromData()).init();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const without = (texts: Readonly<Record<string, string>>, text: string) =>
  Object.entries(texts).reduce((rest, [from, to]) => rest.replaceAll(from, to), text);

/** What Pulumi says at the end, by the names of the resources, as the page shows it. */
function diagnostics({ output }: Outcome): Map<string, string> {
  const [, text = ""] = /\nDiagnostics:\n([^]*?)\n\n(?=\S)/.exec(`${output}\n\nend`) ?? [];
  return new Map(
    text.split(/\n(?= {2}\S)/).map((part) => {
      const [heading = "", ...lines] = part.split("\n");
      const name = /\((.*)\):$/.exec(heading)?.[1] ?? "";
      const said = lines.map((line) => line.replace(/^ {4}/, "")).join("\n");
      return [name, plain(said.trim())] as const;
    }),
  );
}

/** Without what differs between runs. */
function plain(text: string): string {
  const lab = path.join(folder, "lab");
  return without({ [keys()]: "~/.ssh", [lab]: "~/.ssh" }, text).replaceAll(/SHA256:[\w+/]{43}/g, "SHA256:…");
}

const update = (...args: string[]) =>
  stack.pulumi("up", "--yes", "--skip-preview", "--continue-on-error", "--stack", stack.name, ...args);

async function previewed(network: Network): Promise<Outcome> {
  await setNetwork(stack, network);
  const outcome = await stack.pulumi("preview", "--stack", stack.name);
  expect(outcome.exitCode).not.toBe(0);
  return outcome;
}

// One after another: they share a host.
describe.sequential("docs/troubleshooting.md shows what is said of", () => {
  const made = new Set<string>();

  function expectShown(mistake: string, said: string | undefined): void {
    made.add(mistake);
    const steady = (text: string | undefined) => withNumberedAddresses(withoutId(text ?? "nothing"));
    expect(steady(said)).toBe(steady(shown.get(mistake)));
  }

  test.each(Object.entries(inventoryMistakes))("the inventory's mistake %s", async (mistake, inventory) => {
    await stack.setInventory(inventory);
    const said = diagnostics(await previewed({ lan: { kind: "Bridge", args: { host } } }));
    await stack.setInventory(lab.inventory());
    expectShown(mistake, said.get("lan") ?? said.get("shop-dev"));
    expect(await lab.dump(host)).toBe(before);
  });

  test.each(Object.entries(programMistakes))("the program's mistake %s", async (mistake, network) => {
    const said = diagnostics(await previewed(network));
    expectShown(mistake, said.get(Object.keys(network).at(-1)!));
    expect(await lab.dump(host)).toBe(before);
  });

  describe.sequential("a host that is not reached:", () => {
    let said: Map<string, string>;
    const ways = Object.keys(connectionMistakes(""));

    beforeAll(async () => {
      const inventory = lab.inventory();
      const entries = Object.entries(connectionMistakes(keys())).map(([name, way]) => [
        name,
        { ...inventory[host], ...way },
      ]);
      await stack.setInventory({ ...inventory, ...(Object.fromEntries(entries) as object) });
      const bridges = ways.map((name) => [name, { kind: "Bridge", args: { host: name, name: "lan" } }] as const);
      await setNetwork(stack, Object.fromEntries(bridges));
      said = diagnostics(await update());
      await stack.setInventory(inventory);
    });

    test.each(ways)("%s", async (mistake) => {
      // The page shows each mistake on host1, with `lan` as the only resource.
      expectShown(mistake, without({ [`"${mistake}"`]: '"lan"', [mistake]: host }, said.get(mistake) ?? ""));
      expect(await lab.dump(host)).toBe(before);
    });
  });

  describe.sequential("a host that is reached:", () => {
    let said: Map<string, string>;

    beforeAll(async () => {
      await shell(conflicts);
      const there = await lab.dump(host);
      await setNetwork(stack, hostMistakes);
      said = diagnostics(await update());
      expect(await lab.dump(host)).toBe(there);
      await shell(removeConflicts);
    });

    test.each(Object.entries(hostMistakes))("%s", (mistake, { kind }) => {
      const name = { Bridge: "lan", Namespace: "box", Route: "way", Veth: "cable" }[kind]!;
      expectShown(mistake, without({ [`"${mistake}"`]: `"${name}"` }, said.get(mistake) ?? ""));
    });
  });

  test("a host without iptables", async () => {
    const hide = `program=$(command -v iptables-save) && mkdir /run/bin && cp -a /usr/sbin/. /run/bin &&
      rm /run/bin/*tables* /run/bin/nft && mount --bind /run/bin /usr/sbin`;
    await shell(hide);
    await setNetwork(stack, wayOut);
    const said = diagnostics(await update());
    await shell("umount /usr/sbin && rm -r /run/bin");
    expectShown("no-iptables", said.get("way-out"));
  });

  test("a host with an old iproute2", async () => {
    const there = await lab.dump(host);
    await shell(`printf '%s\\n' '#!/bin/sh' 'echo "ip utility, iproute2-ss161212"' >/run/ip && chmod +x /run/ip &&
      mount --bind /run/ip "$(readlink -f "$(command -v ip)")"`);
    await setNetwork(stack, { lan: { kind: "Bridge", args: { host, name: "lan" } } });
    const said = diagnostics(await update());
    await shell('umount "$(readlink -f "$(command -v ip)")" && rm /run/ip');
    expectShown("old-iproute2", said.get("lan"));
    expect(await lab.dump(host)).toBe(there);
  });

  test("a host that is gone when the stack is destroyed", async () => {
    await upTo(stack, wayOut);
    await lab.stopSshd(host);
    const said = diagnostics(await stack.pulumi("destroy", "--yes", "--skip-preview", "--stack", stack.name));
    await lab.startSshd(host);
    expectShown("gone-host", said.get("way-out"));
    await stack.destroy();
    expect(await lab.dump(host)).toBe(before);
  });

  test("nothing else, and each mistake is made", () => {
    expect([...made].sort()).toEqual([...shown.keys()].sort());
    expect(shown.size).toBeGreaterThanOrEqual(20);
  });
});
