package pgtest

import "syscall"

// dieWithParent ends the process when this one dies, however that ends.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
