import { z } from "zod";
import { port } from "./number.js";
import { printableText } from "./text.js";

/**
 * How a host is reached. The same fields stand in the inventory (`linuxnet:hosts`) and in an inline `host`.
 * None of them is ever a reason to change or replace a resource.
 */
export const hostArgs = z
  .strictObject({
    name: printableText("a host's name")
      .optional()
      .describe(
        "What the host is called in ids and messages; the same name means the same host. Default: its inventory name, or its address.",
      ),
    address: printableText("an address").optional().describe("Host name or IP address of the SSH server."),
    user: printableText("a user").optional().describe('User to log in as. Default `"root"`.'),
    port: port().optional().describe("Port of the SSH server. Default 22."),
    privateKeyPath: printableText("a path")
      .optional()
      .describe(
        "File with the private key, on the machine that runs Pulumi. Default: the SSH agent, then ~/.ssh/id_ed25519, id_ecdsa, id_rsa.",
      ),
    knownHostsPath: printableText("a path")
      .optional()
      .describe(
        "File with the host keys that are trusted. Default: ~/.ssh/known_hosts, then /etc/ssh/ssh_known_hosts.",
      ),
    sudo: z.boolean().optional().describe("Run everything by `sudo -n`; for a user other than root. Default false."),
    jump: printableText("a host's name")
      .optional()
      .describe("Inventory name of the host that the connection goes through."),
    local: z.boolean().optional().describe("The machine that runs Pulumi itself, without SSH. Default false."),
    connectTimeout: z
      .number()
      .int()
      .min(1)
      .max(600)
      .optional()
      .describe("Seconds until a connection attempt counts as failed. Default 10."),
    deleteUnreachable: z
      .boolean()
      .optional()
      .describe(
        "Let deletes succeed without doing anything while the host can't be reached: for a host that is gone for good. Default false.",
      ),
  })
  .superRefine((host, context) => {
    if (host.local && host.address !== undefined) {
      context.addIssue({
        code: "custom",
        path: ["local"],
        message: "a host is either local or has an address, not both",
      });
    }
    if (!host.local && host.address === undefined) {
      context.addIssue({
        code: "custom",
        path: ["address"],
        message: "is missing; a host has an address, or `local: true`",
      });
    }
  });

/** How a host is reached, as the user wrote it. */
export type HostArgs = z.output<typeof hostArgs>;

/** A resource's `host`: a name in the inventory, or how to reach the host. */
export const host = z.union([printableText("a host's name"), hostArgs], {
  error: 'has to be a name in the inventory (linuxnet:hosts) or an object such as { address: "10.0.12.15" }',
});

/** The stack configuration `linuxnet:hosts`: host names to how they are reached. */
export const inventory = z.record(printableText("a host's name"), hostArgs);

/** What a host is called: in ids, in messages, and where two hosts are compared. */
export function hostName(value: string | HostArgs): string {
  return typeof value === "string" ? value : (value.name ?? value.address ?? "localhost");
}

/**
 * Whether both mean the same machine, as far as can be told. Connection details don't count: a named host is
 * the same while its name is, and inline hosts without a name are, whatever their address.
 */
export function sameHost(a: string | HostArgs, b: string | HostArgs): boolean {
  const unnamed = (value: string | HostArgs) => typeof value !== "string" && value.name === undefined;
  return (unnamed(a) && unnamed(b)) || (!unnamed(a) && !unnamed(b) && hostName(a) === hostName(b));
}
