import fc from "fast-check";
import { address, domain, namespaceName } from "../inputs/well-formed.js";
import { maybe, present, some } from "./arbitrary-properties.js";
import { commands } from "./by-hand.js";
import { everywhere } from "./common-domains.js";
import { createdFirst, deletedFirst, unknown } from "./diff-answers.js";
import type { Inputs, KindCases } from "./kind-cases.js";
import { namespaceDrifts } from "./namespace.drifts.js";
import { namespacePlans } from "./namespace.plans.js";
import { texts } from "./shown-texts.js";

const names = {
  dns: { servers: ["10.0.0.53", "fd00::53"], search: ["a.test", "b.test"], options: ["rotate"] },
  hosts: { web: ["10.0.0.2", "fd00::2"], db: "10.0.0.3" },
  hostname: "con1",
};
const withDns = (part: Inputs) => ({ name: "x", ...names, dns: { ...names.dns, ...part } });

const hosts = fc
  .uniqueArray(fc.tuple(domain, fc.oneof(address, some(address))), {
    selector: ([name]) => name.toLowerCase(),
    maxLength: 5,
  })
  .map((entries) => Object.fromEntries(entries));
const dns = fc
  .record({
    servers: some(address),
    search: maybe(some(fc.oneof(domain, fc.constantFrom(".", "_tcp.example.org.")))),
    options: maybe(fc.constantFrom(["ndots:2"], ["rotate", "timeout:3", "trust-ad"])),
  })
  .map(present);

export const cases: KindCases = {
  kind: "Namespace",
  good: {
    name: "con1",
    sysctls: { "net.ipv4.ip_forward": "1" },
    dns: { servers: ["10.0.0.53"], search: ["example.org"], options: ["ndots:2"] },
    hosts: { web: "10.0.0.2" },
    hostname: "con1",
  },
  domains: {
    ...everywhere,
    name: "namespaceName",
    "sysctls.net.ipv4.ip_forward": "sysctlValue",
    "dns.servers[]": "address",
    "dns.search[]": "searchDomain",
    "dns.options[]": "resolverOption",
    "hosts.web": "address",
    "hosts.web[]": "address",
    hostname: "machineName",
    "attach.docker": "containerName",
    "attach.podman": "containerName",
    "attach.pid": "processId",
    "attach.path": "namespacePath",
  },
  least: {},
  defaults: [
    [{}, { name: "one" }],
    [
      { name: "con1", sysctls: { "net.ipv4.ip_forward": 1 } },
      { name: "con1", sysctls: { "net.ipv4.ip_forward": "1" } },
    ],
  ],
  unknown: [{ name: unknown, sysctls: { "net.ipv4.ip_forward": unknown } }, { sysctls: unknown }],
  refused: [
    [{ name: "a b" }, { name: /^name: a namespace's name has to start with a letter or a digit/ }],
    [{ name: 5 }, { name: /^name: has to be of type string, not number$/ }],
    [{ name: "x", sysctls: { "net/../x": 1 } }, { "sysctls.net/../x": /looks like net\.ipv4\.ip_forward/ }],
    [{ name: "x", sysctls: { "net.ipv4.ip_forward": "" } }, { "sysctls.net.ipv4.ip_forward": /not empty/ }],
    [{ name: "x", dns: {} }, { "dns.servers": /^dns\.servers: is missing$/ }],
    [{ name: "x", dns: { servers: ["10.0.0.1"], serach: [] } }, { "dns.serach": /is not a property there/ }],
    [
      {
        name: "x",
        dns: { servers: ["1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4"], search: ["a..b"], options: ["ndots"] },
      },
      {
        "dns.servers": /^dns\.servers: has at most 3 servers: resolvers ask no more than that$/,
        "dns.search[0]": /^dns\.search\[0\]: a search domain is made of parts with dots between them/,
        "dns.options[0]": /^dns\.options\[0\]: an option of the resolver is one of ndots:0 to ndots:15, /,
      },
    ],
    [
      { name: "x", hosts: { a_b: "10.0.0.2", web: ["10.0.0.2", "x"], db: [] }, hostname: "x." },
      {
        "hosts.a_b": /^hosts\.a_b: a host's name is made of parts with dots between them/,
        "hosts.web[1]": /^hosts\.web\[1\]: "x" is not an IPv4 or IPv6 address/,
        "hosts.db": /^hosts\.db: is a list of at least one; for none leave it out$/,
        hostname: /^hostname: a host name is made of parts/,
      },
    ],
    [{ name: "x", hosts: { localhost: "10.0.0.2" } }, { "hosts.localhost": /is always there: leave it out$/ }],
    [
      { name: "x", namespace: "y" },
      {
        namespace:
          /^namespace is not a property of Namespace; it has host, name, sysctls, dns, hosts, hostname, attach, adopt$/,
      },
    ],
    [{ name: "x", sysctls: { "kernel.panic": 1 } }, { 'sysctls["kernel.panic"]': /only keys that start with net\./ }],
    [
      { sysctls: { "net.ipv4.ip_forward": 1, "net/ipv4/ip_forward": 0 } },
      { 'sysctls["net/ipv4/ip_forward"]': /is the same setting as "net\.ipv4\.ip_forward"/ },
    ],
  ],
  diffs: [
    [{ name: "x" }, { name: "x" }, "same"],
    [{ name: "x" }, { name: "y" }, createdFirst("name")],
    [{ name: "x" }, { name: "x", sysctls: { "net.ipv4.ip_forward": 1 } }, "in place"],
    [
      { name: "x", sysctls: { "net.ipv4.ip_forward": 1 } },
      { name: "x", sysctls: { "net.ipv4.ip_forward": "1" } },
      "same",
    ],
    [
      { name: "x", sysctls: { "net.ipv4.ip_forward": 1 } },
      { name: "x", sysctls: { "net.ipv4.ip_forward": 0 } },
      "in place",
    ],
    // What is no longer managed stays as it is.
    [{ name: "x", sysctls: { "net.ipv4.ip_forward": 1 } }, { name: "x" }, "same"],
    [{ name: "x" }, { name: unknown }, createdFirst("name")],
    [
      { name: "x", ...names },
      { name: "x", ...names, dns: { ...names.dns, servers: ["10.0.0.53", "FD00:0::53"] } },
      "same",
    ],
    // The order of servers and domains matters.
    [{ name: "x", ...names }, withDns({ servers: ["fd00::53", "10.0.0.53"] }), "in place"],
    [{ name: "x", ...names }, withDns({ search: ["b.test", "a.test"] }), "in place"],
    [{ name: "x", ...names }, withDns({ options: undefined }), "in place"],
    [{ name: "x", ...names }, withDns({ servers: [unknown] }), "in place"],
    [{ name: "x", ...names }, { name: "x", ...names, dns: undefined }, "in place"],
    [
      { name: "x", ...names },
      { name: "x", ...names, hosts: { db: ["10.0.0.3"], web: ["fd00::2", "10.0.0.2"] } },
      "same",
    ],
    [{ name: "x", ...names }, { name: "x", ...names, hosts: { web: "10.0.0.2", db: "10.0.0.3" } }, "in place"],
    [{ name: "x", ...names }, { name: "x", ...names, hosts: { ...names.hosts, web: unknown } }, "in place"],
    [{ name: "x", ...names }, { name: "x", ...names, hosts: {} }, "in place"],
    [{ name: "x", hosts: {} }, { name: "x" }, "in place"],
    [{ name: "x", ...names }, { name: "x", ...names, hostname: "con2" }, "in place"],
    [{ name: "x", ...names }, { name: "y", ...names }, createdFirst("name")],
    // The container outlives the resource: what was created in it is deleted before the namespace is detached.
    [{ name: "x", attach: { docker: "c1" } }, { name: "x", attach: { docker: "c1" } }, "same"],
    [{ name: "x", attach: { docker: "c1" } }, { name: "x", attach: { docker: "c2" } }, deletedFirst("attach.docker")],
    [
      { name: "x", attach: { docker: "c1" } },
      { name: "x", attach: { podman: "c1" } },
      deletedFirst("attach.docker", "attach.podman"),
    ],
    [{ name: "x", attach: { pid: 4711 } }, { name: "x", attach: { pid: unknown } }, deletedFirst("attach.pid")],
    [{ name: "x", attach: { docker: "c1" } }, { name: "y", attach: { docker: "c1" } }, deletedFirst("name")],
    [{ name: "x", attach: { docker: "c1" } }, { name: "x" }, deletedFirst("attach")],
    [{ name: "x" }, { name: "x", attach: { path: "/run/box" } }, deletedFirst("attach")],
  ],
  plans: namespacePlans,
  lives: [
    {
      made: { name: "con1", sysctls: { "net.ipv4.ip_forward": 1 } },
      shows: {
        "ip netns list": /^con1/m,
        "ip -n con1 link show lo": /UP,LOWER_UP/,
        "ip netns exec con1 cat /proc/sys/net/ipv4/ip_forward": /^1$/,
      },
      changes: [
        {
          to: { name: "con1", sysctls: { "net.ipv4.ip_forward": "0", "net.ipv4.tcp_rmem": "4096 131072 6291456" } },
          paths: ["sysctls.net.ipv4.ip_forward", "sysctls.net.ipv4.tcp_rmem"],
          shows: { "ip netns exec con1 cat /proc/sys/net/ipv4/ip_forward": /^0$/ },
        },
      ],
      damages: [
        { by: "ip -n con1 link set lo down", paths: ["loopback"] },
        {
          by: "ip netns exec con1 sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'",
          paths: ["sysctls.net.ipv4.ip_forward"],
        },
        { by: "ip netns del con1", paths: "gone" },
        { by: "ip netns del con1; touch /run/netns/con1", paths: "gone" },
      ],
    },
    {
      title: "with names",
      made: {
        name: "con1",
        dns: { servers: ["10.0.0.53", "fd00::53"], search: ["example.org", "."], options: ["ndots:2", "rotate"] },
        hosts: { web: ["10.0.0.2", "fd00::2"], "db.example.org": "10.0.0.10", db: "10.0.0.10", Far: "10.0.0.3" },
        hostname: "con1.example.org",
      },
      shows: {
        "ip netns exec con1 cat /etc/resolv.conf":
          /^# linuxnet:shop\/dev\/Namespace\/life\nnameserver 10.0.0.53\nnameserver fd00::53\nsearch example.org \.\noptions ndots:2 rotate$/,
        "ip netns exec con1 cat /etc/hosts":
          /^# linuxnet:\S+\n127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n10.0.0.2 web\n10.0.0.3 Far\n10.0.0.10 db.example.org db\nfd00::2 web$/,
        "ip netns exec con1 cat /etc/hostname": /^con1.example.org\n# linuxnet:\S+$/,
        "ip netns exec con1 getent ahosts web": /^10\.0\.0\.2 [^]*^fd00::2 |^fd00::2 [^]*^10\.0\.0\.2 /m,
        "ip netns exec con1 getent hosts 10.0.0.10 FAR localhost": /^10.0.0.10 +db.example.org db\n10.0.0.3 +Far\n::1 /,
        "unshare --uts ip netns exec con1 sh -c 'hostname -F /etc/hostname; hostname'": /^con1.example.org$/,
        "stat -c %a:%u:%g /etc/netns/con1/*": /^644:0:0\n644:0:0\n644:0:0$/,
      },
      changes: [
        {
          to: {
            name: "con1",
            dns: { servers: ["fd00::53", "10.0.0.53"], options: ["ndots:2", "rotate"] },
            hosts: { web: "10.0.0.2", db: "10.0.0.11" },
            hostname: "con2",
          },
          paths: [
            "dns.search",
            "dns.servers",
            "hosts.Far",
            "hosts.db",
            "hosts.db.example.org",
            "hosts.web",
            "hostname",
          ],
          shows: {
            "ip netns exec con1 cat /etc/resolv.conf":
              /Namespace\/life\nnameserver fd00::53\nnameserver 10.0.0.53\noptions /,
            "ip netns exec con1 getent hosts db": /^10.0.0.11 +db$/,
            "ls -A /etc/netns/con1; ls -d /etc/.netns.* 2>&1 || :": /^hostname\nhosts\nresolv.conf\nls: cannot/,
          },
        },
        {
          to: { name: "con1", hosts: {} },
          paths: ["dns", "hosts.db", "hosts.web", "hostname"],
          shows: { "ls -A /etc/netns/con1": /^hosts$/, "ip netns exec con1 getent hosts localhost": /^::1 / },
        },
        { to: { name: "con1" }, paths: ["hosts"], shows: { "ls -d /etc/netns 2>&1 || :": /No such file/ } },
        {
          to: { name: "con1", hostname: "con1" },
          paths: ["hostname"],
          shows: { "cat /etc/netns/con1/hostname": /^con1\n/ },
        },
      ],
      damages: [
        { by: "ip -n con1 link set lo down", paths: ["loopback"] },
        { by: "ip netns del con1", paths: ["loopback", "path"] },
        { by: "rm /etc/netns/con1/hostname", paths: ["hostname"] },
      ],
    },
  ],
  drifts: namespaceDrifts,
  byHand: ({ name }) => [
    commands(`ip netns del ${String(name)}`),
    // A process remains inside, and keeps everything in the namespace.
    commands(`ip netns exec ${String(name)} setsid -f sleep infinity`, `ip netns del ${String(name)}`),
    commands(`ip -n ${String(name)} link set lo down`),
    commands(`ip netns exec ${String(name)} sysctl -qw net.ipv4.icmp_echo_ignore_all=1`),
  ],
  unalterable: {
    name: "what it is known by: under another name it is gone",
    filesFound: "a memory of what was there before",
    "attach.docker": "says what it is to be attached to: where that is another namespace, attachedTo shows it",
    "attach.podman": "the same",
    "attach.pid": "the same",
    "attach.path": "the same",
    inode: "another one is another namespace, which attachedTo shows",
  },
  inNetwork: { box: { args: { name: "red" }, changed: { hostname: "rose" } } },
  orphans: [
    {
      name: "box",
      inputs: { dns: { servers: ["10.1.0.1"] }, hosts: { lan: "10.1.0.1" } },
      line: "Namespace box: namespace box; file /etc/netns/box/resolv.conf; file /etc/netns/box/hosts",
    },
  ],
  arbitraryInputs: fc.record({
    name: namespaceName.filter((name) => name !== "con1"),
    sysctls: maybe(fc.constantFrom({ "net.ipv4.ip_forward": 1 }, { "net.ipv6.conf.all.forwarding": "1" }, {})),
    dns: maybe(dns),
    hosts: maybe(hosts),
    hostname: maybe(domain),
  }),
  shown({ name, dns = {}, hosts = {}, hostname }) {
    const addresses = [dns, hosts].flatMap((table) => Object.values(table as Record<string, string>).flat());
    return [
      { command: "ls /run/netns", texts: texts(name) },
      {
        command: `ip netns exec ${texts(name)[0]!} cat /etc/resolv.conf /etc/hosts /etc/hostname`,
        texts: [...texts(addresses), ...Object.keys(hosts as object), ...texts(hostname)],
      },
    ];
  },
  isSimulated: true,
};
