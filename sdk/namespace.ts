// Written by npm run generate from provider/resources/namespace.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** How names are resolved with DNS, written to /etc/netns/NAME/resolv.conf. If left out, the host's file applies. */
export interface NamespaceDnsArgs {
  /** Addresses of one to three name servers, in the order in which they are queried. */
  servers: pulumi.Input<pulumi.Input<string>[]>;

  /** Search domains, in this order, for names with few dots (`ndots`). */
  search?: pulumi.Input<pulumi.Input<string>[]>;

  /** Resolver options as in resolv.conf(5), such as `ndots:2` or `rotate`. */
  options?: pulumi.Input<pulumi.Input<string>[]>;
}

/** How names are resolved with DNS, written to /etc/netns/NAME/resolv.conf. If left out, the host's file applies. */
export interface NamespaceDns {
  /** Addresses of one to three name servers, in the order in which they are queried. */
  servers: string[];

  /** Search domains, in this order, for names with few dots (`ndots`). */
  search?: string[];

  /** Resolver options as in resolv.conf(5), such as `ndots:2` or `rotate`. */
  options?: string[];
}

/** Use the network namespace of something that is already running, and give it this name: exactly one of `docker`, `podman`, `pid`, `path`. Default: create a new namespace. */
export interface NamespaceAttachArgs {
  /** A running Docker container: its name or id. */
  docker?: pulumi.Input<string>;

  /** A running container of root's Podman: its name or id. */
  podman?: pulumi.Input<string>;

  /** A process, by its id. */
  pid?: pulumi.Input<number>;

  /** A file that refers to a network namespace, such as `/run/docker/netns/3f1c` or `/proc/4711/ns/net`. */
  path?: pulumi.Input<string>;
}

/** Use the network namespace of something that is already running, and give it this name: exactly one of `docker`, `podman`, `pid`, `path`. Default: create a new namespace. */
export interface NamespaceAttach {
  /** A running Docker container: its name or id. */
  docker?: string;

  /** A running container of root's Podman: its name or id. */
  podman?: string;

  /** A process, by its id. */
  pid?: number;

  /** A file that refers to a network namespace, such as `/run/docker/netns/3f1c` or `/proc/4711/ns/net`. */
  path?: string;
}

/** The arguments of Namespace. */
export interface NamespaceArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** Name of the namespace, a file in /run/netns. Default: the Pulumi name, if it is a valid namespace name. */
  name?: pulumi.Input<string>;

  /** Kernel settings in the namespace, as in sysctl(8): `net.…` keys and their values. Keys that are left out are not managed. */
  sysctls?: pulumi.Input<Record<string, pulumi.Input<string | number>>>;

  /** How names are resolved with DNS, written to /etc/netns/NAME/resolv.conf. If left out, the host's file applies. */
  dns?: pulumi.Input<NamespaceDnsArgs>;

  /** Names that are resolved without DNS, each with its address or a list of addresses, written to /etc/netns/NAME/hosts. `localhost` is always included. If left out, the host's file applies. */
  hosts?: pulumi.Input<Record<string, pulumi.Input<string | pulumi.Input<string>[]>>>;

  /** The host name that programs read in /etc/hostname, written to /etc/netns/NAME/hostname. If left out, the host's file applies. */
  hostname?: pulumi.Input<string>;

  /** Use the network namespace of something that is already running, and give it this name: exactly one of `docker`, `podman`, `pid`, `path`. Default: create a new namespace. */
  attach?: pulumi.Input<NamespaceAttachArgs>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;
}

/** A named network namespace, as `ip netns add` creates it: the network side of a container. Its `lo` is always up. Before the namespace is deleted, the interfaces that this stack created in it are deleted, so that none of them survives if a process is still inside. With `attach`, it is the network namespace of a container that is already running. That namespace gets a name and a mark (the alias of its `lo`) and is otherwise unchanged; deleting the resource removes what the stack created in it, the mark and the name, and the container keeps running. */
export class Namespace extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** Name of the namespace, a file in /run/netns. Default: the Pulumi name, if it is a valid namespace name. */
  declare readonly name: pulumi.Output<string>;

  /** Kernel settings in the namespace, as in sysctl(8): `net.…` keys and their values. Keys that are left out are not managed. */
  declare readonly sysctls: pulumi.Output<Record<string, string | number> | undefined>;

  /** How names are resolved with DNS, written to /etc/netns/NAME/resolv.conf. If left out, the host's file applies. */
  declare readonly dns: pulumi.Output<NamespaceDns | undefined>;

  /** Names that are resolved without DNS, each with its address or a list of addresses, written to /etc/netns/NAME/hosts. `localhost` is always included. If left out, the host's file applies. */
  declare readonly hosts: pulumi.Output<Record<string, string | string[]> | undefined>;

  /** The host name that programs read in /etc/hostname, written to /etc/netns/NAME/hostname. If left out, the host's file applies. */
  declare readonly hostname: pulumi.Output<string | undefined>;

  /** Use the network namespace of something that is already running, and give it this name: exactly one of `docker`, `podman`, `pid`, `path`. Default: create a new namespace. */
  declare readonly attach: pulumi.Output<NamespaceAttach | undefined>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** The file that refers to the namespace: `/run/netns/NAME`. */
  declare readonly path: pulumi.Output<string>;

  /** `up`, unless `lo` in the namespace was set down by hand; `missing` if the namespace no longer exists but its files under /etc/netns do. */
  declare readonly loopback: pulumi.Output<string>;

  /** `whole`, unless somebody changed a file of `dns`, `hosts` or `hostname` in a way that these properties cannot express: a comment, another kind of line, the mode. */
  declare readonly nameFiles: pulumi.Output<string>;

  /** The original files that were adopted, keyed by property. Deleting the resource or removing the property restores them. */
  declare readonly filesFound: pulumi.Output<Record<string, { text: string; mode: string }> | undefined>;

  /** With `attach`: what the namespace belongs to, such as `container c1`. It shows a different value if that has a different namespace by now or no longer exists. */
  declare readonly attachedTo: pulumi.Output<string | undefined>;

  /** With `attach`: the namespace's inode number. It changes when the namespace is attached again. */
  declare readonly inode: pulumi.Output<number | undefined>;

  /**
   * @param name The resource's name in Pulumi.
   * @param args The resource's properties.
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
