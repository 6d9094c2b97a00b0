/** Chooses the order in which credentials are offered: only what the server accepts, and no password twice. */
import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, NextAuthHandler } from "ssh2";
import type { Credentials } from "./ssh-keys.js";

/** One authentication attempt. */
export class Authentication {
  /** The methods that the server accepts, according to its last reply; undefined: it has not replied yet. */
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
    // Answering a password prompt twice could lock the account.
    if (this.#answered && !partial) this.#drop("password");
    this.#answered = false;
    if (left) this.accepted = left;
    const method = this.#next(left);
    // ssh2 accepts false for "there is none", which its types omit.
    (next as (method: Parameters<NextAuthHandler>[0] | false) => void)(method);
  };

  #next(left: readonly string[] | null): AnyAuthMethod | false {
    const [first] = this.#rest;
    // A key can be offered immediately. Which password methods the server supports is only known after asking.
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

/** The method's name in the protocol (RFC 4252). */
const wireType = ({ type }: AnyAuthMethod) => (type === "agent" ? "publickey" : type);
