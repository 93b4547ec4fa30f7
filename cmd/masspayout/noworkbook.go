//go:build noxlsx

package main

import (
	"bytes"
	"io"

	"github.com/iyzico-go/masspayout/payfile"
)

func isWorkbook(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

func withoutWorkbooks() error {
	return fail("this program was built without workbooks (.xlsx)", "bu program çalışma kitabı (.xlsx) desteği olmadan derlenmiş")
}

func readWorkbook([]byte, payfile.Options) (*payfile.File, error) { return nil, withoutWorkbooks() }

func writeWorkbook(io.Writer, [][]cell) error { return withoutWorkbooks() }

func readResultWorkbook([]byte) ([][]string, error) { return nil, withoutWorkbooks() }
