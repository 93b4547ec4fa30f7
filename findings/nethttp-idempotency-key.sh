#!/usr/bin/env bash
# net/http of Go 1.26 and 1.27: the header that should make a POST safe makes it sent twice
#
# Expected: net/http resends a GET when a kept connection turns out to be closed, never a POST: the caller gets an
#           error.
# Seen:     with an Idempotency-Key or X-Idempotency-Key header the POST is written twice, and the caller gets a
#           response and no error. The server had read the first one whole.
# Meaning:  with a server that knows no such header (iyzico documents none), adding it pays twice and hides it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOFLAGS=-mod=mod GOWORK=off

cat >go.mod <<'MOD'
module finding

go 1.26
MOD
cat >main.go <<'GO'
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	var posts atomic.Int64
	go func() { // answers the first request of a connection, and reads the second one whole before closing
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				for reader, n := bufio.NewReader(connection), 1; ; n++ {
					request, err := http.ReadRequest(reader)
					if err != nil {
						return
					}
					if _, err := io.Copy(io.Discard, request.Body); err != nil {
						return
					}
					if request.Method == http.MethodPost {
						posts.Add(1)
					}
					if n == 2 {
						return
					}
					io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				}
			}()
		}
	}()
	url := "http://" + listener.Addr().String()
	for _, header := range []string{"Other", "Idempotency-Key", "X-Idempotency-Key"} {
		client := &http.Client{Transport: &http.Transport{}}
		if response, err := client.Get(url); err != nil {
			log.Fatal(err)
		} else {
			response.Body.Close()
		}
		posts.Store(0)
		request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(`{"requestId":"1"}`))
		if err != nil {
			log.Fatal(err)
		}
		request.Header.Set(header, "salaries-2026-11")
		response, err := client.Do(request)
		if err == nil {
			response.Body.Close()
		}
		fmt.Printf("%s: written %d times, failed %t\n", header, posts.Load(), err != nil)
	}
}
GO
for version in go1.26.8 go1.27.3; do
  GOTOOLCHAIN=$version go run . | sed "s/^/$version /"
done >seen
diff -u - seen <<'OUTPUT'
go1.26.8 Other: written 1 times, failed true
go1.26.8 Idempotency-Key: written 2 times, failed false
go1.26.8 X-Idempotency-Key: written 2 times, failed false
go1.27.3 Other: written 1 times, failed true
go1.27.3 Idempotency-Key: written 2 times, failed false
go1.27.3 X-Idempotency-Key: written 2 times, failed false
OUTPUT
