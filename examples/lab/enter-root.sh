# shellcheck shell=sh
# To be sourced by what has just got mount, process and network namespaces of its own.

# enter_root ROOT FOLDER…: from here on, the file system is another Debian's. What is written there is this host's own and goes with
# it. The FOLDERs of this machine are there too, under the same names, and /dev is the machine's.
enter_root() {
  root=$1
  shift
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -p /run/root/upper /run/root/work /run/root/merged
  mount -t overlay root -o "lowerdir=$root,upperdir=/run/root/upper,workdir=/run/root/work" /run/root/merged
  cd /run/root/merged
  mount -t proc proc proc
  mount -t sysfs sysfs sys
  mount --rbind /dev dev
  mount -t tmpfs -o mode=755 tmpfs run
  for folder in "$@"; do
    mkdir -p "./$folder"
    mount --bind "$folder" "./$folder"
  done
  mkdir -p run/machine
  pivot_root . run/machine
  cd /
  umount --lazy /run/machine
  rmdir /run/machine
}
