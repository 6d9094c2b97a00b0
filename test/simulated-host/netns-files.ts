/** The files under /etc/netns of a simulated host. They survive a reboot. */
import { ProgramFailure } from "./program-failure.js";

interface File {
  readonly text: string;
  /** Permissions, in octal. */
  readonly mode: string;
}

const inOrder = ["resolv.conf", "hosts", "hostname"];

/** Files by their paths, `netns/con1/hosts`. */
export class NetnsFiles {
  private readonly files = new Map<string, File>();

  /** The output of `netnsFilesScript`; without a name, for all namespaces. */
  look(namespace?: string): string {
    const paths = inOrder.flatMap((file) =>
      [...this.files.keys()]
        .filter(
          (path) => path.endsWith(`/${file}`) && (namespace === undefined || path === `netns/${namespace}/${file}`),
        )
        .sort(),
    );
    const stats = paths.map((path) => {
      const { text, mode } = this.files.get(path)!;
      return `${(0o100000 + parseInt(mode, 8)).toString(16)} 0:0 ${Buffer.byteLength(text)} ${path}\n`;
    });
    const lines = paths.flatMap((path) =>
      this.files
        .get(path)!
        .text.replace(/\n$/, "")
        .split("\n")
        .map((line) => `${path}:${line}\n`),
    );
    return [...stats, ...lines].join("");
  }

  /** Runs `writeFileScript`. */
  put([namespace, file, , mode, over, ...marks]: readonly string[], text: string): string {
    const path = `netns/${namespace!}/${file!}`;
    if (over !== "any" && this.files.has(path) && !this.isOwn(path, marks))
      throw new ProgramFailure(1, `/etc/${path}: File exists`);
    this.files.set(path, { text, mode: mode! });
    return "";
  }

  /** Runs `removeFileScript`. */
  take([namespace, file, , ...marks]: readonly string[]): string {
    const path = `netns/${namespace!}/${file!}`;
    if (this.isOwn(path, marks)) this.files.delete(path);
    return "";
  }

  entries(): readonly (readonly [string, File])[] {
    return [...this.files].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  private isOwn(path: string, marks: readonly string[]): boolean {
    const first = this.files.get(path)?.text.split("\n").slice(0, 2) ?? [];
    return marks.some((mark) => first.includes(`# ${mark}`));
  }
}
