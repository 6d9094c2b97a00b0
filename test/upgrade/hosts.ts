/** The hosts and the stack of version 0.1.0 that `record.ts` records and that the upgrade test rebuilds. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Lab, type LabHost, startLab } from "../../examples/lab/lab.ts";
import { repository } from "../engine/pack.ts";
import { Stack } from "../engine/stack.ts";

/** The last one is not in the inventory: the program says how to reach it. */
const hosts: readonly LabHost[] = [
  { name: "host1", address: "10.0.12.15/22", address6: "fd00:12::15/64" },
  { name: "host2", address: "10.0.12.11/22", address6: "fd00:12::11/64" },
  { name: "inline", address: "10.0.12.77/22", address6: "fd00:12::77/64" },
];
export const hostNames = hosts.map(({ name }) => name);

/**
 * What each host has before the stack is created: its own settings, a namespace's file, and a container with a network.
 */
const found = `
echo 1025 60000 >/proc/sys/net/ipv4/ip_local_port_range
mkdir -p /etc/netns/found && echo "nameserver 10.0.12.9" >/etc/netns/found/resolv.conf
touch /run/container && unshare --net=/run/container ip link set lo up
`;

const recorded = (file: string) => fileURLToPath(new URL(`recorded/${file}`, import.meta.url));
/** Everything that 0.1.0 ran on a host, in order. */
export const scriptOf = (host: string) => recorded(`${host}.sh`);
/** The stack's state, as exported. */
export const stateFile = recorded("state.json");

/** The placeholder for the lab's folder in the recorded state. */
const labFolder = "/LAB";
/**
 * The placeholder for the inode of a host's container's network namespace, which is always different. It is a number,
 * too.
 */
const inodeOf = (host: string) => String(9_000_000_000 + hostNames.indexOf(host));

/** The recorded placeholders with the lab's values, in pairs. */
async function substitutes(lab: Lab, folder: string): Promise<(readonly [recorded: string, own: string])[]> {
  const inodes = hostNames.map(async (host) => {
    const { stdout } = await lab.exec(host, ["stat", "-Lc", "%i", "/run/container"]);
    return [inodeOf(host), stdout.trim()] as const;
  });
  return [[labFolder, path.join(folder, "lab")], ...(await Promise.all(inodes))];
}

/** Starts three hosts with what exists before the stack. */
export async function startHosts(folder: string): Promise<Lab> {
  const lab = await startLab({ folder, hosts });
  await Promise.all(hostNames.map((host) => prepare(lab, host)));
  return lab;
}

async function prepare(lab: Lab, host: string): Promise<void> {
  await lab.exec(host, ["sh", "-ec", found]);
  // An iptables table exists once it has been read.
  await lab.dump(host);
}

/** Removes everything from the hosts: they are new ones with what exists before the stack. */
export async function startAnew(lab: Lab): Promise<void> {
  for (const host of hostNames) {
    // A reboot keeps the contents of /etc/netns.
    await lab.exec(host, ["rm", "-rf", "/etc/netns"]);
    await lab.reboot(host);
    await prepare(lab, host);
  }
}

/**
 * Does on new hosts what 0.1.0 did, without 0.1.0.
 * @throws If interfaces would not get the numbers that they have in the state.
 */
export async function rebuild(lab: Lab): Promise<void> {
  const { stdout } = await lab.exec(hostNames[0]!, ["unshare", "--net", "ip", "-o", "link", "show"]);
  if (!/^1: lo:.*$/.test(stdout))
    throw new Error(`new network namespaces have interfaces here that they had not where it was recorded:\n${stdout}`);
  await Promise.all(
    hostNames.map((host) => lab.exec(host, ["sh", "-s"], { input: readFileSync(scriptOf(host), "utf8") })),
  );
}

/** Creates the stack, with its program, but none of its resources. */
export async function makeStack(lab: Lab, folder: string): Promise<Stack> {
  const { inline, host2, ...others } = lab.inventory();
  const program = readFileSync(path.join(repository, "test/engine/programs/upgrade.js"), "utf8");
  const inventory = { ...others, host2: { ...host2, firewall: "nftables" } };
  // The state is written only at the end, which takes a quarter of the time.
  const variables = { PULUMI_SKIP_CHECKPOINTS: "1" };
  const stack = await new Stack(lab, folder, "test", inventory, variables).program(program).init();
  await stack.succeed("config", "set", "--stack", stack.name, "inline", JSON.stringify(inline));
  return stack;
}

/** The stack's state, with the recorded placeholders. */
export async function exportState(lab: Lab, folder: string, stack: Stack): Promise<string> {
  const file = path.join(folder, "state.json");
  await stack.succeed("stack", "export", "--stack", stack.name, "--file", file);
  let text = readFileSync(file, "utf8");
  for (const [recorded, own] of await substitutes(lab, folder)) text = text.replaceAll(own, recorded);
  return text;
}

/** Imports the recorded state, as the state of these hosts. */
export async function importState(lab: Lab, folder: string, stack: Stack): Promise<void> {
  let text = readFileSync(stateFile, "utf8");
  for (const [recorded, own] of await substitutes(lab, folder)) text = text.replaceAll(recorded, own);
  const file = path.join(folder, "state.json");
  writeFileSync(file, text);
  await stack.succeed("stack", "import", "--stack", stack.name, "--file", file);
}
