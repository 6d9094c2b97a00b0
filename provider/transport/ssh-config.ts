/** OpenSSH's client configuration as its own client reads it: with Include, Match, tokens and canonical names. */
import { spawnSync } from "node:child_process";
import { homedir, userInfo } from "node:os";

/** The settings for a host. */
export interface SshSettings {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  /** The agent's socket, or "none"; undefined: the one in SSH_AUTH_SOCK. */
  readonly agent: string | undefined;
  /** The configured files; missing ones count as empty. */
  readonly knownHostsFiles: readonly string[];
  /** Jump hosts in the order of the connection, `[user@]host[:port]`; undefined if it goes directly to the host. */
  readonly proxyJump: readonly string[] | undefined;
  /** Whether there is a ProxyCommand. */
  readonly proxyCommand: boolean;
}

/** The question to `ssh -G`. */
export interface SshConfigQuestion {
  /** The host, as in the command `ssh HOST`. */
  readonly host: string;
  /** A file to use instead of ~/.ssh/config and /etc/ssh/ssh_config. */
  readonly file: string | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

/** Runs `ssh -G` (ssh(1)). Throws an Error whose message is half a sentence. */
export function readSshConfig({ host, file, user, port }: SshConfigQuestion): SshSettings {
  const options = [
    ...(file === undefined ? [] : ["-F", file]),
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
  ];
  const { error, status, stdout, stderr } = spawnSync("ssh", ["-G", ...options, "--", host], {
    encoding: "utf8",
    timeout: 30_000,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (error && "code" in error && error.code === "ENOENT")
    throw new Error("sshConfig needs the program ssh on the machine that runs Pulumi; install openssh-client");
  if (error) throw new Error(`\`ssh -G\` failed (${error.message})`);
  if (status !== 0) throw new Error(`\`ssh -G\` says: ${stderr.trim().split("\n").join(" ")}`);
  return parseSshSettings(stdout);
}

/** Parses the output of `ssh -G`: one line for each lower-case keyword with its value. */
export function parseSshSettings(stdout: string): SshSettings {
  const lines = stdout.split("\n").map((line) => {
    const at = line.indexOf(" ");
    return [line.slice(0, at), line.slice(at + 1)] as const;
  });
  const all = (keyword: string) => lines.filter(([key]) => key === keyword).map(([, value]) => value);
  const one = (keyword: string) => all(keyword)[0];
  const agent = one("identitiesonly") === "yes" ? "none" : one("identityagent");
  const jump = one("proxyjump");
  const command = one("proxycommand");
  const [address = "", user = ""] = [one("hostname"), one("user")];
  // The tokens of IdentityFile and UserKnownHostsFile that `ssh -G` does not expand (ssh_config(5), TOKENS).
  const tokens: Readonly<Record<string, string>> = {
    "%": "%",
    d: homedir(),
    h: address,
    r: user,
    u: userInfo().username,
  };
  const expanded = (file: string) => file.replaceAll(/%(.)/g, (token, letter: string) => tokens[letter] ?? token);
  return {
    address,
    port: Number(one("port") ?? 22),
    user,
    identityFiles: all("identityfile").map(expanded),
    agent: agent === undefined || agent === "SSH_AUTH_SOCK" ? undefined : agent,
    knownHostsFiles: [...words(one("userknownhostsfile")), ...words(one("globalknownhostsfile"))].map(expanded),
    proxyJump: jump === undefined || jump === "none" ? undefined : jump.split(","),
    proxyCommand: command !== undefined && command !== "none",
  };
}

const words = (value: string | undefined) =>
  (value ?? "").split(/\s+/).filter((word) => word !== "" && word !== "none");

/** A hop of ProxyJump. Undefined if the text is not one. */
export function parseHop(text: string): { host: string; user?: string; port?: number } | undefined {
  const match = /^(?:ssh:\/\/)?(?:([^@\s]+)@)?(?:\[([^\]\s]+)\]|([^:\s]+))(?::(\d{1,5}))?\/?$/.exec(text);
  const host = match?.[2] ?? match?.[3];
  if (!match || host === undefined) return undefined;
  return {
    host,
    ...(match[1] !== undefined && { user: match[1] }),
    ...(match[4] !== undefined && { port: Number(match[4]) }),
  };
}
