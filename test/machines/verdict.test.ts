import { TestHost } from "../kernel/test-host.ts";
import { testVerdict } from "./verdict.ts";

testVerdict(() => TestHost.start());
