/**
 * The directions of traffic through a PortForward or a MasqueradeRule, and the client address that each server must
 * see.
 */
import type { Family, Network, TrafficPath } from "./nat-lab.js";
import { type Protocol, protocols } from "./nat-traffic.js";

/** A path, and the answers on it without the resource and with it; an empty text means no answer. */
interface Question extends TrafficPath {
  /** Omitted: no answer. */
  readonly before?: string;
  readonly answer: string;
}

/** A row of the matrix. */
export interface Direction {
  readonly title: string;
  /** Each protocol has its own resource, if the kind has a protocol. */
  readonly protocols: readonly Protocol[];
  readonly kind: "PortForward" | "MasqueradeRule";
  readonly wanted: (network: Network) => Readonly<Record<string, unknown>>;
  /** The first question is the direction itself; the others show its limits. */
  readonly questions: (network: Network) => readonly [Question, ...Question[]];
  /** Whether packets between a bridge's ports pass the rules too. Default true. */
  readonly bridgeNetfilter?: boolean;
  /** Families for which the resource is refused, and the reason in the message. */
  readonly refused?: Readonly<Partial<Record<Family, RegExp>>>;
}

/** The inputs of a typical published port. */
export const published = ({ web }: Network) => ({
  listenPort: 8080,
  exceptInInterface: "lan0",
  targetAddress: web,
  targetPort: 80,
});
const masquerade = ({ source }: Network) => ({ source, exceptOutInterface: "lan0" });

const forward = { kind: "PortForward", protocols, wanted: published } as const;

/** The direction, and the same on a host where packets between a bridge's ports bypass the rules, as without Docker. */
const alsoWithoutBridgeNetfilter = (direction: Direction): Direction[] => [
  direction,
  { ...direction, title: `${direction.title}, without br_netfilter`, bridgeNetfilter: false },
];

export const directions: readonly Direction[] = [
  ...protocols.map((protocol) => ({
    ...forward,
    title: `from outside to a published port, ${protocol.toUpperCase()}`,
    protocols: [protocol],
    questions: ({ host, second, outside, web, app, routed }: Network): [Question, ...Question[]] => [
      { from: "outside", to: host, port: 8080, answer: `web:80 ${outside}` },
      { from: "outside", to: second, port: 8080, answer: `web:80 ${outside}` },
      { from: "outside", to: host, port: 80, answer: "" },
      // The same port of other servers that the host routes to.
      { from: "routed", to: app, port: 8080, before: `app:8080 ${routed}`, answer: `app:8080 ${routed}` },
      { from: "web", to: app, port: 8080, before: `app:8080 ${web}`, answer: `app:8080 ${web}` },
    ],
  })),
  {
    ...forward,
    title: "from outside to a range of ports",
    wanted: ({ web }) => ({ listenPort: "8000-8010", exceptInInterface: "lan0", targetAddress: web }),
    questions: ({ host, outside, lan }) => [
      { from: "outside", to: host, port: 8000, answer: `web:8000 ${outside}` },
      { from: "outside", to: host, port: 8005, answer: `web:8005 ${outside}` },
      { from: "outside", to: host, port: 8010, answer: `web:8010 ${outside}` },
      { from: "host", to: host, port: 8005, answer: `web:8005 ${host}` },
      { from: "app", to: host, port: 8005, answer: `web:8005 ${lan}` },
      { from: "outside", to: host, port: 80, answer: "" },
      { from: "outside", to: host, port: 9000, answer: "" },
    ],
  },
  {
    ...forward,
    title: "from outside to a range that is moved",
    wanted: ({ web }) => ({
      listenPort: "8000-8010",
      exceptInInterface: "lan0",
      targetAddress: web,
      targetPort: 9000,
    }),
    questions: ({ host, outside, lan }) => [
      { from: "outside", to: host, port: 8000, answer: `web:9000 ${outside}` },
      { from: "outside", to: host, port: 8005, answer: `web:9005 ${outside}` },
      { from: "outside", to: host, port: 8010, answer: `web:9010 ${outside}` },
      { from: "host", to: host, port: 8005, answer: `web:9005 ${host}` },
      { from: "app", to: host, port: 8005, answer: `web:9005 ${lan}` },
      { from: "outside", to: host, port: 9000, answer: "" },
    ],
  },
  {
    ...forward,
    title: "from outside to the `listenAddress` alone",
    wanted: (network) => ({ ...published(network), listenAddress: network.second }),
    questions: ({ host, second, outside, lan }) => [
      { from: "outside", to: second, port: 8080, answer: `web:80 ${outside}` },
      { from: "host", to: second, port: 8080, answer: `web:80 ${second}` },
      { from: "app", to: second, port: 8080, answer: `web:80 ${lan}` },
      { from: "outside", to: host, port: 8080, answer: "" },
      { from: "host", to: host, port: 8080, answer: "" },
      { from: "app", to: host, port: 8080, answer: "" },
    ],
  },
  {
    ...forward,
    title: "from outside by the `inInterface` alone",
    wanted: ({ web }) => ({ listenPort: 8080, inInterface: "outside", targetAddress: web, targetPort: 80 }),
    questions: ({ host, outside, gateway, lan }) => [
      { from: "outside", to: host, port: 8080, answer: `web:80 ${outside}` },
      { from: "routed", to: gateway, port: 8080, answer: "" },
      { from: "routed", to: host, port: 8080, answer: "" },
      { from: "app", to: lan, port: 8080, answer: "" },
      { from: "host", to: host, port: 8080, answer: "" },
    ],
  },
  {
    ...forward,
    title: "from the host to its own address",
    questions: ({ host, lan }) => [
      { from: "host", to: host, port: 8080, answer: `web:80 ${host}` },
      { from: "host", to: lan, port: 8080, answer: `web:80 ${lan}` },
    ],
  },
  ...alsoWithoutBridgeNetfilter({
    ...forward,
    title: "from the host to its 127.0.0.1 or ::1, with `localhost`",
    wanted: (network) => ({ ...published(network), localhost: true }),
    questions: ({ loopback, lan, host, outside }) => [
      { from: "host", to: loopback, port: 8080, answer: `web:80 ${lan}` },
      { from: "outside", to: host, port: 8080, answer: `web:80 ${outside}` },
    ],
    refused: { IPv6: /is for IPv4 only/ },
  }),
  ...alsoWithoutBridgeNetfilter({
    ...forward,
    title: "from a container to the host's 127.0.0.1, with `localhost` (guarded)",
    wanted: (network) => ({ ...published(network), localhost: true }),
    questions: ({ loopback, lan }) => [
      { from: "app", to: loopback, port: 8080, answer: "" },
      { from: "host", to: loopback, port: 8080, answer: `web:80 ${lan}` },
    ],
    refused: { IPv6: /is for IPv4 only/ },
  }),
  {
    ...forward,
    title: "from the host to its 127.0.0.1 or ::1, without `localhost`",
    questions: ({ loopback, host }) => [
      { from: "host", to: loopback, port: 8080, answer: "" },
      { from: "host", to: host, port: 8080, answer: `web:80 ${host}` },
    ],
  },
  ...alsoWithoutBridgeNetfilter({
    ...forward,
    title: "between containers of one bridge (hairpin)",
    questions: ({ host, lan }) => [
      { from: "app", to: host, port: 8080, answer: `web:80 ${lan}` },
      { from: "app", to: lan, port: 8080, answer: `web:80 ${lan}` },
    ],
  }),
  ...alsoWithoutBridgeNetfilter({
    ...forward,
    title: "from a container to itself (hairpin)",
    questions: ({ host, lan }) => [
      { from: "web", to: host, port: 8080, answer: `web:80 ${lan}` },
      { from: "web", to: lan, port: 8080, answer: `web:80 ${lan}` },
    ],
  }),
  {
    ...forward,
    title: "between containers of two bridges",
    questions: ({ host, lan, otherLan, far }) => [
      { from: "far", to: host, port: 8080, answer: `web:80 ${far}` },
      { from: "far", to: lan, port: 8080, answer: `web:80 ${far}` },
      { from: "far", to: otherLan, port: 8080, answer: `web:80 ${far}` },
    ],
  },
  {
    kind: "MasqueradeRule",
    protocols,
    title: "from a container out, masqueraded",
    wanted: masquerade,
    questions: ({ outside, host, routed, gateway, web, app }) => [
      { from: "web", to: outside, port: 80, answer: `outside:80 ${host}` },
      { from: "web", to: routed, port: 80, before: `routed:80 ${web}`, answer: `routed:80 ${gateway}` },
      { from: "web", to: app, port: 80, before: `app:80 ${web}`, answer: `app:80 ${web}` },
      { from: "far", to: outside, port: 80, answer: "" },
    ],
  },
  {
    kind: "MasqueradeRule",
    protocols,
    title: "from a container to `exceptDestinations`",
    wanted: (network) => ({ ...masquerade(network), exceptDestinations: [network.routedNetwork] }),
    questions: ({ outside, host, routed, web }) => [
      { from: "web", to: routed, port: 80, before: `routed:80 ${web}`, answer: `routed:80 ${web}` },
      { from: "routed", to: web, port: 80, before: `web:80 ${routed}`, answer: `web:80 ${routed}` },
      { from: "web", to: outside, port: 80, answer: `outside:80 ${host}` },
    ],
  },
];

/** Whose address a server saw according to its answer, in the words of the table. */
export function clientIn(answer: string, { from }: TrafficPath, network: Network): string {
  if (answer === "") return "no answer";
  const address = answer.split(" ")[1]!;
  if (from !== "host" && address === network[from]) return "own";
  const { lan, host, second, gateway } = network;
  if (address === lan) return "bridge's";
  if ([host, second, gateway].includes(address)) return "host's";
  throw new Error(`an address of nobody: ${address}`);
}
