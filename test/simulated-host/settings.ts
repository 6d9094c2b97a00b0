/** The settings in /proc/sys of a simulated host. */
import { leastIpv6Mtu } from "./addresses.js";
import type { Link, NetworkNamespace } from "./network-namespace.js";
import { NotSimulated, ProgramFailure } from "./program-failure.js";

/** The initial values in a new namespace, regardless of the host's. */
const notForwarding: Readonly<Record<string, string>> = {
  "net/ipv4/ip_forward": "0",
  "net/ipv6/conf/all/forwarding": "0",
};

/**
 * The initial values in every namespace, unless a test sets others. Settings that change other settings when written do
 * not belong here.
 */
export const initialSettings: Readonly<Record<string, string>> = {
  "net/core/somaxconn": "4096",
  "net/ipv4/icmp_echo_ignore_all": "0",
  ...notForwarding,
  "net/ipv4/ip_local_port_range": "32768\t60999",
  "net/ipv4/tcp_rmem": "4096\t131072\t33554432",
  "net/ipv4/tcp_syncookies": "1",
  "net/ipv4/tcp_wmem": "4096\t16384\t4194304",
};
/** Settings of the machine. */
const ofMachine: Readonly<Record<string, string>> = { "vm/swappiness": "60" };
/** Settings of each interface, by `ipv4/…` and `ipv6/…`. */
const ofInterface: Readonly<Record<string, string>> = {
  "ipv4/accept_redirects": "1",
  "ipv4/arp_ignore": "0",
  "ipv4/proxy_arp": "0",
  "ipv4/route_localnet": "0",
  "ipv4/rp_filter": "0",
  "ipv6/accept_ra": "1",
  "ipv6/dad_transmits": "1",
};
/** Settings that no host has. */
const absent = /^net\/(no\/such|ipv4\/nope)$/;

/** Where a setting is stored, and its initial value. */
interface Place {
  readonly values: Map<string, string>;
  readonly key: string;
  readonly initial: string;
}

/** A host's settings. */
export class Settings {
  private readonly machine = new Map<string, string>();

  constructor(
    private readonly host: NetworkNamespace,
    private readonly initial: Readonly<Record<string, string>>,
  ) {}

  /** Runs `cat`. */
  read(namespace: NetworkNamespace, path: string): string {
    const place = this.find(namespace, path);
    if (!place) throw new ProgramFailure(1, `cat: ${path}: No such file or directory`);
    return place.values.get(place.key) ?? place.initial;
  }

  /** A shell's redirection of the output of printf. */
  write(namespace: NetworkNamespace, path: string, text: string): void {
    const place = this.find(namespace, path);
    if (!place) throw new ProgramFailure(2, `sh: 1: cannot create ${path}: Directory nonexistent`);
    const before = (place.values.get(place.key) ?? place.initial).split("\t");
    const given = text.trim().split(/\s+/).slice(0, before.length);
    const isNumber = (word: string) => /^-?\d+$/.test(word) && Math.abs(Number(word)) < 2 ** 31;
    const [first, second] = given;
    const isRange = place.key !== "net/ipv4/ip_local_port_range" || Number(first) <= Number(second ?? before[1]);
    if (!given.every(isNumber) || !isRange) throw new ProgramFailure(1, "sh: 1: printf: printf: I/O error");
    const value = [...given, ...before.slice(given.length)].join("\t");
    // As if it had never been written, so that a dump only shows changed settings.
    if (value === place.initial) place.values.delete(place.key);
    else place.values.set(place.key, value);
  }

  private find(namespace: NetworkNamespace, path: string): Place | undefined {
    const key = path.replace(/^\/proc\/sys\//, "");
    if (absent.test(key)) return undefined;
    const initial = (namespace === this.host ? undefined : notForwarding[key]) ?? this.initial[key];
    if (initial !== undefined) return { values: namespace.settings, key, initial };
    if (key in ofMachine && namespace === this.host) return { values: this.machine, key, initial: ofMachine[key]! };
    const [, family, interfaceName, name] = /^net\/(ipv[46])\/conf\/([^/]+)\/([^/]+)$/.exec(key) ?? [];
    const own = `${family}/${name}`;
    const usual = ofInterface[own];
    if (interfaceName === undefined || usual === undefined) throw new NotSimulated(`the setting ${path}`);
    if (interfaceName === "all" || interfaceName === "default")
      return { values: namespace.settings, key, initial: usual };
    const link = namespace.link(interfaceName);
    if (!link || !hasFamily(link, family)) return undefined;
    return { values: link.settings, key: own, initial: usual };
  }
}

const hasFamily = (link: Link, family: string | undefined) => family !== "ipv6" || link.mtu >= leastIpv6Mtu;
