/** In which order a server is offered what there is: only what it takes, and no password twice. */
import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, NextAuthHandler } from "ssh2";
import type { Credentials } from "./ssh-keys.js";

/** An attempt to be let in. */
export class Authentication {
  /** The methods that the server goes on with, as it said last; undefined: it has said nothing. */
  accepted: readonly string[] | undefined;
  readonly #rest: AnyAuthMethod[];
  #answered = false;

  constructor(
    private readonly username: string,
    credentials: Credentials,
  ) {
    this.#rest = [...credentials.methods];
  }

  /** For ssh2, which asks for the next method until there is none. */
  readonly handler: AuthHandlerMiddleware = (left: readonly AuthenticationType[] | null, partial, next) => {
    // Asked for a password twice, an account may be locked.
    if (this.#answered && !partial) this.#drop("password");
    this.#answered = false;
    if (left) this.accepted = left;
    const method = this.#next(left);
    // ssh2 takes false for "there is none", which its types leave out.
    (next as (method: Parameters<NextAuthHandler>[0] | false) => void)(method);
  };

  #next(left: readonly string[] | null): AnyAuthMethod | false {
    const [first] = this.#rest;
    // A key can be offered at once. Which of the ways to ask for a password the server has, it says when it is asked.
    if (left === null && first && wireType(first) !== "publickey") return { type: "none", username: this.username };
    const at = this.#rest.findIndex((method) => left?.includes(wireType(method)) ?? true);
    if (at === -1) return false;
    const [method] = this.#rest.splice(at, 1);
    return method!.type === "keyboard-interactive" ? this.#watched(method!) : method!;
  }

  #watched(method: AnyAuthMethod & { type: "keyboard-interactive" }): AnyAuthMethod {
    return {
      ...method,
      prompt: (...question) => {
        this.#answered = true;
        method.prompt(...question);
      },
    };
  }

  #drop(type: string): void {
    const kept = this.#rest.filter((method) => method.type !== type);
    this.#rest.splice(0, Infinity, ...kept);
  }
}

/** As the server calls it (RFC 4252). */
const wireType = ({ type }: AnyAuthMethod) => (type === "agent" ? "publickey" : type);
