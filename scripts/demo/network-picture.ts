import type { StackResource } from "./stack.ts";
import { beside, type Block, box, bus } from "./text-drawing.ts";

/** What the picture shows of a host besides the stack's resources. */
export interface PictureHost {
  readonly name: string;
  /** The host's interface on the wire, from `ip -json address`. The address has a prefix length. */
  readonly link: { readonly name: string; readonly address: string };
  /** A label for the service that runs in a namespace, by namespace name. */
  readonly services: ReadonlyMap<string, string>;
}

/**
 * Draws the hosts on their wire and the stack's resources in each host.
 * @param wire The title of the wire.
 * @param columns The width of the terminal; hosts that do not fit start a new row.
 */
export function drawNetwork(
  resources: readonly StackResource[],
  hosts: readonly PictureHost[],
  wire: string,
  columns: number,
): string {
  const blocks = hosts.map((host) =>
    drawHost(
      host,
      resources.filter(({ properties }) => properties.host === host.name),
    ),
  );
  const rows: Block[][] = [];
  for (const block of blocks) {
    const row = rows.at(-1);
    const width = bus(beside([...(row ?? []), block], 2), [], wire)[0]?.length ?? 0;
    if (row && width <= columns) row.push(block);
    else rows.push([block]);
  }
  return rows
    .map((row) =>
      bus(beside(row, 2), [], wire)
        .map((line) => line.trimEnd())
        .join("\n"),
    )
    .join("\n\n");
}

type Properties = StackResource["properties"];

interface VethEnd {
  readonly name: string;
  readonly namespace?: string;
  readonly addresses?: readonly string[];
  readonly bridge?: string;
}

function drawHost({ name, link, services }: PictureHost, resources: readonly StackResource[]): Block {
  const of = (kind: string): Properties[] =>
    resources
      .filter((resource) => resource.kind === kind)
      .map(({ properties }) => properties)
      .sort((a, b) => text(a.name ?? a.key).localeCompare(text(b.name ?? b.key), "en", { numeric: true }));
  const cables = of("Veth").flatMap((veth) => {
    const ends = [veth as unknown as VethEnd, veth.peer as VethEnd];
    const outer = ends.find(({ bridge }) => bridge !== undefined);
    const inner = ends.find((end) => end !== outer);
    return outer && inner ? [{ outer, inner }] : [];
  });
  const drawn = new Set(cables.map(({ inner }) => inner.namespace));
  const routes = of("Route");

  const bridges = of("Bridge").flatMap((bridge) => {
    const plugged = cables.filter(({ outer }) => outer.bridge === bridge.name);
    const boxes = plugged.map(({ inner }) =>
      box(
        inner.namespace ?? name,
        [
          ...(services.has(inner.namespace ?? "") ? [services.get(inner.namespace ?? "") ?? ""] : []),
          ...(inner.addresses ?? []),
          ...routes.filter(({ namespace }) => namespace === inner.namespace).map(routeText),
        ],
        inner.name,
      ),
    );
    const title = [bridge.name, ...((bridge.addresses as string[] | undefined) ?? [])].join(" ");
    return bus(
      beside(boxes),
      plugged.map(({ outer }) => outer.name),
      title,
    );
  });
  const alone = of("Namespace").filter((namespace) => !drawn.has(String(namespace.name)));

  const content = [
    ...bridges,
    ...(alone.length > 0 ? beside(alone.map((namespace) => box(String(namespace.name), []))).lines : []),
    ...of("Sysctl").map(({ key, value }) => `${text(key)} = ${text(value)}`),
    ...of("MasqueradeRule").map((rule) => `out: ${text(rule.source)}${way(rule)} leaves with the address of ${name}`),
    ...of("PortForward").map(
      ({ protocol, listenPort, targetAddress, targetPort }) =>
        `in:  ${text(protocol)} ${text(listenPort)} goes to ${text(targetAddress)}:${text(targetPort ?? listenPort)}`,
    ),
  ];
  return box(name, content, `${link.name} ${link.address}`);
}

function routeText({ destination, via, device }: Properties): string {
  if (destination === "default" || destination === "default6") return `gateway ${text(via ?? device)}`;
  return `${text(destination)} ${via === undefined ? `dev ${text(device)}` : `via ${text(via)}`}`;
}

function way({ outInterface, exceptOutInterface }: Properties): string {
  if (outInterface !== undefined) return ` by ${text(outInterface)}`;
  return exceptOutInterface === undefined ? "" : ` by all but ${text(exceptOutInterface)}`;
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
