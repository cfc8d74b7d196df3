#!/bin/sh
# Starts systemd as the first process of namespaces of its own, on the system in a folder: `boot.sh ROOT NAME`. It ends when it is
# killed, and with it all of its processes and mounts. What stays is its control groups, which are below one with the given name.
#
# It sees no controllers, so that it changes no limits of the machine.
set -eu
root=$1
if [ -d /sys/fs/cgroup/systemd ]; then
    # The old hierarchies; systemd mounts `unified` by itself.
    kind="cgroup -o none,name=systemd"
    path=$root/sys/fs/cgroup/systemd
    hierarchies="/sys/fs/cgroup/systemd /sys/fs/cgroup/unified"
else
    kind=cgroup2
    path=$root/sys/fs/cgroup
    hierarchies=/sys/fs/cgroup
fi
for hierarchy in $hierarchies; do
    [ -d "$hierarchy" ] || continue
    mkdir "$hierarchy/$2"
    echo $$ >"$hierarchy/$2/cgroup.procs"
done
export root kind path
exec unshare --mount --pid --ipc --uts --net --cgroup --fork --kill-child=KILL sh -euc '
    mount --make-rprivate /
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t sysfs sysfs "$root/sys"
    [ "$kind" = cgroup2 ] || mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
    mkdir -p "$path"
    mount -t $kind cgroup "$path"
    mount -t tmpfs tmpfs "$root/run"
    printf "#subsys_name\thierarchy\tnum_cgroups\tenabled\n" >"$root/run/no-controllers"
    mount --bind "$root/run/no-controllers" "$root/proc/cgroups"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    for device in null zero full random urandom tty; do
        touch "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    mkdir "$root/dev/shm" "$root/dev/pts"
    mount -t tmpfs tmpfs "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    cd "$root"
    pivot_root . .
    umount -l .
    exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=basic.target
'
