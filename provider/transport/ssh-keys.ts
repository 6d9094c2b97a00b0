/** The credentials that are offered to a host, and their sources. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { AnyAuthMethod, PublicKeyAuthMethod } from "ssh2";
import type { SshConnection } from "./connection.js";
import { loadSsh2 } from "./load-ssh2.js";
import { PASSWORD } from "./ssh-failure.js";
import { TransportError } from "./transport.js";

/** The credentials that a host is offered, in this order. */
export interface Credentials {
  readonly methods: readonly AnyAuthMethod[];
  /** Their sources in words, for a message. */
  readonly sources: readonly string[];
}

const DEFAULT_IDENTITIES = ["id_ed25519", "id_ecdsa", "id_rsa"].map((file) => `~/.ssh/${file}`);

/**
 * Collects a connection's credentials: the given key and password, or else the agent's keys and those of the identity
 * files.
 */
export async function collectCredentials(connection: SshConnection): Promise<Credentials> {
  const own = [await givenKeyOf(connection), passwordOf(connection)].filter((part) => part !== undefined);
  if (own.length === 0) return defaultKeys(connection);
  return { methods: own.flatMap(({ methods }) => methods), sources: own.flatMap(({ sources }) => sources) };
}

async function givenKeyOf(connection: SshConnection): Promise<Credentials | undefined> {
  if (connection.privateKey !== undefined) {
    return givenKey(connection, connection.privateKey, "the given privateKey");
  }
  if (connection.privateKeyPath === undefined) return undefined;
  const path = expandHome(connection.privateKeyPath);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw configurationError(connection, `The privateKeyPath ${path} cannot be read (${errorCode(error)}).`);
  });
  return givenKey(connection, text, path);
}

/** One password for both methods: which of the two a server supports depends on its configuration (PAM). */
function passwordOf({ user: username, password }: SshConnection): Credentials | undefined {
  if (password === undefined) return undefined;
  let given = false;
  return {
    methods: [
      {
        type: "keyboard-interactive",
        username,
        // Answered once: a later or echoed prompt asks for something else, such as a code or a new password.
        prompt: (_name, _instructions, _language, prompts, answer) => {
          const answers = prompts.map(({ echo }) => {
            const wanted = echo !== true && !given;
            given ||= wanted;
            return wanted ? password : "";
          });
          answer(answers);
        },
      },
      { type: "password", username, password },
    ],
    sources: [PASSWORD],
  };
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

async function givenKey(connection: SshConnection, text: string, source: string): Promise<Credentials> {
  const key = await readKey(text, connection.passphrase);
  if (typeof key === "string") throw configurationError(connection, `${capitalize(source)} cannot be used: ${key}`);
  return { methods: [publicKeyMethod(connection, key)], sources: [source] };
}

async function defaultKeys(connection: SshConnection): Promise<Credentials> {
  const { identityFiles = DEFAULT_IDENTITIES } = connection;
  const agent = connection.agent ?? process.env["SSH_AUTH_SOCK"] ?? "";
  const byAgent: Credentials =
    agent === "" || agent === "none"
      ? { methods: [], sources: [] }
      : {
          methods: [{ type: "agent", username: connection.user, agent: expandHome(agent) }],
          sources: ["the keys of the SSH agent"],
        };
  const byFiles = await keysIn(identityFiles, connection);
  // A server gives up after a few attempts, so files that were named explicitly come before the agent's keys.
  const [first, second] = connection.identityFiles === undefined ? [byAgent, byFiles] : [byFiles, byAgent];
  const methods = [...first.methods, ...second.methods];
  if (methods.length === 0) {
    const why = byFiles.passedOver.length > 0 ? ` (${byFiles.passedOver.join(" ")})` : "";
    throw configurationError(
      connection,
      `There is no key for it: no agent (SSH_AUTH_SOCK) and no usable identity file among ${identityFiles.join(", ")}${why}. Set privateKeyPath for this host, or start an agent.`,
    );
  }
  return { methods, sources: [...first.sources, ...second.sources] };
}

async function keysIn(files: readonly string[], connection: SshConnection) {
  const methods: PublicKeyAuthMethod[] = [];
  const sources: string[] = [];
  const passedOver: string[] = [];
  for (const file of files) {
    const text = await readFile(expandHome(file), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const key = await readKey(text, connection.passphrase);
    if (typeof key === "string") {
      passedOver.push(`${file}: ${key}`);
      continue;
    }
    methods.push(publicKeyMethod(connection, key));
    sources.push(file);
  }
  return { methods, sources, passedOver };
}

function publicKeyMethod(connection: SshConnection, key: PublicKeyAuthMethod["key"]): PublicKeyAuthMethod {
  return { type: "publickey", username: connection.user, key };
}

/** A private key, or a sentence that says what is wrong with it. ssh2's own messages contain no key text, but vary. */
async function readKey(text: string, passphrase: string | undefined): Promise<PublicKeyAuthMethod["key"] | string> {
  const ssh2 = await loadSsh2();
  const key = ssh2.utils.parseKey(text, passphrase);
  if (!(key instanceof Error)) {
    return key.isPrivateKey() ? key : "it is a public key; the private one is needed.";
  }
  if (/no passphrase given/i.test(key.message))
    return "it is encrypted and no passphrase is set; set passphrase, or add it to the SSH agent.";
  if (passphrase !== undefined) return "the passphrase does not open it, or it is damaged.";
  return "it is not a private key in OpenSSH or PEM format.";
}

function configurationError(connection: SshConnection, message: string): TransportError {
  return new TransportError("configuration", "not-started", connection.name, `Host ${connection.name}: ${message}`);
}

const capitalize = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
