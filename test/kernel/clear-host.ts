/** Where the routes that a virtual machine is reached by are kept; other hosts have none. */
const kept = "/run/linuxnet-test-routes";

/** For the shell of a virtual machine: `clearHost` is to leave it the routes that it has now. */
export const keepRoutes = `ip route save table main >${kept}4; ip -6 route save table main >${kept}6`;

/** For the shell of a test's host: takes away what stands around a resource, and what a test that failed left. */
export const clearHost = [
  "for ns in $(ls /run/netns); do ip netns del $ns; done",
  "for dev in $(ip -o link | sed 's/^[0-9]*: \\([^:@]*\\).*/\\1/' | grep -v '^lo$'); do ip link del $dev 2>/dev/null; done",
  "for t in nat mangle raw; do for c in F X; do iptables -t $t -$c; ip6tables -t $t -$c; done; done",
  // In one go: a connection outlives the moment without routes.
  `for f in 4 6; do ip -$f route flush table 77; ip -$f route flush table main; [ ! -s ${kept}$f ] || ip -$f route restore <${kept}$f; done 2>/dev/null`,
  "for f in 4 6; do for p in $(ip -$f rule | cut -d: -f1 | grep -vxE '0|3276[67]'); do ip -$f rule del priority $p; done; done",
  "rm -rf /run/linuxnet /etc/netns /etc/.netns.*",
  // A namespace's links go a moment after it.
  "sleep 0.1",
].join("; ");
