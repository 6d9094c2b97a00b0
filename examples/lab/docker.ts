import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { LabError } from "./lab-error.ts";
import { runProgram, type RunOptions, type RunResult } from "./run-program.ts";

/** Where Docker's client looks by itself. */
const socket = "unix:///var/run/docker.sock";

/** What a daemon needs of the lab that its host is in. */
export interface DockerHost {
  readonly name: string;
  /** Runs a program in the host. */
  exec(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
}

/** A real Docker daemon in a lab's host: its data in a folder, all else of it in the host's own /run. Made by `Lab.startDocker`. */
export class DockerDaemon {
  private readonly host: DockerHost;
  private readonly folder: string;

  /** @param folder For its data; another one for each daemon. */
  constructor(host: DockerHost, folder: string) {
    this.host = host;
    this.folder = folder;
  }

  /**
   * Starts it, with an image of the name `web`: a web server on port 80 that answers with the text. One that runs there already
   * stays as it is. What it leaves is taken away by `remove`, which has to come before the lab's end.
   */
  async start(answer: string): Promise<void> {
    const version = ["docker", "--host", socket, "version"];
    if ((await this.host.exec(version, { env: this.env, reject: false })).exitCode === 0) return;
    // It tells that there is something to remove. A virtual machine has its own folder of this name.
    mkdirSync(this.folder, { recursive: true });
    // The machine's daemon.json does not count here.
    await this.sh('mkdir -p "$1"; echo {} >"$1/daemon.json"', this.folder);
    await this.sh(`
      for program in dockerd docker busybox; do
        command -v $program >/dev/null && continue
        echo "the program $program is missing on this machine (Debian's packages: docker.io, busybox-static)" >&2; exit 1
      done`);
    await this.sh(mountControlGroups);
    await this.up();
    await this.importWebServer(answer);
  }

  /** Runs Docker's own client, and gives what it said. */
  async docker(...args: string[]): Promise<string> {
    return (await this.host.exec(["docker", "--host", socket, ...args], { env: this.env })).stdout;
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

  /** Ends it, in whatever state it and its host are, and takes its control groups away: those are the machine's, not the host's. */
  async remove(): Promise<void> {
    // A host without power has none that runs, and one that does not end goes with its host.
    await this.stop().catch(() => undefined);
    await runProgram(["sh", "-c", removeControlGroups, "docker", this.controlGroup]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Another one for each folder: several labs run at a time. */
  private get controlGroup(): string {
    return `linuxnet-lab-${createHash("sha256").update(this.folder).digest("hex").slice(0, 12)}`;
  }

  /** The user's contexts don't count here. */
  private get env(): Readonly<Record<string, string>> {
    return { DOCKER_CONFIG: this.folder };
  }

  private async importWebServer(text: string): Promise<void> {
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

  private async up(): Promise<void> {
    await this.sh(
      `rm -f /run/docker.pid
      setsid dockerd --config-file "$1/daemon.json" --data-root "$1/data" --exec-root /run/docker --pidfile /run/docker.pid \\
        --host ${socket} --storage-driver vfs --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$2" </dev/null >>"$1/log" 2>&1 &
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
    const run = await this.host.exec(["sh", "-c", script, "docker", ...args], { env: this.env, reject: false });
    if (run.exitCode !== 0) throw new LabError(`Docker in ${this.host.name}: ${run.stderr || run.stdout}`);
  }
}

/**
 * The host has a /sys of its own, without control groups. It gets those that the machine has mounted; another of version 1
 * would outlive its mount.
 */
const mountControlGroups = `
  set -e
  [ -z "$(ls /sys/fs/cgroup)" ] || exit 0
  machine=$(sed -n 's|^.* /sys/fs/cgroup/\\([a-z_,]*\\) .* - cgroup [^ ]* rw,|\\1 |p' /proc/self/mountinfo)
  if [ -z "$machine" ]; then mount -t cgroup2 cgroup2 /sys/fs/cgroup; exit; fi
  mount -t tmpfs tmpfs /sys/fs/cgroup
  echo "$machine" | while read -r name options; do
    case $options in *name=*) options=none,name=\${options##*name=} ;; esac
    mkdir "/sys/fs/cgroup/$name"
    mount -t cgroup -o "$options" cgroup "/sys/fs/cgroup/$name"
  done`;

/** Ends what is left in them first. */
const removeControlGroups = `
  own() { find /sys/fs/cgroup -depth -type d -path "*/$1*"; }
  own "$1" | while read -r group; do
    for attempt in $(seq 50); do
      kill -9 $(cat "$group/cgroup.procs") 2>/dev/null
      rmdir "$group" 2>/dev/null && break
      sleep 0.1
    done
  done
  [ -z "$(own "$1")" ]`;

/** Where the daemon of a host has its data, in the lab's folder. */
export const dockerFolder = (folder: string, host: string) => path.join(folder, `docker-${host}`);

/** Takes away what daemons left that were in the lab's hosts; without any there is nothing to do. */
export async function removeDockers(folder: string, hosts: readonly DockerHost[]): Promise<void> {
  const had = hosts.filter(({ name }) => existsSync(dockerFolder(folder, name)));
  await Promise.all(had.map((host) => new DockerDaemon(host, dockerFolder(folder, host.name)).remove()));
}
