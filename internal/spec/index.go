package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/iyzico-go/masspayout/internal/pages"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
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
	var sites, listed []string
	known := map[string]bool{}
	for _, page := range all {
		known[pageAddress(page.Address)] = true
		if address, err := url.Parse(page.Address); err == nil && address.Host != "" {
			address = &url.URL{Scheme: address.Scheme, Host: address.Host, Path: "/" + indexFile}
			sites = append(sites, address.String())
		}
	}
	overviews, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(pages.Overviews)))
	if err != nil {
		return index{}, err
	}
	for _, address := range strings.Fields(string(overviews)) {
		known[pageAddress(address)] = true
	}
	slices.Sort(sites)
	for _, site := range slices.Compact(sites) {
		text, at, err := fetch(ctx, site, l)
		if err != nil {
			found.unread = append(found.unread, unread{indexFile, err})
			continue
		}
		listed = append(listed, addresses(text, at)...)
	}
	for _, page := range all {
		if page.Address != "" && !slices.Contains(listed, pageAddress(page.Address)) {
			found.Gone = append(found.Gone, page.File)
		}
	}
	if len(found.unread) == 0 && len(found.Gone) == len(all) {
		found.unread = append(found.unread, unread{indexFile,
			fmt.Errorf("expected an index of all pages, got one without any that is on record, among %d links", len(listed))})
	}
	if len(found.unread) > 0 {
		return index{unread: found.unread}, nil
	}
	found.read = true
	for _, address := range slices.Compact(slices.Sorted(slices.Values(listed))) {
		if !known[address] && ours.MatchString(address) {
			found.New = append(found.New, address)
		}
	}
	return found, nil
}

// addresses lists the links of an index, which was read at an address, as pageAddress has them.
func addresses(page []byte, at string) (all []string) {
	base, err := url.Parse(at)
	if err != nil {
		return nil
	}
	add := func(link string) {
		if address, err := base.Parse(link); err == nil && address.Host != "" {
			all = append(all, pageAddress(address.String()))
		}
	}
	root := goldmark.New(goldmark.WithExtensions(extension.Linkify)).Parser().Parse(text.NewReader(page))
	_ = ast.Walk(root, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		switch node := node.(type) {
		case *ast.Link:
			if entering {
				add(string(node.Destination))
			}
		case *ast.AutoLink:
			if entering {
				add(string(node.URL(page)))
			}
		}
		return ast.WalkContinue, nil
	})
	return all
}
