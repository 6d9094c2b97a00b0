import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { LabHost } from "./lab-options.ts";
import { LabError } from "./lab-error.ts";
import type { Place } from "./namespaces.ts";
import { runProgram } from "./run-program.ts";
import { addressOf } from "./wire.ts";

/** The paths of the operator's SSH files in the lab's folder. */
export function operatorFiles(folder: string): { privateKey: string; publicKey: string; knownHosts: string } {
  const privateKey = path.join(folder, "id_ed25519");
  return { privateKey, publicKey: `${privateKey}.pub`, knownHosts: path.join(folder, "known_hosts") };
}

/** Creates the operator's key pair, a key for each host, and the known_hosts file. Existing keys are kept. */
export async function makeKeys(folder: string, hosts: readonly LabHost[]): Promise<void> {
  const { privateKey, knownHosts } = operatorFiles(folder);
  await Promise.all([
    makeKey(privateKey, "linuxnet lab"),
    ...hosts.map(({ name }) => {
      mkdirSync(hostFolder(folder, name), { recursive: true, mode: 0o700 });
      return makeKey(hostKey(folder, name), name);
    }),
  ]);
  const lines = hosts.map(({ name, address, address6 }) => {
    const addresses = [address, ...(address6 === undefined ? [] : [address6])].map(addressOf);
    const [type, key] = readFileSync(`${hostKey(folder, name)}.pub`, "utf8").split(" ");
    return `${addresses.join(",")} ${type} ${key}\n`;
  });
  writeFileSync(knownHosts, lines.join(""));
}

/**
 * Starts the host's sshd on the host's own addresses and waits until it listens.
 * @throws LabError with the last lines of its log if it does not start.
 */
export async function startSshServer(folder: string, place: Place, host: LabHost): Promise<void> {
  const addresses = [host.address, ...(host.address6 === undefined ? [] : [host.address6])].map(addressOf);
  const config = [
    // sshd uses the first line for each setting, so the host's own lines come first.
    ...(host.sshdConfig ?? []),
    ...addresses.map((address) => `ListenAddress ${address}`),
    "HostKey /run/lab/host_key",
    "AuthorizedKeysFile /run/lab/authorized_keys",
    "PidFile /run/sshd.pid",
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "UsePAM no",
    "Subsystem sftp internal-sftp",
  ];
  const log = path.join(hostFolder(folder, host.name), "sshd.log");
  writeFileSync(path.join(hostFolder(folder, host.name), "sshd_config"), `${config.join("\n")}\n`);
  // sshd detaches before it listens, and writes its PID file afterwards.
  const start = `
    cp "$1/sshd_config" /run/lab/sshd_config && cp "$2" /run/lab/authorized_keys
    install -m 600 "$1/ssh_host_ed25519_key" /run/lab/host_key
    "$(command -v sshd)" -f /run/lab/sshd_config -E "$3" || exit
    for attempt in $(seq 500); do [ -s /run/sshd.pid ] && exit 0; sleep 0.01; done
    exit 1`;
  const { exitCode, stderr } = await place.exec(
    ["sh", "-c", start, "start-sshd", hostFolder(folder, host.name), operatorFiles(folder).publicKey, log],
    { reject: false },
  );
  if (exitCode !== 0) {
    const reason = stderr || (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").slice(-3).join("\n") : "");
    throw new LabError(`The SSH server of ${host.name} does not start: ${reason || `see ${log}`}`);
  }
}

/** Stops the host's sshd and closes its connections. Programs that they started continue to run, as on any host. */
export async function stopSshServer(place: Place): Promise<void> {
  // The host's /proc shows only the host's own processes. The listening sshd is stopped first, so that it accepts no
  // new connection.
  const stop = `
    [ ! -s /run/sshd.pid ] || kill "$(cat /run/sshd.pid)" 2>/dev/null
    rm -f /run/sshd.pid
    for process in /proc/[0-9]*; do
      case "$(cat "$process/comm" 2>/dev/null)" in
        sshd|sshd-session) kill -9 "\${process#/proc/}" 2>/dev/null ;;
      esac
    done
    exit 0`;
  await place.exec(["sh", "-c", stop]);
}

function hostFolder(folder: string, name: string): string {
  return path.join(folder, "hosts", name);
}

function hostKey(folder: string, name: string): string {
  return path.join(hostFolder(folder, name), "ssh_host_ed25519_key");
}

async function makeKey(file: string, comment: string): Promise<void> {
  if (existsSync(file) && existsSync(`${file}.pub`)) return;
  // "y" answers the question whether to overwrite an incomplete key pair.
  await runProgram(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file], { input: "y\n" });
}
