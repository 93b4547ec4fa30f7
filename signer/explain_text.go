package signer

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
	"Bilinen hiçbir hata bu imzayı üretmiyor. Secret key'i kontrol edin, imzalanan baytları gönderilenlerle karşılaştırın.",
}

var incomplete = Text{
	"The body is too large to try everything; try a smaller one.",
	"Gövde, her olasılığı denemek için çok büyük; daha küçük bir gövdeyle deneyin.",
}

func deviation(code string) Deviation {
	t := deviations[code]
	return Deviation{Code: code, What: Text{t[0], t[1]}, Do: Text{t[2], t[3]}}
}

const (
	signSentEN  = "Encode the body once, sign those bytes and send the same bytes."
	signSentTR  = "Gövdeyi bir kez oluşturun; hangi baytları imzaladıysanız aynı baytları gönderin."
	pathOnlyEN  = `Sign the path as it is sent, from the first "/" to before the "?".`
	pathOnlyTR  = `Yolu gönderildiği gibi, ilk "/" işaretinden "?" işaretine kadar (hariç) imzalayın.`
	copyKeyEN   = "Copy the key again from iyzico's merchant panel."
	copyKeyTR   = "Anahtarı iyzico üye iş yeri panelinden yeniden kopyalayın."
	hexEN       = "Write the HMAC's 32 bytes as 64 lower case hex digits."
	hexTR       = "HMAC'in 32 baytını 64 küçük harfli hex karakter olarak yazın."
	base64EN    = "Encode the fields once with standard base64, with padding and on one line."
	base64TR    = "Alanları bir kez standart base64 ile, dolgu (=) karakterleriyle ve tek satırda kodlayın."
	schemeEN    = `Begin the header with "IYZWSv2" and one space.`
	schemeTR    = `Başlığa "IYZWSv2" ve tek bir boşlukla başlayın.`
	fieldsEN    = `Write the fields as "apiKey:" + apiKey + "&randomKey:" + randomKey + "&signature:" + signature.`
	fieldsTR    = `Alanları "apiKey:" + apiKey + "&randomKey:" + randomKey + "&signature:" + signature biçiminde yazın.`
	messageEN   = "Sign randomKey + path + body, joined with nothing in between."
	messageTR   = "randomKey + yol + gövde değerlerini bu sırayla, araya hiçbir şey koymadan birleştirip imzalayın."
	algorithmEN = "Use HMAC-SHA256 with the secret key as the key and randomKey + path + body as the message."
	algorithmTR = "HMAC-SHA256 kullanın: anahtar secret key, mesaj ise randomKey + yol + gövdedir."
	secretKeyEN = "Use the secret key as it is, with no change and no encoding."
	secretKeyTR = "Secret key'i olduğu gibi kullanın; değiştirmeyin ve kodlamayın."
	randomKeyEN = "Make one random key for each request and use it in the signed message, in Authorization and in x-iyzi-rnd."
	randomKeyTR = "Her istek için tek bir rastgele anahtar üretin; imzalanan mesajda, Authorization'da ve x-iyzi-rnd'de aynısını kullanın."
	emptyBodyEN = "Sign nothing for a request without a body, or send the body that was signed."
	emptyBodyTR = "Gövdesi olmayan istekte gövde yerine hiçbir şey imzalamayın ya da imzaladığınız gövdeyi gönderin."
	environEN   = "Use the API key and the secret key of one environment: sandbox keys for the sandbox, live keys for production."
	environTR   = "API anahtarını ve secret key'i aynı ortamdan alın: sandbox için sandbox, canlı ortam için canlı anahtarlar."
	trimKeyEN   = "Remove spaces, line breaks and invisible characters around the key, also where it is read from a file or a variable."
	trimKeyTR   = "Anahtarın başındaki ve sonundaki boşluk, satır sonu ve görünmez karakterleri silin; dosyadan veya ortam değişkeninden okurken de kırpın."
	quotedKeyEN = "Remove the quotes around the key, for example in an .env file."
	quotedKeyTR = "Anahtarın etrafındaki tırnakları silin (örneğin .env dosyasında)."
	utf8BodyEN  = "Sign and send the body as UTF-8, without a byte order mark."
	utf8BodyTR  = "Gövdeyi UTF-8 olarak, BOM eklemeden imzalayıp gönderin."
	oneHeaderEN = "Send exactly one Authorization header."
	oneHeaderTR = "Tek bir Authorization başlığı gönderin."
)

// deviations maps a code to what the client does and what it should do, each in English and in Turkish.
var deviations = map[string][4]string{
	"header.missing":        {"The request has no Authorization header, or an empty one.", "İstekte Authorization başlığı yok ya da boş.", "Send the Authorization header, and check that no proxy or redirect removes it.", "Authorization başlığını gönderin; bir proxy'nin veya yönlendirmenin onu silmediğini doğrulayın."},
	"header.repeated":       {"The request has more than one Authorization header.", "İstekte birden fazla Authorization başlığı var.", oneHeaderEN, oneHeaderTR},
	"header.name":           {`The value of the header repeats the name "Authorization:".`, `Başlığın değerinde "Authorization:" adı tekrarlanıyor.`, "Send only the value.", "Yalnızca değeri gönderin."},
	"header.space":          {"The header has white space around its value.", "Başlık değerinin başında veya sonunda boşluk var.", "Trim the value.", "Değeri kırpın."},
	"header.unreadable":     {"The header's value is not base64 of the three fields.", "Başlık değeri, üç alanın base64 hâli değil.", fieldsEN + " " + base64EN, fieldsTR + " " + base64TR},
	"header.not_encoded":    {"The fields are not encoded in base64.", "Alanlar base64 ile kodlanmamış.", base64EN, base64TR},
	"header.base64_twice":   {"The fields are encoded in base64 twice.", "Alanlar base64 ile iki kez kodlanmış.", base64EN, base64TR},
	"header.base64url":      {"The fields are encoded in URL-safe base64.", "Alanlar URL güvenli base64 ile kodlanmış.", base64EN, base64TR},
	"header.base64_padding": {"The base64 of the fields has no padding or wrong padding.", "Alanların base64 dolgusu (=) eksik ya da hatalı.", base64EN, base64TR},
	"header.base64_lines":   {"The base64 of the fields contains white space or line breaks.", "Alanların base64 metninde boşluk veya satır sonu var.", base64EN, base64TR},
	"header.percent":        {"The base64 of the fields is percent-encoded.", "Alanların base64 metni yüzde (URL) kodlamasından geçmiş.", base64EN, base64TR},
	"header.hex":            {"The fields are encoded in hex.", "Alanlar hex ile kodlanmış.", base64EN, base64TR},
	"header.utf16":          {"The fields are encoded as UTF-16.", "Alanlar UTF-16 olarak kodlanmış.", "Take the fields' bytes as UTF-8, for example with Encoding.UTF8 in .NET.", "Alanların baytlarını UTF-8 olarak alın; örneğin .NET'te Encoding.UTF8 ile."},

	"scheme.missing":   {`The header does not begin with "IYZWSv2".`, `Başlık "IYZWSv2" ile başlamıyor.`, schemeEN, schemeTR},
	"scheme.other":     {`The header begins with another scheme, such as "Bearer" or "Basic".`, `Başlık "Bearer" veya "Basic" gibi başka bir şemayla başlıyor.`, schemeEN, schemeTR},
	"scheme.space":     {`There is no space after "IYZWSv2".`, `"IYZWSv2"den sonra boşluk yok.`, schemeEN, schemeTR},
	"scheme.separator": {`"IYZWSv2" is followed by something other than one space.`, `"IYZWSv2"den sonra tek bir boşluk yerine başka bir şey var.`, schemeEN, schemeTR},
	"scheme.case":      {`"IYZWSv2" differs in upper and lower case.`, `"IYZWSv2" büyük/küçük harfleri farklı yazılmış.`, schemeEN, schemeTR},
	"scheme.old":       {"The request is signed with iyzico's old scheme, IYZWS (SHA-1).", "İstek, iyzico'nun eski IYZWS (SHA-1) şemasıyla imzalanmış.", "Use IYZWSv2; " + algorithmEN, "IYZWSv2 kullanın; " + algorithmTR},

	"fields.separator":          {`The fields are not separated by "&" and ":".`, `Alanlar "&" ve ":" ile ayrılmamış.`, fieldsEN, fieldsTR},
	"fields.names":              {"The fields have the wrong names, or none.", "Alan adları farklı ya da yok.", fieldsEN, fieldsTR},
	"fields.order":              {"The fields are in the wrong order.", "Alanların sırası farklı.", fieldsEN, fieldsTR},
	"fields.extra":              {"There are more than three fields, or one field twice.", "Üçten fazla alan var ya da bir alan iki kez yazılmış.", fieldsEN, fieldsTR},
	"fields.api_key_missing":    {"The API key is missing from the header.", "Başlıkta API anahtarı yok.", fieldsEN, fieldsTR},
	"fields.random_key_missing": {"The random key is missing from the header.", "Başlıkta rastgele anahtar (randomKey) yok.", fieldsEN, fieldsTR},
	"fields.signature_missing":  {"The signature is missing from the header.", "Başlıkta imza (signature) yok.", fieldsEN, fieldsTR},

	"api_key.is_secret":   {"The secret key was sent in place of the API key.", "API anahtarının yerinde secret key var.", "Send the API key and never the secret key.", "API anahtarını gönderin; secret key'i hiçbir zaman göndermeyin."},
	"api_key.space":       {"The API key has white space or quotes around it.", "API anahtarının başında veya sonunda boşluk ya da tırnak var.", trimKeyEN, trimKeyTR},
	"api_key.other":       {"The API key belongs to another pair, for example to the other environment.", "API anahtarı başka bir anahtar çiftine, örneğin diğer ortama ait.", environEN, environTR},
	"api_key.environment": {"The API key belongs to the other environment.", "API anahtarı diğer ortama ait.", environEN, environTR},
	"api_key.case":        {"The API key differs in upper and lower case.", "API anahtarının büyük/küçük harfleri farklı.", copyKeyEN, copyKeyTR},
	"api_key.unknown":     {"This API key is unknown here.", "Bu API anahtarı burada kayıtlı değil.", copyKeyEN, copyKeyTR},
	"keys.swapped":        {"The API key and the secret key are swapped.", "API anahtarı ile secret key yer değiştirmiş.", "Swap them.", "İkisinin yerini değiştirin."},
	"keys.other":          {"Both keys belong to another pair, for example to the other environment.", "Her iki anahtar da başka bir anahtar çiftine, örneğin diğer ortama ait.", environEN, environTR},

	"secret_key.is_api_key": {"The API key was used as the secret key.", "Secret key yerine API anahtarı kullanılmış.", "Sign with the secret key.", "Secret key ile imzalayın."},
	"secret_key.space":      {"The secret key was used with extra white space around it, or without its own.", "Secret key, başında veya sonunda fazladan boşlukla (ya da kendi boşluğu olmadan) kullanılmış.", trimKeyEN, trimKeyTR},
	"secret_key.quotes":     {"The secret key was used with quotes around it.", "Secret key, etrafındaki tırnaklarla birlikte kullanılmış.", quotedKeyEN, quotedKeyTR},
	"secret_key.other":      {"The secret key belongs to another pair, for example to the other environment.", "Secret key başka bir anahtar çiftine, örneğin diğer ortama ait.", environEN, environTR},
	"secret_key.empty":      {"The secret key was empty.", "Secret key boş.", "Check that the setting that holds the secret key is read.", "Secret key'in bulunduğu ayarın okunduğunu doğrulayın."},
	"secret_key.decoded":    {"The secret key was decoded from base64 or hex.", "Secret key'in base64 veya hex kodlaması çözülmüş.", secretKeyEN, secretKeyTR},
	"secret_key.encoded":    {"The secret key was encoded before it was used.", "Secret key kullanılmadan önce kodlanmış.", secretKeyEN, secretKeyTR},
	"secret_key.case":       {"The secret key differs in upper and lower case.", "Secret key'in büyük/küçük harfleri farklı.", secretKeyEN, secretKeyTR},
	"secret_key.prefix":     {`"sandbox-" was removed from the secret key or added to it.`, `Secret key'e "sandbox-" eklenmiş ya da ondan silinmiş.`, secretKeyEN, secretKeyTR},
	"secret_key.cut":        {"The first or the last character of the secret key is missing.", "Secret key'in ilk veya son karakteri eksik.", copyKeyEN, copyKeyTR},
	"secret_key.joined":     {"The secret key was joined with something else, such as the API key.", "Secret key, API anahtarı gibi başka bir değerle birleştirilmiş.", secretKeyEN, secretKeyTR},

	"random_key.header":  {"The random key in x-iyzi-rnd was signed, but Authorization has a different one.", "x-iyzi-rnd'deki rastgele anahtar imzalanmış; Authorization'daki ise farklı.", randomKeyEN, randomKeyTR},
	"random_key.none":    {"No random key was signed.", "Rastgele anahtar imzalanmamış.", randomKeyEN, randomKeyTR},
	"random_key.changed": {"The random key was changed between signing and sending.", "Rastgele anahtar, imzalamayla gönderme arasında değişmiş.", randomKeyEN, randomKeyTR},
	"random_key.slash":   {`The random key contains "/".`, `Rastgele anahtarda "/" var.`, `Use only letters and digits: with a "/" it is ambiguous where the path begins.`, `Yalnızca harf ve rakam kullanın: "/" varsa yolun nerede başladığı belirsizleşir.`},

	"path.none":        {"The request has no path.", "İsteğin yolu (path) yok.", pathOnlyEN, pathOnlyTR},
	"path.query":       {`The path was signed with a query, the part that begins with "?".`, `Yol, "?" ile başlayan sorgu kısmıyla birlikte imzalanmış.`, pathOnlyEN, pathOnlyTR},
	"path.host":        {"The path was signed with the host, or as a whole URL.", "Yol, sunucu adıyla ya da tam URL olarak imzalanmış.", pathOnlyEN, pathOnlyTR},
	"path.slash":       {`The path was signed with a "/" at its end that was not sent, or without the one that was.`, `Yolun sonundaki "/" imzalanmış ama gönderilmemiş ya da gönderilmiş ama imzalanmamış.`, pathOnlyEN, pathOnlyTR},
	"path.first_slash": {`The path was signed with fewer or more "/" at its beginning than were sent.`, `Yolun başındaki "/" sayısı, gönderilenle aynı değil.`, pathOnlyEN, pathOnlyTR},
	"path.unescaped":   {"The path was signed before it was escaped.", "Yol, kaçış (URL kodlama) uygulanmadan imzalanmış.", pathOnlyEN, pathOnlyTR},
	"path.escaped":     {"The path was escaped once more for signing than for sending.", "Yola imzalarken, gönderirken olduğundan bir kez fazla kaçış (URL kodlama) uygulanmış.", pathOnlyEN, pathOnlyTR},
	"path.case":        {"The path, or an escape in it, was signed in different letter case.", "Yol veya içindeki kaçışlar farklı büyük/küçük harflerle imzalanmış.", pathOnlyEN, pathOnlyTR},
	"path.left_out":    {"The path was not signed.", "Yol imzalanmamış.", pathOnlyEN, pathOnlyTR},
	"path.beginning":   {"The path was signed without its beginning, for example without the part that is in the base URL.", "Yol başı olmadan, örneğin temel adreste (base URL) duran kısmı olmadan imzalanmış.", pathOnlyEN, pathOnlyTR},
	"path.end":         {"The path was signed without its end, for example without the id.", "Yol sonu olmadan, örneğin sondaki kimlik (id) olmadan imzalanmış.", pathOnlyEN, pathOnlyTR},

	"body.left_out":          {"The body was sent but not signed.", "Gövde gönderilmiş ama imzalanmamış.", signSentEN, signSentTR},
	"body.placeholder":       {"A placeholder such as {} or null was signed instead of the body.", "Gövde yerine {} veya null gibi bir değer imzalanmış.", emptyBodyEN, emptyBodyTR},
	"body.other_placeholder": {"An empty body was signed in one form and sent in another, such as {} and null.", "Boş gövde, {} ve null gibi iki farklı biçimde imzalanıp gönderilmiş.", signSentEN, signSentTR},
	"body.newline":           {"The body was signed with different line breaks, or with different white space at its beginning or end.", "Gövde farklı satır sonlarıyla ya da başında veya sonunda farklı boşluklarla imzalanmış.", signSentEN, signSentTR},
	"body.compact":           {"The body was signed without white space.", "Gövde boşluksuz hâliyle imzalanmış.", signSentEN, signSentTR},
	"body.spaced":            {`The body was signed with a space after each "," or ":", as Python's json.dumps writes it.`, `Gövde, Python'daki json.dumps'ın yazdığı gibi "," veya ":" sonrasında boşlukla imzalanmış.`, signSentEN, signSentTR},
	"body.indented":          {"The body was signed pretty-printed.", "Gövde girintili (pretty print) hâliyle imzalanmış.", signSentEN, signSentTR},
	"body.escapes_raw":       {`The body was signed without escapes such as \u00e7 or \/.`, `Gövde, \u00e7 veya \/ gibi kaçışlar olmadan imzalanmış.`, signSentEN, signSentTR},
	"body.escapes_ascii":     {`The body was signed with \uXXXX for letters such as ş, as Python's json.dumps writes it.`, `Gövde, ş gibi harfler Python'daki json.dumps'ın yazdığı gibi \uXXXX biçiminde kodlanarak imzalanmış.`, signSentEN, signSentTR},
	"body.escapes_php":       {`The body was signed with \/ for slashes, as PHP's json_encode writes it.`, `Gövde, PHP'deki json_encode'un yazdığı gibi / yerine \/ ile imzalanmış.`, signSentEN, signSentTR},
	"body.escapes_go":        {`The body was signed with \u003c, \u003e and \u0026 for <, > and &, as Go's json.Marshal writes it.`, `Gövde, Go'daki json.Marshal'ın yazdığı gibi <, > ve & yerine \u003c, \u003e ve \u0026 ile imzalanmış.`, signSentEN, signSentTR},
	"body.escapes_java":      {`The body was signed with \u003d and the like for =, ', <, > and &, as Java's Gson writes it.`, `Gövde, Java'daki Gson'un yazdığı gibi =, ', <, > ve & yerine \u003d gibi kaçışlarla imzalanmış.`, signSentEN, signSentTR},
	"body.escapes_dotnet":    {`The body was signed with \u0022, \u002B and the like, as .NET's System.Text.Json writes it.`, `Gövde, .NET'teki System.Text.Json'un yazdığı gibi \u0022 ve \u002B gibi kaçışlarla imzalanmış.`, signSentEN, signSentTR},
	"body.key_order":         {"The body was signed with its keys sorted.", "Gövde, anahtarları sıralanmış hâliyle imzalanmış.", signSentEN, signSentTR},
	"body.numbers":           {"The body was signed with numbers in another form, such as 100.0 for 100.", "Gövdedeki sayılar imzalanırken farklı yazılmış; örneğin 100 yerine 100.0.", signSentEN, signSentTR},
	"body.amounts_quoted":    {"The amounts are quoted in the signed body but not in the sent one, or the other way round.", "Tutarlar imzalanırken tırnak içinde, gönderilirken tırnaksız (ya da tersi).", signSentEN, signSentTR},
	"body.nulls":             {"The body was signed without its members that are null.", "Gövde, değeri null olan alanlar olmadan imzalanmış.", signSentEN, signSentTR},
	"body.charset":           {"The body was signed in a different character set.", "Gövde, gönderildiğinden farklı bir karakter kümesiyle imzalanmış.", utf8BodyEN, utf8BodyTR},
	"body.encoded":           {"The body was encoded once more, as a JSON string, base64 or URL, before it was signed.", "Gövde imzalanmadan önce JSON metni, base64 veya URL olarak kodlanmış.", signSentEN, signSentTR},
	"body.encoded_twice":     {"The body was encoded as JSON a second time before it was sent.", "Gövde gönderilmeden önce ikinci kez JSON olarak kodlanmış.", signSentEN, signSentTR},

	"message.order":      {"The random key, the path and the body were joined in another order.", "Rastgele anahtar, yol ve gövde farklı bir sırayla birleştirilmiş.", messageEN, messageTR},
	"message.separator":  {"There is a separator between the random key, the path and the body.", "Rastgele anahtar, yol ve gövdenin arasına ayırıcı eklenmiş.", messageEN, messageTR},
	"message.method":     {"The HTTP method is part of the signed message.", "HTTP metodu da imzalanmış.", messageEN, messageTR},
	"message.api_key":    {"The API key is part of the signed message.", "API anahtarı da imzalanmış.", messageEN, messageTR},
	"message.secret_key": {"The secret key is part of the signed message.", "Secret key imzalanan mesajın içine yazılmış.", messageEN, messageTR},
	"message.utf16":      {"The message was signed as UTF-16.", "Mesaj UTF-16 olarak imzalanmış.", "Take the message's bytes as UTF-8, for example with Encoding.UTF8 in .NET.", "Mesajın baytlarını UTF-8 olarak alın; örneğin .NET'te Encoding.UTF8 ile."},

	"algorithm.swapped": {"The key and the message of the HMAC are swapped.", "HMAC'te anahtar ile mesaj yer değiştirmiş.", algorithmEN, algorithmTR},
	"algorithm.hash":    {"The HMAC uses a hash other than SHA-256.", "HMAC, SHA-256 yerine başka bir özet (hash) algoritması kullanıyor.", algorithmEN, algorithmTR},
	"algorithm.no_hmac": {"The signature is a plain hash, not an HMAC.", "İmza, HMAC değil düz bir özet (hash).", algorithmEN, algorithmTR},
	"algorithm.old":     {"The signature is the SHA-1 of iyzico's old scheme.", "İmza, iyzico'nun eski şemasındaki SHA-1 özeti.", algorithmEN, algorithmTR},

	"signature.hex_case":       {"The signature is in upper case hex.", "İmza büyük harfli hex ile yazılmış.", hexEN, hexTR},
	"signature.hex_separators": {`The hex of the signature has "-", ":" or "0x" in it.`, `İmzanın hex metninde "-", ":" veya "0x" var.`, hexEN, hexTR},
	"signature.hex_twice":      {"The signature is encoded in hex a second time.", "İmza ikinci kez hex ile kodlanmış.", hexEN, hexTR},
	"signature.base64":         {"The signature is in base64.", "İmza base64 ile kodlanmış.", hexEN, hexTR},
	"signature.base64url":      {"The base64 of the signature is URL-safe.", "İmzanın base64 kodlaması URL güvenli türden.", hexEN, hexTR},
	"signature.base64_padding": {"The base64 of the signature has no padding.", "İmzanın base64 metninde dolgu (=) yok.", hexEN, hexTR},
	"signature.base64_lines":   {"The base64 of the signature contains line breaks.", "İmzanın base64 metninde satır sonu var.", hexEN, hexTR},
	"signature.base64_of_hex":  {"The signature is the base64 of its hex.", "İmza, hex metninin base64 hâli.", hexEN, hexTR},
	"signature.base64_twice":   {"The signature is in base64 twice.", "İmza base64 ile iki kez kodlanmış.", hexEN, hexTR},
	"signature.raw":            {"The signature's bytes are not encoded.", "İmzanın baytları kodlanmamış.", hexEN, hexTR},
	"signature.space":          {"The signature has white space around it.", "İmzanın başında veya sonunda boşluk var.", hexEN, hexTR},
	"signature.quotes":         {"The signature has quotes around it.", "İmzanın etrafında tırnak var.", hexEN, hexTR},
	"signature.percent":        {"The signature is percent-encoded.", "İmza yüzde (URL) kodlamasından geçmiş.", hexEN, hexTR},
}
