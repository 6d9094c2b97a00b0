/** Published ports and masqueraded networks, independent of the firewall. */
import { iptablesNat } from "./nat-iptables.js";
import { nftablesNat } from "./nat-nftables.js";
import type { Place, Rule, RuleSet } from "./rules.js";

/** A published port. */
export interface Forward {
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly listenAddress?: string | undefined;
  /** A port, or a range such as `8000-8010`. */
  readonly listenPort: number | string;
  readonly inInterface?: string | undefined;
  readonly exceptInInterface?: string | undefined;
  readonly targetAddress: string;
  /** For a range, the first port. If left out, packets keep their destination port. */
  readonly targetPort?: number | undefined;
  readonly hairpin?: boolean | undefined;
  readonly localhost: boolean;
}

/** A network whose packets get the address of the interface that they leave through as their source. */
export interface Masquerade {
  readonly source: string;
  readonly outInterface?: string | undefined;
  readonly exceptOutInterface?: string | undefined;
  readonly exceptDestinations?: readonly string[] | undefined;
}

/** How a firewall expresses both as rules, and how these rules are interpreted. */
export interface NatBackend {
  /** The rules of a published port, each as the firewall prints it and in its order. */
  readonly forward: (forward: Forward, mark: string) => RuleSet;
  /** The published port that the rules implement; whatever they do not express is as in `given`. */
  readonly readForward: (found: RuleSet, given: Forward) => Forward;
  /** The rule that drops what comes from an interface for 127.0.0.0/8. */
  readonly guard: (interfaceName: string, mark: string) => Rule;
  /** The interface, if a rule is such a guard. */
  readonly guardedInterface: (rule: Rule) => string | undefined;
  /** The rules of a masqueraded network. `chain`: a name for a chain of its own. */
  readonly masquerade: (masquerade: Masquerade, mark: string, chain: string) => RuleSet;
  /** The masqueraded network that the rules implement; whatever they do not express is as in `given`. */
  readonly readMasquerade: (found: RuleSet, given: Masquerade) => Masquerade;
}

/** The backend of the firewall in a place. */
export const natBackendOf = ({ backend }: Pick<Place, "backend">): NatBackend =>
  backend === "nft" ? nftablesNat : iptablesNat;

/** The results for every backend. */
export const inEveryBackend = <T>(body: (backend: NatBackend) => T): T[] => [iptablesNat, nftablesNat].map(body);
