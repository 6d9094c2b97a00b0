/** For the shell of a test's host: takes away what stands around a resource, and what a test that failed left. */
export const clearHost = [
  "for ns in $(ls /run/netns); do ip netns del $ns; done",
  "for dev in $(ip -o link | sed 's/^[0-9]*: \\([^:@]*\\).*/\\1/' | grep -v '^lo$'); do ip link del $dev 2>/dev/null; done",
  "for t in nat mangle raw; do for c in F X; do iptables -t $t -$c; ip6tables -t $t -$c; done; done",
  "for table in main 77; do ip route flush table $table; ip -6 route flush table $table; done 2>/dev/null",
  "for f in 4 6; do for p in $(ip -$f rule | cut -d: -f1 | grep -vxE '0|3276[67]'); do ip -$f rule del priority $p; done; done",
  "rm -rf /run/linuxnet /etc/netns /etc/.netns.*",
  // A namespace's links go a moment after it.
  "sleep 0.1",
].join("; ");
