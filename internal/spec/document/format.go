package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Format indents a document, so that a change can be read in a diff. Nothing else changes: not the order of the keys, no
// number and no character.
func Format(text []byte) ([]byte, error) {
	var compact, indented bytes.Buffer
	// Compact first, since Indent keeps the white space that ends its input.
	if err := json.Compact(&compact, text); err != nil {
		return nil, err
	}
	if err := json.Indent(&indented, compact.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

// Sum is the SHA-256 of a document's compact form with a final newline. It does not depend on how the text is indented.
func Sum(text []byte) (string, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return "", err
	}
	compact.WriteByte('\n')
	sum := sha256.Sum256(compact.Bytes())
	return hex.EncodeToString(sum[:]), nil
}
