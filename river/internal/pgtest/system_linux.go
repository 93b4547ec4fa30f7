package pgtest

import "syscall"

// dieWithParent ends the process when this one dies, however that ends.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }

// memory returns a folder in memory with a gigabyte to spare, where databases are created in a fraction of the time that a
// disk takes, or none.
func memory() string {
	const folder, tmpfs = "/dev/shm", 0x01021994
	var stat syscall.Statfs_t
	if err := syscall.Statfs(folder, &stat); err != nil || stat.Type != tmpfs || stat.Bavail*uint64(stat.Bsize) < 1<<30 {
		return ""
	}
	return folder
}
