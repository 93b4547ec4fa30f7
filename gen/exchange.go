package gen

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// exchange sends one request. What goes wrong from here on leaves the outcome unknown, and its errors say so.
type exchange struct {
	doer      HttpRequestDoer
	maxAnswer int64
}

func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	rsp, err := x.doer.Do(req)
	if err != nil {
		if rsp != nil && rsp.Body != nil { // a redirect that the policy refused comes with both
			_ = rsp.Body.Close()
		}
		return nil, unreadable("", rsp, nil, err)
	}
	if rsp == nil || rsp.Body == nil {
		return nil, unreadable("", rsp, nil, fmt.Errorf("%T gave no answer and no error", x.doer))
	}
	rsp.Body = &boundedBody{body: rsp.Body, left: x.maxAnswer}
	return rsp, nil
}

// boundedBody fails when it is read beyond its bound, and not before: a Content-Length says nothing of a compressed
// answer, and an answer without one has no length to look at.
type boundedBody struct {
	body io.ReadCloser
	left int64
}

var errTooLong = errors.New("it is longer than WithMaxAnswer allows")

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLong
	}
	if int64(len(p))-1 > b.left { // one byte more tells an answer of the very bound from a longer one
		p = p[:b.left+1]
	}
	n, err := b.body.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, errTooLong
	}
	return n, err
}

func (b *boundedBody) Close() error { return b.body.Close() }
