// Package unicodeform composes letters and their accents. It is here because golang.org/x/text would be a fifth module for
// every user.
package unicodeform

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// NFC returns text in the Unicode form NFC, as far as the Latin, Greek and Cyrillic letters go.
func NFC(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r >= '\u0300' }) < 0 {
		return text // without accents to compose
	}
	table := unicodeForms()
	runes := make([]rune, 0, len(text))
	for _, r := range text {
		runes = table.decompose(runes, r)
	}
	for i := 0; i < len(runes); i++ { // accents of one letter in Unicode's order
		start := i
		for i < len(runes) && table.class[runes[i]] != 0 {
			i++
		}
		slices.SortStableFunc(runes[start:i], func(a, b rune) int { return int(table.class[a]) - int(table.class[b]) })
	}
	return string(table.compose(runes))
}

// forms are what NFC needs of the Unicode database.
type forms struct {
	parts    map[rune][2]rune // of a letter: letter and accent; or another letter alone
	composed map[[2]rune]rune
	class    map[rune]uint8 // of an accent: where it goes; those of one class keep their order
}

var unicodeForms = sync.OnceValue(func() forms {
	f := forms{parts: map[rune][2]rune{}, composed: map[[2]rune]rune{}, class: map[rune]uint8{}}
	for accent, pairs := range accents {
		for letter, composed := range pairsOf(pairs) {
			f.parts[composed] = [2]rune{letter, accent}
			f.composed[[2]rune{letter, accent}] = composed
		}
	}
	for from, to := range pairsOf(duplicates) {
		f.parts[from] = [2]rune{to}
	}
	for accent := '\u0300'; accent <= '\u0487'; accent++ {
		if unicode.Is(unicode.Mn, accent) {
			f.class[accent] = 230
		}
	}
	for class, accents := range classes {
		for _, accent := range accents {
			f.class[accent] = class
		}
	}
	return f
})

// pairsOf returns the characters of pairs two by two.
func pairsOf(pairs string) func(yield func(a, b rune) bool) {
	return func(yield func(a, b rune) bool) {
		for pairs != "" {
			a, size := utf8.DecodeRuneInString(pairs)
			b, next := utf8.DecodeRuneInString(pairs[size:])
			if !yield(a, b) {
				return
			}
			pairs = pairs[size+next:]
		}
	}
}

func (f forms) decompose(out []rune, r rune) []rune {
	parts, ok := f.parts[r]
	if !ok {
		return append(out, r)
	}
	out = f.decompose(out, parts[0])
	if parts[1] != 0 {
		out = append(out, parts[1])
	}
	return out
}

// compose joins each letter with the accents after it, in place.
func (f forms) compose(runes []rune) []rune {
	out := runes[:0]
	letter, last := -1, uint8(0) // where the letter is, and the class of the last accent that stayed apart
	for _, r := range runes {
		class := f.class[r]
		if letter >= 0 && (len(out) == letter+1 || last < class) {
			if composed, ok := f.composed[[2]rune{out[letter], r}]; ok {
				out[letter] = composed
				continue
			}
		}
		if last = class; class == 0 {
			letter = len(out)
		}
		out = append(out, r)
	}
	return out
}

// accents are the letters that Unicode has with one accent more, after each the composed letter.
var accents = map[rune]string{
	'\u0300': "AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹЕЀИЍеѐиѝĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳἀἂἁἃἈἊἉἋἐἒἑἓἘἚ" +
		"ἙἛἠἢἡἣἨἪἩἫἰἲἱἳἸἺἹἻὀὂὁὃὈὊὉὋὐὒὑὓὙὛὠὢὡὣὨὪὩὫαὰεὲηὴιὶοὸυὺωὼΑᾺΕῈΗῊ᾿῍ϊῒΙῚ῾῝ϋῢΥῪ¨῭ΟῸΩῺ",
	'\u0301': "\u0308\u0344" + "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿ¨΅ΑΆΕΈΗΉΙΊΟΌΥΎΩΏϊΐαάεέ" +
		"ηήιίϋΰοόυύωώϒϓГЃКЌгѓкќÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓPṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứἀἄἁἅ" +
		"ἈἌἉἍἐἔἑἕἘἜἙἝἠἤἡἥἨἬἩἭἰἴἱἵἸἼἹἽὀὄὁὅὈὌὉὍὐὔὑὕὙὝὠὤὡὥὨὬὩὭ᾿῎῾῞",
	'\u0302': "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ",
	'\u0303': "AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ",
	'\u0304': "AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳИӢиӣУӮуӯGḠgḡḶḸḷḹṚṜṛṝαᾱΑᾹιῑΙῙυῡΥῩ",
	'\u0306': "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўЖӁжӂАӐаӑЕӖеӗȨḜȩḝẠẶạặαᾰΑᾸιῐΙῘυῠΥῨ",
	'\u0307': "CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎyẏ" +
		"ſẛ",
	'\u0308': "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸΙΪΥΫιϊυϋϒϔЕЁІЇеёіїАӒаӓӘӚәӛЖӜжӝЗӞзӟИӤиӥОӦоӧӨӪөӫЭӬэӭУӰуӱЧӴчӵЫӸыӹHḦhḧ" +
		"ÕṎõṏŪṺūṻWẄwẅXẌxẍtẗ",
	'\u0309': "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ",
	'\u030a': "AÅaåUŮuůwẘyẙ",
	'\u030b': "OŐoőUŰuűУӲуӳ",
	'\u030c': "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮʒǯjǰHȞhȟ",
	'\u030f': "AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕѴѶѵѷ",
	'\u0311': "AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ",
	'\u0313': "αἀΑἈεἐΕἘηἠΗἨιἰΙἸοὀΟὈυὐωὠΩὨρῤ",
	'\u0314': "αἁΑἉεἑΕἙηἡΗἩιἱΙἹοὁΟὉυὑΥὙωὡΩὩρῥΡῬ",
	'\u031b': "OƠoơUƯuư",
	'\u0323': "BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ",
	'\u0324': "UṲuṳ",
	'\u0325': "AḀaḁ",
	'\u0326': "SȘsșTȚtț",
	'\u0327': "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ",
	'\u0328': "AĄaąEĘeęIĮiįUŲuųOǪoǫ",
	'\u032d': "DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ",
	'\u032e': "HḪhḫ",
	'\u0330': "EḚeḛIḬiḭUṴuṵ",
	'\u0331': "BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ",
	'\u0342': "ἀἆἁἇἈἎἉἏἠἦἡἧἨἮἩἯἰἶἱἷἸἾἹἿὐὖὑὗὙὟὠὦὡὧὨὮὩὯαᾶ¨῁ηῆ᾿῏ιῖϊῗ῾῟υῦϋῧωῶ",
	'\u0345': "ἀᾀἁᾁἂᾂἃᾃἄᾄἅᾅἆᾆἇᾇἈᾈἉᾉἊᾊἋᾋἌᾌἍᾍἎᾎἏᾏἠᾐἡᾑἢᾒἣᾓἤᾔἥᾕἦᾖἧᾗἨᾘἩᾙἪᾚἫᾛἬᾜἭᾝἮᾞἯᾟὠᾠὡᾡὢᾢὣᾣὤᾤὥᾥὦᾦὧᾧὨᾨὩᾩὪᾪὫᾫὬᾬ" +
		"ὭᾭὮᾮὯᾯὰᾲαᾳάᾴᾶᾷΑᾼὴῂηῃήῄῆῇΗῌὼῲωῳώῴῶῷΩῼ",
}

// duplicates are characters that Unicode has twice, after each the one to use.
const duplicates = "\u0340\u0300\u0341\u0301\u0343\u0313" +
	"\u0374\u02b9\u037e\u003b\u0387\u00b7\u1f71\u03ac\u1f73\u03ad\u1f75\u03ae\u1f77\u03af\u1f79\u03cc" +
	"\u1f7b\u03cd\u1f7d\u03ce\u1fbb\u0386\u1fbe\u03b9\u1fc9\u0388\u1fcb\u0389\u1fd3\u0390\u1fdb\u038a" +
	"\u1fe3\u03b0\u1feb\u038e\u1fee\u0385\u1fef\u0060\u1ff9\u038c\u1ffb\u038f\u1ffd\u00b4\u2126\u03a9" +
	"\u212a\u004b\u212b\u00c5"

// classes are the accents whose class is not 230.
var classes = map[uint8]string{
	0:   "\u034f",
	1:   "\u0334\u0335\u0336\u0337\u0338",
	202: "\u0321\u0322\u0327\u0328",
	216: "\u031b",
	220: "\u0316\u0317\u0318\u0319\u031c\u031d\u031e\u031f\u0320\u0323\u0324\u0325\u0326\u0329\u032a\u032b" +
		"\u032c\u032d\u032e\u032f\u0330\u0331\u0332\u0333\u0339\u033a\u033b\u033c\u0347\u0348\u0349\u034d" +
		"\u034e\u0353\u0354\u0355\u0356\u0359\u035a",
	232: "\u0315\u031a\u0358",
	233: "\u035c\u035f\u0362",
	234: "\u035d\u035e\u0360\u0361",
	240: "\u0345",
}
