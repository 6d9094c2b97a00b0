import type * as pulumi from "@pulumi/pulumi";
import type { AttachArgs, Attachment } from "./components/container-network-args.js";
import { pulumiNameOf } from "./linuxnet-resource.js";
import type { Namespace } from "./namespace.js";
import { type Addresses, type Subnet, eachOf, familyOf, hashOf } from "./subnet.js";
import type { Veth } from "./veth.js";

/** The containers on a network: which are attached, with which addresses. Its methods throw an Error whose message goes on after the step's name. */
export class Containers {
  readonly #addresses: readonly Addresses[];
  readonly #attached = new Map<string, Attachment>();

  /** None is attached yet. */
  constructor(addresses: readonly Addresses[]) {
    this.#addresses = addresses;
  }

  /** The container's address of each subnet: those given, the others chosen by its name. */
  choose(container: string, given: string | readonly string[] | undefined): string[] {
    const holder = JSON.stringify(container);
    const chosen = eachOf(
      this.#addresses.map(({ subnet }) => subnet),
      given,
    );
    return this.#addresses.map((addresses, index) =>
      chosen[index] === undefined ? addresses.choose(container, holder) : addresses.take(chosen[index], holder),
    );
  }

  /** Keeps that it is attached. */
  add(container: string, veth: Veth, addresses: readonly string[]): Attachment {
    const attachment = { container, veth, addresses, address: addresses[0]! };
    this.#attached.set(container, attachment);
    return attachment;
  }

  /** The one of this name, where it is attached. */
  get(container: string): Attachment | undefined {
    return this.#attached.get(container);
  }

  /** What those are called that are attached. */
  get names(): string[] {
    return [...this.#attached.keys()];
  }
}

/** What a container is called: by its own name on a network, its resource's in Pulumi, or that of its namespace. */
export function nameOf(value: Attachment | Namespace | pulumi.Input<string>): string | undefined {
  if (typeof value === "string") return value;
  return "container" in value ? value.container : pulumiNameOf(value);
}

/** The same for one that is attached. */
export function nameOfAttached(namespace: Namespace | pulumi.Input<string>, { container }: AttachArgs): string {
  const name = container ?? nameOf(namespace);
  if (name === undefined)
    throw new Error(
      "the namespace's name is an output, and the container's address is made from its name in the program; pass the Namespace itself, or say by `container` what it is called here",
    );
  return name;
}

/** The addresses as interfaces carry them. */
export const withLengths = (subnets: readonly Subnet[], addresses: readonly string[]) =>
  addresses.map((address) => subnets.find(({ family }) => family === familyOf(address))!.withLength(address));

/** Interface names are of the whole host, and short: it begins as the container's does, and goes on with a hash of both names. */
export function portName(network: string, container: string): string {
  const begin = container.replaceAll(/[^A-Za-z0-9]/g, "").slice(0, 6) || "port";
  const hash = BigInt.asUintN(32, hashOf(`${network}/${container}`));
  return `${begin}-${hash.toString(16).padStart(8, "0")}`;
}

/** Why the name of a network's can't be an interface's, with so many characters added to it. */
export function tooLong(name: unknown, added = ""): string | undefined {
  const most = 15 - added.length;
  if (typeof name !== "string" || name.length <= most) return undefined;
  const why = added === "" ? "of an interface's name" : `that leave room for ${added} in an interface's name`;
  return `${JSON.stringify(name)} is longer than the ${most} characters ${why}`;
}
