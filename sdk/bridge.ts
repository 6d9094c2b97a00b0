// Written by npm run generate from provider/resources/bridge.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The arguments of Bridge. */
export interface BridgeArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Interface name, at most 15 characters. Default: the Pulumi name, if it is a valid interface name. */
  name?: pulumi.Input<string>;

  /** IP addresses of the bridge, with prefix lengths. All other addresses are removed. Default: none, for layer 2 only. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** Ethernet address. Default: derived from the stack, host and name, so that it is the same in every run. */
  mac?: pulumi.Input<string>;

  /** MTU in bytes. If left out, it is not managed: the kernel keeps it at the smallest MTU of the bridge's ports. */
  mtu?: pulumi.Input<number>;

  /** Spanning Tree Protocol. Default false. */
  stp?: pulumi.Input<boolean>;

  /** Seconds that a port spends in each of the listening and learning states before it forwards; 2 to 30 with `stp`. Default 15. */
  forwardDelay?: pulumi.Input<number>;

  /** Seconds after which a learned Ethernet address is removed. Default 300. */
  ageingTime?: pulumi.Input<number>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  allowLockout?: pulumi.Input<boolean>;
}

/** A bridge: a switch in the kernel that connects interfaces on layer 2, such as Docker's `docker0`. With an address of its own, it is also the gateway of the connected interfaces. */
export class Bridge extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Interface name, at most 15 characters. Default: the Pulumi name, if it is a valid interface name. */
  declare readonly name: pulumi.Output<string>;

  /** IP addresses of the bridge, with prefix lengths. All other addresses are removed. Default: none, for layer 2 only. */
  declare readonly addresses: pulumi.Output<string[]>;

  /** Ethernet address. Default: derived from the stack, host and name, so that it is the same in every run. */
  declare readonly mac: pulumi.Output<string>;

  /** MTU in bytes. If left out, it is not managed: the kernel keeps it at the smallest MTU of the bridge's ports. */
  declare readonly mtu: pulumi.Output<number | undefined>;

  /** Spanning Tree Protocol. Default false. */
  declare readonly stp: pulumi.Output<boolean>;

  /** Seconds that a port spends in each of the listening and learning states before it forwards; 2 to 30 with `stp`. Default 15. */
  declare readonly forwardDelay: pulumi.Output<number>;

  /** Seconds after which a learned Ethernet address is removed. Default 300. */
  declare readonly ageingTime: pulumi.Output<number>;

  /** Whether the interface is up. Default true. */
  declare readonly up: pulumi.Output<boolean>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  declare readonly allowLockout: pulumi.Output<boolean | undefined>;

  /** The kernel's index of the interface (of a veth pair: of the first end). It changes when the interface is recreated. */
  declare readonly ifindex: pulumi.Output<number>;

  /** `true`, unless somebody removed the interface's mark (its alias or group), renamed the interface or moved it to another namespace. */
  declare readonly marked: pulumi.Output<boolean>;

  /** `accepted`; or `dropped` if the host drops packets that stay on the bridge (br_netfilter passes them to iptables, which drops forwarded packets) and the rules that accept them are missing. */
  declare readonly bridged: pulumi.Output<"accepted" | "dropped">;

  /** On a host that drops such packets: the chains with the rules that accept them, such as `iptables DOCKER-USER`, one per address family. */
  declare readonly acceptedIn: pulumi.Output<string[] | undefined>;

  /**
   * @param name The resource's name in Pulumi.
   * @param args The resource's properties.
   * @param options Pulumi's resource options.
   */
  constructor(name: string, args: BridgeArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Bridge",
        properties: [
          "host",
          "namespace",
          "name",
          "addresses",
          "mac",
          "mtu",
          "stp",
          "forwardDelay",
          "ageingTime",
          "up",
          "adopt",
          "allowLockout",
          "ifindex",
          "marked",
          "bridged",
          "acceptedIn",
        ],
        defaults: {
          addresses: [],
          stp: false,
          forwardDelay: 15,
          ageingTime: 300,
          up: true,
          marked: true,
          bridged: "accepted",
        },
        deletedWith: ["namespace"],
      },
      name,
      args,
      options,
    );
  }
}
