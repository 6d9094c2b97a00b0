/** `ip link` and `ip address` on a simulated host. */
import { addAddress, flushAddresses, removeAddress } from "./addresses.js";
import {
  type BridgeOptions,
  type WantedAttributes,
  addBridge,
  addVethPair,
  deleteGroup,
  deleteLink,
  joinBridge,
  leaveBridge,
  masterOf,
  moveLink,
  rename,
  setBridge,
  setMtu,
  setPort,
  setUp,
} from "./links.js";
import type { Link, NetworkNamespace } from "./network-namespace.js";
import { ProgramFailure, refused } from "./program-failure.js";
import { linkReply } from "./replies.js";
import { deviceOf } from "./routes.js";
import type { Words } from "./words.js";

/** What a command depends on outside its namespace. */
export interface Surroundings {
  /** Finds a namespace by the name in an option. */
  find(name: string): NetworkNamespace | undefined;
  /**
   * Before Linux 6.15, a new interface's name has to be free in the namespace where the command runs, even if the
   * interface is created in another one.
   */
  readonly looksWhereStarted: boolean;
}

/** Runs `ip link …`. */
export function runLink(namespace: NetworkNamespace, words: Words, around: Surroundings): void {
  const action = words.oneOf("add", "set", "delete", "del");
  if (action === "add") add(namespace, words, around);
  else if (action === "set") set(namespace, words, around);
  else if (words.take("group")) deleteGroup(namespace, words.nextNumber());
  else deleteLink(named(namespace, words));
  words.end();
}

function named(namespace: NetworkNamespace, words: Words): Link {
  words.take("dev");
  return deviceOf(namespace, words.next())!;
}

function placed(name: string, around: Surroundings): NetworkNamespace {
  const namespace = around.find(name);
  if (!namespace) throw new ProgramFailure(255, `Error: argument "${name}" is wrong: Invalid "netns" value\n`);
  return namespace;
}

interface Wanted extends WantedAttributes {
  readonly namespace: NetworkNamespace;
}

/** Reads attributes up to `type`, or to the end. */
function attributes(namespace: NetworkNamespace, words: Words, around: Surroundings): Wanted {
  words.take("name");
  let wanted: Wanted = { name: words.next(), namespace };
  while (!words.isEmpty && !words.take("type")) {
    const word = words.oneOf("netns", "group", "address", "mtu");
    if (word === "netns") wanted = { ...wanted, namespace: placed(words.next(), around) };
    else if (word === "group") wanted = { ...wanted, group: words.nextNumber() };
    else if (word === "address") wanted = { ...wanted, mac: words.next() };
    else wanted = { ...wanted, mtu: words.nextNumber() };
  }
  return wanted;
}

function add(namespace: NetworkNamespace, words: Words, around: Surroundings): void {
  const near = attributes(namespace, words, around);
  if (around.looksWhereStarted && namespace.link(near.name)) throw refused("File exists");
  if (words.oneOf("veth", "bridge") === "bridge") addBridge(near.namespace, near, bridgeOptions(words));
  else {
    words.oneOf("peer");
    addVethPair(near, attributes(namespace, words, around));
  }
}

function bridgeOptions(words: Words): BridgeOptions {
  let options: BridgeOptions = {};
  while (!words.isEmpty) {
    const word = words.oneOf("forward_delay", "ageing_time", "stp_state");
    const value = words.nextNumber();
    if (word === "forward_delay") options = { ...options, forwardDelay: value };
    else if (word === "ageing_time") options = { ...options, ageingTime: value };
    else options = { ...options, stp: value !== 0 };
  }
  return options;
}

function set(namespace: NetworkNamespace, words: Words, around: Surroundings): void {
  const link = named(namespace, words);
  do {
    const word = words.next();
    if (word === "up" || word === "down") setUp(link, word === "up");
    else if (word === "nomaster") leaveBridge(link);
    else if (word === "master") joinBridge(link, masterOf(namespace, words.next()));
    else if (word === "alias") link.alias = words.next() || undefined;
    else if (word === "group") link.group = words.nextNumber();
    else if (word === "address") link.mac = words.next();
    else if (word === "mtu") setMtu(link, words.nextNumber());
    else if (word === "name") rename(link, words.next());
    else if (word === "netns") moveLink(link, placed(words.next(), around));
    else if (word === "type") setOfKind(link, words);
    else throw words.unknown();
  } while (!words.isEmpty);
}

function setOfKind(link: Link, words: Words): void {
  if (words.oneOf("bridge", "bridge_slave") === "bridge") {
    setBridge(link, bridgeOptions(words));
    return;
  }
  while (!words.isEmpty) setPort(link, { [words.oneOf("hairpin", "isolated")]: words.nextSwitch() });
}

/** Runs `ip address …`; returns its output. */
export function runAddress(namespace: NetworkNamespace, words: Words): string {
  const action = words.oneOf("show", "add", "replace", "delete", "del", "flush");
  if (action === "show") return show(namespace, words);
  if (action === "flush") {
    flushAddresses(named(namespace, words));
    words.end();
    return "";
  }
  const address = words.next();
  words.oneOf("dev");
  const link = deviceOf(namespace, words.next())!;
  words.take("nodad");
  words.end();
  if (action === "add" || action === "replace") addAddress(link, address, action === "replace");
  else removeAddress(link, address);
  return "";
}

function show(namespace: NetworkNamespace, words: Words): string {
  if (words.isEmpty) return JSON.stringify(namespace.links.map(linkReply));
  const by = words.oneOf("dev", "group");
  const name = words.next();
  words.end();
  if (by === "group")
    return JSON.stringify(namespace.links.filter(({ group }) => group === Number(name)).map(linkReply));
  const link = namespace.link(name);
  if (!link) throw new ProgramFailure(1, `Device "${name}" does not exist.`);
  return JSON.stringify([linkReply(link)]);
}
