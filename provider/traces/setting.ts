/** Settings of the host, marked by a note that names those who hold them. */
import { everySysctlNote } from "../commands/marked-objects.js";
import { type SysctlNote, setSysctl, setSysctlNote, sysctl, sysctlNote, sysctlPath } from "../commands/sysctl.js";
import { isOfStack } from "../lifecycle/ownership.js";
import { type Trace, claimTraces, defineTraceSort, gone, removal } from "../lifecycle/trace.js";

/** A setting that a resource holds. */
interface HeldSetting {
  /** With slashes. */
  readonly key: string;
  readonly mark: string;
}

const sort = defineTraceSort({
  name: "setting",
  onHost: () => ({ notes: everySysctlNote() }),
  marks: ({ host: { notes } }) => [...(notes.value?.values() ?? [])].flatMap(({ holders }) => Object.keys(holders)),
  find: ({ host: { notes } }, stack) =>
    [...(notes.value ?? [])].flatMap(([key, { holders }]) =>
      Object.keys(holders)
        .filter((mark) => isOfStack(mark, stack))
        .map((mark) => traceOf({ key, mark })),
    ),
});

/** The host's own setting with the `key` of a resource. */
export const settingTraces = claimTraces(
  sort,
  ({ namespace, key }, found) =>
    typeof namespace !== "string" && (typeof key !== "string" || sysctlPath(key) === sysctlPath(found.key)),
);

const traceOf = (setting: HeldSetting): Trace<HeldSetting> => ({
  object: setting,
  mark: setting.mark,
  description: `setting ${setting.key}`,
  identity: `${setting.key} ${setting.mark}`,
  stage: "uses interfaces",
  removal: removal(
    [sysctlNote(setting.key), sysctl(undefined, setting.key)],
    ([note, { value }]) => release(setting, note.value, value),
    [sysctlNote(setting.key).command],
  ),
});

/** The last holder restores the value that was found. */
function release({ key, mark }: HeldSetting, note: SysctlNote | undefined, value: string | undefined) {
  if (!note || !(mark in note.holders)) return gone;
  const { [mark]: _going, ...holders } = note.holders;
  if (Object.keys(holders).length > 0) return [setSysctlNote(key, { ...note, holders })];
  const restoreValue = value === undefined || value === note.found ? [] : [setSysctl(undefined, key, note.found)];
  return [...restoreValue, setSysctlNote(key, undefined)];
}
