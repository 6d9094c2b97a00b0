/**
 * known_hosts files as OpenSSH writes them (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"), and the verdict on a key that a
 * server presents. Strict: a key that is not in them is refused.
 */
import { createHash, createHmac } from "node:crypto";

/** A line of a known_hosts file. */
export interface KnownHost {
  readonly marker?: "revoked" | "cert-authority";
  /** Patterns as written: a comma-separated list, or one hashed name. */
  readonly hosts: string;
  /** The key's type as written, such as `ssh-ed25519`. */
  readonly type: string;
  /** The key in its wire format. */
  readonly key: Buffer;
}

/** The known keys of one host. */
export interface KnownKeys {
  readonly accepted: readonly KnownHost[];
  /** Fingerprints of accepted keys of which only the fingerprint is known. */
  readonly fingerprints: readonly string[];
  readonly revoked: readonly KnownHost[];
  /** Whether a @cert-authority line matches the host; host certificates are not supported. */
  readonly hasAuthority: boolean;
}

/** The verdict on a presented key. */
export type HostKeyVerdict = "known" | "unknown" | "changed" | "revoked";

/** Parses known_hosts text. Invalid lines are skipped, as OpenSSH does. */
export function parseKnownHosts(text: string): KnownHost[] {
  const entries: KnownHost[] = [];
  for (const line of text.split(/\r?\n/)) {
    const fields = line.trim().split(/[ \t]+/);
    if (fields[0] === undefined || fields[0] === "" || fields[0].startsWith("#")) continue;
    const marker = fields[0].startsWith("@") ? fields.shift() : undefined;
    const [hosts, type, base64] = fields;
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- shift() has moved them on
    if (hosts === undefined || type === undefined || base64 === undefined) continue;
    const key = Buffer.from(base64, "base64");
    if (wireType(key) !== type) continue;
    if (marker === undefined) entries.push({ hosts, type, key });
    else if (marker === "@revoked") entries.push({ marker: "revoked", hosts, type, key });
    else if (marker === "@cert-authority") entries.push({ marker: "cert-authority", hosts, type, key });
  }
  return entries;
}

/** The entries for a host. A port other than 22 has entries of its own, `[address]:port`. */
export function findKnownKeys(entries: readonly KnownHost[], address: string, port: number): KnownKeys {
  const name = knownHostName(address, port);
  const matching = entries.filter((entry) => matchesHost(entry.hosts, name));
  return {
    accepted: matching.filter((entry) => entry.marker === undefined),
    fingerprints: [],
    revoked: matching.filter((entry) => entry.marker === "revoked"),
    hasAuthority: matching.some((entry) => entry.marker === "cert-authority"),
  };
}

/** The known keys of a host whose keys (`TYPE BASE64`) or fingerprints (`SHA256:…`) are given. */
export function pinnedKeys(hostKeys: readonly string[]): KnownKeys {
  const isFingerprint = (text: string): boolean => text.startsWith("SHA256:");
  return {
    accepted: parseKnownHosts(
      hostKeys
        .filter((text) => !isFingerprint(text))
        .map((text) => `* ${text}`)
        .join("\n"),
    ),
    fingerprints: hostKeys.filter(isFingerprint),
    revoked: [],
    hasAuthority: false,
  };
}

/** The name under which known_hosts files list a host. */
export function knownHostName(address: string, port: number): string {
  const host = address.toLowerCase();
  return port === 22 ? host : `[${host}]:${port}`;
}

/** Judges the key that a server presents. */
export function judgeHostKey(known: KnownKeys, presented: Buffer): HostKeyVerdict {
  if (known.revoked.some(({ key }) => key.equals(presented))) return "revoked";
  if (known.accepted.some(({ key }) => key.equals(presented))) return "known";
  if (known.fingerprints.includes(fingerprint(presented))) return "known";
  return known.accepted.length + known.fingerprints.length === 0 ? "unknown" : "changed";
}

/** A key's fingerprint as `ssh-keygen -l` shows it, `SHA256:…`. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** A key's type according to its own first field, or "unknown type". */
export function keyType(key: Buffer): string {
  return wireType(key) ?? "unknown type";
}

/**
 * The signature algorithms to ask a server for, beginning with those of its known keys: a server has keys of several
 * types and presents the first type that the client lists, which could otherwise be one that is not in the file.
 */
export function orderHostKeyAlgorithms<A extends string>(known: KnownKeys, supported: readonly A[]): A[] {
  const types = new Set(known.accepted.map(({ type }) => type));
  const isKnown = (algorithm: string): boolean =>
    types.has(algorithm) || (types.has("ssh-rsa") && algorithm.startsWith("rsa-sha2-"));
  return [...supported.filter(isKnown), ...supported.filter((algorithm) => !isKnown(algorithm))];
}

function wireType(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  return length > 64 || key.length < 4 + length ? undefined : key.toString("latin1", 4, 4 + length);
}

function matchesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith("|1|")) {
    const [, , salt, hash] = hosts.split("|");
    if (salt === undefined || hash === undefined) return false;
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest().equals(Buffer.from(hash, "base64"));
  }
  const patterns = hosts.toLowerCase().split(",");
  if (patterns.some((pattern) => pattern.startsWith("!") && matchesPattern(pattern.slice(1), name))) return false;
  return patterns.some((pattern) => !pattern.startsWith("!") && matchesPattern(pattern, name));
}

/** `*` matches any characters and `?` one; everything else, including brackets, is literal. */
function matchesPattern(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`).test(name);
}
