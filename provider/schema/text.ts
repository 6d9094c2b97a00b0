import { z } from "zod";

/** Any printable ASCII text: no control, bidirectional or other invisible characters can reach a host. */
const printable = /^[\x20-\x7e]*$/;

/** A user's text for a message: quoted, shortened, and without control characters. */
export function shown(text: string): string {
  const visible = JSON.stringify(text.slice(0, 60)).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return text.length > 60 ? `${visible}…` : visible;
}

const kernelName = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Names that the kernel or iproute2 gives a meaning of their own. */
const reserved = new Set(["all", "default", "lo", ".", ".."]);

function name(what: string, longest: number, excluded = reserved) {
  return z.string().superRefine((value, context) => {
    const problem = !kernelName.test(value)
      ? "has to start with a letter or a digit and go on with letters, digits, '_', '.' or '-'"
      : value.length > longest
        ? `has to be at most ${longest} characters long (it has ${value.length})`
        : excluded.has(value)
          ? `can't be ${[...excluded].join(", ")}: these mean something else to the kernel`
          : undefined;
    if (problem) context.addIssue({ code: "custom", message: `${what} ${problem}` });
  });
}

/** A network interface's name, at most 15 characters (IFNAMSIZ in linux/if.h is 16 with its NUL). */
export const interfaceName = () => name("an interface's name", 15);

/** The interface on which packets arrive; `lo` for packets that the host itself sends. */
export const incomingInterface = () =>
  name("an interface's name", 15, new Set([...reserved].filter((name) => name !== "lo")));

/** A named network namespace, a file in /run/netns (ip-netns(8)); at most 64 characters, so that marks and messages stay short. */
export const namespaceName = () => name("a namespace's name", 64);

/**
 * A sysctl key with dots (`net.ipv4.ip_forward`) or slashes (`net/ipv4/conf/eth0.5/forwarding`), as in sysctl(8). The
 * canonical form has dots where possible.
 */
export const sysctlKey = () =>
  z.string().superRefine((value, context) => {
    if (!/^[a-z0-9_]+([./][A-Za-z0-9_.-]*[A-Za-z0-9_-])+$/.test(value) || /[./]{2}/.test(value)) {
      context.addIssue({
        code: "custom",
        message:
          "a sysctl's key looks like net.ipv4.ip_forward, or net/ipv4/conf/eth0.5/forwarding where a part has a dot in it",
      });
    }
  });

/**
 * A sysctl value: one line of printable text. Runs of blanks count as one space, since /proc separates the numbers of a
 * list by tabs.
 */
export const sysctlValue = () =>
  z.union([z.string(), z.number().int()]).transform((value, context) => {
    const text = String(value);
    if (!/^[\x20-\x7e\t]+$/.test(text) || text.trim() === "") {
      context.addIssue({ code: "custom", message: "a sysctl's value is one line of printable text, not empty" });
    }
    return normalizeSysctlValue(text);
  });

/** The form in which sysctl values are compared. */
export function normalizeSysctlValue(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

/** One line of printable ASCII text, such as a host's address or a path. */
export const printableText = (what: string) =>
  z.string().superRefine((value, context) => {
    if (value === "" || !printable.test(value)) {
      context.addIssue({ code: "custom", message: `${what} has to be one line of printable ASCII characters` });
    } else if (value.startsWith("-")) {
      context.addIssue({ code: "custom", message: `${what} can't start with '-'` });
    }
  });
