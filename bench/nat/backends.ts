import type { Lab } from "../../examples/lab/lab.ts";
import { iptablesFile, nftFile } from "./one-go.ts";

export const backendNames = ["iptables-nft", "iptables-legacy", "nftables"] as const;
export type BackendName = (typeof backendNames)[number];

/** What a host's forwards are made with. */
interface Backend {
  /** Which of its iptables a host has. */
  readonly iptables: "nft" | "legacy";
  /** The host field of this name, where it is not the default. */
  readonly firewall?: "nftables";
  /** The program that makes many forwards in one go, and what it reads for that. */
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

/** Makes a host's programs the backend's, as `update-alternatives` would. */
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

/** The lab's hosts for the provider, all with this backend. */
export function inventoryFor(lab: Lab, name: BackendName): object {
  const { firewall } = backends[name];
  const entries = Object.entries(lab.inventory());
  return Object.fromEntries(entries.map(([host, entry]) => [host, { ...entry, ...(firewall && { firewall }) }]));
}

/** What a host has that carries the marks of forwards, in whichever backend: a line for each rule and element, in no order. */
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
