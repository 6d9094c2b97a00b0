import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "../host-args.js";
import type { AttachArgs } from "./container-network-args.js";

/** What an Overlay takes. */
export interface OverlayArgs {
  /** The hosts, by the names that `attach` takes: each one's own address on the network between them, or more about it. Which hosts there are has to be known in the program; one that comes or goes changes the others' `remotes` alone. */
  hosts: Readonly<Record<string, pulumi.Input<string> | OverlayHostArgs>>;

  /** The containers' network, the same on all hosts, such as `10.99.0.0/16`; or an IPv4 and an IPv6 one. Plain text: addresses are chosen from it in the program. */
  subnet: string | readonly string[];

  /** The number of the layer-2 network (VNI), 0 to 16777215: one that no other VXLAN network on the hosts has. */
  id: pulumi.Input<number>;

  /** The interface name of each host's bridge, at most 12 characters; with `-vx` behind it, that of its VXLAN interface. Default: the Pulumi name. */
  name?: pulumi.Input<string>;

  /** The UDP port. Default 4789. */
  port?: pulumi.Input<number>;

  /** Bytes, for all interfaces of the network. Default: what fits on the way between the hosts, which is least of all: 1450 on an Ethernet with IPv4. */
  mtu?: pulumi.Input<number>;
}

/** A host of an Overlay. */
export interface OverlayHostArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. Default: the name that it has in `hosts`. */
  host?: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** Its own address, to which the others send. */
  local: pulumi.Input<string>;
}

/** How a container is attached to an Overlay. */
export interface OverlayAttachArgs extends Omit<AttachArgs, "defaultRoute"> {
  /** The host that the container is on, by its name in `hosts`. */
  host: string;
}
