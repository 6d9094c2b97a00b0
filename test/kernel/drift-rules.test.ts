import { ruleDrifts } from "./drift/drifts.js";
import { testDrifts } from "./drift/test-drifts.js";

testDrifts(ruleDrifts);
