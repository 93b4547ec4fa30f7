package explain

// The texts of an Explanation. They are constants, so that nothing from a request can get into them.

var verdictTexts = map[Verdict]Text{
	Right:      {"The signature is right.", "İmza doğru."},
	Missing:    {"There is no signature.", "İmza yok."},
	Malformed:  {"The Authorization header is malformed.", "Authorization başlığının biçimi hatalı."},
	UnknownKey: {"The API key is unknown.", "API anahtarı tanınmıyor."},
	Wrong:      {"The signature is wrong.", "İmza hatalı."},
}

var notExplained = Text{
	"No known mistake produces this signature. Check the secret key, and compare the signed bytes with the sent ones.",
	"Bilinen hiçbir hata bu imzayı üretmiyor. Secret key'i kontrol edin, imzalananı gönderilenle karşılaştırın.",
}

var incomplete = Text{"The body is too large to try everything; try a smaller one.",
	"Gövde, her olasılığı denemek için çok büyük; daha küçük bir gövdeyle deneyin."}

// documented is how iyzico documents the header.
const documented = `"IYZWSv2 " + base64("apiKey:" + apiKey + "&randomKey:" + randomKey + "&signature:" + signature)`

// What a client should do instead.
var (
	doSignWhatIsSent = Text{"Encode the body once, sign those bytes and send the same bytes.",
		"Gövdeyi bir kez oluşturun; hangi baytları imzaladıysanız aynı baytları gönderin."}
	doSignThePath = Text{`Sign the path as it is sent, from the first "/" to before the "?".`,
		`Yolu gönderildiği gibi, ilk "/" işaretinden "?" işaretine kadar (hariç) imzalayın.`}
	doDotNet = Text{
		`Against a test server, use a ".com" base URL over http, with that server as its proxy (http_proxy).`,
		`Test sunucusu için http ile ".com" adlı bir temel adres kullanın, sunucuyu proxy (http_proxy) olarak verin.`}
	doTrimTheID = Text{"Trim the ID where it is read, before it is put into the path.",
		"Kimliği yola eklemeden önce, okunduğu yerde kırpın."}
	doHex = Text{"Write the HMAC's 32 bytes as 64 lower case hex digits.",
		"HMAC'in 32 baytını 64 küçük harfli hex karakter olarak yazın."}
	doHeader = Text{"Send " + documented + ", in standard base64 on one line.",
		documented + " gönderin; base64 standart türden ve tek satırda olsun."}
	doHMAC = Text{
		"Use HMAC-SHA256: the key is the secret key, the message is randomKey + path + body with nothing in between.",
		"HMAC-SHA256 kullanın: anahtar secret key, mesaj ise araya hiçbir şey koymadan randomKey + yol + gövdedir."}
	doOneRandomKey = Text{
		"Make one random key for each request and use it in the signed message, in Authorization and in x-iyzi-rnd.",
		"Her istekte tek bir rastgele anahtar üretin; imzada, Authorization'da ve x-iyzi-rnd'de onu kullanın."}
	doSignNothing = Text{"Sign nothing for a request without a body, or send the body that was signed.",
		"Gövdesi olmayan istekte gövde yerine hiçbir şey imzalamayın ya da imzaladığınız gövdeyi gönderin."}
	doOneEnvironment = Text{"Use two keys of one environment: sandbox keys for the sandbox, live keys for production.",
		"API anahtarını ve secret key'i aynı ortamdan alın: sandbox için sandbox, canlı ortam için canlı anahtarlar."}
	doTrim = Text{
		"Remove white space, quotes and invisible characters around the key, also where a file or variable is read.",
		"Anahtarın başındaki ve sonundaki boşluk, tırnak ve görünmez karakterleri silin; dosyadan okurken de kırpın."}
	doUTF8 = Text{"Sign and send the body as UTF-8, without a byte order mark.",
		"Gövdeyi UTF-8 olarak, BOM eklemeden imzalayıp gönderin."}
	doSendIt = Text{"Send the Authorization header, and check that no proxy or redirect removes it.",
		"Authorization başlığını gönderin; bir proxy'nin veya yönlendirmenin onu silmediğini doğrulayın."}
	doSendOne       = Text{"Send exactly one Authorization header.", "Tek bir Authorization başlığı gönderin."}
	doHideTheSecret = Text{"Send the API key and never the secret key.",
		"API anahtarını gönderin; secret key'i hiçbir zaman göndermeyin."}
	doSwap              = Text{"Swap them.", "İkisinin yerini değiştirin."}
	doSignWithTheSecret = Text{"Sign with the secret key.", "Secret key ile imzalayın."}
	doLetters           = Text{`Use only letters and digits: with a "/" it is ambiguous where the path begins.`,
		`Yalnızca harf ve rakam kullanın: "/" varsa yolun nerede başladığı belirsizleşir.`}
)

// Where mistakes are known from.
const (
	fromPage      = "iyzico's page on the scheme" // docs.iyzico.com, "HMACSHA256 Authentication"
	fromSample    = "iyzico's page on the scheme, \"Sample Authentication\""
	fromSupport   = "iyzico's support on wrong keys and encodings, in issue 35 of iyzipay-python"
	fromOldScheme = "iyzico's scheme before IYZWSv2, and its plugins"
)

// mistake is a Deviation without its code.
type mistake struct {
	do             Text
	source, en, tr string
}

// mistakes are the known mistakes by their codes.
var mistakes = map[string]mistake{
	"header.missing": {doSendIt, "iyzico's error code 1009",
		"The request has no Authorization header, or an empty one.", "İstekte Authorization başlığı yok ya da boş."},
	"header.repeated": {doSendOne, fromPage, "The request has more than one Authorization header.",
		"İstekte birden fazla Authorization başlığı var."},
	"header.unreadable": {doHeader, fromPage, "The header is not base64 of the three fields as documented.",
		"Başlık, belgelenen biçimdeki üç alanın base64 hâli değil."},
	"header.base64": {doHeader, "Python's base64.encodebytes, Ruby's Base64.encode64, Go's RawStdEncoding",
		"The fields are not in standard base64: it is in lines, without padding or URL-safe, or there is none.",
		"Alanlar standart base64 değil: satırlara bölünmüş, dolgusu (=) eksik, URL güvenli türden ya da kodlanmamış."},

	"scheme.form": {doHeader, fromPage, `The header does not begin with "IYZWSv2" and one space, or is not trimmed.`,
		`Başlık "IYZWSv2" ve tek bir boşlukla başlamıyor ya da başında veya sonunda boşluk var.`},
	"scheme.old": {doHMAC, fromOldScheme, "The request is signed with iyzico's old scheme, IYZWS (SHA-1).",
		"İstek, iyzico'nun eski IYZWS (SHA-1) şemasıyla imzalanmış."},
	"scheme.name": {doHeader, "a client in use since iyzico ended the old scheme in November 2024",
		`The header begins with "IYZWS", the name of the old scheme, but its signature is HMAC-SHA256.`,
		`Başlık, eski şemanın adı olan "IYZWS" ile başlıyor; imza ise HMAC-SHA256.`},

	"fields.signature_missing": {doHeader, "iyzico's error code 1007", "The signature is missing from the header.",
		"Başlıkta imza (signature) yok."},

	"api_key.is_secret": {doHideTheSecret, fromSupport, "The secret key was sent in place of the API key.",
		"API anahtarının yerinde secret key var."},
	"api_key.space": {doTrim, fromSupport, "The API key has white space or quotes around it.",
		"API anahtarının başında veya sonunda boşluk ya da tırnak var."},
	"api_key.unknown": {doOneEnvironment, "iyzico's error code 1001, and issue 204 of iyzipay-php",
		"This API key is unknown here; it may belong to the other environment.",
		"Bu API anahtarı burada kayıtlı değil; diğer ortama ait olabilir."},
	"keys.swapped": {doSwap, fromSupport, "The API key and the secret key are swapped.",
		"API anahtarı ile secret key yer değiştirmiş."},
	"secret_key.is_api_key": {doSignWithTheSecret, fromSupport, "The API key was used as the secret key.",
		"Secret key yerine API anahtarı kullanılmış."},
	"secret_key.space": {doTrim, fromSupport + ", and issue 3630 of docker/cli",
		"The secret key was used with extra white space or quotes around it, or without its own.",
		"Secret key, başında veya sonunda fazladan boşluk ya da tırnakla (ya da kendi boşluğu olmadan) kullanılmış."},
	"random_key.header": {doOneRandomKey, "the formula on iyzico's page: request.header.randomKey",
		"The random key in x-iyzi-rnd was signed, but Authorization has a different one.",
		"x-iyzi-rnd'deki rastgele anahtar imzalanmış; Authorization'daki ise farklı."},
	"random_key.none": {doOneRandomKey, fromPage, "No random key was signed.", "Rastgele anahtar imzalanmamış."},
	"random_key.slash": {doLetters, "RFC 4648, whose base64 has a slash", `The random key contains "/".`,
		`Rastgele anahtarda "/" var.`},

	"path.none": {doSignThePath, "RFC 9112", "The request has no path.", "İsteğin yolu (path) yok."},
	"path.query": {doSignThePath, "iyzipay-php 2.0.61 on /v1 paths, and a client in Django",
		`The path was signed with a query, the part that begins with "?".`,
		`Yol, "?" ile başlayan sorgu kısmıyla birlikte imzalanmış.`},
	"path.host": {doSignThePath, fromSample, "The path was signed with the host, or as a whole URL.",
		"Yol, sunucu adıyla ya da tam URL olarak imzalanmış."},
	"path.dotnet": {doDotNet, "iyzipay-dotnet 2.1.78",
		`The .NET SDK signs what follows the first ".com" in the URL, else all but the URL's first three characters.`,
		`.NET SDK'sı URL'de ilk ".com"dan sonrasını, ".com" yoksa URL'nin ilk üç karakteri dışında hepsini imzalar.`},
	"path.space": {doTrimTheID, "iyzipay-java, which strips the end of an ID after signing it",
		"The path was signed with white space or a line end after an ID, and sent without it, or the other way round.",
		"Yol, kimliğin sonundaki boşluk veya satır sonuyla imzalanmış ama onsuz gönderilmiş (ya da tersi)."},
	"path.slash": {doSignThePath, "issue 9 of Amazon-MWS, a client whose base URL ends with a slash",
		`The path was signed with more or fewer "/" at its beginning or end than were sent.`,
		`Yolun başında veya sonunda, gönderilenden fazla ya da eksik "/" imzalanmış.`},
	"path.unescaped": {doSignThePath, "Go's URL.Path, Java's URI.getPath", "The path was signed before it was escaped.",
		"Yol, kaçış (URL kodlama) uygulanmadan imzalanmış."},
	"path.left_out": {doSignThePath, "the formula on iyzico's page, randomKey + payload", "The path was not signed.",
		"Yol imzalanmamış."},

	"body.left_out": {doSignWhatIsSent, fromSample, "The body was sent but not signed.",
		"Gövde gönderilmiş ama imzalanmamış."},
	"body.null": {doSignNothing, "a client in Go, on item, balance and cancel",
		"The body null was signed but not sent.", "Gövde olarak null imzalanmış; ama null gönderilmemiş."},
	"body.placeholder": {doSignNothing, "iyzipay-node, which has {} for no body, and PHP's empty array",
		`An empty value, {}, [] or "", was signed as the body, and another one or none was sent.`,
		`Gövde olarak {}, [] veya "" gibi boş bir değer imzalanmış; ama o gönderilmemiş.`},
	"body.newline": {doSignWhatIsSent, "Go's json.Encoder, and files with CRLF",
		"The body was signed with different line breaks, or with different white space at its beginning or end.",
		"Gövde farklı satır sonlarıyla ya da başında veya sonunda farklı boşluklarla imzalanmış."},
	"body.plain": {doSignWhatIsSent, "JavaScript's JSON.stringify",
		`The body was signed without white space, and without escapes such as \u00e7 or \/.`,
		`Gövde boşluksuz ve \u00e7 veya \/ gibi kaçışlar olmadan imzalanmış.`},
	"body.indented": {doSignWhatIsSent, "iyzipay-dotnet, which sends it so", "The body was signed pretty-printed.",
		"Gövde girintili (pretty print) hâliyle imzalanmış."},
	"body.python": {doSignWhatIsSent, "Python's json.dumps",
		`The body was signed as Python's json.dumps writes it: with a space after "," and ":", or with \u015f for ş.`,
		`Gövde, Python'daki json.dumps gibi imzalanmış: "," ve ":" sonrasında boşluk ya da ş yerine \u015f.`},
	"body.php": {doSignWhatIsSent, "PHP", `The body was signed with \/ for /, as PHP's json_encode writes it.`,
		`Gövde, PHP'deki json_encode'un yazdığı gibi / yerine \/ ile imzalanmış.`},
	"body.go": {doSignWhatIsSent, "Go's json.Marshal",
		`The body was signed with \u003c, \u003e and \u0026 for <, > and &, as Go's json.Marshal writes them.`,
		`Gövde, Go'daki json.Marshal gibi <, > ve & yerine \u003c, \u003e ve \u0026 yazılarak imzalanmış.`},
	"body.java": {doSignWhatIsSent, "Java's Gson, which iyzipay-java uses, and Jackson with ESCAPE_NON_ASCII",
		`The body was signed with \u003d for = and the like, as Java's Gson writes it, or in ASCII, as Jackson can.`,
		`Gövde, Java'daki Gson gibi = yerine \u003d benzeri kaçışlarla ya da Jackson gibi ASCII ile imzalanmış.`},
	"body.dotnet": {doSignWhatIsSent, ".NET's System.Text.Json",
		`The body was signed with \u0022, \u002B and the like, as .NET's System.Text.Json writes it.`,
		`Gövde, .NET'teki System.Text.Json'un yazdığı gibi \u0022 ve \u002B gibi kaçışlarla imzalanmış.`},
	"body.key_order": {doSignWhatIsSent, "Go's encoding/json, which sorts the keys of maps, and Java's HashMap",
		"The body was signed with its keys in another order.", "Gövde, anahtarları farklı bir sırada imzalanmış."},
	"body.numbers": {doSignWhatIsSent, "json.dumps of Python (100.0), JSON.stringify of JavaScript (100)",
		"The body was signed with numbers in another form, such as 100.0 for 100.",
		"Gövdedeki sayılar imzalanırken farklı yazılmış; örneğin 100 yerine 100.0."},
	"body.amounts_quoted": {doSignWhatIsSent, "a client in Django",
		"The amounts are quoted in the signed body but not in the sent one, or the other way round.",
		"Tutarlar imzalanırken tırnak içinde, gönderilirken tırnaksız (ya da tersi)."},
	"body.charset": {doUTF8, fromSupport + ", and issue 84 of iyzipay-java", "The body was signed in another charset.",
		"Gövde, gönderildiğinden farklı bir karakter kümesiyle imzalanmış."},
	"body.encoded_twice": {doSignWhatIsSent, "issue 1199 of RestSharp, and issue 4034 of axios",
		"The body was encoded as JSON a second time, before it was signed or before it was sent.",
		"Gövde, imzalanmadan veya gönderilmeden önce ikinci kez JSON olarak kodlanmış."},

	"message.form": {doHMAC, fromPage + ", and its signatures of responses, joined with colons",
		"The random key, the path and the body were joined in another order or with a separator.",
		"Rastgele anahtar, yol ve gövde farklı sırayla ya da araya ayırıcı konarak birleştirilmiş."},
	"message.key": {doHMAC, "iyzico's old scheme, and its signatures of webhooks",
		"The API key or the secret key is part of the signed message.", "API anahtarı veya secret key de imzalanmış."},

	"algorithm.swapped": {doHMAC, "the formula on iyzico's page, HMACSHA256(message, key)",
		"The key and the message of the HMAC are swapped.", "HMAC'te anahtar ile mesaj yer değiştirmiş."},
	"algorithm.hash": {doHMAC, "the SHA-1 of the old scheme", "The HMAC uses a hash other than SHA-256.",
		"HMAC, SHA-256 yerine başka bir özet (hash) algoritması kullanıyor."},
	"algorithm.no_hmac": {doHMAC, fromOldScheme, "The signature is a plain hash, not an HMAC.",
		"İmza, HMAC değil düz bir özet (hash)."},

	"signature.hex": {doHex, "C#'s Convert.ToHexString and BitConverter.ToString",
		`The hex of the signature is in upper case, or has "-", ":", "0x" or white space in it.`,
		`İmzanın hex metni büyük harfli ya da içinde "-", ":", "0x" veya boşluk var.`},
	"signature.base64": {doHex, "iyzico's old scheme, which wrote it so", "The signature, or its hex, is in base64.",
		"İmza veya hex metni base64 ile kodlanmış."},
}
