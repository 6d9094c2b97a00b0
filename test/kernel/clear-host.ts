/** Where a virtual machine keeps a copy of the routes that it is reached by; other hosts have none. */
const kept = "/run/linuxnet-test-routes";

/** For the shell of a virtual machine: makes `clearHost` keep the machine's current routes. */
export const keepRoutes = `ip route save table main >${kept}4; ip -6 route save table main >${kept}6`;

/** For the shell of a test's host: removes the surroundings of a resource, and what a failed test left. */
export const clearHost = [
  // The other ends of these pairs show when the kernel has deleted the namespaces' interfaces.
  "n=0; for ns in $(ls /run/netns); do n=$((n+1)); ip link add gone$n type veth peer name gone-far netns $ns 2>/dev/null; ip netns del $ns; done",
  // Half a second: a process that a failed test left in a namespace keeps them.
  "for attempt in $(seq 25); do ip -o link | grep -q ': gone[0-9]' || break; sleep 0.02; done",
  "for dev in $(ip -o link | sed 's/^[0-9]*: \\([^:@]*\\).*/\\1/' | grep -v '^lo$'); do ip link del $dev 2>/dev/null; done",
  "for t in nat mangle raw; do for c in F X; do iptables -t $t -$c; ip6tables -t $t -$c; done; done",
  // In a single command: a connection survives the moment without routes.
  `for f in 4 6; do ip -$f route flush table 77; ip -$f route flush table main; [ ! -s ${kept}$f ] || ip -$f route restore <${kept}$f; done 2>/dev/null`,
  "for f in 4 6; do for p in $(ip -$f rule | cut -d: -f1 | grep -vxE '0|3276[67]'); do ip -$f rule del priority $p; done; done",
  "rm -rf /run/linuxnet /etc/netns /etc/.netns.*",
].join("; ");
