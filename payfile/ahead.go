package payfile

// ahead reads the rows of a text on another core, while those before are looked at: that is a quarter of the work.
type ahead struct {
	*textTable
	read chan []Row
	used chan []Row // to be filled again
	quit chan struct{}
	rows []Row // of the last batch, and what is left of them
	left []Row
	err  error // that ended the reading, once read is closed
}

func readAhead(t *textTable) *ahead {
	a := &ahead{textTable: t, read: make(chan []Row, 4), used: make(chan []Row, 8), quit: make(chan struct{})}
	go a.fill()
	return a
}

// stop ends the reading before the end of the text.
func (a *ahead) stop() { close(a.quit) }

func (a *ahead) fill() {
	defer close(a.read)
	for a.err == nil {
		var rows []Row
		select {
		case rows = <-a.used:
		default:
			rows = make([]Row, 64)
		}
		n := 0
		for ; n < len(rows); n++ {
			a.row.Cells = rows[n].Cells // their room
			if _, a.err = a.textTable.Next(); a.err != nil {
				break
			}
			rows[n] = a.row
		}
		select {
		case a.read <- rows[:n]:
		case <-a.quit:
			return
		}
	}
}

// Next returns the next row, as that of textTable does.
func (a *ahead) Next() (*Row, error) {
	for len(a.left) == 0 {
		if a.rows != nil {
			a.used <- a.rows
		}
		if a.rows = <-a.read; a.rows == nil {
			return nil, a.err
		}
		a.left = a.rows
	}
	row := &a.left[0]
	a.left = a.left[1:]
	return row, nil
}
