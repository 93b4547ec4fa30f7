package payfile_test

import (
	"io"
	"strings"
	"testing"

	"github.com/iyzico-go/masspayout/payfile"
)

// Tables from which another amount than the one that is meant could be paid, or nobody.
func TestDoubtfulTables(t *testing.T) {
	const ayse = ";Ayşe Yılmaz;" + iban + ";"
	for _, tt := range []struct{ name, file, want string }{ // the amounts, or what is found
		{"gross and net below", "Sicil No;Ad Soyad;IBAN;Ücret\n;;;Brüt\n1" + ayse + "100\n",
			"line 2, column 4 (Ücret): there is a second row of headings"},
		{"net below another column", "Sicil No;Ad Soyad;IBAN;Maaş;Ek\n;;;;Net\n1" + ayse + "100;80\n",
			"line 2, column 5 (Ek): there is a second row of headings"},
		{"net in two columns below", "Sicil No;Ad Soyad;IBAN;Maaş;;Prim;\n;;;Brüt;Net;Brüt;Net\n1" + ayse + "100;80;10;8\n",
			"line 2, column 4 (Maaş): there is a second row of headings, and it is not clear which column is meant"},
		{"gross and net below one heading", "Sicil No;Ad Soyad;IBAN;Ücret;\n;;;Brüt;Net\n1" + ayse + "100;80\n", "80"},
		{"one heading in two rows", "Sicil;Adı Soyadı;IBAN;Net;Brüt\nNo;;;Ödenecek;Ücret\n1" + ayse + "80;100\n", "80"},
		{"the same above", "Sicil;Personel;Banka;Net\nNo;Adı Soyadı;IBAN;Ödenecek\n1" + ayse + "80\n", "80"},
		{"names below one heading", "Sicil No;Personel;;Banka;;Net Ücret\n;Adı;Soyadı;Adı;IBAN No;\n1;Ayşe;Yılmaz;Ziraat;" + iban + ";80\n", "80"},
		{"two rows again on each page", "Sicil No;Ad Soyad;IBAN;Net\n;;;Ödenecek\n1" + ayse + "80\nSicil No;Ad Soyad;IBAN;Net\n;;;Ödenecek\n",
			"80"},
		{"net deductions below", "Sicil No;Ad Soyad;IBAN;Ücret;Kesinti;\n;;;;Avans;Net\n1" + ayse + "100;5;80\n",
			"line 1, column 4 (Ücret): this or “Kesinti” could be what is paid"},
		{"a title below", "Sicil No;Ad Soyad;IBAN;Ücret\nMaaş;;;\n1" + ayse + "100\n", "100"},
		{"a title in a column of its own", ";Sicil No;Ad Soyad;IBAN;Ücret\nMaaş;;;;\n;1" + ayse + "100\n", "100"},
		{"units below", "Sicil No;Ad Soyad;IBAN;Ücret\n;;;(TL)\n1" + ayse + "100\n", "100"},
		{"last month", "Sicil No;Ad Soyad;IBAN;Geçen Maaş;Maaş\n1" + ayse + "100;200\n", "200"},
		{"what reaches the bank", "Sicil No;Ad Soyad;IBAN;Maaş;Bankaya Geçen\n1" + ayse + "100;200\n", "200"},
		{"what was paid", "Sicil No;Ad Soyad;IBAN;Ödenen Tutar;Tutar\n1" + ayse + "100;200\n", "200"},
		{"what was paid, and what is left", "Sicil No;Ad Soyad;IBAN;Ödenen Tutar;Kalan Tutar\n1" + ayse + "100;200\n",
			"line 1, column 4 (Ödenen Tutar): this or “Kalan Tutar” could be what is paid"},
		{"an advance", "Sicil No;Ad Soyad;IBAN;Maaş;Avans;Kalan\n1" + ayse + "100;30;70\n",
			"line 1, column 4 (Maaş): this or “Kalan” could be what is paid: say which, as with -columns 'amount=Maaş'"},
		{"a tax", "Sicil No;Ad Soyad;IBAN;Tutar;KDV;Toplam\n1" + ayse + "100;20;120\n", "this or “Toplam” could be what is paid"},
		{"kuruş in a column of their own", "Sicil No;Ad Soyad;IBAN;Tutar;Kuruş\n1" + ayse + "100;50\n",
			"this or “Kuruş” could be what is paid"},
		{"net beside an advance", "Sicil No;Ad Soyad;IBAN;Maaş;Avans;Net Ödenecek\n1" + ayse + "100;30;70\n", "70"},
		{"a part in cash", "Sicil No;Ad Soyad;IBAN;Net Ödenecek;Elden\n1" + ayse + "100;30\n",
			"line 1, column 4 (Net Ödenecek): this or “Elden” could be what is paid"},
		{"a part by bank", "Sicil No;Ad Soyad;IBAN;Net Ödenecek;Bankadan Ödenecek\n1" + ayse + "100;70\n",
			"line 1, column 5 (Bankadan Ödenecek): this column and “Net Ödenecek” could both be meant"},
		{"two months", "Sicil No;Ad Soyad;IBAN;Ekim Maaşı;Kasım Maaşı\n1" + ayse + "100;110\n",
			"line 1, column 5 (Kasım Maaşı): this column and “Ekim Maaşı” could both be meant"},
		{"an error in the place of an account", "Sicil No;Ad Soyad;IBAN;Tutar\n1;Ayşe Yılmaz;#YOK;100\n",
			"line 2, column 3 (IBAN): expected an IBAN such as"},
		{"a signature", "Sicil No;Ad Soyad;IBAN;Tutar\n1" + ayse + "100\n;Toplam;;100\nHazırlayan: Ali;;Onaylayan: Veli;\n", "100"},
		{"an account cut at the semicolon of &ouml;", "Sicil No;Ad Soyad;IBAN;Tutar\n1;G&ouml;khan;" + iban + ";100\n",
			"line 2, column 2 (Ad Soyad): there is a code of a web page in the text"},
		{"letters of an old Mac", "Sicil No;Ad Soyad;IBAN;Tutar\n1;Yİlmaz ktuÛ;" + iban + ";100\n",
			"line 2, column 2 (Ad Soyad): the letters are garbled: a sign stands in the place of a letter"},
		{"a file of an old Mac", "Sicil No;Ad Soyad;IBAN;Tutar\r1;Ay\xdfe;" + iban + ";100\r", "the file is a CSV of an old Mac"},
		{"an old account", "Sicil No;Ad Soyad;Eski IBAN;IBAN;Tutar\n1;Ayşe Yılmaz;TR000000000000000000000000;" + iban + ";70\n",
			"70"},
		{"the last one has no number", "Sicil No;Cep Tel;Tutar\n7;5321112233;100\n8;;100\n",
			"line 3, column 3 (Tutar): there is an amount, but no recipient"},
		{"a total beside the count", "Sicil No;Cep Tel;Tutar\n7;5321112233;100\n1;;100\n", "100"},
		{"cut at the comma for thousands", "No,Ad Soyad,IBAN,Tutar,Açıklama\n1,Ayşe Yılmaz," + iban + ",48,250.75\n",
			"line 2, column 4 (Tutar): the amount seems to go on in the next cell"},
		{"cut at the decimal comma", "No,Ad Soyad,IBAN,Tutar,Not\n1,Ayşe Yılmaz," + iban + ",1250,50\n",
			"line 2, column 4 (Tutar): the amount seems to go on in the next cell"},
		{"a description that begins with a number", "No,Ad Soyad,IBAN,Tutar,Açıklama\n1,Ayşe Yılmaz," + iban + ",1250,11 Kasım\n",
			"1250"},
		{"cut at the decimal comma, department not read", "Adı Soyadı,IBAN,Net Ücret,Departman\nAyşe Yılmaz," + iban + ",1250,75\n" +
			"Ali Kaya," + iban + ",100,25\n",
			"line 2, column 3 (Net Ücret): the comma seems to be both the decimal mark and what separates the columns, so that the " +
				"amount goes on in the next cell (rows 2, 3)"},
		{"the same with one column more", "Adı Soyadı,IBAN,Net Ücret,Departman,Görev\nAyşe Yılmaz," + iban + ",1250,75,Satış\n",
			"the comma seems to be both"},
		{"only one of the rows", "Adı Soyadı,IBAN,Net Ücret,Departman\nAyşe Yılmaz," + iban + ",1250,Satış\n" +
			"Ali Kaya," + iban + ",100,Satış\nCan Su," + iban + ",100,5\n", "(rows 4)"},
		{"days beside whole amounts", "Adı Soyadı,IBAN,Net Ücret,Gün\nAyşe Yılmaz," + iban + ",1250,30\n", "1250"},
		{"decimals beside days", "Adı Soyadı,IBAN,Net Ücret,Gün\nAyşe Yılmaz," + iban + ",1250,75\n", "the comma seems to be both"},
		{"a department's number", "Adı Soyadı,IBAN,Net Ücret,Bölüm\nAyşe Yılmaz," + iban + ",1250.00,75\n", "1250"},
		{"net by another name", "Ad Soyad;IBAN;Aylık Ücret;x;Net İstihkak\nAyşe Yılmaz;" + iban + ";100;1;80\n", "80"},
		{"paid already", "Ad Soyad;IBAN;Ödenecek;Ödenen;Kalan\nAyşe Yılmaz;" + iban + ";100;30;70\n",
			"line 1, column 3 (Ödenecek): this or “Kalan” could be what is paid: say which, as with -columns 'amount=Ödenecek'"},
		{"net, and what is left", "Ad Soyad;IBAN;Net Ücret;Avans;Kalan\nAyşe Yılmaz;" + iban + ";100;30;70\n", "this or “Kalan” could"},
		{"net, and a balance", "Ad Soyad;IBAN;Net Ücret;Avans;Bakiye\nAyşe Yılmaz;" + iban + ";100;30;70\n", "this or “Bakiye” could"},
		{"an amount, and a balance", "Ad Soyad;IBAN;Tutar;Ödenen;Bakiye\nAyşe Yılmaz;" + iban + ";100;30;70\n",
			"this or “Bakiye” could"},
		{"nothing is left", "Ad Soyad;IBAN;Tutar;Bakiye\nAyşe Yılmaz;" + iban + ";100;0\n", "this or “Bakiye” could"},
		{"a part by bank, and by its name alone", "Ad Soyad;IBAN;Net Ücret;İcra Kesintisi;Banka\nAyşe Yılmaz;" + iban +
			";100;30;70\n", "this or “Banka” could"},
		{"what was paid, beside a wage", "Ad Soyad;IBAN;Ücret;BES;Ödenen\nAyşe Yılmaz;" + iban + ";100;3;97\n", "this or “Ödenen” could"},
		{"the bank's name", "Ad Soyad;IBAN;Net Ücret;Banka\nAyşe Yılmaz;" + iban + ";100;Ziraat\n", "100"},
		{"all of it by bank", "Ad Soyad;IBAN;Net Ücret;Banka\nAyşe Yılmaz;" + iban + ";100;100,00\n", "100"},
		{"an ordinary payroll", "Ad Soyad;IBAN;Brüt Ücret;SGK;Gelir Vergisi;Toplam Kesinti;Net Ücret\nAyşe Yılmaz;" + iban +
			";140;20;20;40;100\n", "100"},
		{"a total with an account", "Ad Soyad;IBAN;Tutar\nAyşe Yılmaz;" + iban + ";60\nAli Kaya;" + iban + ";40\n" +
			"GENEL TOPLAM;" + iban + ";100\n", "line 4: the name is that of a total, and the row has a recipient"},
		{"a total in two columns", "Adı;Soyadı;IBAN;Tutar\nAyşe;Yılmaz;" + iban + ";60\nAra;Toplam;" + iban + ";60\n",
			"line 3: the name is that of a total"},
		{"a last name", "Adı;Soyadı;IBAN;Tutar\nAyşe;Yılmaz;" + iban + ";100,00\nAyşe;Toplam;;100,00\n",
			"line 3, column 4 (Tutar): there is an amount, but no recipient"},
		{"a last name in one column", "Ad Soyad;IBAN;Tutar\nAyşe Yılmaz;" + iban + ";100,00\nAyşe Toplam;;100,00\n",
			"line 3, column 3 (Tutar): there is an amount, but no recipient"},
		{"a last name with an ID", "No;Ad Soyad;IBAN;Tutar\n7;Ayşe Yılmaz;" + iban + ";60\n8;Ali Kaya;" + iban + ";40\n" +
			"9;Ayşe Toplam;;100,00\n", "line 4, column 4 (Tutar): there is an amount, but no recipient"},
		{"a last name that is paid", "Ad Soyad;IBAN;Tutar\nAyşe Toplam;" + iban + ";100\n", "100"},
		{"a department's total", "Ad Soyad;IBAN;Tutar\nAyşe Yılmaz;" + iban + ";100\nSatış Toplamı;;100\n", "100"},
		{"a name alone", "Ad Soyad;IBAN;Tutar\nVeli Can;;\nAyşe Yılmaz;" + iban + ";100\n",
			"line 2: there is a name, but no recipient and no amount"},
		{"a name alone at the end", "Ad Soyad;IBAN;Tutar\nAyşe Yılmaz;" + iban + ";100\nVeli Can;;\n",
			"line 3: there is a name, but no recipient and no amount"},
		{"a title between the rows", "Ad Soyad;IBAN;Tutar\nSatış Departmanı;;\nAyşe Yılmaz;" + iban + ";100\n", "100"},
		{"a deduction", "No;Ad Soyad;IBAN;Tutar\n1" + ayse + "100\nKesinti;;;-50,00\n",
			"line 3, column 4 (Tutar): the amount is negative"},
		{"signatures in the columns of IDs and names", "No;Ad Soyad;IBAN;Tutar\n1" + ayse + "100\nDüzenleyen;Muhasebe;;\n" +
			"Hazırlayan;Ayşe;;\nOnaylayan\n;Ali Kaya;Can Su;\n", "100"},
		{"officers who sign", "No;Ad Soyad;IBAN;Tutar\n1" + ayse + "100\n;Genel Müdür;Mali Müşavir;\n;Ali Kaya;Can Su;\n", "100"},
		{"a name that is no signature", "No;Ad Soyad;IBAN;Tutar\n1" + ayse + "100\n2;Muhasebe;;\n",
			"line 3: there is a name, but no recipient"},
		{"one heading twice", "Ad Soyad;IBAN;Tutar;IBAN\nAyşe Yılmaz;" + iban + ";100;\n",
			"line 1, column 4 (IBAN): this column and “IBAN” could both be meant: say which with -columns 'iban=#4'"},
		{"columns within cells", "\"Ad Soyad;IBAN;Tutar\"\n\"Ayşe Yılmaz;" + iban + ";100\"\n",
			"line 1: each cell holds several columns, with ; between them"},
		{"errors of formulas", "Sicil No;Ad Soyad;IBAN;Tutar\n#AD?;#YOK;" + iban + ";5\n",
			"line 2, column 1 (Sicil No): expected an ID, not a formula's error or TRUE and FALSE\n" +
				"line 2, column 2 (Ad Soyad): there is a formula with an error"},
		{"texts as formulas", "Sicil No;Ad Soyad;IBAN;Tutar\n=\"0012\";Ayşe Yılmaz;=\"" + iban + "\";=\"1250,50\"\n", "1250.5"},
		{"garbled headings", "Sicil No;AdÄ± SoyadÄ±;IBAN;Net Ã–denecek\n1" + ayse + "5\n", "the text is UTF-8 and was opened as"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := payfile.Read([]byte(tt.file), payfile.Options{ExternalID: "p", Currency: "TRY", Description: "Maaş"})
			if err != nil {
				if !strings.Contains(err.Error(), tt.want) || strings.Trim(tt.want, "0123456789.") == "" {
					t.Errorf("got %q, want %q", err, tt.want)
				}
				return
			}
			if items := got.Request.Items; len(items) != 1 || items[0].Amount.Value.String() != tt.want {
				t.Errorf("got %v, want %s", items, tt.want)
			}
		})
	}
}

// Rows that are left out with SkipZero are named, whether or not somebody stands in them.
func TestRowsWithoutAnAmount(t *testing.T) {
	file, err := payfile.Read([]byte("Sicil No;Ad Soyad;IBAN;Tutar\n1;Ayşe Yılmaz;"+iban+";100\n2;Ali Veli;"+iban+";0\n"+
		"3;Can Su;;\n4;Ece Su;;0,00\n"), payfile.Options{ExternalID: "p", Currency: "TRY", Description: "Maaş", SkipZero: true})
	if err != nil || len(file.Request.Items) != 1 || len(file.Notes) != 1 ||
		file.Notes[0].String() != "left out, because the amount is 0 or empty: rows 3, 4, 5" {
		t.Errorf("got %v, %v", file, err)
	}
}

// Check digits that no IBAN has pass the arithmetic of ISO 13616 and are mistakes all the same, in a table and in JSON.
func TestCheckDigitsThatThereAreNot(t *testing.T) {
	for _, tt := range []struct{ iban, want string }{
		{"TR000006100519786457800016", "an IBAN's check digits, after the country, are 02 to 98"},
		{"TR010006100519786457800095", "an IBAN's check digits, after the country, are 02 to 98"},
		{"tr99 0006 1005 1978 6457 8000 77", "an IBAN's check digits, after the country, are 02 to 98"},
		{"TR970006100519786457800016", ""},
		{"TR980006100519786457800095", ""},
		{"TR020006100519786457800077", ""},
		{"TR000000000000000000008001", ""}, // a test recipient of the emulator
	} {
		for _, file := range []string{
			"No;Ad Soyad;IBAN;Tutar;Para Birimi;Açıklama\na;Ayşe Yılmaz;" + tt.iban + ";5;TL;x\n",
			`{"externalId":"p","items":[{"itemExternalId":"a","recipientType":"IBAN","recipientInfo":"` +
				strings.ToUpper(strings.ReplaceAll(tt.iban, " ", "")) + `","recipientName":"Ayşe Yılmaz","description":"x",` +
				`"amount":{"value":5,"currency":"TRY"}}]}`,
		} {
			_, err := payfile.Read([]byte(file), payfile.Options{ExternalID: "p"})
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: got %v, want %q", tt.iban, err, tt.want)
			}
		}
	}
}

// long is a table of headings and as many rows in all.
type long struct {
	rows, read int
}

var (
	headings = payfile.Row{Cells: []payfile.Cell{{Text: "IBAN"}, {Text: "Ad Soyad"}, {Text: "Tutar"}}}
	title    = payfile.Row{Cells: []payfile.Cell{{Text: "x"}}}
)

func (*long) Name() string { return "" }

func (l *long) Next() (*payfile.Row, error) {
	l.read++
	switch {
	case l.read > l.rows:
		return nil, io.EOF
	case l.read == 1:
		return &headings, nil
	default:
		return &title, nil
	}
}

// What is too large is refused, and not cut off.
func TestBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("row after row: run it without -short")
	}
	table := &long{rows: payfile.MaxRows + 10}
	_, err := payfile.ReadTable(table, payfile.Options{ExternalID: "p", Currency: "TRY", Description: "x"})
	if err == nil || err.Error() != "there are more than 500,000 rows: split the file" || table.read != payfile.MaxRows+1 {
		t.Errorf("got %v after %d rows", err, table.read)
	}
	if _, err := payfile.Read(make([]byte, payfile.MaxSize+1), payfile.Options{}); err == nil ||
		err.Error() != "the file is larger than 64 MiB: split it" {
		t.Errorf("a byte too much: %v", err)
	}
	if _, err := payfile.Read(make([]byte, payfile.MaxSize), payfile.Options{}); err == nil || err.Error() != "this is not a text file" {
		t.Errorf("as much as there may be: %v", err)
	}
}
