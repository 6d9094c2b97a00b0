import { z } from "zod";

const message =
  'a host key is a line such as "ssh-ed25519 AAAA…" (of ssh-keyscan or of a file /etc/ssh/ssh_host_*_key.pub), or a fingerprint "SHA256:…" (of ssh-keygen -l)';

/** A server's public key, or its SHA-256 fingerprint as ssh-keygen(1) prints it. */
export const hostKey = () =>
  z.string({ error: message }).superRefine((value, context) => {
    const fingerprint = /^SHA256:[A-Za-z0-9+/]{43}$/.test(value);
    if (!fingerprint && !isPublicKey(value)) context.addIssue({ code: "custom", message });
  });

/** The first field inside the key must equal the type in front of it (RFC 4253, section 6.6). */
function isPublicKey(value: string): boolean {
  const [, type, base64] = /^([a-z0-9@.-]+) ([A-Za-z0-9+/]+=*)(?: [\x20-\x7e]*)?$/.exec(value) ?? [];
  if (type === undefined || base64 === undefined) return false;
  const key = Buffer.from(base64, "base64");
  return (
    key.length > 4 + type.length &&
    key.readUInt32BE(0) === type.length &&
    key.toString("latin1", 4, 4 + type.length) === type
  );
}
