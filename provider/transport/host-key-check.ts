/** Checks a server's key against the known_hosts files of a connection, and formulates refusals. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ServerHostKeyAlgorithm } from "ssh2";
import type { SshConnection } from "./connection.js";
import {
  findKnownKeys,
  fingerprint,
  judgeHostKey,
  keyType,
  knownHostName,
  orderHostKeyAlgorithms,
  parseKnownHosts,
  pinnedKeys,
  type HostKeyVerdict,
  type KnownHost,
  type KnownKeys,
} from "./known-hosts.js";
import { errorCode, expandHome } from "./ssh-keys.js";
import { TransportError } from "./transport.js";

/** Without ssh-dss and SHA-1 signatures, which OpenSSH has dropped as well. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

const DEFAULT_FILES = ["~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"];

/** The host key check of one connection attempt. */
export class HostKeyCheck {
  /** Set once a key was refused: why, and what to do. */
  refusal: TransportError | undefined;

  private constructor(
    private readonly connection: SshConnection,
    private readonly known: KnownKeys,
    private readonly files: readonly string[],
    private readonly warn: (text: string) => void,
  ) {}

  /**
   * Reads the pinned keys or the known_hosts files. A file that the connection names must exist, unless it may be
   * written.
   */
  static async prepare(
    connection: SshConnection,
    warn: (text: string) => void = () => undefined,
  ): Promise<HostKeyCheck> {
    const { hostKeys, knownHostsPath, knownHostsFiles = DEFAULT_FILES, strictHostKeyChecking } = connection;
    if (hostKeys !== undefined) return new HostKeyCheck(connection, pinnedKeys(hostKeys), [], warn);
    const files = (knownHostsPath === undefined ? knownHostsFiles : [knownHostsPath]).map(expandHome);
    const entries: KnownHost[] = [];
    for (const file of files) {
      const text = await readFile(file, "utf8").catch((error: unknown) => {
        const mayBeMissing = knownHostsPath === undefined || strictHostKeyChecking === "accept-new";
        if (mayBeMissing && errorCode(error) === "ENOENT") return "";
        throw new TransportError(
          "configuration",
          "not-started",
          connection.name,
          `Host ${connection.name}: the known_hosts file ${file} cannot be read (${errorCode(error)}).`,
        );
      });
      entries.push(...parseKnownHosts(text));
    }
    return new HostKeyCheck(connection, findKnownKeys(entries, connection.address, connection.port), files, warn);
  }

  /** The algorithms to ask the server for, beginning with the types of its known keys. */
  get algorithms(): ServerHostKeyAlgorithm[] {
    return orderHostKeyAlgorithms(this.known, ALGORITHMS);
  }

  /** Whether to continue with a server that presents this key. */
  accept(key: Buffer): boolean {
    const verdict = judgeHostKey(this.known, key);
    if (verdict === "known") return true;
    const presented = `${fingerprint(key)} (${keyType(key)})`;
    const { strictHostKeyChecking } = this.connection;
    if (strictHostKeyChecking === "no" && verdict !== "revoked") {
      this.warn(
        `ITS HOST KEY WAS NOT CHECKED (strictHostKeyChecking: "no"): the key ${presented} is ${verdict}, and anybody on the way can read and change what is sent`,
      );
      return true;
    }
    if (verdict === "unknown" && strictHostKeyChecking === "accept-new" && this.files[0] !== undefined)
      return this.#learn(this.files[0], key, presented);
    this.#refuse(this.#reasonAgainst(verdict, presented));
    return false;
  }

  #learn(file: string, key: Buffer, presented: string): boolean {
    const { address, port } = this.connection;
    try {
      addKnownHost(file, address, port, key);
    } catch (error) {
      this.#refuse(
        `presents the key ${presented}, which can't be added to ${file} (${errorCode(error)}). Set knownHostsPath to a file that can be written.`,
      );
      return false;
    }
    this.warn(`its key ${presented} was not known, and is now, in ${file}`);
    return true;
  }

  #refuse(why: string): void {
    const { name, address, port } = this.connection;
    this.refusal = new TransportError("host-key", "not-started", name, `Host ${name} (${address}:${port}) ${why}`);
  }

  #reasonAgainst(verdict: Exclude<HostKeyVerdict, "known">, presented: string): string {
    const { address, port, hostKeys } = this.connection;
    return {
      revoked: `presents the key ${presented}, which ${this.files.join(" or ")} marks as revoked. Nothing was sent to it.`,
      changed: `presents the key ${presented}, but the known one is ${this.#acceptedKeys()} (${hostKeys ? "hostKeys" : this.files.join(", ")}). Either the host was set up anew or somebody stands in between; nothing was sent to it. Compare with \`ssh-keygen -lf\` on the host itself; if it was set up anew, ${hostKeys ? "put the new key into hostKeys" : `remove the old key with ${this.#removeCommand()} and add the new one`}.`,
      unknown: `presents the key ${presented}, and ${this.files.join(" and ")} ${this.files.length === 1 ? "knows" : "know"} none for it.${this.#authorityNote()} Compare the fingerprint with \`ssh-keygen -lf\` on the host itself, then add the key: connect once with \`ssh -p ${port} ${address}\`, or \`ssh-keyscan -p ${port} ${address} >> ${this.files[0] ?? ""}\`; or set knownHostsPath or hostKeys.`,
    }[verdict];
  }

  #acceptedKeys(): string {
    const { accepted, fingerprints } = this.known;
    return [...accepted.map(({ key, type }) => `${fingerprint(key)} (${type})`), ...fingerprints].join(" or ");
  }

  #removeCommand(): string {
    const { address, port } = this.connection;
    return `\`ssh-keygen -f ${this.files[0] ?? ""} -R '${knownHostName(address, port)}'\``;
  }

  #authorityNote(): string {
    return this.known.hasAuthority
      ? " (A @cert-authority line matches, but host certificates are not supported; the host's own key is needed.)"
      : "";
  }
}

/** Adds a line as OpenSSH does, creating the file and its folder if they are missing. */
function addKnownHost(file: string, address: string, port: number, key: Buffer): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const cut = existsSync(file) && !/(^|\n)$/.test(readFileSync(file, "utf8"));
  const line = `${knownHostName(address, port)} ${keyType(key)} ${key.toString("base64")}\n`;
  appendFileSync(file, `${cut ? "\n" : ""}${line}`, { mode: 0o600 });
}
