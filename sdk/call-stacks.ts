/** What @pulumi/pulumi takes down of the call stack while a resource is made: as little as serves its user. */

/** @pulumi/pulumi's folder, and this one. */
const pulumiFolder = require.resolve("@pulumi/pulumi").replace(/[^/\\]+$/, "");
const ownFolder = __dirname;

/**
 * From now on, until the returned function is called:
 *
 * - There are no stack traces of the promises behind a resource's outputs, four to a property, which are there to tell of
 *   leaks (PULUMI_DEBUG_PROMISE_LEAKS): more than half of a program's time.
 * - Of the stack that goes into the state with each resource, there are the program's own lines only: the others, Node's and
 *   Pulumi's, are a quarter of a state, and this package's would stand in the place of the program's.
 */
export function traceTheProgramOnly(): () => void {
  const { stackTraceLimit } = Error;
  const given = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  const format = (given?.value as typeof Error.prepareStackTrace | undefined) ?? formatAsNodeDoes;
  // @pulumi/pulumi sets it to infinity where it asks for the stack of the state.
  if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
  Error.prepareStackTrace = (error, sites) => format(error, programsOwn(sites)) as unknown;
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    if (given) Object.defineProperty(Error, "prepareStackTrace", given);
    else Reflect.deleteProperty(Error, "prepareStackTrace");
  };
}

const formatAsNodeDoes = (error: Error, sites: readonly NodeJS.CallSite[]) =>
  [String(error), ...sites.map(String)].join("\n    at ");

/** Up to this package's first frame as they are, since Pulumi counts them; of those behind it, the program's. */
function programsOwn(sites: readonly NodeJS.CallSite[]): NodeJS.CallSite[] {
  const fileOf = (site: NodeJS.CallSite) => site.getFileName() ?? "node:";
  const first = sites.findIndex((site) => fileOf(site).startsWith(ownFolder));
  const isPrograms = (site: NodeJS.CallSite) =>
    ![ownFolder, pulumiFolder, "node:"].some((start) => fileOf(site).startsWith(start));
  return [...sites.slice(0, first + 1), ...sites.slice(first + 1).filter(isPrograms)];
}
