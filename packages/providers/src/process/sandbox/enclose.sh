#!/bin/sh
# Builds a function's view of the machine inside a fresh mount namespace and runs the rest of the line in it:
#   enclose.sh ROOT CHDIR [bind FROM TO | link TARGET AT | writable FROM TO | scratch BYTES AT]... -- COMMAND...
# Used where bubblewrap is missing. Anything that fails ends it before the command runs.
set -eu
root=$1 chdir=$2
shift 2
# Programs that talk to themselves need a loopback; nothing else is on this network.
ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null || :
# As sandbox/own-etc.ts has it.
echo function >/proc/sys/kernel/hostname 2>/dev/null || :
mount --make-rprivate /
mount -t tmpfs -o mode=0755,nosuid,nodev,size=4m tmpfs "$root"
show() { # FROM TO OPTIONS
  [ -e "$1" ] || return 0
  if [ -d "$1" ]; then mkdir -p "$root$2"; elif [ ! -e "$root$2" ]; then mkdir -p "$(dirname "$root$2")"; : >"$root$2"; fi
  mount --bind "$1" "$root$2"
  mount -o "remount,bind,nosuid,nodev,$3" "$root$2"
}
while [ "$1" != -- ]; do
  case $1 in
  bind) show "$2" "$3" ro ;;
  writable) show "$2" "$3" rw ;;
  link) mkdir -p "$(dirname "$root$3")"; ln -s "$2" "$root$3" ;;
  scratch) mkdir -p "$root$3"; mount -t tmpfs -o "mode=1777,nosuid,nodev,size=$2" tmpfs "$root$3" ;;
  esac
  shift 3
done
shift
mkdir -p "$root/proc" "$root/dev/shm" "$root/old"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o mode=1777,nosuid,nodev,size=16m tmpfs "$root/dev/shm"
for device in null zero full random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin" && ln -s fd/1 "$root/dev/stdout" && ln -s fd/2 "$root/dev/stderr"
cd "$root"
pivot_root . old
umount -l /old
rmdir /old
mount -o remount,ro,nosuid,nodev /
cd "$chdir"
# Stays as the first process here: it takes in orphans, it dies with the gateway (whoever changes its user forgets to), and to the command a
# signal means what it means anywhere; a first process would ignore most.
"$@" &
wait $!
