import type { Lab } from "../../examples/lab/lab.ts";
import { iptablesFile, nftFile } from "./one-go.ts";

export const backendNames = ["iptables-nft", "iptables-legacy", "nftables"] as const;
export type BackendName = (typeof backendNames)[number];

/** How the forwards on a host are created. */
interface Backend {
  /** The variant of iptables that the host uses. */
  readonly iptables: "nft" | "legacy";
  /** The host's `firewall` field in the inventory, if it is not the default. */
  readonly firewall?: "nftables";
  /** The program that creates many forwards in one go, and its input. */
  readonly oneGo: {
    readonly name: string;
    readonly command: string;
    readonly file: (forwards: number) => string;
  };
}

const restore = { name: "iptables-restore", command: "iptables-restore", file: iptablesFile };

export const backends: Readonly<Record<BackendName, Backend>> = {
  "iptables-nft": { iptables: "nft", oneGo: restore },
  "iptables-legacy": { iptables: "legacy", oneGo: restore },
  nftables: { iptables: "nft", firewall: "nftables", oneGo: { name: "nft -f", command: "nft -f -", file: nftFile } },
};

/** Switches a host's iptables programs to the backend's variant, as `update-alternatives` would. */
export async function useBackend(lab: Lab, host: string, name: BackendName): Promise<void> {
  const { iptables } = backends[name];
  const script = `
    cp -a /etc/alternatives /run/alternatives
    mount --bind /run/alternatives /etc/alternatives
    for program in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
      ln -sf "/usr/sbin/\${program%%tables*}tables-${iptables}\${program#*tables}" "/etc/alternatives/$program"
    done`;
  await lab.exec(host, ["sh", "-ec", script]);
}

/** The lab's inventory, with all hosts on this backend. */
export function inventoryFor(lab: Lab, name: BackendName): object {
  const { firewall } = backends[name];
  const entries = Object.entries(lab.inventory());
  return Object.fromEntries(entries.map(([host, entry]) => [host, { ...entry, ...(firewall && { firewall }) }]));
}

/** All rules and elements on a host that have the mark of a forward, in either backend: one per line, sorted. */
export async function forwardsOn(lab: Lab, host: string): Promise<string> {
  const list = "iptables-save; nft list table inet linuxnet 2>/dev/null || true";
  const { stdout } = await lab.exec(host, ["sh", "-c", list]);
  return stdout
    .split("\n")
    .filter((line) => line.includes('comment "linuxnet:'))
    .map((line) => line.replace(/^\s*(elements = \{ )?/, "").replace(/(,| \})$/, ""))
    .sort()
    .join("\n");
}
