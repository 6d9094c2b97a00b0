import { test } from "vitest";
import { cases } from "./cases.js";
import { commonKinds } from "../kinds/whole-network.js";
import { KernelHost } from "./kernel-host.js";
import { tellRandom, tellTo } from "./stories.js";

const start = () => KernelHost.start();
const count = Number(process.env.LINUXNET_STORIES ?? 12);

test.each(cases)("$name, on a real kernel", ({ story }) => tellTo(start, story));

test(`${count} random stories on a real kernel`, { timeout: 3_600_000 }, () =>
  tellRandom(start, commonKinds(), count, "test/convergence/kernel.test.ts"),
);
