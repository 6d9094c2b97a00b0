import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { repository } from "../../test/engine/pack.ts";
import { runProgram } from "../../examples/lab/run-program.ts";
import { secondsOf } from "../measure.ts";
import { type Peer, cacheFolder } from "./peer.ts";

const plugins = "v1.9.1";
const cnitool = "v1.3.1";
const folder = path.join(cacheFolder, `cni-${plugins}-${cnitool}`);

const modules = [
  ["main/bridge", "meta/portmap", "ipam/host-local"].map(
    (plugin) => `github.com/containernetworking/plugins/plugins/${plugin}@${plugins}`,
  ),
  [`github.com/containernetworking/cni/cnitool@${cnitool}`],
];

const network = {
  cniVersion: "1.0.0",
  name: "bench",
  plugins: [
    {
      type: "bridge",
      bridge: "br0",
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: {
        type: "host-local",
        ranges: [[{ subnet: "172.18.0.0/16" }]],
        routes: [{ dst: "0.0.0.0/0" }],
        dataDir: "/run/cni/addresses",
      },
    },
    { type: "portmap", capabilities: { portMappings: true }, snat: true },
  ],
};

const preparing = `
  rm -rf /run/cni && mkdir -p /run/cni/net.d && cat >/run/cni/net.d/bench.conflist
  # cnitool keeps its results in /var/lib/cni, and nothing of that is for the machine: this is the host's own mount.
  mount -t tmpfs tmpfs /var/lib`;

const creating = `
  set -e
  for number in $(seq "$1"); do
    ip netns add "c$number"
    CAP_ARGS="{\\"portMappings\\":[{\\"hostPort\\":$((8000 + number)),\\"containerPort\\":80,\\"protocol\\":\\"tcp\\"}]}" \\
      "$CNI_PATH/cnitool" add bench "/run/netns/c$number" >/dev/null
  done`;

/** The CNI plugins that Kubernetes uses, called on the host itself, without SSH. */
export function cni(containers: number): Peer {
  return {
    name: `CNI's bridge and portmap ${plugins}, on the host itself`,
    containers,
    install,
    async create(lab, host) {
      await lab.exec(host, ["sh", "-c", preparing], { input: JSON.stringify(network) });
      const env = { CNI_PATH: folder, NETCONFPATH: "/run/cni/net.d" };
      try {
        return await secondsOf(() =>
          lab.exec(host, ["sh", "-c", creating, "sh", String(containers)], { env, timeout: 1800 }),
        );
      } finally {
        await lab.exec(host, ["umount", "/var/lib"]);
      }
    },
  };
}

async function install(): Promise<void> {
  if (existsSync(path.join(folder, "cnitool"))) return;
  mkdirSync(folder, { recursive: true });
  // The set-up's Go is found in a separate process, because the set-up is plain JavaScript without types.
  const finder = path.join(repository, "scripts/setup/go-toolchain.mjs");
  const find = `import { findGo } from ${JSON.stringify(finder)}; console.log(await findGo());`;
  const { stdout: go } = await runProgram([process.execPath, "--input-type=module", "-e", find], { timeout: 1800 });
  for (const packages of modules)
    await runProgram([go.trim(), "install", ...packages], {
      cwd: folder,
      env: { GOBIN: folder, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
      timeout: 1800,
    });
}
