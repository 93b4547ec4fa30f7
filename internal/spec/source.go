package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/iyzico-go/masspayout/internal/pages"
)

// input is one page as it was read, or why it was not.
type input struct {
	name    string // the file or address
	address string // where an address led to
	own     string // the address that the page names as its own
	page    int    // the one on record that was asked for, or -1
	decided bool   // a person says that it is that page
	as      string // or that it is a new one, of this file
	text    []byte
	err     error
}

var newFile = regexp.MustCompile(`^[a-z0-9-]+\.(tr|en)\.json$`)

// limits bound what reading may cost; a page has some 4 kB. wait is the pause before a failed fetch is tried again, and
// all the time that a look may wait for a site that does not respond.
type limits struct {
	bytes     int64
	timeout   time.Duration
	retries   int
	wait, all time.Duration
}

var defaults = limits{bytes: 4 << 20, timeout: 30 * time.Second, retries: 3, wait: 2 * time.Second, all: 10 * time.Minute}

// inputs reads the pages at an address, in a file or in a folder, or at all addresses on record if from is empty. page is
// the file on record, or of a new page, that a person says it is.
func inputs(ctx context.Context, from, page string, all []pages.Page, l limits) (read []input, err error) {
	as := input{page: slices.IndexFunc(all, func(p pages.Page) bool { return p.File == page }), decided: page != ""}
	if as.decided && as.page < 0 {
		as.as = page
	}
	info, err := os.Stat(from)
	switch isAddress := strings.Contains(from, "://"); {
	case as.as != "" && !newFile.MatchString(page):
		return nil, fmt.Errorf("-page: expected a file on record, or a new one such as refund.tr.json, got %q", page)
	case from == "" && page != "":
		return nil, errors.New("-page: expected -from, too")
	case from == "":
		for i, page := range all {
			if page.Address != "" {
				read = append(read, input{page: i}.fetched(ctx, page.Address, l))
			}
		}
		return read, nil
	case isAddress:
		return []input{as.fetched(ctx, from, l)}, nil
	case err != nil:
		return nil, fmt.Errorf("expected a file, a folder or an address that starts with https://: %w", err)
	case info.IsDir() && page != "":
		return nil, errors.New("-page: expected one file or address, got a folder")
	}
	names := []string{from}
	if info.IsDir() {
		names = nil
		for _, ending := range []string{"md", "json", "html", "txt"} {
			found, _ := filepath.Glob(filepath.Join(from, "*."+ending))
			names = append(names, found...)
		}
	}
	for _, name := range names {
		in := as
		in.name = filepath.Base(name)
		if in.text, in.err = os.ReadFile(name); int64(len(in.text)) > l.bytes {
			in.err = fmt.Errorf("expected at most %d bytes, got more", l.bytes)
		}
		read = append(read, in)
	}
	if len(read) == 0 {
		return nil, fmt.Errorf("%s: expected pages, that is, files that end in .md or .json, got none", from)
	}
	return read, nil
}

// fetched is the input as it is read at an address.
func (in input) fetched(ctx context.Context, address string, l limits) input {
	in.name = address
	in.text, in.address, in.err = fetch(ctx, address, l)
	return in
}

// fetch reads a page, and returns where it was: the address that redirects led to.
func fetch(ctx context.Context, address string, l limits) (text []byte, at string, err error) {
	client := retryablehttp.NewClient()
	client.Logger = nil
	client.RetryMax, client.RetryWaitMin, client.RetryWaitMax = l.retries, l.wait, 8*l.wait
	client.ErrorHandler = retryablehttp.PassthroughErrorHandler
	client.HTTPClient.Timeout = l.timeout
	client.HTTPClient.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return errors.New("expected at most 5 redirects")
		}
		return safe(next.URL)
	}
	request, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err == nil {
		err = safe(request.URL)
	}
	if err != nil {
		return nil, "", err
	}
	request.Header.Set("Accept", "text/markdown, application/json;q=0.9, */*;q=0.1")
	request.Header.Set("User-Agent", "iyzico-go-masspayout-spec")
	response, err := client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	at = response.Request.URL.String()
	if response.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("expected HTTP 200 from %s, got %s", at, response.Status)
	}
	text, err = io.ReadAll(io.LimitReader(response.Body, l.bytes+1))
	if err == nil && int64(len(text)) > l.bytes {
		err = fmt.Errorf("expected at most %d bytes, got more", l.bytes) // rather than cut the page off
	}
	return text, at, err
}

// safe allows plain http on loopback only: who can change the document on its way can change where money goes.
func safe(address *url.URL) error {
	host := address.Hostname()
	loopback := host == "localhost" || net.ParseIP(host).IsLoopback()
	if address.User != nil || address.Scheme != "https" && !(address.Scheme == "http" && loopback) {
		return fmt.Errorf("expected an address that starts with https:// and has no user in it, got %s",
			address.Redacted())
	}
	return nil
}
