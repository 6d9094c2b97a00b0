/** What a run's stack is called, and was called when its resources were made. */
import { type Owner, type StackName, namesOf } from "../lifecycle/ownership.js";
import type { FullStackName } from "../stack-id.js";
import { type Given, type Properties, resourceOfMark } from "./properties.js";

/** What there is to know of them in one run of Pulumi. */
export class StackNames {
  /** What the stack is called in what Pulumi has recorded, by the beginnings of marks: renamed or moved, it was called otherwise. */
  private readonly byNames = new Map<string, StackName>();
  private readonly recordedMarks = new Set<string>();
  private stackId: string | undefined;
  /** Whose each resource is, by kind and name: the engine tells what is recorded of it at some checks only. */
  private readonly owners = new Map<string, Owner>();

  constructor(private readonly stackIdOf: (stack: FullStackName) => string | undefined) {}

  /** All that it is called in what is recorded. */
  get recorded(): readonly StackName[] {
    return [...this.byNames.values()];
  }

  /** The marks of what is recorded, as far as the engine has told it. */
  get marks(): ReadonlySet<string> {
    return this.recordedMarks;
  }

  /** Whose the resource is: of the stack by the id that its state has, whatever it is called now. */
  ownerOf(
    kind: string,
    { organization, project, stack, name }: Given["owner"],
    olds: Partial<Properties> | undefined,
  ): Owner {
    const now = { project, stack, name };
    // Which files tell it is looked up once: a run is of one stack.
    if (organization !== undefined) this.stackId ??= this.stackIdOf({ organization, project, stack });
    const id = this.stackId;
    if (id === undefined) return now;
    const key = `${kind} ${name}`;
    const own = this.note(olds);
    const earlier = this.owners.get(key);
    if (!own && earlier) return earlier;
    const recorded = own ?? [...this.byNames.values()][0] ?? { ...now, id };
    // Recorded without an id, it was made by version 0.1.0.
    const numberedAs = recorded.id === undefined ? namesOf(recorded) : recorded.numberedAs;
    const owner = { ...now, id: recorded.id ?? id, ...(numberedAs !== undefined && { numberedAs }) };
    this.owners.set(key, owner);
    return owner;
  }

  /** Takes note of the stack that something recorded belongs to. */
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
