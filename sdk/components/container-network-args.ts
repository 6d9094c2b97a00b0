import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "../host-args.js";
import type { Veth } from "../veth.js";

/** The arguments of a ContainerNetwork. */
export interface ContainerNetworkArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The bridge's interface name, at most 15 characters. Default: the Pulumi name. */
  name?: pulumi.Input<string>;

  /** The containers' network, such as `172.17.0.0/16`; or one IPv4 and one IPv6 network. A plain value, not an output, because the program chooses addresses from it. */
  subnet: string | readonly string[];

  /** The bridge's own address, the gateway of the containers; at most one per subnet. Default: the first address of the subnet. */
  gateway?: string | readonly string[];

  /** Isolate the network from the outside: no MASQUERADE, no default route, and no host address on the bridge unless `gateway` is set. Default false. */
  internal?: boolean;

  /** Whether containers can reach each other on the bridge. If false, each container's bridge port is isolated and exchanges frames only with the host. Default true. */
  icc?: boolean;

  /** Whether outgoing packets have the host's address as their source. Default true; false with `internal`. */
  masquerade?: boolean;

  /** Destination networks for which the containers' own source addresses are kept, such as the networks of containers on other hosts. */
  exceptDestinations?: readonly string[];

  /** Allow a subnet that takes over the address, network or route by which Pulumi reaches the host. Default false: such a subnet is an error, before anything is created. */
  allowLockout?: pulumi.Input<boolean>;

  /** MTU in bytes of the bridge and all interfaces connected to it. Default: the kernel's, 1500. */
  mtu?: pulumi.Input<number>;
}

/** How a container is attached. */
export interface AttachArgs {
  /** The container's name in this network. Its address and the names of its resources are derived from it. Default: the Pulumi name of its Namespace, or the namespace name that was passed. */
  container?: string;

  /** The container's address, without a prefix length; at most one per subnet. A plain value, not an output. Default: derived from the container's name. */
  address?: string | readonly string[];

  /** The interface's name in the container. Default `eth0`. */
  name?: pulumi.Input<string>;

  /** The name of the interface on the host, which is a bridge port. Default: derived from the names of the container and the network. */
  port?: pulumi.Input<string>;

  /** The Ethernet address of the interface in the container. Default: derived from the stack, host, namespace and name, so that it is the same in every run. */
  mac?: pulumi.Input<string>;

  /** Whether the container's default route leads through this network. Default true; false with `internal`. */
  defaultRoute?: boolean;
}

/** A container on the network. */
export interface Attachment {
  /** The container's name in the network. */
  readonly container: string;

  /** The veth pair: this end is in the container, the peer is the bridge port. */
  readonly veth: Veth;

  /** The container's addresses without prefix lengths, in the order of the network's subnets. */
  readonly addresses: readonly string[];

  /** The first of `addresses`. */
  readonly address: string;
}

/** A port to publish. */
export interface PublishArgs {
  /** The host's port, or a range such as `"8000-8010"`. */
  listenPort: pulumi.Input<number | string>;

  /** The container's port; for a range, its first port. Default: `listenPort`. */
  targetPort?: pulumi.Input<number>;

  /** The protocol. Default `tcp`. */
  protocol?: "tcp" | "udp" | "sctp";

  /** Match only packets to this address of the host. It has one address family, and so does the forward. Default: any address of the host. */
  listenAddress?: pulumi.Input<string>;

  /** Publish the port for one address family only. Default: the family of `listenAddress`, else every family that the network has. */
  family?: 4 | 6;

  /** Whether containers on the same bridge can use the published port too. Default true. */
  hairpin?: pulumi.Input<boolean>;

  /** Also forward connections to the host's 127.0.0.1 (IPv4 only). Default false. */
  localhost?: pulumi.Input<boolean>;

  /** The last part of the PortForward's Pulumi name. Default: protocol, `listenAddress` and `listenPort`. Required if these are outputs. */
  name?: string;
}
