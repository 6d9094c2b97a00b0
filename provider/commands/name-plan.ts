/** From the files under /etc/netns to what a namespace's properties say, and back. */
import type { Command, Found } from "./command.js";
import {
  type FilesThere,
  type NamePlace,
  filesOf,
  longestAdopted,
  pathOf,
  putFile,
  readThere,
  takeFile,
} from "./name-files.js";
import { type FoundText, type NameProperty, type Names, fileOf, nameProperties, textOf } from "./name-texts.js";

/** The outputs that a resource with names has, with what they are where nothing was altered and nothing was there before. */
export const nameOutputs = {
  nameFiles: {
    type: "string",
    description:
      "`whole`, unless somebody changed a file of `dns`, `hosts` or `hostname` in a way that these properties cannot express: a comment, another kind of line, the mode.",
    implied: true,
    default: "whole",
  },
  filesFound: {
    type: "Record<string, { text: string; mode: string }> | undefined",
    description:
      "The original files that were adopted, keyed by property. Deleting the resource or removing the property restores them.",
  },
};

/** Files as they were found, by the properties in whose place they were. */
type FilesFound = Readonly<Partial<Record<NameProperty, FoundText>>>;

/** What is known beside the properties. */
export interface NameContext {
  readonly mark: string;
  readonly marks: readonly string[];
  readonly group: number;
  readonly recorded?: Readonly<Record<string, unknown>> | undefined;
  readonly remembered?: Readonly<Record<string, unknown>> | undefined;
  /** Given in a delete only. */
  readonly used?: boolean | undefined;
}

/** The properties that are read here. */
export type NameInputs = Names & { readonly name: string };
type Answer = Found<FilesThere> | undefined;

const none: FilesThere = { files: {}, leftovers: [], unshown: [] };
const isAny = (names: Readonly<Record<string, unknown>> = {}) =>
  nameProperties.some((property) => names[property] !== undefined);

/** The question about its files, for a namespace that has names or had some. */
export const nameQuestion = (inputs: NameInputs, { recorded }: NameContext) =>
  isAny({ ...inputs }) || isAny(recorded) ? filesOf(inputs.name) : undefined;

const foundIn = ({ recorded, remembered = recorded }: NameContext) => (remembered?.filesFound ?? {}) as FilesFound;

/** What stands in a property's place: nothing, ours, or somebody else's. */
function look(property: NameProperty, there: FilesThere, { marks, group }: NameContext) {
  const file = readThere(property, there);
  const own = file?.mark !== undefined && marks.includes(file.mark);
  const isShort = file?.text !== undefined && Buffer.byteLength(file.text) <= longestAdopted;
  const isLeft = there.leftovers.some((left) => left.file === fileOf[property] && left.group === group);
  return {
    file,
    own,
    foreign: file !== undefined && !own,
    isAdoptable: isShort,
    isLeft,
    found: own ? file.found : undefined,
  };
}

/** What was there before this stack came, and is to be put back. */
export function rememberNames(inputs: NameInputs, answer: Answer, context: NameContext): { filesFound?: FilesFound } {
  const { recorded } = context;
  const before = foundIn({ ...context, remembered: recorded });
  const found = nameProperties.flatMap((property) => {
    const { file, foreign, isAdoptable, found } = look(property, answer?.value ?? none, context);
    const adopted = foreign && isAdoptable && inputs[property] !== undefined && file?.text !== undefined;
    const kept = adopted ? { text: file.text, mode: file.mode } : (before[property] ?? found);
    return kept ? [[property, kept] as const] : [];
  });
  return found.length > 0 ? { filesFound: Object.fromEntries(found) } : {};
}

/** What the files say. */
export function seeNames(inputs: NameInputs, answer: Answer, context: NameContext) {
  const there = answer?.value ?? none;
  const seen = nameProperties.map((property) => ({ property, ...look(property, there, context) }));
  const own = seen.filter((one) => one.own);
  const names = Object.assign({}, ...own.map(({ file }) => file?.names)) as Names;
  const altered = own.flatMap(({ property, file }) => [
    ...(file?.whole ? [] : [`${fileOf[property]} was changed by hand`]),
    ...(file?.mode === "644" ? [] : [`${fileOf[property]} has the mode ${file?.mode ?? ""}`]),
    ...(file?.owner === "0:0" ? [] : [`${fileOf[property]} belongs to ${file?.owner ?? ""}`]),
  ]);
  const remembered = foundIn(context);
  const found = seen.flatMap(({ property, own, found }) => {
    const kept = remembered[property] ?? found;
    return kept && (own || inputs[property] !== undefined) ? [[property, kept] as const] : [];
  });
  const [inTheWay] = seen.filter(({ property, foreign }) => foreign && inputs[property] !== undefined);
  const wanted = nameProperties.filter((property) => inputs[property] !== undefined);
  return {
    isThere: own.length > 0,
    state: {
      ...names,
      nameFiles: altered.join(", ") || "whole",
      ...(found.length > 0 && { filesFound: Object.fromEntries(found) }),
    },
    foreign: inTheWay && foreignFile(inputs.name, inTheWay.property, inTheWay),
    warnings: wanted
      .map((property) => fileOf[property])
      .filter((file) => there.unshown.includes(file))
      .map(
        (file) =>
          `it has no /etc/${file}, in whose place ip netns exec could show a namespace's own: each ip netns exec there will say "Bind … failed" and go on without; make it with touch /etc/${file}`,
      ),
  };
}

function foreignFile(name: string, property: NameProperty, { file, isAdoptable }: ReturnType<typeof look>) {
  const path = pathOf(name, fileOf[property]);
  const kind = file?.isFile ? "a file" : "a link or a folder";
  const whose = file?.mark ? `marked ${JSON.stringify(file.mark)}` : "that this stack did not make";
  return {
    property,
    mark: file?.mark,
    held: `to be in ${path}, where there is ${kind} ${whose}`,
    advice: `Take it away on the host: mv ${path} /root/${isAdoptable ? "" : "\n  → It can't be adopted: what is no text, or has more than 64 KiB, could not be put back."}`,
    adoptable: isAdoptable,
  };
}

const placeOf = ({ name }: NameInputs, property: NameProperty, { group, marks }: NameContext): NamePlace => ({
  namespace: name,
  property,
  group,
  marks,
});

/** The commands that make the files say what is wanted. */
export function planNames(inputs: NameInputs, answer: Answer, context: NameContext): Command[] {
  return nameProperties.flatMap((property) => {
    const { file, foreign, ...there } = look(property, answer?.value ?? none, context);
    const text = textOf(property, inputs, context.mark, foundIn(context)[property] ?? there.found);
    if (text === undefined) return takeAway(inputs, property, there, context);
    const asWanted = file?.text === text && file.mode === "644" && file.owner === "0:0" && !there.isLeft;
    return asWanted ? [] : [putFile(placeOf(inputs, property, context), text, { overAny: foreign })];
  });
}

/** The commands that take away what is ours, and put back what was there before. */
export const removeNames = (inputs: NameInputs, answer: Answer, context: NameContext): Command[] =>
  nameProperties.flatMap((property) =>
    takeAway(inputs, property, look(property, answer?.value ?? none, context), context),
  );

function takeAway(
  inputs: NameInputs,
  property: NameProperty,
  { own, isLeft, found }: Pick<ReturnType<typeof look>, "own" | "isLeft" | "found">,
  context: NameContext,
): Command[] {
  if (!own && !isLeft) return [];
  return [putBack(placeOf(inputs, property, context), own ? (foundIn(context)[property] ?? found) : undefined)];
}

/** The command that takes a file of ours away, and puts what was found in its place. */
export const putBack = (place: NamePlace, found: FoundText | undefined): Command =>
  found ? putFile(place, found.text, { mode: found.mode }) : takeFile(place);

/** What the host would say of a namespace whose files are as recorded. */
export function recordedNames(inputs: NameInputs, context: NameContext): FilesThere {
  const files = nameProperties.flatMap((property) => {
    const text = textOf(property, inputs, context.mark, foundIn(context)[property]);
    return text === undefined ? [] : [[fileOf[property], { isFile: true, text, mode: "644", owner: "0:0" }] as const];
  });
  return { files: Object.fromEntries(files), leftovers: [], unshown: [] };
}
