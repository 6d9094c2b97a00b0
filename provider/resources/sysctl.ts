import { z } from "zod";
import { setSysctl, sysctl as readSysctl } from "../commands/sysctl.js";
import { defineResource } from "../lifecycle/define-resource.js";
import { sysctlKey, sysctlValue } from "../schema/text.js";

/** A kernel setting: sysctl(8), Documentation/admin-guide/sysctl/net.rst. */
export const sysctl = defineResource({
  kind: "Sysctl",
  description: "A kernel setting. Deleting it puts back the value that was found when it was made.",
  properties: z.strictObject({
    key: sysctlKey().describe(
      "The setting: `net.ipv4.ip_forward`; with slashes where a part has a dot in it: `net/ipv4/conf/eth0.5/forwarding`.",
    ),
    value: sysctlValue().describe("Its value; several numbers are separated by spaces."),
  }),
  outputs: {
    found: {
      type: "string",
      description: "The value that was found when the resource was made, and that deleting it puts back.",
    },
  },
  replaceOn: ["key"],
  deleteBeforeReplace: false,
  diesWith: ["namespace"],

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
  identify: ({ namespace, key }) => [namespace, key].filter(Boolean).join("/"),

  observe: ({ namespace, key }) => ({ value: readSysctl(namespace, key) }),

  remember: (_inputs, { value: { value } }, { recorded }) => ({ found: recorded?.found ?? value }),

  interpret({ namespace, key }, { value: { value } }, { recorded, remembered = recorded }) {
    if (value === undefined) return {};
    return { state: { namespace, key, value, found: remembered?.found } };
  },

  plan: ({ namespace, key, value }, { value: { value: there } }) =>
    there === value ? [] : [setSysctl(namespace, key, value)],

  remove({ namespace, key }, { value: { value: there } }, { recorded }) {
    const found = recorded?.found as string | undefined;
    return there === undefined || found === undefined || there === found ? [] : [setSysctl(namespace, key, found)];
  },
});
