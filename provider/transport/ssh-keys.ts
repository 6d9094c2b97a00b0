/** The keys that are offered to a host, and where they come from. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { AgentAuthMethod, PublicKeyAuthMethod } from "ssh2";
import type { SshConnection } from "./connection.js";
import { loadSsh2 } from "./load-ssh2.js";
import { TransportError } from "./transport.js";

/** What a host is offered, in this order. */
export interface OfferedKeys {
  readonly methods: (AgentAuthMethod | PublicKeyAuthMethod)[];
  /** Their sources in words, for a message. */
  readonly sources: readonly string[];
}

const DEFAULT_IDENTITIES = ["id_ed25519", "id_ecdsa", "id_rsa"];

/** Collects the keys for a connection: the given one, else the agent's and the default identity files. */
export async function collectKeys(connection: SshConnection): Promise<OfferedKeys> {
  if (connection.privateKey !== undefined) {
    return givenKey(connection, connection.privateKey, "the given privateKey");
  }
  if (connection.privateKeyPath !== undefined) {
    const path = expandHome(connection.privateKeyPath);
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      throw configurationError(connection, `The privateKeyPath ${path} cannot be read (${errorCode(error)}).`);
    });
    return givenKey(connection, text, path);
  }
  return defaultKeys(connection);
}

/** A path with `~/` resolved. */
export function expandHome(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}

/** The code of a system error, or its message. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}

async function givenKey(connection: SshConnection, text: string, source: string): Promise<OfferedKeys> {
  const key = await readKey(text, connection.passphrase);
  if (typeof key === "string") throw configurationError(connection, `${capitalize(source)} cannot be used: ${key}`);
  return { methods: [publicKeyMethod(connection, key)], sources: [source] };
}

async function defaultKeys(connection: SshConnection): Promise<OfferedKeys> {
  const methods: OfferedKeys["methods"] = [];
  const sources: string[] = [];
  const passedOver: string[] = [];
  const agent = process.env["SSH_AUTH_SOCK"];
  if (agent !== undefined && agent !== "") {
    methods.push({ type: "agent", username: connection.user, agent });
    sources.push("the keys of the SSH agent");
  }
  for (const file of DEFAULT_IDENTITIES) {
    const path = join(homedir(), ".ssh", file);
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const key = await readKey(text, connection.passphrase);
    if (typeof key === "string") {
      passedOver.push(`${path}: ${key}`);
      continue;
    }
    methods.push(publicKeyMethod(connection, key));
    sources.push(path);
  }
  if (methods.length === 0) {
    const why = passedOver.length > 0 ? ` (${passedOver.join(" ")})` : "";
    throw configurationError(
      connection,
      `There is no key for it: no agent (SSH_AUTH_SOCK) and no usable identity file in ${join(homedir(), ".ssh")}${why}. Set privateKeyPath for this host, or start an agent.`,
    );
  }
  return { methods, sources };
}

function publicKeyMethod(connection: SshConnection, key: PublicKeyAuthMethod["key"]): PublicKeyAuthMethod {
  return { type: "publickey", username: connection.user, key };
}

/** A private key, or a sentence that says what is wrong with it. ssh2's own messages quote no key text, but vary. */
async function readKey(text: string, passphrase: string | undefined): Promise<PublicKeyAuthMethod["key"] | string> {
  const ssh2 = await loadSsh2();
  const key = ssh2.utils.parseKey(text, passphrase);
  if (!(key instanceof Error)) {
    return key.isPrivateKey() ? key : "it is a public key; the private one is needed.";
  }
  if (/no passphrase given/i.test(key.message)) return "it is encrypted and no passphrase is set.";
  if (passphrase !== undefined) return "the passphrase does not open it, or it is damaged.";
  return "it is not a private key in OpenSSH or PEM format.";
}

function configurationError(connection: SshConnection, message: string): TransportError {
  return new TransportError("configuration", "not-started", connection.name, `Host ${connection.name}: ${message}`);
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
