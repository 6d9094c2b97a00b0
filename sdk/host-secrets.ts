import * as pulumi from "@pulumi/pulumi";
import { hostSecrets } from "./host-args.js";

/** What of the stack configuration says how hosts are reached. */
const keys = ["linuxnet:hosts", "linuxnet:defaults"];
/** Of Pulumi's runtime, what its types leave out. */
const runtime = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
/** The stack whose configuration was looked at: one program can make several, by the Automation API. */
let looked: string | undefined;

/**
 * The engine keeps a copy of the configuration in the state: as it is, or encrypted where it is a secret. Throws where
 * that would write down a password.
 */
export function refusePlainSecrets(): void {
  const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
  if (looked === stack) return;
  looked = stack;
  for (const key of keys.filter((key) => runtime.isConfigSecret?.(key) === false)) {
    const path = plainSecretIn(parsed(pulumi.runtime.getConfig(key)), key);
    if (path === undefined) continue;
    throw new pulumi.RunError(
      `${path} is unencrypted in the stack configuration and would also be unencrypted in the state. Set it with \`pulumi config set --secret --path '${path}'\`, which asks for it and encrypts it.`,
    );
  }
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // The provider says what is wrong with it.
    return undefined;
  }
}

function plainSecretIn(value: unknown, path: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, part] of Object.entries(value)) {
    const found =
      hostSecrets.has(name) && typeof part !== "object" ? `${path}.${name}` : plainSecretIn(part, `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A resource's host, with its secrets marked as what they are: the engine encrypts these in the state and shows none. */
export function withSecrets(host: unknown): unknown {
  if (typeof host !== "object" || host === null) return host;
  if (comesLater(host))
    return pulumi
      .output(host as Promise<Record<string, string>>)
      .apply((found) => (holdsSecret(found) ? pulumi.secret(found) : found));
  if (!holdsSecret(host)) return host;
  return Object.fromEntries(
    Object.entries(host).map(([name, part]) => [
      name,
      hostSecrets.has(name) && part !== undefined ? pulumi.secret(part) : part,
    ]),
  );
}

const comesLater = (value: object): boolean => pulumi.Output.isInstance(value) || value instanceof Promise;

const holdsSecret = (host: unknown): boolean =>
  typeof host === "object" && host !== null && Object.keys(host).some((name) => hostSecrets.has(name));
