import { attachScript, clearScript, detachScript, findScript } from "../../provider/commands/attachment.js";
import { makeScript } from "../../provider/resources/namespace.js";
import { displayCommand } from "../../provider/transport/quoting.js";
import type { PlanCase } from "./kind-cases.js";
import { putFile, takeFile, write } from "./shown-commands.js";

const wanted = { name: "con1" };
const forwarding = { name: "con1", sysctls: { "net.ipv4.ip_forward": 1 } };

const named = {
  name: "con1",
  dns: { servers: ["10.0.0.53"], search: ["example.org"] },
  hosts: { web: ["10.0.0.2", "fd00::2"], "db.example.org": "10.0.0.2" },
  hostname: "con1",
};
const resolvConf = ["# MARK", "nameserver 10.0.0.53", "search example.org"];
const localhost = ["# MARK", "127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"];
const hosts = [...localhost, "10.0.0.2 db.example.org web", "fd00::2 web"];
const hostname = ["con1", "# MARK"];
const takeAll = ["resolv.conf", "hosts", "hostname"].map(takeFile);
const folder = "mkdir -p /etc/netns/con1; cd /etc/netns/con1";

const make = displayCommand(["sh", "-c", makeScript, "sh", "con1", "MARK", "LOOPBACK-GROUP"]);

/** A running program's namespace, which a file refers to. */
const box = { path: "/run/box" };
const begin = "touch /run/box; unshare --net=/run/box true";
const attached = { name: "con1", attach: box };
const script = (text: string, ...args: string[]) => displayCommand(["sh", "-c", text, "sh", ...args]);
const find = script(findScript, "path", "/run/box");
const attach = script(attachScript, "path", "/run/box", "con1", "MARK");
const detach = script(detachScript, "con1");

export const namespacePlans: readonly PlanCase[] = [
  {
    title: "nothing there",
    wanted: forwarding,
    sees: "nothing",
    plan: [make, write("net/ipv4/ip_forward", 1, "con1")],
    remove: [],
  },
  {
    title: "a file without a namespace behind it",
    around: "touch /run/netns/con1",
    wanted,
    sees: "nothing",
    plan: ["ip netns delete con1", make],
    remove: [],
  },
  { title: "as wanted", made: forwarding, wanted: forwarding, sees: [], plan: [], remove: ["ip netns delete con1"] },
  {
    title: "lo set down, a setting changed",
    made: forwarding,
    by: "ip -n con1 link set lo down; ip netns exec con1 sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward'",
    wanted: forwarding,
    sees: ["sysctls.net.ipv4.ip_forward", "loopback"],
    plan: ["ip -n con1 link set dev lo up", write("net/ipv4/ip_forward", 1, "con1")],
    remove: ["ip netns delete con1"],
  },
  {
    title: "a setting that the kernel does not have",
    made: wanted,
    wanted: { name: "con1", sysctls: { "net.no.such": 1 } },
    sees: ["sysctls.net.no.such"],
    plan: [write("net/no/such", 1, "con1")],
    remove: ["ip netns delete con1"],
  },
  {
    title: "with a link of this stack in it",
    made: wanted,
    by: "ip -n con1 link add br0 group $GROUP type bridge",
    wanted,
    sees: [],
    plan: [],
    remove: ["ip -n con1 link delete group GROUP", "ip netns delete con1"],
  },
  {
    title: "with somebody else's link in it",
    made: wanted,
    by: "ip -n con1 link add br0 type bridge",
    wanted,
    sees: [],
    plan: [],
    remove: ["ip netns delete con1"],
  },
  {
    title: "made by hand",
    around: "ip netns add con1",
    wanted,
    sees: /^name held by a namespace that this stack did not create$/,
    remove: [],
  },
  {
    title: "another stack's",
    around: "ip netns add con1; ip -n con1 link set lo alias linuxnet:shop/prod/Namespace/one",
    wanted,
    sees: /^name held by a namespace marked "linuxnet:shop\/prod\/Namespace\/one"$/,
    remove: [],
  },
  {
    title: "with names, nothing there",
    wanted: named,
    sees: "nothing",
    plan: [make, ...putFile("resolv.conf", resolvConf), ...putFile("hosts", hosts), ...putFile("hostname", hostname)],
    remove: [],
  },
  {
    title: "with names, as wanted",
    made: named,
    wanted: named,
    sees: [],
    plan: [],
    remove: [...takeAll, "ip netns delete con1"],
  },
  {
    title: "with names, another order of servers, a file of another mode, one taken away",
    made: { ...named, dns: { servers: ["10.0.0.53", "10.0.0.54"], search: ["example.org"] } },
    by: "cd /etc/netns/con1; chmod 600 hosts; rm hostname",
    wanted: { ...named, dns: { servers: ["10.0.0.54", "10.0.0.53"], search: ["example.org"] } },
    sees: ["dns.servers", "hostname", "nameFiles"],
    plan: [
      ...putFile("resolv.conf", ["# MARK", "nameserver 10.0.0.54", "nameserver 10.0.0.53", "search example.org"]),
      ...putFile("hosts", hosts),
      ...putFile("hostname", hostname),
    ],
    remove: [takeFile("resolv.conf"), takeFile("hosts"), "ip netns delete con1"],
  },
  {
    title: "with names, of which some are left out now",
    made: named,
    wanted: { name: "con1", hosts: {} },
    sees: ["hosts.db.example.org", "hosts.web", "dns", "hostname"],
    plan: [takeFile("resolv.conf"), ...putFile("hosts", localhost), takeFile("hostname")],
    remove: [...takeAll, "ip netns delete con1"],
  },
  {
    title: "with names, the namespace gone in a reboot",
    made: named,
    by: "umount /run/netns/con1; rm /run/netns/con1",
    wanted: named,
    sees: ["path", "loopback"],
    plan: [make],
    remove: takeAll,
  },
  {
    title: "with names, made by a run that was killed before it could say so",
    around: `${folder}; echo "# $MARK" >resolv.conf; echo half >/etc/.netns.con1.hosts.$GROUP; echo theirs >/etc/.netns.con1.hostname.7`,
    wanted: { name: "con1", dns: named.dns },
    sees: ["dns.servers", "dns.search", "path", "loopback"],
    plan: [make, ...putFile("resolv.conf", resolvConf), takeFile("hosts")],
    remove: [takeFile("resolv.conf"), takeFile("hosts")],
  },
  {
    title: "a file of somebody else's where none of ours is wanted",
    around: `${folder}; echo "10.0.0.9 web" >hosts; echo "hosts: files" >nsswitch.conf`,
    wanted: { name: "con1", hostname: "con1" },
    sees: "nothing",
    plan: [make, ...putFile("hostname", hostname)],
    remove: [],
  },
  {
    title: "a file of somebody else's",
    around: `${folder}; echo "10.0.0.9 web" >hosts`,
    wanted: named,
    sees: /^hosts to be in \/etc\/netns\/con1\/hosts, where there is a file that this stack did not create$/,
    remove: [],
  },
  {
    title: "a file of another stack's",
    around: `${folder}; printf 'con1\\n# linuxnet:shop/prod/Namespace/one\\n' >hostname`,
    wanted: named,
    sees: /^hostname to be in \S+, where there is a file marked "linuxnet:shop\/prod\/Namespace\/one"$/,
    remove: [],
  },
  {
    title: "a link where a file is wanted",
    around: `${folder}; ln -s ../../hosts hosts`,
    wanted: named,
    sees: /^hosts to be in \S+, where there is a link or a folder that this stack did not create$/,
    remove: [],
  },
  {
    title: "with names, in the place of a file that was adopted",
    around: `${folder}; printf '10.0.0.9 web' >hosts; chmod 640 hosts`,
    made: { name: "con1", hosts: named.hosts, adopt: true },
    wanted: { name: "con1" },
    sees: ["hosts"],
    plan: putFile("hosts", ["10.0.0.9 web"], "own", "640"),
    remove: [...putFile("hosts", ["10.0.0.9 web"], "own", "640"), "ip netns delete con1"],
  },
  { title: "attached: not yet", around: begin, wanted: attached, sees: "nothing", plan: [attach], remove: [] },
  {
    title: "attached: marked by a run that was killed before it was named",
    around: `${begin}; nsenter --net=/run/box ip link set lo alias $MARK`,
    wanted: attached,
    sees: "nothing",
    plan: [attach],
    remove: [script(clearScript, "path", "/run/box"), 'link set dev lo alias ""'],
  },
  {
    title: "attached: as wanted",
    around: begin,
    made: attached,
    wanted: attached,
    sees: [],
    plan: [],
    remove: [detach],
  },
  {
    title: "attached: with a link of this stack, and others, in it",
    around: `${begin}; nsenter --net=/run/box ip link add eth0 type bridge`,
    made: attached,
    by: "ip -n con1 link add br0 group $GROUP type bridge",
    wanted: attached,
    sees: [],
    plan: [],
    remove: ["ip -n con1 link delete group GROUP", detach],
  },
  {
    title: "attached: begun anew, with a link of this stack in the former one",
    around: begin,
    made: attached,
    by: `ip -n con1 link add br0 group $GROUP type bridge; umount /run/box; ${begin}`,
    wanted: attached,
    sees: ["attachedTo"],
    plan: [find, "ip -n con1 link delete group GROUP", detach, attach],
    remove: ["ip -n con1 link delete group GROUP", detach],
  },
  {
    title: "attached: ended",
    around: begin,
    made: attached,
    by: "umount /run/box; rm /run/box",
    wanted: attached,
    sees: ["attachedTo"],
    plan: [find, detach, attach],
    remove: [detach],
  },
  {
    title: "attached: a file without a namespace behind the name",
    around: `${begin}; touch /run/netns/con1`,
    wanted: attached,
    sees: "nothing",
    plan: ["ip netns delete con1", attach],
    remove: [],
  },
  {
    title: "attached: no such process",
    wanted: { name: "con1", attach: { pid: 4_194_304 } },
    sees: "nothing",
    plan: [script(attachScript, "pid", "4194304", "con1", "MARK")],
    remove: [],
  },
  {
    title: "attached: the host's own",
    wanted: { name: "con1", attach: { pid: 1 } },
    sees: "nothing",
    plan: [script(attachScript, "pid", "1", "con1", "MARK")],
    remove: [],
  },
  {
    title: "attached: the name is another one's",
    around: `${begin}; ip netns add con1`,
    wanted: attached,
    sees: /^name held by a namespace that this stack did not create or attach$/,
    remove: [],
  },
  {
    title: "attached: by another stack, under another name",
    around: `${begin}; nsenter --net=/run/box ip link set lo alias linuxnet:shop/prod/Namespace/one`,
    wanted: attached,
    sees: /^attach.path taken already: its lo has the alias "linuxnet:shop\/prod\/Namespace\/one"$/,
    remove: [],
  },
];
