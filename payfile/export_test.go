package payfile

// NewText lets the tests compare the reading of a text with another.
func NewText(s string, separator byte) Table {
	return &textTable{text: s, line: 1, separator: separator}
}

// Classify is the field that a heading stands for.
func Classify(heading string) Field {
	m, _ := classify(heading)
	return m.field
}

// MayBeTrimmed reports whether strings.TrimSpace is asked for a text.
func MayBeTrimmed(s string) bool { return mayBeTrimmed(s) }
