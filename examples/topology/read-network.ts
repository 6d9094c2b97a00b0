// Reads and validates network.yaml. A mistake in the file ends the run with its line and column, before any change.

import { readFileSync } from "node:fs";
import { RunError } from "@pulumi/pulumi";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";

// Bridge ports on the host have names such as node-eth0, and the kernel allows 15 characters for an interface name.
const name = z.string().regex(/^[a-z][a-z0-9-]{0,9}$/, "has to be a name: small letters, digits and -, at most 10");
const address = z.ipv4("has to be an IPv4 address");
const range = z.cidrv4("has to be an IPv4 address with a prefix length, such as 10.0.0.2/24");
const interfaceEnd = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,9}:[a-z]+\d$/, "has to be a node's interface, such as web:eth0")
  .transform((text) => ({ node: text.split(":")[0]!, interface: text.split(":")[1]! }));
const subnetEnd = name.transform((subnet) => ({ subnet }));
const link = z.strictObject({
  endpoints: z.tuple([interfaceEnd, z.union([interfaceEnd, subnetEnd], "has to be a subnet, or a node's interface")]),
  addresses: z.array(range).max(2),
});
const shape = z.strictObject({
  hosts: z.record(name, z.strictObject({ address })),
  subnets: z.record(name, z.strictObject({ host: name, network: range, gateway: address })),
  nodes: z.record(name, z.strictObject({ host: name, gateway: name.optional() })),
  links: z.array(link.transform(({ endpoints: [from, to], addresses }) => ({ from, to, addresses }))),
});
type Network = z.output<typeof shape>;

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Finds mistakes in a network that matches the schema, such as references to missing nodes. */
function* contradictions({ hosts, subnets, nodes, links }: Network): Generator<Problem> {
  for (const [section, entries] of Object.entries({ subnets, nodes })) {
    for (const [name, { host }] of Object.entries(entries))
      if (!(host in hosts)) yield { path: [section, name, "host"], message: `there is no host ${host}` };
  }
  for (const [name, { gateway }] of Object.entries(nodes)) {
    const linked = links.some(({ from, to }) => from.node === name && "subnet" in to && to.subnet === gateway);
    if (gateway !== undefined && !linked)
      yield { path: ["nodes", name, "gateway"], message: `there is no link from ${name} to a subnet ${gateway}` };
  }
  const used = new Set<string>();
  for (const [index, { from, to, addresses }] of links.entries()) {
    const path = ["links", index, "endpoints"];
    for (const [side, end] of [from, to].entries()) {
      const missing = "subnet" in end ? !(end.subnet in subnets) : !(end.node in nodes);
      const what = "subnet" in end ? `subnet ${end.subnet}` : `node ${end.node}`;
      if (missing) yield { path: [...path, side], message: `there is no ${what}` };
      if ("subnet" in end) continue;
      const text = `${end.node}:${end.interface}`;
      if (used.has(text)) yield { path: [...path, side], message: `${text} has a link already` };
      used.add(text);
    }
    const [near, far] = [nodes[from.node]?.host, ("subnet" in to ? subnets[to.subnet] : nodes[to.node])?.host];
    if (near !== undefined && far !== undefined && near !== far)
      yield { path, message: `one end is on ${near} and the other on ${far}; a cable stays on its host` };
    if ("subnet" in to && addresses.length > 1)
      yield { path: ["links", index, "addresses"], message: "a link to a subnet has one address, the node's" };
  }
}

/**
 * Reads the network that a file describes.
 * @throws RunError that lists all problems of the file, with line and column where they are known.
 */
export function readNetwork(file: string): Network {
  const lineCounter = new LineCounter();
  const yaml = parseDocument(readFileSync(file, "utf8"), { lineCounter });
  const unreadable = yaml.errors.map(({ message }) => `${file}: ${message.trim()}`);
  if (unreadable.length > 0) throw new RunError(unreadable.join("\n"));

  /** The line and column of the node at a path, or of its closest existing ancestor. */
  const placeOf = (path: readonly PropertyKey[]): string => {
    const node = yaml.getIn(path, true) as { range?: [number, number, number] } | undefined;
    if (!node?.range && path.length > 0) return placeOf(path.slice(0, -1));
    const { line, col } = lineCounter.linePos(node?.range?.[0] ?? 0);
    return `${file}:${line}:${col}`;
  };
  const { data, error } = shape.safeParse(yaml.toJS());
  const malformed = error?.issues.map((issue) => ({
    path: issue.path,
    message: issue.code === "invalid_key" ? issue.issues[0]!.message : issue.message,
  }));
  const problems = malformed ?? [...contradictions(data!)];
  if (problems.length === 0) return data!;
  const told = problems.map(({ path, message }) => `${placeOf(path)} ${path.join(".") || "the file"}: ${message}`);
  throw new RunError(`The network cannot be made.\n${told.join("\n")}`);
}
