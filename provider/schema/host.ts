import { z } from "zod";
import { hostKey } from "./host-key.js";
import { port, whole } from "./number.js";
import { privateKeyText, secretLine } from "./secret.js";
import { serverAddress } from "./server-address.js";
import { printableText } from "./text.js";
import { unknownProperty } from "./unknown-property.js";

/** The path of a file with a secret that Pulumi never sees. */
const secretPath = (what: string) =>
  printableText("a path")
    .optional()
    .describe(
      `File whose single line is ${what}, on the machine that runs Pulumi. The secret appears in no configuration, state or log.`,
    );

const firewallChoices = ["auto", "iptables", "nftables"] as const;

/** The tool that creates a host's firewall rules. */
export type FirewallChoice = (typeof firewallChoices)[number];

const fields = {
  name: printableText("a host's name")
    .optional()
    .describe(
      "The host's name in ids and messages; the same name means the same host. Default: its inventory name, or its address.",
    ),
  address: serverAddress()
    .optional()
    .describe(
      "Host name or IP address of the SSH server. With `sshConfig`: a host in OpenSSH's configuration, by default the inventory name.",
    ),
  user: printableText("a user").optional().describe('User to log in as. Default `"root"`.'),
  port: port().optional().describe("Port of the SSH server. Default 22."),
  privateKeyPath: printableText("a path")
    .optional()
    .describe(
      "File with the private key, on the machine that runs Pulumi. Default: the SSH agent, then ~/.ssh/id_ed25519, id_ecdsa, id_rsa; none if a `password` is set.",
    ),
  privateKey: privateKeyText()
    .optional()
    .describe("The private key itself, as text, instead of `privateKeyPath`. A secret."),
  passphrase: secretLine("a passphrase").optional().describe("Passphrase of the private key. A secret."),
  passphrasePath: secretPath("the passphrase of the private key"),
  password: secretLine("a password")
    .optional()
    .describe("The user's password, for the SSH methods `password` and `keyboard-interactive`. A secret."),
  passwordPath: secretPath("the password of the user"),
  knownHostsPath: printableText("a path")
    .optional()
    .describe("File with the trusted host keys. Default: ~/.ssh/known_hosts, then /etc/ssh/ssh_known_hosts."),
  hostKeys: z
    .array(hostKey())
    .min(1, "hostKeys has at least one key, or is left out")
    .optional()
    .describe(
      "The host's public keys (`ssh-ed25519 AAAA…`) or their fingerprints (`SHA256:…`). Only these are trusted, and no file is read.",
    ),
  strictHostKeyChecking: z
    .enum(["yes", "accept-new", "no"], {
      error: 'strictHostKeyChecking is "yes", "accept-new" or "no" (a YAML file needs the quotes)',
    })
    .optional()
    .describe(
      'As in ssh_config(5). `"yes"`, the default: unknown keys are refused. `"accept-new"`: a key that is not known yet is added to known_hosts, and a changed key is refused. `"no"`: every key is accepted, with a warning each time.',
    ),
  sshConfig: z
    .union([z.boolean(), printableText("a path")], { error: "sshConfig is true, false or a path" })
    .optional()
    .describe(
      "Reach the host as OpenSSH's client would: `ssh -G` provides HostName, Port, User, IdentityFile, ProxyJump and UserKnownHostsFile if they are not set here. A path: a file to use instead of ~/.ssh/config. Default false.",
    ),
  sudo: z
    .boolean()
    .optional()
    .describe(
      "Run all commands through sudo, for a user other than root. Default: true if a sudo password is set, else false.",
    ),
  sudoPassword: secretLine("a password")
    .optional()
    .describe(
      "The password that sudo asks for, passed on its standard input. A secret. Default: none; sudo must work without a password.",
    ),
  sudoPasswordPath: secretPath("the password that sudo asks for"),
  jump: printableText("a host's name").optional().describe("Inventory name of the host to connect through."),
  local: z.boolean().optional().describe("The host is the machine that runs Pulumi; SSH is not used. Default false."),
  connectTimeout: whole("a timeout", 1, 600)
    .optional()
    .describe("Seconds after which a connection attempt fails. Default 10."),
  connectionAttempts: whole("a number of attempts", 1, 100)
    .optional()
    .describe(
      "Maximum number of connection attempts, with pauses of up to 6 s in between. Only failures before authentication are retried. Default: 4 attempts within 15 s.",
    ),
  serverAliveInterval: whole("an interval", 1, 3600)
    .optional()
    .describe(
      "Seconds between keepalive requests to the server. A connection that misses three is considered dead. Default 5.",
    ),
  firewall: z
    .enum(firewallChoices, { error: 'is "auto", "iptables" or "nftables"' })
    .optional()
    .describe(
      'What creates the rules of MasqueradeRule and PortForward. `"iptables"`: the program of that name, with whichever backend it uses. `"nftables"`: a separate table, `inet linuxnet`. `"auto"`, the default: iptables if the host has it, else nftables; existing rules stay where they are.',
    ),
  machineId: z
    .string()
    .regex(/^[0-9a-f]{8}$/, "machineId is what an error has shown of it: 8 hexadecimal digits")
    .optional()
    .describe(
      "The machine that the host must be, as shown in error messages. For a machine that replaces the one the stack was created on. Default: the recorded machine.",
    ),
  deleteUnreachable: z
    .boolean()
    .optional()
    .describe(
      "Deletes succeed without doing anything while the host is unreachable. For a host that is gone for good. Default false.",
    ),
};

/** The fields that are secrets: they appear in no message and are encrypted in a state. */
export const hostSecrets = ["privateKey", "passphrase", "password", "sudoPassword"] as const;

/** Groups of alternatives: if a host sets one field of a group, the group's defaults do not apply to it. */
const alternatives = [
  ["privateKeyPath", "privateKey", "password", "passwordPath"],
  ["passphrase", "passphrasePath"],
  ["sudoPassword", "sudoPasswordPath"],
  ["knownHostsPath", "hostKeys"],
] as const;

const strict = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === "unrecognized_keys"
        ? unknownProperty(keys.length === 1 ? keys[0]! : "", "a host", Object.keys(shape))
        : undefined,
  });

type Given = z.output<z.ZodObject<typeof fields>>;
type Issues = { addIssue(issue: { code: "custom"; path: string[]; message: string }): void };

function checkTogether(host: Given, context: Issues): void {
  const refuse = (path: string, message: string) => {
    context.addIssue({ code: "custom", path: [path], message });
  };
  if (host.local && host.address !== undefined) refuse("local", "a host is either local or has an address, not both");
  if (host.privateKey !== undefined && host.privateKeyPath !== undefined)
    refuse("privateKey", "the key is given twice; leave out privateKey or privateKeyPath");
  if (host.hostKeys !== undefined && host.knownHostsPath !== undefined)
    refuse("hostKeys", "what is trusted is given twice; leave out hostKeys or knownHostsPath");
  for (const secret of ["passphrase", "password", "sudoPassword"] as const)
    if (host[secret] !== undefined && host[`${secret}Path`] !== undefined)
      refuse(`${secret}Path`, `is given twice; leave out ${secret} or ${secret}Path`);
  for (const field of ["sudoPassword", "sudoPasswordPath"] as const)
    if (host[field] !== undefined && host.sudo === false)
      refuse(field, "is for sudo, which is off; leave out one of the two");
}

const withoutAddress = "is missing; a host has an address, or `local: true`";

/**
 * How a host is reached. The inventory (`linuxnet:hosts`) and an inline `host` have the same fields. A change to one of
 * them never replaces a resource, and only `firewall` can update one.
 */
export const hostArgs = strict(fields).superRefine((host, context) => {
  checkTogether(host, context);
  if (!host.local && host.address === undefined)
    context.addIssue({ code: "custom", path: ["address"], message: withoutAddress });
});

/** How a host is reached, as the user wrote it. */
export type HostArgs = z.output<typeof hostArgs>;

/** A resource's `host`: a name in the inventory, or how to reach the host. */
export const host = z.union([printableText("a host's name"), hostArgs], {
  // If it is an object, the problems of its fields are reported instead.
  error: ({ input }) =>
    typeof input === "object" && input !== null && !Array.isArray(input)
      ? undefined
      : 'has to be a name in the inventory (linuxnet:hosts) or an object such as { address: "10.0.12.15" }',
});

/** An entry of the inventory, with defaults. */
export const inventoryEntry = strict(fields).superRefine((host, context) => {
  checkTogether(host, context);
  const byConfiguration = host.sshConfig !== undefined && host.sshConfig !== false;
  if (!host.local && host.address === undefined && !byConfiguration)
    context.addIssue({ code: "custom", path: ["address"], message: withoutAddress });
});

const { name: _name, address: _address, local: _local, ...shared } = fields;

/** The stack configuration `linuxnet:defaults`, which applies to every host that does not override it. */
export const hostDefaults = strict(shared).superRefine(checkTogether);

/** The defaults for all hosts. */
export type HostDefaults = z.output<typeof hostDefaults>;

/** How a host is reached, with defaults. For a local host, only the defaults about sudo and the firewall apply. */
export function withHostDefaults<Host extends Readonly<Record<string, unknown>>>(
  host: Host,
  name: string,
  defaults: HostDefaults,
): Host {
  const kept = Object.entries(defaults).filter(([key]) => {
    const ofSudo = key === "sudoPassword" || key === "sudoPasswordPath";
    if (ofSudo && host.sudo === false) return false;
    if (host.local === true && !ofSudo) return key === "sudo" || key === "firewall";
    // The default jump host itself is reached directly.
    if (key === "jump") return defaults.jump !== name;
    const group: readonly string[] = alternatives.find((group) => (group as readonly string[]).includes(key)) ?? [];
    return !group.some((other) => host[other] !== undefined);
  });
  return { ...Object.fromEntries(kept), ...host };
}

/** The name of a host in IDs and messages, by which hosts are also compared. */
export function hostName(value: string | HostArgs): string {
  return typeof value === "string" ? value : (value.name ?? value.address ?? "localhost");
}

/**
 * Whether both refer to the same host, as far as is known. Connection details are ignored: a host with a name is
 * identified by it, and inline hosts without a name are all considered the same, whatever their address.
 */
export function sameHost(a: string | HostArgs, b: string | HostArgs): boolean {
  const unnamed = (value: string | HostArgs) => typeof value !== "string" && value.name === undefined;
  return (unnamed(a) && unnamed(b)) || (!unnamed(a) && !unnamed(b) && hostName(a) === hostName(b));
}
