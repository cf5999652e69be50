#!/bin/sh
# Boots the systemd of this machine as that of another one, in namespaces of its own:
#
#   boot.sh FOLDER
#
# The other machine has a copy of this one's files, of which only FOLDER is the same,
# the network of whoever calls this, and no unit but what is needed to start others.
# The group of its processes is FOLDER/group/hactl-PID; whoever has ended them removes it.
set -eu
folder=$1

# In a group of its own, outside of the namespaces.
if [ "$#" = 1 ]; then
	mkdir -p "$folder/group"
	mount --make-rprivate /
	mount -t cgroup2 cgroup2 "$folder/group"
	mkdir "$folder/group/hactl-$$"
	echo $$ >"$folder/group/hactl-$$/cgroup.procs"
	exec unshare --mount --pid --uts --ipc --cgroup --fork --kill-child "$0" "$folder" inside
fi

# Inside of them.
layers=$folder/layers
root=$layers/root
mkdir -p "$layers"
mount -t tmpfs tmpfs "$layers"
mkdir "$layers/upper" "$layers/work" "$layers/units" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$layers/upper,workdir=$layers/work" "$root"

# What belongs to the machine below cannot be changed, but for its network.
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t proc proc "$layers/work"
mount --bind "$layers/work/sys/net" "$root/proc/sys/net"
umount "$layers/work"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
	: >"$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs tmpfs "$root/run"
mkdir -p "$root$folder"
mount --bind "$folder" "$root$folder"

# No unit of the machine below is started.
(cd "$root/lib/systemd/system" && cp -- *.target *.slice systemd-journald*.service systemd-journald*.socket systemd-reboot.service "$layers/units")
mkdir "$layers/units/sockets.target.wants"
ln -s ../systemd-journald.socket "$layers/units/sockets.target.wants"
mount --bind "$layers/units" "$root/lib/systemd/system"
rm -rf "$root/lib/systemd/system-generators" "$root/etc/systemd/system" "$root/usr/sbin/policy-rc.d" "$root/var/log/journal"
mkdir "$root/etc/systemd/system"
: >"$root/etc/fstab"

cd "$root"
mkdir -p old
pivot_root . old
umount -l /old
exec env -i container=hactl-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	/lib/systemd/systemd --unit=multi-user.target --log-target=console --log-level=warning --show-status=0
