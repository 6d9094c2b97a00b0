// Makes what the configuration lists: { NAME: { kind, args, options? } }. A value { output: "NAME.property" } is another
// resource's output, and so has to be listed after it; options.dependsOn has names.
const pulumi = require("@pulumi/pulumi");
const linuxnet = require("pulumi-linuxnet");

const made = {};
const resolve = (value) => {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== "object" || value === null) return value;
  if (typeof value.output === "string") {
    const [name, property] = value.output.split(".");
    return made[name][property];
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part)]));
};

for (const [name, { kind, args, options = {} }] of Object.entries(new pulumi.Config().requireObject("network"))) {
  const { dependsOn = [], ...others } = options;
  made[name] = new linuxnet[kind](name, resolve(args), { ...others, dependsOn: dependsOn.map((other) => made[other]) });
}
exports.outputs = Object.fromEntries(Object.entries(made).map(([name, resource]) => [name, resource.id]));
