package hostile

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"
)

// Disk is where a program keeps what it must remember. It outlives every [Process].
type Disk struct {
	mu     sync.Mutex
	data   []byte
	saves  int
	holder *Process // of the lock

	// Script says what becomes of a save, counted from 1 over all processes. nil: all is well.
	Script func(n int) SaveFault
}

// SaveFault is what becomes of a save.
type SaveFault int

const (
	SaveWorks      SaveFault = iota
	SaveFails                // nothing is saved, an error
	SaveFailsSaved           // it is saved, and an error all the same
	SaveHangs                // nothing is saved, and there is no return before the context ends
	SaveHangsSaved           // it is saved, and there is no return before the context ends
	SaveTakesLong            // it is saved after three minutes, if the context lasts
	SaveComesLate            // it is saved after three minutes, whether the context lasts or not
	SaveDawdles              // it is saved at once, and returns half a second after its deadline
)

// late is how long the two before the last take, dawdle how much after its deadline the last one returns.
const (
	late   = 3 * time.Minute
	dawdle = time.Second / 2
)

// ErrSave is the error of a save that failed.
var ErrSave = errors.New("hostile: the disk is full")

// ErrKilled is the error of everything that a killed process still tries.
var ErrKilled = errors.New("hostile: the process was killed")

// ErrHeld is the error of a lock that another process holds, and of a save by one that has lost it.
var ErrHeld = errors.New("hostile: another process has the lock")

// LoseLock takes the lock from whoever holds it, as a database does whose session ends.
func (d *Disk) LoseLock() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.holder = nil
}

// Saves is how many saves there were.
func (d *Disk) Saves() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.saves
}

// Data is what was saved last.
func (d *Disk) Data() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return bytes.Clone(d.data)
}

// Restore puts an older state back, or none.
func (d *Disk) Restore(data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.data = bytes.Clone(data)
}

// Jump moves every time that is saved, as it looks to a process whose clock has jumped by d.
func (d *Disk) Jump(by time.Duration) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.data) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(d.data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	data, err := json.Marshal(jumped(value, by))
	if err == nil {
		d.data = data
	}
	return err
}

func jumped(value any, by time.Duration) any {
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			v[key] = jumped(v[key], by)
		}
	case []any:
		for i := range v {
			v[i] = jumped(v[i], by)
		}
	case string:
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil && !t.IsZero() {
			return t.Add(-by).Format(time.RFC3339Nano)
		}
	}
	return value
}

// Process is a program that may be killed at any point: nothing that it does after that has any effect, and its context
// has ended. It is an http.RoundTripper.
type Process struct {
	server *Server
	disk   *Disk
	ctx    context.Context
	kill   context.CancelFunc

	mu     sync.Mutex
	points int
	killAt int
	dead   bool
	locks  bool // it has, or had, the lock; guarded by the disk
	timer  *time.Timer
}

// Start starts a process that is killed at that point: before or after a request was sent, before or after a save.
// 0: it is not. Stop it in the end.
func (s *Server) Start(ctx context.Context, disk *Disk, killAt int) *Process {
	p := &Process{server: s, disk: disk, killAt: killAt}
	p.ctx, p.kill = context.WithCancel(ctx)
	return p
}

// KillAfter kills the process when that time has passed.
func (p *Process) KillAfter(d time.Duration) { p.timer = time.AfterFunc(d, p.Kill) }

// Context ends when the process is killed.
func (p *Process) Context() context.Context { return p.ctx }

// Stop ends the process.
func (p *Process) Stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
	p.kill()
}

// Kill kills the process.
func (p *Process) Kill() {
	p.mu.Lock()
	if !p.dead {
		p.dead = true
		p.server.Note("KILLED")
	}
	p.mu.Unlock()
	p.kill()
}

// Dead reports whether the process was killed.
func (p *Process) Dead() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dead
}

// tooMany points are those of a process that goes round in circles.
const tooMany = 40_000

// Points is how many points there were at which it could be killed.
func (p *Process) Points() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.points
}

// alive passes a point, and reports whether the process is still there.
func (p *Process) alive() bool {
	p.mu.Lock()
	p.points++
	hit := p.points == p.killAt || p.points == tooMany
	p.mu.Unlock()
	if hit {
		p.Kill()
	}
	return !p.Dead()
}

// RoundTrip implements http.RoundTripper.
func (p *Process) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if !p.alive() {
		return nil, ErrKilled
	}
	ctx, cancel := context.WithCancel(req.Context())
	if p.atNext() { // it is killed while the request is on its way
		cancel()
	}
	rsp, err := p.server.roundTrip(ctx, req)
	if !p.alive() {
		cancel()
		return nil, ErrKilled
	}
	if err != nil {
		cancel()
		return nil, err
	}
	rsp.Body = &closing{rsp.Body, cancel}
	return rsp, nil
}

func (p *Process) atNext() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.points+1 == p.killAt
}

// closing is a body that releases its context.
type closing struct {
	body interface {
		Read([]byte) (int, error)
		Close() error
	}
	cancel context.CancelFunc
}

func (c *closing) Read(b []byte) (int, error) { return c.body.Read(b) }

func (c *closing) Close() error {
	c.cancel()
	return c.body.Close()
}

// Load returns what was saved last.
func (p *Process) Load(ctx context.Context) ([]byte, error) {
	if p.Dead() {
		return nil, ErrKilled
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return p.disk.Data(), nil
}

// Lock gives the process the disk's lock. It goes with the process.
func (p *Process) Lock() (unlock func() error, err error) {
	p.disk.mu.Lock()
	defer p.disk.mu.Unlock()
	if holder := p.disk.holder; p.Dead() {
		return nil, ErrKilled
	} else if holder != nil && !holder.Dead() {
		return nil, ErrHeld
	}
	p.disk.holder = p
	p.locks = true
	return func() error {
		p.disk.mu.Lock()
		defer p.disk.mu.Unlock()
		p.locks = false
		if p.disk.holder != p {
			return ErrHeld
		}
		p.disk.holder = nil
		return nil
	}, nil
}

// Save saves data if mayReplace allows it, which is given what is there, and if the process has not lost its lock.
func (p *Process) Save(ctx context.Context, data []byte, mayReplace func(old []byte) error) error {
	if !p.alive() {
		return ErrKilled
	}
	p.disk.mu.Lock()
	p.disk.saves++
	n, fault := p.disk.saves, SaveWorks
	p.disk.mu.Unlock()
	if p.disk.Script != nil {
		fault = p.disk.Script(n)
	}
	put := func() error {
		if err := ctx.Err(); err != nil && fault != SaveComesLate {
			return err
		}
		p.disk.mu.Lock()
		defer p.disk.mu.Unlock()
		if p.locks && p.disk.holder != p {
			return ErrHeld
		}
		if err := mayReplace(p.disk.data); err != nil {
			return err
		}
		p.disk.data = bytes.Clone(data)
		return nil
	}
	var err error
	switch fault {
	case SaveFails:
		err = ErrSave
	case SaveFailsSaved:
		_ = put()
		err = ErrSave
	case SaveHangs:
		err = cmp.Or(wait(ctx, endless), ErrSave)
	case SaveHangsSaved:
		_ = put()
		err = cmp.Or(wait(ctx, endless), ErrSave)
	case SaveTakesLong:
		if err = wait(ctx, late); err == nil {
			err = put()
		}
	case SaveComesLate:
		if err = wait(p.ctx, late); err == nil {
			err = put()
		}
	case SaveDawdles:
		err = put()
		<-ctx.Done()
		_ = wait(p.ctx, dawdle)
	default:
		err = put()
	}
	p.server.Note("SAVE (fault %d, %v) %s", fault, err, data)
	if !p.alive() {
		return ErrKilled
	}
	return err
}
