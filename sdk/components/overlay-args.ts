import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "../host-args.js";
import type { AttachArgs } from "./container-network-args.js";

/** The arguments of an Overlay. */
export interface OverlayArgs {
  /** The hosts, keyed by the names that `attach` uses: each host's own address on the network between them, or OverlayHostArgs. The keys must be known in the program. Adding or removing a host changes only the `remotes` of the others. */
  hosts: Readonly<Record<string, pulumi.Input<string> | OverlayHostArgs>>;

  /** The containers' network, the same on all hosts, such as `10.99.0.0/16`; or one IPv4 and one IPv6 network. A plain value, not an output, because the program chooses addresses from it. */
  subnet: string | readonly string[];

  /** The identifier of the layer-2 network (VNI), 0 to 16777215. It must differ from that of any other VXLAN network on the hosts. */
  id: pulumi.Input<number>;

  /** The interface name of each host's bridge, at most 12 characters. The VXLAN interface has the same name followed by `-vx`. Default: the Pulumi name. */
  name?: pulumi.Input<string>;

  /** UDP port. Default 4789. */
  port?: pulumi.Input<number>;

  /** MTU in bytes of all interfaces of the network. Default: derived from the smallest MTU of the paths between the hosts; 1450 on Ethernet with IPv4. */
  mtu?: pulumi.Input<number>;
}

/** A host of an Overlay. */
export interface OverlayHostArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. Default: its key in `hosts`. */
  host?: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The host's own address, to which the other hosts send. */
  local: pulumi.Input<string>;
}

/** How a container is attached to an Overlay. */
export interface OverlayAttachArgs extends Omit<AttachArgs, "defaultRoute"> {
  /** The host that the container is on: a key of `hosts`. */
  host: string;
}
