import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Lab } from "../../examples/lab/lab.ts";
import { LabError } from "../../examples/lab/lab-error.ts";

const socket = "unix:///run/docker.sock";

/** A real Docker daemon in a lab's host: its data in a folder, all else of it in the host's own /run. */
export class DockerDaemon {
  private constructor(
    private readonly lab: Lab,
    private readonly host: string,
    private readonly folder: string,
  ) {}

  /** Starts one. What it leaves is taken away by `remove`, which has to come before the lab's end. */
  static async start(lab: Lab, host: string, folder: string): Promise<DockerDaemon> {
    mkdirSync(folder, { recursive: true });
    // Neither the machine's daemon.json nor the user's contexts count here.
    writeFileSync(path.join(folder, "daemon.json"), "{}");
    const daemon = new DockerDaemon(lab, host, folder);
    try {
      await daemon.sh(mountControlGroups);
      await daemon.up();
    } catch (error) {
      await daemon.remove();
      throw error;
    }
    return daemon;
  }

  /** Runs Docker's own client, and gives what it said. */
  async docker(...args: string[]): Promise<string> {
    const env = { DOCKER_CONFIG: this.folder };
    return (await this.lab.exec(this.host, ["docker", "--host", socket, ...args], { env })).stdout;
  }

  /** Imports an image of the name `web`: a web server on port 80 that answers with the text. */
  async importWebServer(text: string): Promise<void> {
    await this.sh(
      `image=$(mktemp -d /run/image.XXXXXX)
      mkdir "$image/bin" "$image/www"
      cp "$(command -v busybox)" "$image/bin/busybox"
      echo "$1" >"$image/www/index.html"
      tar -C "$image" -c . | docker --host ${socket} import --change 'CMD ["/bin/busybox","httpd","-f","-p","80","-h","/www"]' - web
      rm -r "$image"`,
      text,
    );
  }

  /** What a service manager does at "restart". */
  async restart(): Promise<void> {
    await this.stop();
    await this.up();
  }

  /** Ends it with its containers. */
  async stop(): Promise<void> {
    await this.sh(
      `[ -s /run/docker.pid ] || exit 0
      pid=$(cat /run/docker.pid)
      kill "$pid" 2>/dev/null || exit 0
      for attempt in $(seq 300); do [ -d "/proc/$pid" ] || exit 0; sleep 0.1; done
      echo "dockerd does not end" >&2; exit 1`,
    );
  }

  /** Ends it, in whatever state it is, and takes its control groups away: those are the machine's, not the lab's. */
  async remove(): Promise<void> {
    try {
      await this.stop();
    } finally {
      await this.sh(
        `own() { find /sys/fs/cgroup -depth -type d -path "*/$1*"; }
        own "$1" | while read -r group; do
          for attempt in $(seq 50); do
            kill -9 $(cat "$group/cgroup.procs") 2>/dev/null
            rmdir "$group" 2>/dev/null && break
            sleep 0.1
          done
        done
        [ -z "$(own "$1")" ]`,
        this.controlGroup,
      );
    }
  }

  /** Another one for each folder: tests of several checkouts run at a time. */
  private get controlGroup(): string {
    return path.basename(path.dirname(this.folder));
  }

  private async up(): Promise<void> {
    await this.sh(
      `rm -f /run/docker.pid
      setsid dockerd --config-file "$1/daemon.json" --data-root "$1/data" --exec-root /run/docker --pidfile /run/docker.pid \\
        --host ${socket} --storage-driver vfs --cgroup-parent "/$2" </dev/null >>"$1/log" 2>&1 &
      for attempt in $(seq 300); do
        docker --host ${socket} version >/dev/null 2>&1 && exit 0
        kill -0 $! 2>/dev/null || break
        sleep 0.1
      done
      tail -n 5 "$1/log" >&2; exit 1`,
      this.folder,
      this.controlGroup,
    );
  }

  private async sh(script: string, ...args: string[]): Promise<void> {
    const env = { DOCKER_CONFIG: this.folder };
    const run = await this.lab.exec(this.host, ["sh", "-c", script, "docker", ...args], { env, reject: false });
    if (run.exitCode !== 0) throw new LabError(`Docker on ${this.host}: ${run.stderr || run.stdout}`);
  }
}

/**
 * The host has a /sys of its own, without control groups. It gets those that the machine has mounted; another of version 1
 * would outlive its mount.
 */
const mountControlGroups = `
  set -e
  machine=$(sed -n 's|^.* /sys/fs/cgroup/\\([a-z_,]*\\) .* - cgroup [^ ]* rw,|\\1 |p' /proc/self/mountinfo)
  if [ -z "$machine" ]; then mount -t cgroup2 cgroup2 /sys/fs/cgroup; exit; fi
  mount -t tmpfs tmpfs /sys/fs/cgroup
  echo "$machine" | while read -r name options; do
    case $options in *name=*) options=none,name=\${options##*name=} ;; esac
    mkdir "/sys/fs/cgroup/$name"
    mount -t cgroup -o "$options" cgroup "/sys/fs/cgroup/$name"
  done`;
