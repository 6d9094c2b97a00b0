import { linkDrifts } from "./drift/drifts.js";
import { testDrifts } from "./drift/test-drifts.js";

testDrifts(linkDrifts);
