import type { TestHost } from "./test-host.js";

/** Makes each of a test host's iptables programs the legacy one, as on a host where the alternatives are set so. */
export function useLegacyIptables(host: TestHost): void {
  host.sh("mount --bind /usr/sbin/xtables-legacy-multi /usr/sbin/xtables-nft-multi; iptables --version | grep legacy");
}
