//go:build !noxlsx

package main

import (
	"bytes"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/iyzico-go/masspayout/cmd/masspayout/xlsx"
	"github.com/iyzico-go/masspayout/gen"
	"github.com/iyzico-go/masspayout/payfile"
)

// With the tag noxlsx, the command is built without the spreadsheet library, and so in a fraction of the time: the demo
// reads no workbook.

func isWorkbook(data []byte) bool { return xlsx.Is(data) }

func readWorkbook(data []byte, o payfile.Options) (*payfile.File, error) { return xlsx.Read(data, o) }

// writeWorkbook writes a table whose cells are texts or amounts. A text is stored as one, and so is never a formula.
func writeWorkbook(w io.Writer, table [][]cell) error {
	f := excelize.NewFile()
	defer f.Close()
	sheet := f.GetSheetName(0)
	amounts, err := f.NewStyle(&excelize.Style{NumFmt: 4}) // #,##0.00
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	s, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i, width := range []float64{16, 28, 14, 32, 14, 10, 44, 44, 14, 18, 40, 26, 40} {
		if err := s.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	for i, row := range table {
		cells := make([]any, len(row))
		for j, c := range row {
			switch {
			case i == 0:
				cells[j] = excelize.Cell{StyleID: bold, Value: c.text}
			case c.amount != nil && c.amount.Equal(c.amount.Truncate(2)) && c.amount.NumDigits() <= 15:
				cells[j] = excelize.Cell{StyleID: amounts, Value: c.amount.InexactFloat64()} // 15 digits are exact in a float
			case c.amount != nil:
				cells[j] = gen.FormatDecimal(*c.amount)
			default:
				cells[j] = visible(c.text)
			}
		}
		name, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := s.SetRow(name, cells); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return err
	}
	_, err = f.WriteTo(w)
	return err
}

// readResultWorkbook returns the rows of a result.
func readResultWorkbook(data []byte) ([][]string, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: 256 << 20})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.GetRows(f.GetSheetName(0))
}
