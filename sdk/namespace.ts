// Written by npm run generate from provider/resources/namespace.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** How names are looked up in DNS: /etc/netns/NAME/resolv.conf. Left out: as on the host. */
export interface NamespaceDnsArgs {
  /** Addresses of name servers, in the order in which they are asked: one to three. */
  servers: pulumi.Input<pulumi.Input<string>[]>;

  /** Domains that a name with few dots (`ndots`) is looked for in, in this order. */
  search?: pulumi.Input<pulumi.Input<string>[]>;

  /** Options as in resolv.conf(5): `ndots:2`, `rotate`. */
  options?: pulumi.Input<pulumi.Input<string>[]>;
}

/** How names are looked up in DNS: /etc/netns/NAME/resolv.conf. Left out: as on the host. */
export interface NamespaceDns {
  /** Addresses of name servers, in the order in which they are asked: one to three. */
  servers: string[];

  /** Domains that a name with few dots (`ndots`) is looked for in, in this order. */
  search?: string[];

  /** Options as in resolv.conf(5): `ndots:2`, `rotate`. */
  options?: string[];
}

/** What runs already, and has a network namespace that gets this name: one of `docker`, `podman`, `pid`, `path`. Default: a new namespace is made. */
export interface NamespaceAttachArgs {
  /** A running container of Docker: its name, or its id. */
  docker?: pulumi.Input<string>;

  /** A running container of root's Podman: its name, or its id. */
  podman?: pulumi.Input<string>;

  /** A process, by its number. */
  pid?: pulumi.Input<number>;

  /** A file that stands for a network namespace, such as `/run/docker/netns/3f1c` or `/proc/4711/ns/net`. */
  path?: pulumi.Input<string>;
}

/** What runs already, and has a network namespace that gets this name: one of `docker`, `podman`, `pid`, `path`. Default: a new namespace is made. */
export interface NamespaceAttach {
  /** A running container of Docker: its name, or its id. */
  docker?: string;

  /** A running container of root's Podman: its name, or its id. */
  podman?: string;

  /** A process, by its number. */
  pid?: number;

  /** A file that stands for a network namespace, such as `/run/docker/netns/3f1c` or `/proc/4711/ns/net`. */
  path?: string;
}

/** What a Namespace takes. */
export interface NamespaceArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** Its name, a file in /run/netns. Default: the Pulumi name, where that is a valid one. */
  name?: pulumi.Input<string>;

  /** Kernel settings inside it: `net.…` keys to values, as in sysctl(8). Keys left out are not managed. */
  sysctls?: pulumi.Input<Record<string, pulumi.Input<string | number>>>;

  /** How names are looked up in DNS: /etc/netns/NAME/resolv.conf. Left out: as on the host. */
  dns?: pulumi.Input<NamespaceDnsArgs>;

  /** Names that need no name server, each with its address or a list of them: /etc/netns/NAME/hosts. `localhost` is always there. Left out: as on the host. */
  hosts?: pulumi.Input<Record<string, pulumi.Input<string | pulumi.Input<string>[]>>>;

  /** What programs read in /etc/hostname: /etc/netns/NAME/hostname. Left out: as on the host. */
  hostname?: pulumi.Input<string>;

  /** What runs already, and has a network namespace that gets this name: one of `docker`, `podman`, `pid`, `path`. Default: a new namespace is made. */
  attach?: pulumi.Input<NamespaceAttachArgs>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  adopt?: pulumi.Input<boolean>;
}

/** A named network namespace, as `ip netns add` makes it: the network side of a container. Its `lo` is always up. Deleting it first deletes the links that this stack made in it, so that nothing lives on where a process is still inside. With `attach` it is the network of a container that runs already, which gets a name and a mark (the alias of its `lo`) and keeps all else: deleting it takes away what the stack made in it, the mark and the name, and the container runs on. */
export class Namespace extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** Its name, a file in /run/netns. Default: the Pulumi name, where that is a valid one. */
  declare readonly name: pulumi.Output<string>;

  /** Kernel settings inside it: `net.…` keys to values, as in sysctl(8). Keys left out are not managed. */
  declare readonly sysctls: pulumi.Output<Record<string, string | number> | undefined>;

  /** How names are looked up in DNS: /etc/netns/NAME/resolv.conf. Left out: as on the host. */
  declare readonly dns: pulumi.Output<NamespaceDns | undefined>;

  /** Names that need no name server, each with its address or a list of them: /etc/netns/NAME/hosts. `localhost` is always there. Left out: as on the host. */
  declare readonly hosts: pulumi.Output<Record<string, string | string[]> | undefined>;

  /** What programs read in /etc/hostname: /etc/netns/NAME/hostname. Left out: as on the host. */
  declare readonly hostname: pulumi.Output<string | undefined>;

  /** What runs already, and has a network namespace that gets this name: one of `docker`, `podman`, `pid`, `path`. Default: a new namespace is made. */
  declare readonly attach: pulumi.Output<NamespaceAttach | undefined>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** The file that stands for the namespace: `/run/netns/NAME`. */
  declare readonly path: pulumi.Output<string>;

  /** `up`, unless `lo` in it was set down by hand; `missing` where the namespace is gone, and its files under /etc/netns are not. */
  declare readonly loopback: pulumi.Output<string>;

  /** `whole`, unless somebody changed a file of `dns`, `hosts` or `hostname` in a way that these can't say: a comment, a line of another kind, the mode. */
  declare readonly nameFiles: pulumi.Output<string>;

  /** The files that were there and were adopted, by the properties in whose place they were: deleting the resource, or leaving the property out, puts them back. */
  declare readonly filesFound: pulumi.Output<Record<string, { text: string; mode: string }> | undefined>;

  /** With `attach`: what it stands for, such as `container c1`; something else where that has another namespace by now, or is not there. */
  declare readonly attachedTo: pulumi.Output<string | undefined>;

  /** With `attach`: the number that the kernel gives the namespace; another one when it was attached anew. */
  declare readonly inode: pulumi.Output<number | undefined>;

  /**
   * @param name Its name in Pulumi.
   * @param args What it takes.
   * @param options Pulumi's resource options.
   */
  constructor(name: string, args: NamespaceArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Namespace",
        properties: [
          "host",
          "name",
          "sysctls",
          "dns",
          "hosts",
          "hostname",
          "attach",
          "adopt",
          "path",
          "loopback",
          "nameFiles",
          "filesFound",
          "attachedTo",
          "inode",
        ],
        defaults: { loopback: "up", nameFiles: "whole" },
        deletedWith: [],
        outlivesResource: { when: "attach", identity: "inode" },
      },
      name,
      args,
      options,
    );
  }
}
