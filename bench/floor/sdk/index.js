// What any dynamic provider's classes have to send: the arguments, and the line that names the provider.
const pulumi = require("@pulumi/pulumi");

const resource = (kind) =>
  class extends pulumi.CustomResource {
    constructor(name, args, options) {
      const __provider = 'exports.handler = () => require("pulumi-linuxnet/provider")';
      super(`pulumi-nodejs:dynamic/linuxnet:${kind}`, name, { ...args, __provider }, options);
    }
  };

// `name` is taken from the outputs.
const named = (kind) =>
  class extends resource(kind) {
    constructor(name, args, options) {
      super(name, { name: undefined, ...args }, options);
    }
  };

module.exports = {
  Namespace: named("Namespace"),
  Veth: named("Veth"),
  Bridge: named("Bridge"),
  Route: resource("Route"),
  MasqueradeRule: resource("MasqueradeRule"),
  PortForward: resource("PortForward"),
  Sysctl: resource("Sysctl"),
};
