/** The current names of a run's stack, and the names that it had when its resources were created. */
import { type Owner, type StackName, namesOf } from "../lifecycle/ownership.js";
import type { FullStackName } from "../stack-id.js";
import { type Given, type Properties, resourceOfMark } from "./properties.js";

/** The names of the stack in one run of Pulumi. */
export class StackNames {
  /**
   * The stack's names in the recorded state, by the prefixes of their marks. They differ from the current ones if the
   * stack was renamed or moved.
   */
  private readonly byNames = new Map<string, StackName>();
  private readonly recordedMarks = new Set<string>();
  private stackId: string | undefined;
  /** The owner of each resource, by kind and name: the engine passes the recorded state to only some of the checks. */
  private readonly owners = new Map<string, Owner>();

  constructor(private readonly stackIdOf: (stack: FullStackName) => string | undefined) {}

  /** All of its names in the recorded state. */
  get recorded(): readonly StackName[] {
    return [...this.byNames.values()];
  }

  /** The marks in the recorded state, as far as the engine has passed it. */
  get marks(): ReadonlySet<string> {
    return this.recordedMarks;
  }

  /** The resource's owner. The stack keeps the id that its state has, whatever its current name. */
  ownerOf(
    kind: string,
    { organization, project, stack, name }: Given["owner"],
    olds: Partial<Properties> | undefined,
  ): Owner {
    const now = { project, stack, name };
    // The files that determine it are only read once: a run has one stack.
    if (organization !== undefined) this.stackId ??= this.stackIdOf({ organization, project, stack });
    const id = this.stackId;
    if (id === undefined) return now;
    const key = `${kind} ${name}`;
    const own = this.note(olds);
    const earlier = this.owners.get(key);
    if (!own && earlier) return earlier;
    const recorded = own ?? this.recorded[0] ?? { ...now, id };
    // A resource recorded without an id was created by version 0.1.0.
    const numberedAs = recorded.id === undefined ? namesOf(recorded) : recorded.numberedAs;
    const owner = { ...now, id: recorded.id ?? id, ...(numberedAs !== undefined && { numberedAs }) };
    this.owners.set(key, owner);
    return owner;
  }

  /** Records the stack that a recorded resource belongs to. */
  note(recorded: Partial<Properties> | undefined): StackName | undefined {
    if (recorded?.mark === undefined) return undefined;
    this.recordedMarks.add(recorded.mark);
    const { project, stack, id } = resourceOfMark(recorded.mark).owner;
    const { numberedAs } = recorded;
    const found: StackName = { project, stack, ...(id && { id }), ...(numberedAs !== undefined && { numberedAs }) };
    this.byNames.set(`${namesOf(found)} ${id ?? ""}`, found);
    return found;
  }
}
