/** Converts between the files under /etc/netns and a namespace's properties. */
import type { Command, Found } from "./command.js";
import {
  type NetnsFiles,
  type NetnsFilePlace,
  netnsFilesOf,
  maxAdoptedBytes,
  pathOf,
  writeNetnsFile,
  parseFoundFile,
  removeNetnsFile,
} from "./netns-files.js";
import {
  type OriginalFile,
  type NetnsFileProperty,
  type NameResolution,
  fileNameOf,
  netnsFileProperties,
  netnsFileText,
} from "./name-resolution.js";

/** The outputs of a resource with such files, with their values if nothing was altered and nothing existed before. */
export const netnsFileOutputs = {
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

/** The original files, by the property whose file replaced them. */
type OriginalFiles = Readonly<Partial<Record<NetnsFileProperty, OriginalFile>>>;

/** The context besides the properties. */
export interface NetnsFileContext {
  readonly mark: string;
  readonly marks: readonly string[];
  readonly group: number;
  readonly recorded?: Readonly<Record<string, unknown>> | undefined;
  readonly remembered?: Readonly<Record<string, unknown>> | undefined;
  /** Only set in a delete. */
  readonly inUse?: boolean | undefined;
}

/** The properties that are used here. */
export type NetnsFileInputs = NameResolution & { readonly name: string };
type Answer = Found<NetnsFiles> | undefined;

const none: NetnsFiles = { files: {}, leftovers: [], missingOnHost: [] };
const hasAny = (names: Readonly<Record<string, unknown>> = {}) =>
  netnsFileProperties.some((property) => names[property] !== undefined);

/** The fact about its files, for a namespace that has or had any. */
export const netnsFilesQuestion = (inputs: NetnsFileInputs, { recorded }: NetnsFileContext) =>
  hasAny({ ...inputs }) || hasAny(recorded) ? netnsFilesOf(inputs.name) : undefined;

const originalFilesIn = ({ recorded, remembered = recorded }: NetnsFileContext) =>
  (remembered?.filesFound ?? {}) as OriginalFiles;

/** What exists in a property's place: nothing, our file, or a foreign one; and the original that ours replaced. */
function inspectFile(property: NetnsFileProperty, there: NetnsFiles, context: NetnsFileContext) {
  const { marks, group } = context;
  const file = parseFoundFile(property, there);
  const own = file?.mark !== undefined && marks.includes(file.mark);
  const isAdoptable = file?.text !== undefined && Buffer.byteLength(file.text) <= maxAdoptedBytes;
  const isLeft = there.leftovers.some((left) => left.file === fileNameOf[property] && left.group === group);
  const original = originalFilesIn(context)[property] ?? (own ? file.original : undefined);
  return { file, own, foreign: file !== undefined && !own, isAdoptable, isLeft, original };
}

/** The files that existed before this stack and have to be restored. */
export function rememberNetnsFiles(
  inputs: NetnsFileInputs,
  answer: Answer,
  context: NetnsFileContext,
): { filesFound?: OriginalFiles } {
  const found = netnsFileProperties.flatMap((property) => {
    const { file, foreign, isAdoptable, original } = inspectFile(property, answer?.value ?? none, context);
    const adopted = foreign && isAdoptable && inputs[property] !== undefined && file?.text !== undefined;
    // A file that replaced ours is drift: the one that was adopted first is the one to restore.
    const kept = original ?? (adopted ? { text: file.text, mode: file.mode } : undefined);
    return kept ? [[property, kept] as const] : [];
  });
  return found.length > 0 ? { filesFound: Object.fromEntries(found) } : {};
}

/** Interprets the files. */
export function interpretNetnsFiles(inputs: NetnsFileInputs, answer: Answer, context: NetnsFileContext) {
  const there = answer?.value ?? none;
  const seen = netnsFileProperties.map((property) => ({ property, ...inspectFile(property, there, context) }));
  const own = seen.filter((one) => one.own);
  const names = Object.assign({}, ...own.map(({ file }) => file?.names)) as NameResolution;
  const altered = own.flatMap(({ property, file }) => [
    ...(file?.whole ? [] : [`${fileNameOf[property]} was changed by hand`]),
    ...(file?.mode === "644" ? [] : [`${fileNameOf[property]} has the mode ${file?.mode ?? ""}`]),
    ...(file?.owner === "0:0" ? [] : [`${fileNameOf[property]} belongs to ${file?.owner ?? ""}`]),
  ]);
  // A refresh does not show a property whose file was deleted or replaced, and must not forget the original.
  const isRefresh = context.remembered === undefined;
  const found = seen.flatMap(({ property, own, original }) =>
    original && (own || isRefresh || inputs[property] !== undefined) ? [[property, original] as const] : [],
  );
  const [blocking] = seen.filter(({ property, foreign }) => foreign && inputs[property] !== undefined);
  const wanted = netnsFileProperties.filter((property) => inputs[property] !== undefined);
  return {
    isThere: own.length > 0,
    state: {
      ...names,
      nameFiles: altered.join(", ") || "whole",
      ...(found.length > 0 && { filesFound: Object.fromEntries(found) }),
    },
    foreign: blocking && foreignFile(inputs.name, blocking.property, blocking),
    warnings: wanted
      .map((property) => fileNameOf[property])
      .filter((file) => there.missingOnHost.includes(file))
      .map(
        (file) =>
          `it has no /etc/${file}, in whose place ip netns exec could show a namespace's own: each ip netns exec there will say "Bind … failed" and go on without; make it with touch /etc/${file}`,
      ),
  };
}

function foreignFile(name: string, property: NetnsFileProperty, { file, isAdoptable }: ReturnType<typeof inspectFile>) {
  const path = pathOf(name, fileNameOf[property]);
  const kind = file?.isFile ? "a file" : "a link or a folder";
  const whose = file?.mark ? `marked ${JSON.stringify(file.mark)}` : "that this stack did not create";
  return {
    property,
    mark: file?.mark,
    conflict: `to be in ${path}, where there is ${kind} ${whose}`,
    advice: `Take it away on the host: mv ${path} /root/${isAdoptable ? "" : "\n  → It can't be adopted: what is no text, or has more than 64 KiB, could not be put back."}`,
    adoptable: isAdoptable,
  };
}

const placeOf = (
  { name }: NetnsFileInputs,
  property: NetnsFileProperty,
  { group, marks }: NetnsFileContext,
): NetnsFilePlace => ({
  namespace: name,
  property,
  group,
  marks,
});

/** The commands that bring the files into the wanted state. */
export function planNetnsFiles(inputs: NetnsFileInputs, answer: Answer, context: NetnsFileContext): Command[] {
  return netnsFileProperties.flatMap((property) => {
    const { file, foreign, ...there } = inspectFile(property, answer?.value ?? none, context);
    const text = netnsFileText(property, inputs, context.mark, there.original);
    if (text === undefined) return removeOrRestore(inputs, property, there, context);
    const asWanted = file?.text === text && file.mode === "644" && file.owner === "0:0" && !there.isLeft;
    return asWanted ? [] : [writeNetnsFile(placeOf(inputs, property, context), text, { overAny: foreign })];
  });
}

/** The commands that remove our files and restore what existed before. */
export const removeNetnsFiles = (inputs: NetnsFileInputs, answer: Answer, context: NetnsFileContext): Command[] =>
  netnsFileProperties.flatMap((property) =>
    removeOrRestore(inputs, property, inspectFile(property, answer?.value ?? none, context), context),
  );

function removeOrRestore(
  inputs: NetnsFileInputs,
  property: NetnsFileProperty,
  { own, isLeft, original }: Pick<ReturnType<typeof inspectFile>, "own" | "isLeft" | "original">,
  context: NetnsFileContext,
): Command[] {
  if (!own && !isLeft) return [];
  return [restoreFile(placeOf(inputs, property, context), own ? original : undefined)];
}

/** The command that removes our file or replaces it with the original. */
export const restoreFile = (place: NetnsFilePlace, original: OriginalFile | undefined): Command =>
  original ? writeNetnsFile(place, original.text, { mode: original.mode }) : removeNetnsFile(place);

/** What the host would answer about a namespace whose files are as recorded. */
export function recordedNetnsFiles(inputs: NetnsFileInputs, context: NetnsFileContext): NetnsFiles {
  const files = netnsFileProperties.flatMap((property) => {
    const text = netnsFileText(property, inputs, context.mark, originalFilesIn(context)[property]);
    return text === undefined
      ? []
      : [[fileNameOf[property], { isFile: true, text, mode: "644", owner: "0:0" }] as const];
  });
  return { files: Object.fromEntries(files), leftovers: [], missingOnHost: [] };
}
