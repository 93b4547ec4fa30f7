package payout

// AsProcess lets a test be another process, whose monotonic clock is another one.
func AsProcess(name string) Option {
	return func(c *config) { c.process = name }
}

// WithConcurrentPages sets how many pages are read at the same time.
func WithConcurrentPages(pages int) Option {
	return func(c *config) { c.concurrentPages = pages }
}
