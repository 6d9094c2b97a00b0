import { endProcessInside, group, processInside, theirMark } from "./damage-by-hand.js";
import type { Drift } from "./kind-cases.js";

const folder = "/etc/netns/con1";
const edit = (file: string, expression: string) => `sed -i '${expression}' ${folder}/${file}`;
/** Somebody removes their file, and the folders if they are then empty. */
const without = (file: string) => `rm -f ${folder}/${file}; rmdir ${folder} /etc/netns 2>/dev/null || :`;
const rebooted = "umount /run/netns/con1; rm /run/netns/con1";

const inside = (line: string) => `ip netns exec con1 sh -c '${line}'`;

/** Stands for the start of a program with a network namespace of its own, which a file refers to. */
const begin = "touch /run/box; unshare --net=/run/box true";
const end = "umount /run/box; rm /run/box";

export const namespaceDrifts: readonly Drift[] = [
  {
    wanted: {
      name: "con1",
      sysctls: {
        "net.ipv4.ip_forward": 1,
        "net.ipv6.conf.all.forwarding": 1,
        "net.ipv4.tcp_rmem": "4096 131072 6291456",
      },
    },
    damages: [
      { by: "ip -n con1 link set lo down", shows: ["loopback"] },
      { by: inside("echo 0 > /proc/sys/net/ipv4/ip_forward"), shows: ["sysctls.net.ipv4.ip_forward"] },
      {
        by: inside("echo 0 > /proc/sys/net/ipv6/conf/all/forwarding"),
        shows: ["sysctls.net.ipv6.conf.all.forwarding"],
      },
      { by: inside("echo 4096 131072 4194304 > /proc/sys/net/ipv4/tcp_rmem"), shows: ["sysctls.net.ipv4.tcp_rmem"] },
      { by: "ip netns del con1", shows: "gone" },
      { by: "ip netns del con1; touch /run/netns/con1", shows: "gone", debris: "rm /run/netns/con1" },
      {
        by: `${processInside("con1")}; ip netns del con1`,
        shows: ["loopback", "path", "sysctls"],
        left: endProcessInside,
      },
      // The namespace now has another name.
      {
        by: "nsenter --net=/run/netns/con1 sh -c 'ip netns attach con2 $$'; ip netns del con1",
        shows: ["loopback", "path", "sysctls"],
        left: "ip netns del con2",
      },
      { by: "ip netns del con1; ip netns add con1", shows: "gone", refused: true, then: "ip netns del con1" },
      { by: "ip -n con1 link set lo alias ''", shows: "gone", refused: true, then: "ip netns del con1" },
      { by: `ip -n con1 link set lo alias ${theirMark}`, shows: "gone", refused: true, then: "ip netns del con1" },
      // Another name for the namespace, or another device in it, is not the resource's concern.
      {
        by: "ip netns attach con2 $$; ip -n con1 link add br5 type bridge",
        shows: [],
        left: "ip netns del con2; ip -n con1 link del br5 2>/dev/null || :",
      },
    ],
  },
  {
    title: "with names",
    wanted: {
      name: "con1",
      dns: {
        servers: ["10.0.0.53", "fd00::53"],
        search: ["example.org", "example.net"],
        options: ["ndots:2", "rotate"],
      },
      hosts: { web: ["10.0.0.2", "fd00::2"], "db.example.org": "10.0.0.3", db: "10.0.0.3" },
      hostname: "con1.example.org",
    },
    damages: [
      {
        by: [edit("resolv.conf", "s/:53/:54/"), edit("hosts", "s/ web/ www/"), edit("hostname", "s/1/2/")].join("; "),
        shows: ["dns.servers", "hosts.web", "hosts.www", "hostname"],
      },
      // In another order, another server is asked first.
      { by: edit("resolv.conf", "2{h;d};3{G}"), shows: ["dns.servers"] },
      { by: edit("resolv.conf", "s/example.org example.net/example.net example.org/"), shows: ["dns.search"] },
      { by: edit("resolv.conf", "/^search/d; s/ndots:2/ndots:3/"), shows: ["dns.search", "dns.options"] },
      { by: edit("resolv.conf", "$a sortlist 10.0.0.0/255.0.0.0"), shows: ["nameFiles"] },
      { by: edit("hosts", "s/ db.example.org//; /localhost/d"), shows: ["hosts.db.example.org", "nameFiles"] },
      { by: edit("hosts", "s/db.example.org db/db db.example.org/"), shows: ["nameFiles"] },
      { by: edit("hostname", "$a # by hand"), shows: ["nameFiles"] },
      { by: `chmod 600 ${folder}/resolv.conf; chown 1:1 ${folder}/hosts`, shows: ["nameFiles"] },
      { by: "rm -r /etc/netns", shows: ["dns", "hosts", "hostname"] },
      // The leftover of a run that was killed.
      { by: `mv ${folder}/hosts /etc/.netns.con1.hosts.${group}`, shows: ["hosts"] },
      // Somebody else's file in place of ours: without our first line, with another mark, or as a symbolic link.
      { by: edit("hosts", "1d"), shows: ["hosts"], refused: true, then: without("hosts") },
      {
        by: edit("hostname", `s%linuxnet:.*%${theirMark}%`),
        shows: ["hostname"],
        refused: true,
        then: without("hostname"),
      },
      { by: `ln -sf ../../hosts ${folder}/hosts`, shows: ["hosts"], refused: true, then: without("hosts") },
      // The files survive a reboot, the namespace does not.
      { by: rebooted, shows: ["loopback", "path"] },
      { by: "ip netns del con1; touch /run/netns/con1", shows: ["loopback", "path"], debris: "rm /run/netns/con1" },
      { by: `${processInside("con1")}; ip netns del con1`, shows: ["loopback", "path"], left: endProcessInside },
      {
        by: "ip netns del con1; ip netns add con1",
        shows: ["loopback", "path"],
        refused: true,
        then: "ip netns del con1",
      },
      { by: "ip netns del con1; rm -r /etc/netns", shows: "gone" },
      // Other files beside ours are not the resource's concern.
      {
        by: `mkdir -p ${folder} /etc/netns/other; echo hosts: files >${folder}/nsswitch.conf; echo theirs >/etc/netns/other/hosts`,
        shows: [],
        left: `rm ${folder}/nsswitch.conf /etc/netns/other/hosts; rmdir /etc/netns/other; rmdir ${folder} /etc/netns 2>/dev/null || :`,
      },
    ],
  },
  {
    title: "that is attached",
    around: `umount /run/box 2>/dev/null; ${begin}`,
    wanted: { name: "con1", attach: { path: "/run/box" } },
    damages: [
      // What it is attached to restarts, and the name still refers to the old namespace.
      { by: `${end}; ${begin}`, shows: ["attachedTo"] },
      {
        by: `ip -n con1 link add br5 group ${group} type bridge; ip -n con1 link add br6 type bridge; ${end}; ${begin}`,
        shows: ["attachedTo"],
      },
      { by: end, shows: ["attachedTo"], then: begin },
      { by: `${end}; touch /run/box`, shows: ["attachedTo"], then: "unshare --net=/run/box true" },
      { by: "ip netns del con1", shows: "gone" },
      { by: "ip netns del con1; touch /run/netns/con1", shows: "gone", debris: "rm /run/netns/con1" },
      { by: "ip netns del con1; ip netns add con1", shows: "gone", refused: true, then: "ip netns del con1" },
      { by: "ip -n con1 link set lo alias ''", shows: "gone", refused: true, then: "ip netns del con1" },
      {
        by: `ip -n con1 link set lo alias ${theirMark}`,
        shows: "gone",
        refused: true,
        then: "ip -n con1 link set lo alias ''; ip netns del con1",
      },
      {
        by: `ip netns del con1; nsenter --net=/run/box ip link set lo alias ${theirMark}`,
        shows: "gone",
        refused: true,
        then: "nsenter --net=/run/box ip link set lo alias ''",
      },
      // Another name for the namespace, or another device in it, is not the resource's concern.
      {
        by: "ip netns attach con2 $$; ip -n con1 link add br5 type bridge",
        shows: [],
        left: "ip netns del con2; nsenter --net=/run/box ip link del br5",
      },
    ],
  },
];
