import type { TestHost } from "./test-host.js";

/**
 * Makes the real Podman work on a test's host, with an image `box`. All of its files are in the host's own /run. It
 * creates no control groups, because they would be the machine's.
 */
export function givePodman(host: TestHost): void {
  host.sh(`set -e
    policy=$(cat /etc/containers/policy.json)
    mount -t tmpfs containers /etc/containers
    mount -t tmpfs lib /var/lib
    mount -t tmpfs groups /sys/fs/cgroup
    printf '%s\\n' "$policy" >/etc/containers/policy.json
    cat >/etc/containers/storage.conf <<END
[storage]
driver = "vfs"
graphroot = "/run/containers/graph"
runroot = "/run/containers/run"
END
    cat >/etc/containers/containers.conf <<END
[containers]
cgroups = "disabled"
default_ulimits = ["nofile=512:512", "nproc=512:512"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "crun"
tmp_dir = "/run/libpod"
END
    image=$(mktemp -d /run/image.XXXXXX)
    mkdir "$image/bin"
    cp "$(command -v busybox)" "$image/bin/busybox"
    tar -C "$image" -c . | podman import --change 'CMD ["/bin/busybox","sleep","1000"]' - box
    rm -r "$image"`);
}

/** Starts a container of the image; returns its ID. */
export const startContainer = (host: TestHost, name: string, network = "none") =>
  host.sh(`podman run --detach --name ${name} --network ${network} --stop-signal KILL box`);
