/** The complete state of a simulated host, as text: equal texts mean equal hosts. */
import type { Kernel } from "./kernel.js";
import { ruleReply } from "./ip-rule.js";
import { type Link, type NetworkNamespace, kernelProtocol } from "./network-namespace.js";
import { linkReply, routeReply } from "./replies.js";

/**
 * A host's state without what differs when the same objects are recreated: numbers, order, and settings that have their
 * initial value.
 */
export function dumpHost({ host, namespaces, notes, netnsFiles }: Kernel): string {
  const named = [...namespaces].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...dumpNamespace("", host),
    ...named.flatMap(([name, namespace]) => (namespace ? dumpNamespace(name, namespace) : [`${name}: stale`])),
    ...netnsFiles.entries().map(([path, { text, mode }]) => `/etc/${path} ${mode}: ${JSON.stringify(text)}`),
    ...notes.entries().map(([path, text]) => `${path}: ${text.trimEnd()}`),
  ].join("\n");
}

function dumpNamespace(name: string, { links, routes, rules, firewall, settings }: NetworkNamespace): string[] {
  const lines = [
    ...links.flatMap(dumpLink),
    ...routes
      .filter(({ protocol }) => protocol !== kernelProtocol)
      .map((route) => `route ${route.family} ${route.table} ${JSON.stringify(routeReply(route))}`),
    ...[...settings].map(([key, value]) => `${key} = ${value}`),
  ].sort();
  const policy = rules.map((rule) => `policy ${rule.family} ${JSON.stringify(ruleReply(rule))}`);
  // The order of rules matters.
  const firewallRules = ([4, 6] as const).flatMap((family) =>
    firewall[family]
      .save()
      .filter((line) => line.startsWith("-A") || /^:\S+ - /.test(line))
      .map((line) => `rule ${family} ${line}`),
  );
  return [...lines, ...policy, ...firewallRules].map((line) => `${name}: ${line}`);
}

function dumpLink(link: Link): string[] {
  const { ifindex: _index, link_index: _peerIndex, addr_info, ...reply } = linkReply(link);
  const peer = link.peer && link.peer.namespace !== link.namespace ? ` of ${link.peer.name}` : "";
  return [
    `link ${link.name}${peer} ${JSON.stringify(reply)}`,
    ...(addr_info as unknown[]).map((address) => `address ${link.name} ${JSON.stringify(address)}`),
    ...[...link.settings].map(([key, value]) => `link ${link.name} ${key} = ${value}`),
  ];
}
