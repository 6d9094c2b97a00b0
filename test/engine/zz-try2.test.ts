import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { writeFiles } from "./consumer.ts";
import { run } from "./pack.ts";
import { Stack } from "./stack.ts";
let lab: Lab; let top: string;
beforeAll(async () => {
  top = mkdtempSync("/tmp/linuxnet-consumers-");
  lab = await startLab({ folder: path.join(top, "lab"), hosts: [{ name: "host1", address: "10.0.12.15/22" }] });
});
afterAll(async () => { await lab?.stop(); rmSync(top, { recursive: true, force: true }); });
const program = `
const pulumi = require("@pulumi/pulumi");
const { Namespace, Sysctl, Veth } = require("pulumi-linuxnet");
const host = "host1";
class Group extends pulumi.ComponentResource { constructor(name) { super("x:y:Group", name); } }
const group = new Group("group");
const fwd = new Sysctl("forward", { host, key: "net.ipv4.ip_forward", value: "1" }, { parent: group });
const con1 = new Namespace("con1", { host }, { dependsOn: [fwd] });
const veth1 = new Veth("veth1", { host, namespace: con1.name, addresses: [pulumi.interpolate\`172.17.0.\${pulumi.output("101")}/24\`], peer: { name: "veth1-br" } }, { parent: con1 });
pulumi.log.info("isInstance " + pulumi.Output.isInstance(veth1.mac) + " " + pulumi.Resource.isInstance(con1) + " " + pulumi.CustomResource.isInstance(con1) + " " + (con1 instanceof pulumi.CustomResource));
exports.mac = pulumi.all([veth1.mac, con1.name]).apply(([a, b]) => a + b);
exports.con = con1.id;
`;
for (const [tgz, version] of [["A", "3.215.0"], ["A", "3.216.0"], ["B", "3.100.0"], ["B", "3.142.0"]] as const) test(`${tgz} ${version}`, async () => {
  const folder = path.join(top, `${tgz}${version}`);
  writeFiles(folder, { "package.json": JSON.stringify({ private: true, dependencies: { "@pulumi/pulumi": version, "pulumi-linuxnet": `file:/tmp/cx/linuxnet-${tgz}.tgz` } }) });
  run(folder, "npm", "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", ...(tgz === "A" ? ["--force"] : []));
  if (tgz === "B" && version === "3.142.0") run(path.join(folder, "node_modules/pulumi-linuxnet"), "npm", "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund");
  console.log(run(folder, "sh", "-c", "find node_modules -path '*@pulumi/pulumi/package.json' | xargs grep -H '\"version\"'"));
  const before = await lab.dump("host1");
  const stack = await new Stack(lab, folder).program(program).init();
  try {
  const up = await stack.up(); console.log("up", up.changes, up.output);
  const up2 = await stack.up(); console.log("up2", up2.changes);
  console.log("refresh", (await stack.succeed("refresh", "--stack", "test", "--expect-no-changes", "--preview-only")).changes);
  await lab.exec("host1", ["ip", "-n", "con1", "addr", "add", "172.17.0.99/24", "dev", "veth1"]);
  const r = await stack.pulumi("refresh", "--stack", "test", "--expect-no-changes", "--preview-only"); console.log("drift refresh", r.exitCode, r.changes);
  const r2 = await stack.refresh("--diff"); console.log("drift refresh", r2.changes, r2.output);
  const up3 = await stack.up("--diff"); console.log("up3", up3.changes, up3.output);
  const up4 = await stack.up(); console.log("up4", up4.changes);
  } catch (e) { console.log("FAILED", String(e)); } finally {
  const d = await stack.destroy(); console.log("destroy", d.changes); }
  expect(await lab.dump("host1")).toEqual(before);
}, 120000);
