/** The state that a simulated kernel keeps for one network namespace. */
import type { Family } from "../../provider/schema/address.js";
import { Firewall } from "./firewall.js";
import type { Prefix } from "./prefix.js";

/** An address of an interface. */
export interface Address {
  readonly prefix: Prefix;
  readonly scope: "global" | "link" | "host";
  /** For IPv4: in the network of an earlier address, and deleted with that one. */
  readonly secondary: boolean;
}

/** A network interface. */
export interface Link {
  index: number;
  name: string;
  readonly kind: "loopback" | "veth" | "bridge";
  namespace: NetworkNamespace;
  alias: string | undefined;
  group: number;
  mac: string;
  mtu: number;
  up: boolean;
  master: Link | undefined;
  hairpin: boolean;
  isolated: boolean;
  addresses: readonly Address[];
  /** For a veth end. */
  peer: Link | undefined;
  /** For a bridge; times in hundredths of a second. */
  bridge: { stp: boolean; forwardDelay: number; ageingTime: number; mtuIsSet: boolean } | undefined;
  /** Values that were written to net/…/conf/NAME. */
  readonly settings: Map<string, string>;
}

/** Constants from linux/rtnetlink.h. */
export const routeType = { unicast: 1, local: 2, broadcast: 3, blackhole: 6, unreachable: 7, prohibit: 8 } as const;
export const routeScope = { global: 0, site: 200, link: 253, host: 254 } as const;
export const kernelProtocol = 2;

/** A route. */
export interface Route {
  readonly family: Family;
  readonly table: string;
  readonly destination: Prefix;
  readonly type: number;
  readonly via: Prefix | undefined;
  readonly link: Link | undefined;
  source: Prefix | undefined;
  readonly metric: number;
  readonly scope: number;
  readonly protocol: number;
  readonly mtu: number | undefined;
}

/** A rule of the routing policy. */
export interface PolicyRule {
  readonly family: Family;
  readonly priority: number;
  readonly not: boolean;
  readonly from?: Prefix;
  readonly to?: Prefix;
  readonly iif?: string;
  readonly oif?: string;
  readonly mark: number;
  /** 0: any mark. */
  readonly mask: number;
  /** For rules that drop packets. */
  readonly type: number | undefined;
  readonly table?: string;
  readonly suppress?: number;
  readonly protocol: number;
}

/** The rules that a kernel has initially, as priority and table. */
const initialRules: Readonly<Record<Family, readonly (readonly [number, string])[]>> = {
  4: [
    [0, "255"],
    [32766, "254"],
    [32767, "253"],
  ],
  6: [
    [0, "255"],
    [32766, "254"],
  ],
};

/** A network namespace. */
export class NetworkNamespace {
  /** Sorted by interface number. */
  links: Link[] = [];
  /** Of the routes with the same table, destination and metric, the first one counts. */
  routes: Route[] = [];
  /** In the order in which they are evaluated. */
  rules: readonly PolicyRule[] = ([4, 6] as const).flatMap((family) =>
    initialRules[family].map(([priority, table]) => ({
      family,
      priority,
      table,
      ...{ not: false, mark: 0, mask: 0, type: undefined, protocol: kernelProtocol },
    })),
  );
  /** Tables that were ever used: the kernel keeps them, and distinguishes them from tables that never were. */
  readonly tables: Readonly<Record<Family, Set<string>>> = {
    4: new Set(["main"]),
    6: new Set(["main", "local"]),
  };
  readonly firewall: Readonly<Record<Family, Firewall>> = { 4: new Firewall(4), 6: new Firewall(6) };
  readonly settings = new Map<string, string>();
  /** Whether a process is inside: the namespace then outlives its name. */
  occupied = false;
  readonly loopback: Link;
  private lastIndex = 0;

  constructor() {
    this.loopback = this.add({ name: "lo", kind: "loopback", mac: "00:00:00:00:00:00", mtu: 65536 });
  }

  link(name: string): Link | undefined {
    return this.links.find((link) => link.name === name);
  }

  /** Adds an interface with the next number, without any other settings. */
  add(made: Pick<Link, "name" | "kind" | "mac" | "mtu">): Link {
    const link: Link = {
      ...made,
      index: this.nextIndex(),
      namespace: this,
      alias: undefined,
      group: 0,
      up: false,
      master: undefined,
      hairpin: false,
      isolated: false,
      addresses: [],
      peer: undefined,
      bridge: undefined,
      settings: new Map(),
    };
    this.links.push(link);
    return link;
  }

  /** Moves an interface here from another namespace; it keeps its number if that is free. */
  adopt(link: Link): void {
    link.namespace.links = link.namespace.links.filter((other) => other !== link);
    if (this.links.some(({ index }) => index === link.index)) link.index = this.nextIndex();
    link.namespace = this;
    this.links = [...this.links, link].sort((a, b) => a.index - b.index);
  }

  private nextIndex(): number {
    do this.lastIndex += 1;
    while (this.links.some(({ index }) => index === this.lastIndex));
    return this.lastIndex;
  }
}
