import type { Lab } from "../../examples/lab/lab.ts";
import { withLab } from "../bench-lab.ts";
import { addressOf, forwardGraph } from "../graph.ts";
import { ProviderProcess } from "../provider-process.ts";
import { type BackendName, inventoryFor, useBackend } from "./backends.ts";
import { type NatSettings, manyForwards } from "./nat-settings.ts";

/** A network path from the operator to port 80 of a container, through a host that only this path uses. */
export interface NetworkPath {
  readonly what: string;
  readonly host: string;
  /** Undefined for a host that forwards packets and has no firewall rules. */
  readonly backend?: BackendName;
  readonly forwards: number;
  /** The address that the client connects to: the host's, or the container's own on the bare path. */
  readonly address: string;
  readonly port: number;
  /** The port of the forward that was created first. `port` is that of the last one. */
  readonly firstPort: number;
}

/**
 * Starts a server on port 80 of a container and resolves when it listens. `command` returns the argument list that runs
 * another one in the container.
 */
export type Serve = (command: (...argv: readonly string[]) => string[]) => Promise<unknown>;

/**
 * Runs the body with the bare path and one path for each backend and number of forwards. All paths exist at the same
 * time, so that they can be measured in turn.
 */
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

/** Creates a container on a bridge, with the target addresses of the first and the last forward. */
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

/**
 * Creates the forwards with the provider: the first one, then those in between, then the last one, so that the
 * positions of the first and the last in the rules are known.
 */
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

/** Deletes all connection tracking entries of a host. */
export async function deleteConntrackEntries(lab: Lab, { host }: NetworkPath): Promise<void> {
  await lab.exec(host, ["conntrack", "-F"]);
}
