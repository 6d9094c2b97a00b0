import { isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";
import type { LabHost } from "./lab-options.ts";
import { LabError } from "./lab-error.ts";
import { enter } from "./namespaces.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { runProgram } from "./run-program.ts";

/** The interface that connects this machine to the wire of an attached lab: one end of a veth pair. */
export const attachedLink = "linuxnet-lab";

/** An address in CIDR form without its prefix length. */
export function addressOf(cidr: string): string {
  return cidr.slice(0, cidr.indexOf("/"));
}

/**
 * Creates the bridge that acts as the wire. It has the gateway's addresses, unless this machine is attached as gateway.
 */
export async function makeWire(wire: ProcessIdentity, gateways: readonly string[], attach: boolean): Promise<void> {
  await ip(wire, ["link add wire type bridge", ...(attach ? [] : gatewayLines("wire", gateways)), "link set wire up"]);
}

/** Connects this machine's own network to the wire, as the gateway. */
export async function attachMachine(wire: ProcessIdentity, gateways: readonly string[]): Promise<void> {
  await ip(undefined, [
    `link add ${attachedLink} type veth peer name to-machine netns ${wire.pid}`,
    ...gatewayLines(attachedLink, gateways),
    `link set ${attachedLink} up`,
  ]);
  await ip(wire, ["link set to-machine master wire up"]);
}

/** Deletes this machine's link to the wire. If it does not exist, there is nothing to do. */
export async function detachMachine(): Promise<void> {
  if (await isAttached()) await runProgram(["ip", "link", "del", attachedLink]);
}

/** Whether this machine has a link to the wire of a lab. */
export async function isAttached(): Promise<boolean> {
  return (await runProgram(["ip", "link", "show", attachedLink], { reject: false })).exitCode === 0;
}

/** Creates a host's eth0 with its addresses, a default route via the gateway, and a MAC address that reboots keep. */
export async function connectHost(
  wire: ProcessIdentity,
  init: ProcessIdentity,
  host: LabHost,
  gateways: readonly string[],
): Promise<void> {
  const port = `to-${host.name}`;
  const addresses = host.address6 === undefined ? [host.address] : [host.address, host.address6];
  await ip(wire, [
    `link add ${port} type veth peer name eth0 netns ${init.pid} address ${macAddress(host.address)}`,
    `link set ${port} master wire up`,
  ]);
  // Duplicate address detection would delay IPv6 for a second, during which the state of the address changes.
  await runProgram(enter(init, ["sysctl", "-q", "-w", "net.ipv6.conf.eth0.accept_dad=0"]), { reject: false });
  await ip(init, [
    ...addresses.map((address) => `addr add ${address} dev eth0`),
    "link set eth0 up",
    ...gateways
      .filter((gateway) => addresses.some((address) => sameFamily(address, gateway)))
      .map((gateway) => `route add default via ${addressOf(gateway)} dev eth0`),
  ]);
}

/** Deletes a host's link to the wire. It may already be gone together with the host's namespace. */
export async function disconnectHost(wire: ProcessIdentity, host: LabHost): Promise<void> {
  const port = `to-${host.name}`;
  const gone = await runProgram(enter(wire, ["ip", "link", "del", port], "network"), { reject: false });
  if (gone.exitCode !== 0 && !gone.stderr.includes("Cannot find device")) {
    throw new LabError(`The link of ${host.name} could not be taken away: ${gone.stderr}`);
  }
}

/**
 * Checks that this machine can be attached to the lab's network.
 * @throws LabError if this machine already has a route to some of the lab's addresses.
 */
export async function refuseOverlap(gateways: readonly string[]): Promise<void> {
  const routes = (await Promise.all([machineRoutes("-4"), machineRoutes("-6")])).flat();
  for (const gateway of gateways) {
    const taken = routes.find(({ dst }) => sameFamily(dst, gateway) && overlap(dst, gateway));
    if (taken) {
      throw new LabError(
        `This machine has a route to ${taken.dst} by ${taken.dev ?? "no link"}, which the lab's network of ${gateway} ` +
          "overlaps: take that link down, or run the lab on another machine.",
      );
    }
  }
}

interface MachineRoute {
  readonly dst: string;
  readonly dev?: string;
}

async function machineRoutes(family: "-4" | "-6"): Promise<MachineRoute[]> {
  const { stdout } = await runProgram(["ip", family, "-json", "route", "show"]);
  return (JSON.parse(stdout || "[]") as MachineRoute[]).filter(({ dst }) => dst !== "default" && dst !== "fe80::/64");
}

function overlap(a: string, b: string): boolean {
  const [addressA, lengthA] = parse(a);
  const [addressB, lengthB] = parse(b);
  return addressA.match(addressB, Math.min(lengthA, lengthB));
}

function parse(range: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (range.includes("/")) return ipaddr.parseCIDR(range);
  const address = ipaddr.parse(range);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

function sameFamily(a: string, b: string): boolean {
  return isIPv4(a.split("/")[0] ?? "") === isIPv4(b.split("/")[0] ?? "");
}

function gatewayLines(device: string, gateways: readonly string[]): string[] {
  return gateways.map((gateway) => `addr add ${gateway} dev ${device}${gateway.includes(":") ? " nodad" : ""}`);
}

/** The MAC address for the host with this IPv4 address on the wire. The prefix 02: marks it as locally administered. */
export function macAddress(address: string): string {
  const bytes = addressOf(address).split(".").map(Number);
  return [2, 0, ...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

async function ip(where: ProcessIdentity | undefined, lines: readonly string[]): Promise<void> {
  const batch = ["ip", "-batch", "-"];
  await runProgram(where ? enter(where, batch, "network") : batch, {
    input: lines.map((line) => `${line}\n`).join(""),
  });
}
