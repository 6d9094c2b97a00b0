import type { TestHost } from "./test-host.js";

/** Makes the test host's iptables programs the legacy ones, as `update-alternatives` would. */
export function useLegacyIptables(host: TestHost): void {
  host.sh(`
    set -e
    cp -a /etc/alternatives /run/alternatives
    mount --bind /run/alternatives /etc/alternatives
    for program in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
      ln -sf "/usr/sbin/$(echo "$program" | sed 's/tables/tables-legacy/')" "/etc/alternatives/$program"
    done
    iptables --version | grep legacy`);
}

/** Undoes `useLegacyIptables`. */
export function useOwnIptables(host: TestHost): void {
  host.sh("umount /etc/alternatives && rm -r /run/alternatives && iptables --version | grep nf_tables");
}
