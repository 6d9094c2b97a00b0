// Written by npm run generate from provider/resources/bridge.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** What a Bridge takes. */
export interface BridgeArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Its interface name, at most 15 characters. Default: the Pulumi name, where that is a valid one. */
  name?: pulumi.Input<string>;

  /** Its own addresses with prefix lengths; all others are removed. Default none: layer 2 only. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** Its Ethernet address. Default: made from stack, host and name, the same at every run. */
  mac?: pulumi.Input<string>;

  /** Bytes. Left out, it is not managed: the kernel keeps it at the least of its ports. */
  mtu?: pulumi.Input<number>;

  /** Spanning Tree Protocol. Default false. */
  stp?: pulumi.Input<boolean>;

  /** Seconds that a port listens and learns before it forwards, with `stp`: 2 to 30. Default 15. */
  forwardDelay?: pulumi.Input<number>;

  /** Seconds until a learnt address is forgotten. Default 300. */
  ageingTime?: pulumi.Input<number>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  adopt?: pulumi.Input<boolean>;

  /** Goes on where it would take the address, the network or the route by which Pulumi reaches the host. Default false: an error, before anything is made. */
  allowLockout?: pulumi.Input<boolean>;
}

/** A bridge: a switch in the kernel that joins interfaces on layer 2, such as Docker's `docker0`. With an address of its own it is also the gateway of what is joined. */
export class Bridge extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Its interface name, at most 15 characters. Default: the Pulumi name, where that is a valid one. */
  declare readonly name: pulumi.Output<string>;

  /** Its own addresses with prefix lengths; all others are removed. Default none: layer 2 only. */
  declare readonly addresses: pulumi.Output<string[]>;

  /** Its Ethernet address. Default: made from stack, host and name, the same at every run. */
  declare readonly mac: pulumi.Output<string>;

  /** Bytes. Left out, it is not managed: the kernel keeps it at the least of its ports. */
  declare readonly mtu: pulumi.Output<number | undefined>;

  /** Spanning Tree Protocol. Default false. */
  declare readonly stp: pulumi.Output<boolean>;

  /** Seconds that a port listens and learns before it forwards, with `stp`: 2 to 30. Default 15. */
  declare readonly forwardDelay: pulumi.Output<number>;

  /** Seconds until a learnt address is forgotten. Default 300. */
  declare readonly ageingTime: pulumi.Output<number>;

  /** Whether the interface is up. Default true. */
  declare readonly up: pulumi.Output<boolean>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** Goes on where it would take the address, the network or the route by which Pulumi reaches the host. Default false: an error, before anything is made. */
  declare readonly allowLockout: pulumi.Output<boolean | undefined>;

  /** The number that its kernel gives the interface (of a pair: the first end); another one when it was made anew. */
  declare readonly ifindex: pulumi.Output<number>;

  /** `true`, unless somebody took off the mark by which it is known as the stack's (its alias, its group), or renamed the interface or moved it to another namespace. */
  declare readonly marked: pulumi.Output<boolean>;

  /** `accepted`, unless the host drops what stays on the bridge (its iptables sees that, by br_netfilter, and drops what it forwards) and the rules that let it through are not there (`dropped`). */
  declare readonly bridged: pulumi.Output<"accepted" | "dropped">;

  /** On such a host: the chains in which rules let it through, such as `iptables DOCKER-USER`, one for each address family. */
  declare readonly acceptedIn: pulumi.Output<string[] | undefined>;

  /**
   * @param name Its name in Pulumi.
   * @param args What it takes.
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
