/** Files under /etc/netns, marked by a comment; one that a killed run was writing is known by its name. */
import { type NetnsFileProperty, fileNameOf, netnsFileProperties } from "../commands/name-resolution.js";
import { restoreFile } from "../commands/netns-file-plan.js";
import {
  type NetnsFiles,
  allNetnsFiles,
  netnsFilesOf,
  parseFoundFile,
  pathOf,
  temporaryPath,
} from "../commands/netns-files.js";
import { type StackName, groupOf, isOfStack } from "../lifecycle/ownership.js";
import { type Trace, claimTraces, defineTraceSort, gone, removal } from "../lifecycle/trace.js";
import { isOrHidden } from "./recorded-properties.js";

/** A file of a namespace, whether that exists or not. */
interface NetnsFile {
  readonly namespace: string;
  readonly property: NetnsFileProperty;
  /** Undefined if a run was killed while it was writing the file. */
  readonly mark: string | undefined;
}

const sort = defineTraceSort({
  name: "file",
  onHost: () => ({ files: allNetnsFiles() }),
  marks: ({ host: { files } }) =>
    [...(files.value?.values() ?? [])].flatMap((there) =>
      netnsFileProperties.flatMap((property) => parseFoundFile(property, there)?.mark ?? []),
    ),
  find: ({ host: { files } }, stack) =>
    [...(files.value ?? [])].flatMap(([namespace, there]) => [
      ...marked(namespace, there, stack),
      ...leftovers(namespace, there, stack),
    ]),
});

/** The files of a namespace, by the properties that they are written from. */
export const netnsFileTraces = claimTraces(
  sort,
  (properties, { namespace, property, mark }) =>
    mark !== undefined && isOrHidden(properties.name, namespace) && properties[property] !== undefined,
  () => true,
);

const marked = (namespace: string, there: NetnsFiles, stack: StackName) =>
  netnsFileProperties.flatMap((property): Trace<NetnsFile>[] => {
    const mark = parseFoundFile(property, there)?.mark;
    if (mark === undefined || !isOfStack(mark, stack)) return [];
    return [traceOf({ namespace, property, mark }, pathOf(namespace, fileNameOf[property]), stack)];
  });

const leftovers = (namespace: string, there: NetnsFiles, stack: StackName) =>
  netnsFileProperties
    .filter((property) => isLeft(there, property, groupOf(stack)))
    .map((property) => {
      const path = temporaryPath(namespace, fileNameOf[property], groupOf(stack));
      return traceOf({ namespace, property, mark: undefined }, path, stack);
    });

const isLeft = ({ leftovers }: NetnsFiles, property: NetnsFileProperty, group: number) =>
  leftovers.some((left) => left.group === group && left.file === fileNameOf[property]);

const traceOf = (file: NetnsFile, path: string, stack: StackName): Trace<NetnsFile> => ({
  object: file,
  mark: file.mark,
  description: `file ${path}`,
  identity: `${path} ${file.mark ?? ""}`,
  stage: "file",
  removal: fileRemoval(file, groupOf(stack)),
});

function fileRemoval({ namespace, property, mark }: NetnsFile, group: number) {
  const place = { namespace, property, group, marks: mark === undefined ? [] : [mark] };
  const none: NetnsFiles = { files: {}, leftovers: [], missingOnHost: [] };
  return removal([netnsFilesOf(namespace)], ([{ value: there = none }]) => {
    const file = parseFoundFile(property, there);
    if (mark === undefined) return isLeft(there, property, group) ? [restoreFile(place, undefined)] : gone;
    return file?.mark === mark ? [restoreFile(place, file.original)] : gone;
  });
}
