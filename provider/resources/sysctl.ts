import { z } from "zod";
import { isDeepStrictEqual } from "node:util";
import {
  type SysctlNote,
  setSysctl,
  settingClaim,
  setSysctlNote,
  sysctl as readSysctl,
  sysctlNote,
} from "../commands/sysctl.js";
import { type Context, defineResource } from "../lifecycle/define-resource.js";
import { isOfThisStack } from "../lifecycle/ownership.js";
import { sysctlKey, sysctlValue } from "../schema/text.js";
import { settingTraces } from "../traces/setting.js";

/** A kernel setting: sysctl(8), Documentation/admin-guide/sysctl/net.rst. */
export const sysctl = defineResource({
  kind: "Sysctl",
  description:
    "A kernel setting. Deleting it restores the value that was found when it was created. Several stacks can hold the same setting of a host at the same value: deleting the last one restores the original value. If a rule of the same program needs the setting (`net.ipv4.ip_forward`), it is left unchanged.",
  properties: z.strictObject({
    key: sysctlKey().describe(
      "The setting, such as `net.ipv4.ip_forward`. Use slashes if a part contains a dot: `net/ipv4/conf/eth0.5/forwarding`.",
    ),
    value: sysctlValue().describe("The value. Separate several numbers with spaces."),
  }),
  needs: [],
  outputs: {
    found: {
      type: "string",
      description: "The original value, found when the resource was created. Deleting the resource restores it.",
    },
  },
  replaceOn: ["key"],
  deleteBeforeReplace: false,
  deletedWith: ["namespace"],
  traces: [settingTraces],
  transactional: true,

  checkTogether: (inputs) =>
    inputs.namespace !== undefined && !/^net[./]/.test(inputs.key)
      ? [
          {
            property: "key",
            message:
              "has to start with net. in a namespace; other settings are the whole machine's: leave out `namespace`",
          },
        ]
      : [],
  claims: ({ key }) => [{ property: "key", what: settingClaim(key) }],
  identify: ({ namespace, key }) => [namespace, key].filter(Boolean).join("/"),

  // A namespace's settings disappear with it, but a note on the host would not.
  observe: ({ namespace, key }) => ({
    value: readSysctl(namespace, key),
    ...(namespace === undefined && { note: sysctlNote(key) }),
  }),

  remember: (_inputs, { value: { value }, note }, { recorded }) => ({
    found: note?.value?.found ?? recorded?.found ?? value,
  }),

  interpret({ namespace, key, value: wanted }, { value: { value }, note }, context) {
    const isNoted = context.marks.some((mark) => mark in (note?.value?.holders ?? {}));
    // If the setting no longer exists but its note does, this resource still has to delete the note.
    if (value === undefined && !isNoted) return {};
    const { recorded, remembered = recorded } = context;
    const rival = Object.entries(othersIn(note?.value, context)).find(([, held]) => held !== wanted);
    const foreign = rival && {
      property: "value",
      conflict: `not what ${rival[0]} holds ${key} at, which is ${JSON.stringify(rival[1])}`,
      mark: rival[0],
      advice: "Two stacks can share a setting at one value only.",
      adoptable: true,
    };
    const held = !rival || isNoted;
    return {
      foreign,
      unmarked: !isNoted,
      state: held ? { namespace, key, value: value ?? "", found: remembered?.found } : undefined,
    };
  },

  plan({ namespace, key, value }, { value: { value: there }, note }, context) {
    const wanted: SysctlNote = {
      found: context.remembered?.found as string,
      holders: {
        ...Object.fromEntries(
          Object.entries(othersIn(note?.value, context)).filter(([, otherValue]) => otherValue === value),
        ),
        [context.mark]: value,
      },
    };
    return [
      // The note is written before the setting, so that an interruption does not lose the original value.
      ...(namespace === undefined && there !== undefined && !isDeepStrictEqual(note?.value, wanted)
        ? [setSysctlNote(key, wanted)]
        : []),
      ...(there === value ? [] : [setSysctl(namespace, key, value)]),
    ];
  },

  remove({ namespace, key }, { value: { value: there }, note }, context) {
    const noted = note?.value;
    const others = othersIn(noted, context);
    // Somebody else has taken over the setting.
    if (noted && !context.marks.some((mark) => mark in noted.holders)) return [];
    if (noted && (context.inUse || Object.keys(others).length > 0))
      return [setSysctlNote(key, { ...noted, holders: others })];
    if (context.inUse) return [];
    const found = noted?.found ?? (context.recorded?.found as string | undefined);
    return [
      ...(there === undefined || found === undefined || there === found ? [] : [setSysctl(namespace, key, found)]),
      ...(noted ? [setSysctlNote(key, undefined)] : []),
    ];
  },
});

/**
 * The values at which other stacks hold the setting, by their marks. Another resource of this stack in the note was
 * renamed or is being deleted.
 */
function othersIn(note: SysctlNote | undefined, context: Context): Record<string, string> {
  return Object.fromEntries(
    Object.entries(note?.holders ?? {}).filter(
      ([mark]) => !context.marks.includes(mark) && !isOfThisStack(mark, context),
    ),
  );
}
