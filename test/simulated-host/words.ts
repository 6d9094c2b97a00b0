import { NotSimulated } from "./program-failure.js";

/** The arguments of a command, read one after the other; unread ones are an error at the end. */
export class Words {
  private at = 0;
  constructor(private readonly words: readonly string[]) {}

  get isEmpty(): boolean {
    return this.at >= this.words.length;
  }

  /** Reads the next word. */
  next(): string {
    const word = this.words[this.at];
    if (word === undefined) throw this.unknown();
    this.at += 1;
    return word;
  }

  /** Reads the next word as a number. */
  nextNumber(): number {
    const word = this.next();
    if (!/^\d+$/.test(word)) throw this.unknown();
    return Number(word);
  }

  /** Reads `on` or `off`. */
  nextSwitch(): boolean {
    const word = this.next();
    if (word !== "on" && word !== "off") throw this.unknown();
    return word === "on";
  }

  /** Reads the next word if it is this one. */
  take(word: string): boolean {
    if (this.words[this.at] !== word) return false;
    this.at += 1;
    return true;
  }

  /** Reads one of these words. */
  oneOf<T extends string>(...allowed: readonly T[]): T {
    const word = this.next();
    const found = allowed.find((one) => one === word);
    if (found === undefined) throw this.unknown();
    return found;
  }

  /** Reads all remaining words. */
  rest(): readonly string[] {
    const rest = this.words.slice(this.at);
    this.at = this.words.length;
    return rest;
  }

  /** Throws if words remain. */
  end(): void {
    if (!this.isEmpty) throw this.unknown();
  }

  unknown(): NotSimulated {
    return new NotSimulated(`"${this.words.join(" ")}" at word ${this.at + 1}`);
  }
}
