/** The small files that the provider keeps in /run/linuxnet on a simulated host. */
import { ProgramFailure } from "./program-failure.js";

/** Files by path. */
export class NoteFiles {
  private readonly texts = new Map<string, string>();

  /** Runs `[ ! -e "$1" ] || cat "$1"`. */
  read(path: string): string {
    return this.texts.get(path) ?? "";
  }

  write(path: string, text: string): void {
    this.texts.set(path, text);
  }

  /** Runs `rm`. */
  remove(path: string): void {
    if (!this.texts.delete(path)) throw new ProgramFailure(1, `rm: cannot remove '${path}': No such file or directory`);
  }

  entries(): readonly (readonly [string, string])[] {
    return [...this.texts];
  }
}
