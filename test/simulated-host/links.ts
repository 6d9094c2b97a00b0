/** Interfaces of a simulated host (net/core/rtnetlink.c, drivers/net/veth.c, net/bridge/br_if.c). */
import { connectAddresses, disconnectAddresses, dropIpv6, dropRoutes, leastIpv6Mtu } from "./addresses.js";
import type { Link, NetworkNamespace } from "./network-namespace.js";
import { ProgramFailure, refused, refusedBecause } from "./program-failure.js";

/** The attributes that a command may set when it creates an interface. */
export interface WantedAttributes {
  readonly name: string;
  readonly mac?: string | undefined;
  readonly mtu?: number | undefined;
  readonly group?: number | undefined;
}

/** Options of `type bridge`; times in hundredths of a second. */
export interface BridgeOptions {
  readonly stp?: boolean | undefined;
  readonly forwardDelay?: number | undefined;
  readonly ageingTime?: number | undefined;
}

const standardMtu = 1500;

let lastMac = 0;

/** An address for an interface that was given none; a kernel chooses a random one. */
function anyMac(): string {
  lastMac = (lastMac + 1) % 2 ** 24;
  return ["06", "00", "00", lastMac >> 16, (lastMac >> 8) & 255, lastMac & 255]
    .map((part) => (typeof part === "string" ? part : part.toString(16).padStart(2, "0")))
    .join(":");
}

function make(namespace: NetworkNamespace, kind: Link["kind"], wanted: WantedAttributes): Link {
  const { name, mac = anyMac(), mtu = standardMtu, group = 0 } = wanted;
  checkMtu(mtu);
  const link = namespace.add({ name, kind, mac, mtu });
  link.group = group;
  return link;
}

function checkFree(namespace: NetworkNamespace, name: string): void {
  if (namespace.link(name)) throw refused("File exists");
}

/** Creates a bridge. */
export function addBridge(namespace: NetworkNamespace, wanted: WantedAttributes, options: BridgeOptions): void {
  checkFree(namespace, wanted.name);
  const link = make(namespace, "bridge", wanted);
  link.bridge = { stp: false, forwardDelay: 1500, ageingTime: 30000, mtuIsSet: false };
  setBridge(link, options);
}

/** Creates both ends of a veth pair, each in its namespace. */
export function addVethPair(
  near: WantedAttributes & { readonly namespace: NetworkNamespace },
  far: WantedAttributes & { readonly namespace: NetworkNamespace },
): void {
  checkFree(near.namespace, near.name);
  checkFree(far.namespace, far.name);
  if (near.namespace === far.namespace && near.name === far.name) throw refused("File exists");
  checkMtu(near.mtu ?? standardMtu);
  // The kernel creates the other end first, which shows in the interface numbers.
  const other = make(far.namespace, "veth", far);
  const link = make(near.namespace, "veth", near);
  link.peer = other;
  other.peer = link;
}

/** Sets options of a bridge. */
export function setBridge(link: Link, { stp, forwardDelay, ageingTime }: BridgeOptions): void {
  const { bridge } = link;
  if (!bridge) throw refused("Operation not supported");
  const [least, most] = [200, 3000];
  // The delay is checked against the protocol's state before this command.
  if (forwardDelay !== undefined) {
    if (bridge.stp && (forwardDelay < least || forwardDelay > most)) throw refused("Numerical result out of range");
    bridge.forwardDelay = forwardDelay;
  }
  if (ageingTime !== undefined) bridge.ageingTime = ageingTime;
  if (stp === undefined) return;
  if (stp && !bridge.stp) bridge.forwardDelay = Math.min(most, Math.max(least, bridge.forwardDelay));
  bridge.stp = stp;
}

/** Deletes an interface; of a veth pair, both ends. */
export function deleteLink(link: Link): void {
  if (link.kind === "loopback") throw refused("Operation not supported");
  for (const end of [link, ...(link.peer ? [link.peer] : [])]) {
    leaveBridge(end);
    for (const port of portsOf(end)) leaveBridge(port);
    dropRoutes(end, () => true);
    end.namespace.links = end.namespace.links.filter((other) => other !== end);
    end.peer = undefined;
  }
}

/** Deletes all interfaces of a group. */
export function deleteGroup(namespace: NetworkNamespace, group: number): void {
  const found = namespace.links.filter((link) => link.group === group);
  if (found.length === 0) throw refused("No such device");
  for (const link of found) if (namespace.links.includes(link)) deleteLink(link);
}

const portsOf = (bridge: Link) =>
  bridge.kind === "bridge" ? bridge.namespace.links.filter(({ master }) => master === bridge) : [];

/** Makes an interface a port of a bridge. */
export function joinBridge(link: Link, bridge: Link): void {
  if (link.master === bridge) return;
  if (bridge.kind !== "bridge") throw refused("Operation not supported");
  if (link.kind === "bridge") throw refusedBecause("Can not enslave a bridge to a bridge.");
  if (link.kind === "loopback") throw refused("Invalid argument");
  leaveBridge(link);
  link.master = bridge;
  followPorts(bridge);
}

/** Removes an interface from its bridge; the port's settings are lost. */
export function leaveBridge(link: Link): void {
  const { master } = link;
  if (!master) return;
  link.master = undefined;
  link.hairpin = false;
  link.isolated = false;
  followPorts(master);
}

/** A bridge follows the lowest MTU of its ports, until its MTU is set by hand. */
function followPorts(bridge: Link): void {
  if (bridge.bridge!.mtuIsSet) return;
  const ports = portsOf(bridge);
  applyMtu(bridge, ports.length === 0 ? standardMtu : Math.min(...ports.map(({ mtu }) => mtu)));
}

/** Changes settings of a bridge port. */
export function setPort(link: Link, options: { readonly hairpin?: boolean; readonly isolated?: boolean }): void {
  if (!link.master) throw refused("Operation not supported");
  link.hairpin = options.hairpin ?? link.hairpin;
  link.isolated = options.isolated ?? link.isolated;
}

function checkMtu(mtu: number): void {
  if (mtu < 68) throw refusedBecause("mtu less than device minimum.");
  if (mtu > 65535) throw refusedBecause("mtu greater than device maximum.");
}

/** Sets the MTU by hand. */
export function setMtu(link: Link, mtu: number): void {
  if (mtu === link.mtu) return;
  checkMtu(mtu);
  if (link.bridge) link.bridge.mtuIsSet = true;
  applyMtu(link, mtu);
  if (link.master) followPorts(link.master);
}

function applyMtu(link: Link, mtu: number): void {
  link.mtu = mtu;
  if (mtu >= leastIpv6Mtu) return;
  dropIpv6(link);
  for (const key of link.settings.keys()) if (key.startsWith("ipv6/")) link.settings.delete(key);
}

/** Sets an interface up or down. */
export function setUp(link: Link, up: boolean): void {
  if (link.up === up) return;
  link.up = up;
  if (up) connectAddresses(link);
  else disconnectAddresses(link);
}

/** Renames an interface. */
export function rename(link: Link, name: string): void {
  if (name === link.name) return;
  checkFree(link.namespace, name);
  link.name = name;
}

/** Moves an interface to another namespace, where it is down and has no addresses. */
export function moveLink(link: Link, to: NetworkNamespace): void {
  if (link.kind !== "veth") throw refused("Invalid argument");
  if (to === link.namespace) return;
  checkFree(to, link.name);
  leaveBridge(link);
  link.up = false;
  link.addresses = [];
  link.settings.clear();
  dropRoutes(link, () => true);
  to.adopt(link);
}

/** The bridge that a command names. */
export function masterOf(namespace: NetworkNamespace, name: string): Link {
  const link = namespace.link(name);
  if (!link) throw new ProgramFailure(255, `Error: argument "${name}" is wrong: Device does not exist\n`);
  return link;
}
