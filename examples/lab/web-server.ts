import { readFileSync } from "node:fs";
import { LabError } from "./lab-error.ts";
import type { Place } from "./namespaces.ts";

const source = readFileSync(new URL("web-server.pl", import.meta.url), "utf8");

/** The location of a web server on a lab host. */
export interface WebServer {
  /** A named network namespace of the host. Default: the host's own network. */
  readonly namespace?: string;
  readonly port: number;
}

/**
 * Starts a small web server that answers every request with the text and a newline, and waits until it answers.
 * `{client}` in the text is replaced by the address of the client. A server that already runs with the same text is
 * kept.
 * @throws LabError if it does not answer.
 */
export async function startWebServer(place: Place, server: WebServer, text: string): Promise<void> {
  const program = ["perl", "-e", source, String(server.port), text];
  // The server runs in the background until the host ends. The PID in the file is valid only if the process with that
  // PID has the same command line.
  const start = `
    file=$1 namespace=$2 port=$3; shift 3
    mkdir -p /run/lab
    answers() { \${namespace:+ip netns exec "$namespace"} curl -s -m 1 -o /dev/null "localhost:$port"; }
    if [ -s "$file" ] && [ "$(tr '\\0' ' ' <"/proc/$(cat "$file")/cmdline" 2>/dev/null)" = "$* " ]; then
      answers && exit 0
      kill "$(cat "$file")" # It is in a namespace of that name that is gone.
    fi
    setsid \${namespace:+ip netns exec "$namespace"} "$@" </dev/null >/dev/null 2>&1 &
    echo $! >"$file"
    for attempt in $(seq 200); do
      answers && exit 0
      kill -0 "$(cat "$file")" 2>/dev/null || break
      sleep 0.02
    done
    rm -f "$file"
    exit 1`;
  const { exitCode, stderr } = await place.exec(
    ["sh", "-c", start, "start-web", fileOf(server), server.namespace ?? "", String(server.port), ...program],
    { reject: false },
  );
  if (exitCode !== 0) {
    throw new LabError(
      `The web server in ${server.namespace ?? "the host"} does not answer on port ${server.port}: ` +
        (stderr || "see that the namespace is there and its lo is up, and that the port is free."),
    );
  }
}

/** Stops the web server. If it does not run, there is nothing to do. */
export async function stopWebServer(place: Place, server: WebServer): Promise<void> {
  const stop = `[ ! -s "$1" ] || kill "$(cat "$1")" 2>/dev/null; rm -f "$1"`;
  await place.exec(["sh", "-c", stop, "stop-web", fileOf(server)]);
}

/** Stops all web servers on the host. */
export async function stopWebServers(place: Place): Promise<void> {
  const stop = `for file in /run/lab/web-*.pid; do [ ! -s "$file" ] || kill "$(cat "$file")" 2>/dev/null; rm -f "$file"; done`;
  await place.exec(["sh", "-c", stop]);
}

function fileOf({ namespace, port }: WebServer): string {
  return `/run/lab/web-${namespace ?? "host"}-${port}.pid`;
}
