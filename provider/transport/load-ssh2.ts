import type * as Ssh2 from "ssh2";

/** ssh2 takes 50 ms to load; previews and local hosts do not need it. */
export async function loadSsh2(): Promise<typeof Ssh2> {
  return (await import("ssh2")).default;
}
