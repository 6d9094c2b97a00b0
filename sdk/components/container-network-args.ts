import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "../host-args.js";
import type { Veth } from "../veth.js";

/** What a ContainerNetwork takes. */
export interface ContainerNetworkArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The bridge's interface name, at most 15 characters. Default: the Pulumi name. */
  name?: pulumi.Input<string>;

  /** The containers' network, such as `172.17.0.0/16`; or an IPv4 and an IPv6 one. Plain text: addresses are chosen from it in the program. */
  subnet: string | readonly string[];

  /** The bridge's own address, by which the containers reach all others; one of each subnet at most. Default: the first address of the subnet. */
  gateway?: string | readonly string[];

  /** No way out and none in: no MASQUERADE, no default route, and no address of the host on the bridge unless `gateway` gives it one. Default false. */
  internal?: boolean;

  /** Whether containers reach each other on the bridge. False: each one's port is isolated, and exchanges frames with the host alone. Default true. */
  icc?: boolean;

  /** Whether what goes out has the host's address as its source. Default true; false with `internal`. */
  masquerade?: boolean;

  /** Networks toward which the containers' own addresses are kept, such as those of other hosts' containers. */
  exceptDestinations?: readonly string[];

  /** Goes on where the subnet would take the address, the network or the route by which Pulumi reaches the host. Default false: an error, before anything is made. */
  allowLockout?: pulumi.Input<boolean>;

  /** Bytes, for the bridge and all interfaces on it. Default: the kernel's, 1500. */
  mtu?: pulumi.Input<number>;
}

/** How a container is attached. */
export interface AttachArgs {
  /** What the container is called in this network: its address and the names of its resources are made from it. Default: the Pulumi name of its Namespace, or the text that was given for it. */
  container?: string;

  /** Its address, without a prefix length; one of each subnet at most. Plain text. Default: chosen by the container's name. */
  address?: string | readonly string[];

  /** The interface's name in the container. Default `eth0`. */
  name?: pulumi.Input<string>;

  /** The interface's name on the host, where it is a port of the bridge. Default: made from the container's name and the network's. */
  port?: pulumi.Input<string>;

  /** The Ethernet address in the container. Default: made from stack, host, namespace and name, the same at every run. */
  mac?: pulumi.Input<string>;

  /** Whether the container's default route leads through this network. Default true; false with `internal`. */
  defaultRoute?: boolean;
}

/** A container on the network. */
export interface Attachment {
  /** What it is called there. */
  readonly container: string;

  /** The pair of interfaces: this end is in the container, the peer is the bridge's port. */
  readonly veth: Veth;

  /** Its addresses without prefix lengths, in the order of the network's subnets. */
  readonly addresses: readonly string[];

  /** The first of these. */
  readonly address: string;
}

/** Which port is published. */
export interface PublishArgs {
  /** The host's port, or a range such as `"8000-8010"`. */
  listenPort: pulumi.Input<number | string>;

  /** The container's port; for a range, its first. Default: `listenPort`. */
  targetPort?: pulumi.Input<number>;

  /** Default `tcp`. */
  protocol?: "tcp" | "udp" | "sctp";

  /** Only what is sent to this address of the host. It is of one family, and so is the forward. Default: any address of the host. */
  listenAddress?: pulumi.Input<string>;

  /** One address family alone. Default: that of `listenAddress`, else each that the network has. */
  family?: 4 | 6;

  /** Whether the bridge's own containers can use the published port too. Default true. */
  hairpin?: pulumi.Input<boolean>;

  /** Works on the host's 127.0.0.1 too (IPv4). Default false. */
  localhost?: pulumi.Input<boolean>;

  /** The last part of the PortForward's Pulumi name. Default: protocol, `listenAddress` and `listenPort`; needed where these are outputs. */
  name?: string;
}
