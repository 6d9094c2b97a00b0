import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { expect, vi } from "vitest";

/** A request to Pulumi's engine (resource.proto, RegisterResourceRequest). */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProtect(): boolean;
  getDeletedwith(): string;
  getDependenciesList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> };
}
interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): object };
}
const register = vi.spyOn(MockMonitor.prototype, "registerResource");
const registerOutputs = vi.spyOn(MockMonitor.prototype, "registerResourceOutputs");

/** From here on, programs run on the mocks of Pulumi's engine. */
export async function useMocks(): Promise<void> {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ name, inputs }) => ({
      id: `${name}-id`,
      state: { ...(inputs as object), ifindex: 7, up: true, effectiveMtu: mtuOf(name) },
    }),
    call: ({ inputs }) => inputs as object,
  };
  await pulumi.runtime.setMocks(mocks, "shop", "dev");
}

/** The MTU towards the other hosts decreases from host to host: 1450 bytes at host1, 1440 at host2 … */
const mtuOf = (name: string) => 1460 - 10 * Number(/host(\d)/.exec(name)?.[1] ?? 1);

const withoutMachinery = ({ kind, owner, __provider, standsOn, ...inputs }: Record<string, unknown>) => inputs;

/** The program's requests to the engine, by resource name. */
export async function asked(program: () => unknown): Promise<Record<string, Request>> {
  register.mockClear();
  registerOutputs.mockClear();
  program();
  await vi.waitFor(async () => {
    const before = register.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(register.mock.calls.length).toBe(before);
  });
  const requests = register.mock.calls.map(([request]) => request as Request);
  return Object.fromEntries(requests.map((request) => [request.getName(), request]));
}

/** The inputs that the program gives to each resource. */
export async function inputs(program: () => unknown): Promise<Record<string, Record<string, unknown>>> {
  const requests = Object.entries(await asked(program));
  return Object.fromEntries(
    requests.map(([name, request]) => [name, withoutMachinery(request.getObject().toJavaScript())]),
  );
}

/** The outputs in the state of the component with this name, in the program that ran last. */
export async function outputsOf(name: string): Promise<object> {
  const request = await vi.waitFor(() => {
    const requests = registerOutputs.mock.calls.map(([request]) => request as unknown as OutputsRequest);
    const found = requests.find((request) => request.getUrn().endsWith(`::${name}`));
    expect(found).toBeDefined();
    return found!;
  });
  return request.getOutputs().toJavaScript();
}

/** Expects that the program ends with an error of the component that contains this text. */
export function expectRefused(component: string, problem: string, program: () => unknown): void {
  const thrown = (() => {
    try {
      program();
      return undefined;
    } catch (error) {
      return error;
    }
  })();
  // For a RunError, Pulumi shows only the message, without a stack trace.
  expect(pulumi.RunError.isInstance(thrown)).toBe(true);
  const { message } = thrown as Error;
  expect(message.slice(0, component.length + 2)).toBe(`${component}: `);
  expect(message.slice(component.length + 2)).toContain(problem);
}
