/** Checks a server's key against the known_hosts files of a connection, and words the refusals. */
import { readFile } from "node:fs/promises";
import type { ServerHostKeyAlgorithm } from "ssh2";
import type { SshConnection } from "./connection.js";
import {
  findKnownKeys,
  fingerprint,
  judgeHostKey,
  keyType,
  orderHostKeyAlgorithms,
  parseKnownHosts,
  type KnownHost,
  type KnownKeys,
} from "./known-hosts.js";
import { errorCode, expandHome } from "./ssh-keys.js";
import { TransportError } from "./transport.js";

/** Without ssh-dss and SHA-1 signatures, which OpenSSH gave up as well. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

const DEFAULT_FILES = ["~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"];

/** The check of one connection attempt. */
export class HostKeyCheck {
  /** Set once a key was refused: why, and what to do. */
  refusal: TransportError | undefined;

  private constructor(
    private readonly connection: SshConnection,
    private readonly known: KnownKeys,
    private readonly files: readonly string[],
  ) {}

  /** Reads the known_hosts files; one that the connection names has to be there. */
  static async prepare(connection: SshConnection): Promise<HostKeyCheck> {
    const given = connection.knownHostsPath;
    const files = (given === undefined ? DEFAULT_FILES : [given]).map(expandHome);
    const entries: KnownHost[] = [];
    for (const file of files) {
      const text = await readFile(file, "utf8").catch((error: unknown) => {
        if (given === undefined && errorCode(error) === "ENOENT") return "";
        throw new TransportError(
          "configuration",
          "not-started",
          connection.name,
          `Host ${connection.name}: the known_hosts file ${file} cannot be read (${errorCode(error)}).`,
        );
      });
      entries.push(...parseKnownHosts(text));
    }
    return new HostKeyCheck(connection, findKnownKeys(entries, connection.address, connection.port), files);
  }

  /** What to ask the server for, the types of its known keys first. */
  get algorithms(): ServerHostKeyAlgorithm[] {
    return orderHostKeyAlgorithms(this.known, ALGORITHMS);
  }

  /** Whether to go on with a server that presents this key. */
  accept(key: Buffer): boolean {
    const verdict = judgeHostKey(this.known, key);
    if (verdict === "known") return true;
    const { name, address, port } = this.connection;
    const where = `Host ${name} (${address}:${port})`;
    const presented = `${fingerprint(key)} (${keyType(key)})`;
    this.refusal = new TransportError(
      "host-key",
      "not-started",
      name,
      {
        revoked: `${where} presents the key ${presented}, which ${this.files.join(" or ")} marks as revoked. Nothing was sent to it.`,
        changed: `${where} presents the key ${presented}, but the known one is ${this.#acceptedKeys()} (${this.files.join(", ")}). Either the host was set up anew or somebody stands in between; nothing was sent to it. Compare with \`ssh-keygen -lf\` on the host itself; if it was set up anew, remove the old key with ${this.#removeCommand()} and add the new one.`,
        unknown: `${where} presents the key ${presented}, and ${this.files.join(" and ")} ${this.files.length === 1 ? "knows" : "know"} none for it.${this.#authorityNote()} Compare the fingerprint with \`ssh-keygen -lf\` on the host itself, then add the key: connect once with \`ssh -p ${port} ${address}\`, or \`ssh-keyscan -p ${port} ${address} >> ${this.files[0] ?? ""}\`; or set knownHostsPath.`,
      }[verdict],
    );
    return false;
  }

  #acceptedKeys(): string {
    return this.known.accepted.map(({ key, type }) => `${fingerprint(key)} (${type})`).join(" or ");
  }

  #removeCommand(): string {
    const { address, port } = this.connection;
    return `\`ssh-keygen -f ${this.files[0] ?? ""} -R '${port === 22 ? address : `[${address}]:${port}`}'\``;
  }

  #authorityNote(): string {
    return this.known.hasAuthority
      ? " (A @cert-authority line matches, but host certificates are not supported; the host's own key is needed.)"
      : "";
  }
}
