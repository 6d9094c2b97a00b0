import { z } from "zod";

/** One line that is never shown: a password, a passphrase. */
export const secretLine = (what: string) =>
  z
    .string({ error: `${what} has to be a text` })
    .regex(/^[^\x00-\x1f\x7f]{1,1024}$/u, `${what} has to be one line of 1 to 1,024 characters`);

/** The contents of a private key file, in PEM or OpenSSH format. */
export const privateKeyText = () => {
  const message = "a private key is the whole text of its file, from -----BEGIN … PRIVATE KEY----- to the -----END";
  return z
    .string({ error: message })
    .max(65_536, message)
    .regex(
      /^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\x20-\x7e\t\r\n]*-----END [A-Z0-9 ]*PRIVATE KEY-----\s*$/,
      message,
    );
};
