/** Manual changes to interfaces and namespaces, which have names. */
import { catalogue } from "../../provider/resources/catalogue.js";
import { casesOf, driftsOf } from "../kinds/index.js";
import { testDrifts } from "./test-drifts.js";

const kinds = catalogue.filter(({ schema }) => "name" in schema.shape).map(({ kind }) => casesOf(kind));

testDrifts(driftsOf(kinds));
