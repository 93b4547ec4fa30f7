package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/internal/pages"
)

// indexFile is what a site calls the index of all its pages.
const indexFile = "llms.txt"

// ours are the addresses of pages about mass payouts, in both languages.
var ours = regexp.MustCompile(`(?i)/[^/]*(mass-?payout|toplu-?odeme)`)

// index is what the sites' indices say of the pages on record.
type index struct {
	read   bool     // all of them
	unread []unread // those that could not be read
	New    []string // addresses of pages about mass payouts that are not on record
	Gone   []string // files on record whose address is in no index any more
}

// readIndex reads the indices of the sites that the pages on record are from, and compares them with the record.
func readIndex(ctx context.Context, root string, all []pages.Page, l limits) (found index, err error) {
	overviews, err := os.ReadFile(filepath.Join(root, pages.Overviews))
	if err != nil {
		return index{}, err
	}
	var sites, listed []string
	known := strings.Fields(string(overviews))
	for _, page := range all {
		known = append(known, page.Address)
		if address, err := url.Parse(page.Address); err == nil && address.Host != "" {
			sites = append(sites, address.Scheme+"://"+address.Host+"/"+indexFile)
		}
	}
	slices.Sort(sites)
	for _, site := range slices.Compact(sites) {
		text, at, err := fetch(ctx, site, l)
		base, parseErr := url.Parse(at)
		if err != nil || parseErr != nil {
			return index{unread: []unread{{indexFile, errors.Join(err, parseErr)}}}, nil
		}
		for _, link := range parse(string(text)).links {
			if address, err := base.Parse(link.to); err == nil && address.Host != "" {
				listed = append(listed, pageAddress(address.String()))
			}
		}
	}
	for _, page := range all {
		if page.Address != "" && !slices.Contains(listed, pageAddress(page.Address)) {
			found.Gone = append(found.Gone, page.File)
		}
	}
	if len(found.Gone) == len(all) {
		return index{unread: []unread{{indexFile,
			fmt.Errorf("expected an index of all pages, got one without any that is on record, among %d links", len(listed))}}}, nil
	}
	slices.Sort(listed)
	for _, address := range slices.Compact(listed) {
		isKnown := slices.ContainsFunc(known, func(other string) bool { return same(address, other) })
		if !isKnown && ours.MatchString(address) {
			found.New = append(found.New, address)
		}
	}
	found.read = true
	return found, nil
}
