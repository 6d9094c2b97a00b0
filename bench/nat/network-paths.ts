import type { Lab } from "../../examples/lab/lab.ts";
import { withLab } from "../bench-lab.ts";
import { addressOf, forwardGraph } from "../graph.ts";
import { ProviderProcess } from "../provider-process.ts";
import { type BackendName, inventoryFor, useBackend } from "./backends.ts";
import { type NatSettings, manyForwards } from "./nat-settings.ts";

/** A way from where the operator sits to port 80 of a container, over a host of its own. */
export interface NetworkPath {
  readonly what: string;
  readonly host: string;
  /** Undefined: a host that forwards packets and has no firewall at all. */
  readonly backend?: BackendName;
  readonly forwards: number;
  /** What the client connects to: the forward that was made last, or the container itself. */
  readonly address: string;
  readonly port: number;
  /** The port of the forward that was made first. */
  readonly firstPort: number;
}

/** What serves port 80 of a container; resolves when it listens. `command` runs an argument list in the container. */
export type Serve = (command: (...argv: readonly string[]) => string[]) => Promise<unknown>;

/** The bare way, and one through each number of forwards with each backend. All are there at once, to be measured in turn. */
export async function withNetworkPaths<T>(
  { backends, progress }: NatSettings,
  sizes: readonly number[],
  serve: Serve,
  body: (lab: Lab, ways: readonly [bare: NetworkPath, ...NetworkPath[]]) => Promise<T>,
): Promise<T> {
  const through = backends.flatMap((backend) => sizes.map((forwards) => ({ backend, forwards })));
  return await withLab(1 + through.length, async (lab) => {
    await makeContainer(lab, bareWay, serve);
    await lab.operator(["ip", "route", "add", `${bareWay.address}/32`, "via", lab.inventory()[bareWay.host]!.address]);
    const ways = through.map(({ backend, forwards }, index) =>
      publishedWay(lab, `host${index + 2}`, backend, forwards),
    );
    for (const way of ways) {
      progress(`making ${way.what}`);
      await makeContainer(lab, way, serve);
      await publish(lab, way);
    }
    return await body(lab, [bareWay, ...ways]);
  });
}

const bareWay: NetworkPath = {
  what: "bare route",
  host: "host1",
  forwards: 1,
  address: addressOf(1),
  port: 80,
  firstPort: 80,
};

const publishedWay = (lab: Lab, host: string, backend: BackendName, forwards: number) => ({
  what: `${backend}, ${manyForwards(forwards)}`,
  host,
  backend,
  forwards,
  address: lab.inventory()[host]!.address,
  port: 8000 + forwards,
  firstPort: 8001,
});

/** A container on a bridge, with the addresses that the first and the last forward lead to. */
async function makeContainer(lab: Lab, { host, forwards }: NetworkPath, serve: Serve): Promise<void> {
  const addresses = [...new Set([1, forwards])].map(addressOf);
  const script = `
    echo 1 >/proc/sys/net/ipv4/ip_forward
    # Docker's module, where it is loaded, shows a bridge's own frames to iptables too.
    sysctl -eqw net.bridge.bridge-nf-call-iptables=0
    ip link add br0 type bridge
    ip address add 172.18.0.1/16 dev br0
    ip link set br0 up
    ip netns add container
    ip link add to-container type veth peer name eth0 netns container
    ip link set to-container master br0 up
    ip -n container link set lo up
    ip -n container link set eth0 up
    for address in ${addresses.join(" ")}; do ip -n container address add $address/16 dev eth0; done
    ip -n container route add default via 172.18.0.1`;
  await lab.exec(host, ["sh", "-ec", script]);
  await serve((...argv) => lab.hostCommand(host, ["ip", "netns", "exec", "container", ...argv]));
}

/** By the provider: one, then those between, then the last, so that it is certain which rules stand where. */
async function publish(
  lab: Lab,
  { host, backend, forwards }: NetworkPath & { readonly backend: BackendName },
): Promise<void> {
  await useBackend(lab, host, backend);
  const items = forwardGraph(host, forwards);
  await ProviderProcess.with(
    lab,
    host,
    async (provider) => {
      for (const part of [items.slice(0, 1), items.slice(1, -1), items.slice(1).slice(-1)])
        if (part.length > 0) await provider.order({ action: "create", items: part });
    },
    inventoryFor(lab, backend),
  );
}

/** Has a host forget the connections that went through it. */
export async function deleteConntrackEntries(lab: Lab, { host }: NetworkPath): Promise<void> {
  await lab.exec(host, ["conntrack", "-F"]);
}
