// Written by npm run generate from provider/resources/namespace.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

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

  /** What runs already, and has a network namespace that gets this name: one of `docker`, `podman`, `pid`, `path`. Default: a new namespace is made. */
  declare readonly attach: pulumi.Output<NamespaceAttach | undefined>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** The file that stands for the namespace: `/run/netns/NAME`. */
  declare readonly path: pulumi.Output<string>;

  /** `up`, unless `lo` in it was set down by hand. */
  declare readonly loopback: pulumi.Output<string>;

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
        properties: ["host", "name", "sysctls", "attach", "adopt", "path", "loopback", "attachedTo", "inode"],
        defaults: { loopback: "up" },
        diesWith: [],
        lasting: { when: "attach", identity: "inode" },
      },
      name,
      args,
      options,
    );
  }
}
