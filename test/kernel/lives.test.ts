import { TestHost } from "./test-host.js";
import { testLives } from "./test-lives.js";

testLives(() => TestHost.start());
