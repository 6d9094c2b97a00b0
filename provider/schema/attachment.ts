import { z } from "zod";
import { whole } from "./number.js";

function text(problem: string, isRight: (value: string) => boolean) {
  return z.string().refine(isRight, problem);
}

/** A container's name or ID, as Docker and Podman accept it. */
const container = () =>
  text("a container's name has letters, digits, '_', '.' or '-', at most 128, and a letter or a digit first", (value) =>
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(value),
  );

const path = () =>
  text(
    "a namespace's file is an absolute path of letters, digits and '_', '.', ':', '@', '+', '-', such as /run/docker/netns/3f1c",
    (value) => /^(\/[\w.:@+-]+)+$/.test(value) && value.length < 4096,
  );

/** Something that is already running and has a network namespace. */
export const attachment = () =>
  z
    .strictObject({
      docker: container().optional().describe("A running Docker container: its name or id."),
      podman: container().optional().describe("A running container of root's Podman: its name or id."),
      // The highest possible value of pid_max: proc(5).
      pid: whole("a process id", 1, 4_194_304).optional().describe("A process, by its id."),
      path: path()
        .optional()
        .describe(
          "A file that refers to a network namespace, such as `/run/docker/netns/3f1c` or `/proc/4711/ns/net`.",
        ),
    })
    .refine((value) => Object.values(value).filter((part) => part !== undefined).length === 1, {
      message: "takes one of docker, podman, pid and path",
    });

/** The target of a Namespace with `attach`. */
export type Attachment = z.output<ReturnType<typeof attachment>>;
