#!/bin/sh
# Process 1 of a lab host, or of the lab's wire. The starter made the namespaces (network, mount, process, host name)
# and runs: host-init.sh NAME kept|bound FOLDER [ROOT]
#
# FOLDER is the lab's. With a ROOT, the host's file system is that one, another Debian's, and it sees of this machine the FOLDER alone.
#
# It says its process number as the machine sees it, waits to be told that this was written down, makes the
# namespaces a host's own, says "ready", and lives until it is killed. A starter that dies before it has written the
# number down closes standard input, and this process ends with it: nothing is left that nobody knows of.
set -e
name=$1 life=$2 folder=$3 root=$4
here=${0%/*}

# /proc is still the machine's here, so that /proc/self is this process as the machine numbers it.
read -r pid rest </proc/self/stat
echo "$pid"
read -r written_down || exit 0

if [ "$root" ]; then
  . "$here/enter-root.sh"
  enter_root "$root" "$folder"
else
  mount -t proc proc /proc
  mount -t sysfs sysfs /sys
  mount -t tmpfs -o mode=755 tmpfs /run
fi
mkdir -p /run/lock /run/sshd /run/lab
chmod 1777 /run/lock
chmod 700 /run/lab
# What is written to /etc here is this host's own.
mkdir -p /run/lab/etc/new /run/lab/etc/work
mount -t overlay -o lowerdir=/etc,upperdir=/run/lab/etc/new,workdir=/run/lab/etc/work etc /etc
hostname "$name"
# sudo looks up its host's own name, and would wait for a name server that is not there.
{ cat /etc/hosts; echo "127.0.1.1 $name"; } >/run/lab/hosts
mount --bind /run/lab/hosts /etc/hosts

# sshd without PAM turns away an account whose password is locked by "!", as root's is on many machines. This host
# reads a copy in which it is only unusable.
umask 077
sed 's/^root:[^:]*:/root:*:/' /etc/shadow >/run/lab/shadow
umask 022
mount --bind /run/lab/shadow /etc/shadow

# A new network namespace takes over IPv4 settings of the machine's.
echo 0 >/proc/sys/net/ipv4/ip_forward
ip link set lo up

echo ready
exec >/dev/null 2>&1
# Shells wait for every child, also for those that others left behind: no zombies.
if [ "$life" = bound ]; then
  # The pipe to the starter: its end is this host's end. (By itself, a program in the background reads /dev/null.)
  exec 3<&0
  cat <&3 &
  wait $!
else
  exec </dev/null
  while :; do
    sleep 86400 &
    wait $!
  done
fi
