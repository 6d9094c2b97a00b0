import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
import { expect, test } from "vitest";

// The rules without type information are sufficient here; files that do not exist have no types.
const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });

/** The violations of the repository's own rules in a file with this text at the path `file`. */
async function complaints(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: file });
  return result!.messages
    .filter(({ ruleId }) => ruleId !== "@typescript-eslint/no-unused-vars")
    .map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

const value = (name: string) => `import * as something from "${name}";\n`;
const type = (name: string) => `import type { Something } from "${name}";\n`;

test.each([
  ["sdk/veth.ts", value("../provider/schema/host.js"), /every stack's process/],
  ["sdk/veth.ts", type("../provider/schema/host.js"), /every stack's process/],
  ["sdk/veth.ts", value("zod"), /every stack's process/],
  ["sdk/veth.ts", value("ssh2"), /every stack's process/],
  ["sdk/veth.ts", value("execa"), /every stack's process/],
  ["sdk/veth.ts", value("pulumi-linuxnet/provider"), /every stack's process/],
  ["sdk/new/virtual.ts", value("node:fs"), /every stack's process/],
  ["sdk/veth.ts", value("ipaddr.js"), /every stack's process/],
  ["sdk/components/virtual.ts", value("zod"), /every stack's process/],
  ["sdk/components/virtual.ts", value("ipaddr.js"), /every stack's process/],
  ["sdk/components/virtual.ts", value("../../provider/schema/address.js"), /every stack's process/],
  ["sdk/subnet.ts", value("@pulumi/pulumi"), /the one file of the SDK that reads addresses/],
  ["sdk/subnet.ts", value("../provider/schema/address.js"), /the one file of the SDK that reads addresses/],
  ["provider/schema/text.ts", value("../commands/link.js"), /every layer that reads them/],
  ["provider/schema/text.ts", value("@pulumi/pulumi"), /every layer that reads them/],
  ["provider/commands/link.ts", value("../resources/veth.js"), /recorded replies are enough/],
  ["provider/commands/link.ts", value("../lifecycle/reconcile.js"), /recorded replies are enough/],
  ["provider/commands/link.ts", value("../transport/ssh.js"), /recorded replies are enough/],
  ["provider/commands/link.ts", value("../transport/transport.js"), /Its types only/],
  ["provider/commands/link.ts", value("execa"), /recorded replies are enough/],
  ["provider/resources/virtual.ts", value("@pulumi/pulumi"), /plans and runs nothing/],
  ["provider/resources/virtual.ts", value("ssh2"), /plans and runs nothing/],
  ["provider/resources/virtual.ts", value("execa"), /plans and runs nothing/],
  ["provider/resources/virtual.ts", value("node:child_process"), /plans and runs nothing/],
  ["provider/resources/virtual.ts", type("../transport/transport.js"), /plans and runs nothing/],
  ["provider/resources/virtual.ts", value("../lifecycle/reconcile.js"), /plans and runs nothing/],
  ["provider/resources/virtual.ts", value("../dynamic.js"), /plans and runs nothing/],
  ["provider/resources/virtual.ts", value("./veth.js"), /stands alone/],
  ["provider/resources/catalogue.ts", value("../lifecycle/reconcile.js"), /a file and a line/],
  ["provider/lifecycle/reconcile.ts", value("../resources/veth.js"), /one flow for every resource/],
  ["provider/lifecycle/reconcile.ts", value("../transport/pool.js"), /one flow for every resource/],
  ["provider/lifecycle/reconcile.ts", value("../dynamic.js"), /one flow for every resource/],
  ["provider/lifecycle/reconcile.ts", value("@pulumi/pulumi"), /one flow for every resource/],
  ["provider/transport/ssh.ts", value("zod"), /never knows what they mean/],
  ["provider/transport/ssh.ts", value("../schema/host.js"), /never knows what they mean/],
  ["provider/transport/ssh.ts", value("../lifecycle/errors.js"), /never knows what they mean/],
  ["provider/transport/ssh.ts", value("../resources/veth.js"), /never knows what they mean/],
  ["provider/transport/ssh.ts", value("@pulumi/pulumi"), /never knows what they mean/],
  ["provider/traces/virtual.ts", value("../resources/veth.js"), /not which resources there are/],
  ["provider/traces/virtual.ts", value("../lifecycle/orphans.js"), /not which resources there are/],
  ["provider/traces/virtual.ts", 'export const kind = "Veth";\n', /Only a resource's own file names its kind/],
  [
    "provider/lifecycle/virtual.ts",
    'export const kind = "PortForward";\n',
    /Only a resource's own file names its kind/,
  ],
  ["provider/commands/virtual.ts", 'export const kind = "Sysctl";\n', /Only a resource's own file names its kind/],
  ["provider/cli/virtual.ts", 'export const kind = "Route";\n', /Only a resource's own file names its kind/],
  ["provider/core/virtual.ts", 'export const kind = "Rule";\n', /Only a resource's own file names its kind/],
  ["provider/dynamic.ts", 'export const kind = "Bridge";\n', /Only a resource's own file names its kind/],
  ["provider/cli/virtual.ts", value("../commands/link.js"), /what is looked for and done on a host/],
  ["provider/cli/virtual.ts", value("../resources/veth.js"), /what is looked for and done on a host/],
  ["provider/cli/virtual.ts", value("../dynamic.js"), /what is looked for and done on a host/],
  ["provider/cli/virtual.ts", value("../transport/ssh.js"), /what is looked for and done on a host/],
  ["provider/cli/virtual.ts", value("node:child_process"), /what is looked for and done on a host/],
  ["provider/cli/virtual.ts", value("@pulumi/pulumi"), /what is looked for and done on a host/],
  ["provider/cli/virtual.ts", 'export const late = import("../commands/link.js");\n', /escapes the layers' rules/],
  ["provider/lifecycle/survey.ts", value("../cli/program.js"), /one flow for every resource/],
  ["provider/dynamic.ts", value("../sdk/index.js"), /decides nothing/],
  ["provider/dynamic.ts", value("./resources/veth.js"), /decides nothing/],
  ["provider/dynamic.ts", value("./commands/link.js"), /decides nothing/],
  ["provider/dynamic.ts", value("@pulumi/pulumi"), /Its types only/],
  ["provider/core/virtual.ts", value("../transport/pool.js"), /Its types only/],
  ["provider/core/virtual.ts", value("../resources/veth.js"), /whichever door calls it/],
  ["provider/core/virtual.ts", value("@pulumi/pulumi"), /whichever door calls it/],
  ["provider/core/virtual.ts", 'export const state = { __provider: "" };\n', /Only dynamic\.ts and sdk/],
  ["provider/core/virtual.ts", value("../dynamic.js"), /whichever door calls it/],
  ["provider/index.ts", value("./lifecycle/check.js"), /hands on dynamic\.ts/],
  ["provider/resources/virtual.ts", 'export const late = import("execa-like");\n', /escapes the layers' rules/],
  ["provider/schema/text.ts", 'export const state = { __provider: "" };\n', /Only dynamic\.ts and sdk/],
  [
    "provider/schema/text.ts",
    'export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";\n',
    /marks unknown values/,
  ],
  ["test/unit/virtual.test.ts", 'test.only("alone", run);\n', /hides the others' failures/],
  ["test/unit/virtual.test.ts", 'describe.skip("left out", run);\n', /hides the others' failures/],
])("%s may not have %s", async (file, text, reason) => {
  expect(await complaints(file, text)).toEqual([expect.stringMatching(reason)]);
});

test.each([
  ["sdk/veth.ts", value("@pulumi/pulumi") + value("./linuxnet-resource.js")],
  ["sdk/components/virtual.ts", value("@pulumi/pulumi") + value("../veth.js") + value("../subnet.js")],
  ["sdk/subnet.ts", value("ipaddr.js")],
  ["provider/commands/link.ts", type("../transport/transport.js") + value("../schema/address.js")],
  [
    "provider/resources/virtual.ts",
    value("zod") + value("../commands/link.js") + value("../lifecycle/define-resource.js"),
  ],
  [
    "provider/cli/virtual.ts",
    value("commander") +
      value("../lifecycle/orphans.js") +
      value("../transport/pool.js") +
      'export const late = import("./orphans-command.js");\n' +
      'export const later = import("execa");\n',
  ],
  ["provider/traces/virtual.ts", value("../commands/link.js") + value("../lifecycle/trace.js")],
  ["provider/resources/virtual.ts", value("../traces/interface.js") + 'export const kind = "Veth";\n'],
  ["provider/transport/ssh.ts", value("ssh2") + 'export const late = import("execa");\n'],
  [
    "provider/dynamic.ts",
    type("@pulumi/pulumi") +
      type("./transport/pool.js") +
      value("./core/provider.js") +
      "export const state = { __provider: 1 };\n",
  ],
  ["test/unit/virtual.test.ts", value("../../provider/lifecycle/reconcile.js")],
])("%s may have %s", async (file, text) => {
  expect(await complaints(file, text)).toEqual([]);
});
