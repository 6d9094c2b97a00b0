import * as pulumi from "@pulumi/pulumi";
import { traceTheProgramOnly } from "./call-stacks.js";

/** The base of all components: its children are the ordinary resources, named after it. */
export abstract class LinuxnetComponent extends pulumi.ComponentResource {
  readonly #said: string;

  /** @internal */
  protected constructor(kind: string, name: string, options: pulumi.ComponentResourceOptions | undefined) {
    const traceAll = traceTheProgramOnly();
    try {
      // Without inputs: a host's secrets would be among them.
      super(`linuxnet:index:${kind}`, name, {}, options);
    } finally {
      traceAll();
    }
    this.#said = `${kind} ${JSON.stringify(name)}`;
  }

  /** What `body` gives; what it throws becomes an error that names the component and the property. */
  protected checked<T>(property: string, body: () => T): T {
    try {
      return body();
    } catch (error) {
      return this.refuse(property, error instanceof Error ? error.message : String(error));
    }
  }

  /** Ends the program with an error that names the component and the property. */
  protected refuse(property: string, problem: string): never {
    throw new pulumi.RunError(`${this.#said}: ${property}: ${problem}`);
  }
}
