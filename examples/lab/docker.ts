import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { LabError } from "./lab-error.ts";
import { runProgram, type RunOptions, type RunResult } from "./run-program.ts";

/** The default address of Docker's client. */
const socket = "unix:///var/run/docker.sock";

/** The lab host that a daemon runs on. */
export interface DockerHost {
  readonly name: string;
  /** Runs a program in the host. */
  exec(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
}

/**
 * A real Docker daemon on a lab host. Its data is in a folder, everything else is in the host's own /run. Created by
 * `Lab.startDocker`.
 */
export class DockerDaemon {
  private readonly host: DockerHost;
  private readonly folder: string;

  /** @param folder The folder for the daemon's data. Each daemon needs its own. */
  constructor(host: DockerHost, folder: string) {
    this.host = host;
    this.folder = folder;
  }

  /**
   * Starts the daemon and imports an image `web`: a web server on port 80 that answers with the text. A daemon that
   * already runs is left as it is. Call `remove` to clean up before the lab stops.
   * @throws LabError if a program is missing or the daemon does not start.
   */
  async start(answer: string): Promise<void> {
    const version = ["docker", "--host", socket, "version"];
    if ((await this.host.exec(version, { env: this.env, reject: false })).exitCode === 0) return;
    // The folder on this machine shows removeDockers that there is something to remove. A virtual machine has its own
    // folder with the same path.
    mkdirSync(this.folder, { recursive: true });
    // An empty configuration file, so that the machine's daemon.json is not used.
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

  /** Runs Docker's client and returns its standard output. */
  async docker(...args: string[]): Promise<string> {
    return (await this.host.exec(["docker", "--host", socket, ...args], { env: this.env })).stdout;
  }

  /** Stops and starts the daemon, as a service manager does for "restart". */
  async restart(): Promise<void> {
    await this.stop();
    await this.up();
  }

  /** Stops the daemon and its containers. */
  async stop(): Promise<void> {
    await this.sh(
      `[ -s /run/docker.pid ] || exit 0
      pid=$(cat /run/docker.pid)
      kill "$pid" 2>/dev/null || exit 0
      for attempt in $(seq 300); do [ -d "/proc/$pid" ] || exit 0; sleep 0.1; done
      echo "dockerd does not end" >&2; exit 1`,
    );
  }

  /**
   * Stops the daemon, whatever state it and its host are in, and removes its data and its control groups. The control
   * groups belong to the machine, not to the host.
   */
  async remove(): Promise<void> {
    // If the host is down, no daemon runs. A daemon that does not stop ends with its host.
    await this.stop().catch(() => undefined);
    await runProgram(["sh", "-c", removeControlGroups, "docker", this.controlGroup]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * The name of the daemon's control group. It depends on the folder, because several labs can run at the same time.
   */
  private get controlGroup(): string {
    return `linuxnet-lab-${createHash("sha256").update(this.folder).digest("hex").slice(0, 12)}`;
  }

  /** Keeps Docker's client from using the user's contexts. */
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
 * Mounts control groups in the host, whose own /sys has none: the hierarchies that the machine has mounted. A new
 * version 1 hierarchy would outlive its mount.
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

/** Removes the daemon's control groups, after killing the processes that are left in them. */
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

/** The folder for the data of a host's daemon, in the lab's folder. */
export const dockerFolder = (folder: string, host: string) => path.join(folder, `docker-${host}`);

/** Removes the daemons of the lab's hosts, if there are any. */
export async function removeDockers(folder: string, hosts: readonly DockerHost[]): Promise<void> {
  const had = hosts.filter(({ name }) => existsSync(dockerFolder(folder, name)));
  await Promise.all(had.map((host) => new DockerDaemon(host, dockerFolder(folder, host.name)).remove()));
}
