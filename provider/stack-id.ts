/** The id that tells a stack from others with the same project and stack names in another organization or backend. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** A stack's full name in Pulumi: `organization/shop/dev` if the backend has no organizations. */
export interface FullStackName {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
}

/**
 * Ten hexadecimal digits derived from a stack's full name and the backend of its state; a file backend is unique to
 * this computer. A stack keeps the id of its first resource: after a rename or a move, the id in its state counts.
 */
export function stackIdOf(
  { organization, project, stack }: FullStackName,
  env: NodeJS.ProcessEnv = process.env,
  folder = process.cwd(),
): string {
  const whole = JSON.stringify([...backendIn(env, folder), organization, project, stack]);
  return createHash("sha256").update(whole).digest("hex").slice(0, 10);
}

/**
 * The backend of the state, found as the Pulumi CLI finds it: from the environment, the project, or the last `pulumi
 * login`.
 */
function backendIn(env: NodeJS.ProcessEnv, folder: string): string[] {
  const home = env.PULUMI_HOME || path.join(os.homedir(), ".pulumi");
  const credentials = path.join(env.PULUMI_CREDENTIALS_PATH || home, "credentials.json");
  const url = env.PULUMI_BACKEND_URL || projectBackend(folder) || currentIn(credentials) || "https://api.pulumi.com";
  if (!url.startsWith("file://")) return [url.replace(/\/+$/, "")];
  const place = url.slice("file://".length).replace(/\?.*/, "").replace(/^~/, os.homedir());
  return [`file://${path.resolve(folder, place)}`, textOf("/etc/machine-id")?.trim() ?? "", os.hostname()];
}

/** The backend in a project file: https://www.pulumi.com/docs/iac/concepts/projects/project-file/ */
function projectBackend(folder: string): string | undefined {
  const file = projectFileOf(folder);
  return file && /^backend:\s*\n\s+url:\s*["']?([^\s"']+)/m.exec(textOf(file) ?? "")?.[1];
}

/** The file of the project that a folder belongs to. */
export function projectFileOf(folder: string): string | undefined {
  for (let place = path.resolve(folder); ; place = path.dirname(place)) {
    const file = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"].map((name) => path.join(place, name)).find(existsSync);
    if (file || place === path.dirname(place)) return file;
  }
}

function currentIn(credentials: string): string | undefined {
  try {
    const { current } = JSON.parse(textOf(credentials) ?? "{}") as { current?: unknown };
    return typeof current === "string" ? current : undefined;
  } catch {
    return undefined;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
