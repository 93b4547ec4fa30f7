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
	"Bilinen hiçbir hata bu imzayı üretmiyor. Secret key'i kontrol edin, " +
		"imzalanan baytları gönderilenlerle karşılaştırın.",
}

var incomplete = Text{
	"The body is too large to try everything; try a smaller one.",
	"Gövde, her olasılığı denemek için çok büyük; daha küçük bir gövdeyle deneyin.",
}

func deviation(code string) Deviation {
	d := deviations[code]
	d.Code = code
	return d
}

// What a client should do instead, where several mistakes have that in common.
var (
	doSignWhatIsSent = Text{
		"Encode the body once, sign those bytes and send the same bytes.",
		"Gövdeyi bir kez oluşturun; hangi baytları imzaladıysanız aynı baytları gönderin.",
	}
	doSignThePath = Text{
		`Sign the path as it is sent, from the first "/" to before the "?".`,
		`Yolu gönderildiği gibi, ilk "/" işaretinden "?" işaretine kadar (hariç) imzalayın.`,
	}
	doCopyTheKey = Text{
		"Copy the key again from iyzico's merchant panel.",
		"Anahtarı iyzico üye iş yeri panelinden yeniden kopyalayın.",
	}
	doHex = Text{
		"Write the HMAC's 32 bytes as 64 lower case hex digits.",
		"HMAC'in 32 baytını 64 küçük harfli hex karakter olarak yazın.",
	}
	doBase64 = Text{
		"Encode the fields once with standard base64, with padding and on one line.",
		"Alanları bir kez standart base64 ile, dolgu (=) karakterleriyle ve tek satırda kodlayın.",
	}
	doScheme = Text{
		`Begin the header with "IYZWSv2" and one space.`,
		`Başlığa "IYZWSv2" ve tek bir boşlukla başlayın.`,
	}
	doFields = Text{
		`Write the fields as "apiKey:" + apiKey + "&randomKey:" + randomKey + "&signature:" + signature.`,
		`Alanları "apiKey:" + apiKey + "&randomKey:" + randomKey + "&signature:" + signature biçiminde yazın.`,
	}
	doMessage = Text{
		"Sign randomKey + path + body, joined with nothing in between.",
		"randomKey + yol + gövde değerlerini bu sırayla, araya hiçbir şey koymadan birleştirip imzalayın.",
	}
	doHMAC = Text{
		"Use HMAC-SHA256 with the secret key as the key and randomKey + path + body as the message.",
		"HMAC-SHA256 kullanın: anahtar secret key, mesaj ise randomKey + yol + gövdedir.",
	}
	doKeepTheKey = Text{
		"Use the secret key as it is, with no change and no encoding.",
		"Secret key'i olduğu gibi kullanın; değiştirmeyin ve kodlamayın.",
	}
	doOneRandomKey = Text{
		"Make one random key for each request and use it in the signed message, in Authorization and in " +
			"x-iyzi-rnd.",
		"Her istek için tek bir rastgele anahtar üretin; imzalanan mesajda, Authorization'da ve " +
			"x-iyzi-rnd'de aynısını kullanın.",
	}
	doSignNothing = Text{
		"Sign nothing for a request without a body, or send the body that was signed.",
		"Gövdesi olmayan istekte gövde yerine hiçbir şey imzalamayın ya da imzaladığınız gövdeyi gönderin.",
	}
	doOneEnvironment = Text{
		"Use the API key and the secret key of one environment: sandbox keys for the sandbox, live keys " +
			"for production.",
		"API anahtarını ve secret key'i aynı ortamdan alın: sandbox için sandbox, canlı ortam için canlı " +
			"anahtarlar.",
	}
	doTrim = Text{
		"Remove spaces, line breaks and invisible characters around the key, also where it is read from a " +
			"file or a variable.",
		"Anahtarın başındaki ve sonundaki boşluk, satır sonu ve görünmez karakterleri silin; dosyadan veya " +
			"ortam değişkeninden okurken de kırpın.",
	}
	doUnquote = Text{
		"Remove the quotes around the key, for example in an .env file.",
		"Anahtarın etrafındaki tırnakları silin (örneğin .env dosyasında).",
	}
	doUTF8 = Text{
		"Sign and send the body as UTF-8, without a byte order mark.",
		"Gövdeyi UTF-8 olarak, BOM eklemeden imzalayıp gönderin.",
	}
	doOneHeader = Text{
		"Send exactly one Authorization header.",
		"Tek bir Authorization başlığı gönderin.",
	}
)

// deviations maps codes to mistakes.
var deviations = map[string]Deviation{
	"header.missing": {What: Text{
		"The request has no Authorization header, or an empty one.",
		"İstekte Authorization başlığı yok ya da boş.",
	}, Do: Text{
		"Send the Authorization header, and check that no proxy or redirect removes it.",
		"Authorization başlığını gönderin; bir proxy'nin veya yönlendirmenin onu silmediğini doğrulayın.",
	}},
	"header.repeated": {What: Text{
		"The request has more than one Authorization header.",
		"İstekte birden fazla Authorization başlığı var.",
	}, Do: doOneHeader},
	"header.name": {What: Text{
		`The value of the header repeats the name "Authorization:".`,
		`Başlığın değerinde "Authorization:" adı tekrarlanıyor.`,
	}, Do: Text{
		"Send only the value.",
		"Yalnızca değeri gönderin.",
	}},
	"header.space": {What: Text{
		"The header has white space around its value.",
		"Başlık değerinin başında veya sonunda boşluk var.",
	}, Do: Text{
		"Trim the value.",
		"Değeri kırpın.",
	}},
	"header.unreadable": {What: Text{
		"The header's value is not base64 of the three fields.",
		"Başlık değeri, üç alanın base64 hâli değil.",
	}, Do: doFields},
	"header.not_encoded": {What: Text{
		"The fields are not encoded in base64.",
		"Alanlar base64 ile kodlanmamış.",
	}, Do: doBase64},
	"header.base64_twice": {What: Text{
		"The fields are encoded in base64 twice.",
		"Alanlar base64 ile iki kez kodlanmış.",
	}, Do: doBase64},
	"header.base64url": {What: Text{
		"The fields are encoded in URL-safe base64.",
		"Alanlar URL güvenli base64 ile kodlanmış.",
	}, Do: doBase64},
	"header.base64_padding": {What: Text{
		"The base64 of the fields has no padding or wrong padding.",
		"Alanların base64 dolgusu (=) eksik ya da hatalı.",
	}, Do: doBase64},
	"header.base64_lines": {What: Text{
		"The base64 of the fields contains white space or line breaks.",
		"Alanların base64 metninde boşluk veya satır sonu var.",
	}, Do: doBase64},
	"header.percent": {What: Text{
		"The base64 of the fields is percent-encoded.",
		"Alanların base64 metni yüzde (URL) kodlamasından geçmiş.",
	}, Do: doBase64},
	"header.hex": {What: Text{
		"The fields are encoded in hex.",
		"Alanlar hex ile kodlanmış.",
	}, Do: doBase64},
	"header.utf16": {What: Text{
		"The fields are encoded as UTF-16.",
		"Alanlar UTF-16 olarak kodlanmış.",
	}, Do: Text{
		"Take the fields' bytes as UTF-8, for example with Encoding.UTF8 in .NET.",
		"Alanların baytlarını UTF-8 olarak alın; örneğin .NET'te Encoding.UTF8 ile.",
	}},

	"scheme.missing": {What: Text{
		`The header does not begin with "IYZWSv2".`,
		`Başlık "IYZWSv2" ile başlamıyor.`,
	}, Do: doScheme},
	"scheme.other": {What: Text{
		`The header begins with another scheme, such as "Bearer" or "Basic".`,
		`Başlık "Bearer" veya "Basic" gibi başka bir şemayla başlıyor.`,
	}, Do: doScheme},
	"scheme.space": {What: Text{
		`There is no space after "IYZWSv2".`,
		`"IYZWSv2"den sonra boşluk yok.`,
	}, Do: doScheme},
	"scheme.separator": {What: Text{
		`"IYZWSv2" is followed by something other than one space.`,
		`"IYZWSv2"den sonra tek bir boşluk yerine başka bir şey var.`,
	}, Do: doScheme},
	"scheme.case": {What: Text{
		`"IYZWSv2" differs in upper and lower case.`,
		`"IYZWSv2" büyük/küçük harfleri farklı yazılmış.`,
	}, Do: doScheme},
	"scheme.old": {What: Text{
		"The request is signed with iyzico's old scheme, IYZWS (SHA-1).",
		"İstek, iyzico'nun eski IYZWS (SHA-1) şemasıyla imzalanmış.",
	}, Do: doHMAC},

	"fields.separator": {What: Text{
		`The fields are not separated by "&" and ":".`,
		`Alanlar "&" ve ":" ile ayrılmamış.`,
	}, Do: doFields},
	"fields.names": {What: Text{
		"The fields have the wrong names, or none.",
		"Alan adları farklı ya da yok.",
	}, Do: doFields},
	"fields.order": {What: Text{
		"The fields are in the wrong order.",
		"Alanların sırası farklı.",
	}, Do: doFields},
	"fields.extra": {What: Text{
		"There are more than three fields, or one field twice.",
		"Üçten fazla alan var ya da bir alan iki kez yazılmış.",
	}, Do: doFields},
	"fields.api_key_missing": {What: Text{
		"The API key is missing from the header.",
		"Başlıkta API anahtarı yok.",
	}, Do: doFields},
	"fields.random_key_missing": {What: Text{
		"The random key is missing from the header.",
		"Başlıkta rastgele anahtar (randomKey) yok.",
	}, Do: doFields},
	"fields.signature_missing": {What: Text{
		"The signature is missing from the header.",
		"Başlıkta imza (signature) yok.",
	}, Do: doFields},

	"api_key.is_secret": {What: Text{
		"The secret key was sent in place of the API key.",
		"API anahtarının yerinde secret key var.",
	}, Do: Text{
		"Send the API key and never the secret key.",
		"API anahtarını gönderin; secret key'i hiçbir zaman göndermeyin.",
	}},
	"api_key.space": {What: Text{
		"The API key has white space or quotes around it.",
		"API anahtarının başında veya sonunda boşluk ya da tırnak var.",
	}, Do: doTrim},
	"api_key.other": {What: Text{
		"The API key belongs to another pair, for example to the other environment.",
		"API anahtarı başka bir anahtar çiftine, örneğin diğer ortama ait.",
	}, Do: doOneEnvironment},
	"api_key.environment": {What: Text{
		"The API key belongs to the other environment.",
		"API anahtarı diğer ortama ait.",
	}, Do: doOneEnvironment},
	"api_key.case": {What: Text{
		"The API key differs in upper and lower case.",
		"API anahtarının büyük/küçük harfleri farklı.",
	}, Do: doCopyTheKey},
	"api_key.unknown": {What: Text{
		"This API key is unknown here.",
		"Bu API anahtarı burada kayıtlı değil.",
	}, Do: doCopyTheKey},
	"keys.swapped": {What: Text{
		"The API key and the secret key are swapped.",
		"API anahtarı ile secret key yer değiştirmiş.",
	}, Do: Text{
		"Swap them.",
		"İkisinin yerini değiştirin.",
	}},
	"keys.other": {What: Text{
		"Both keys belong to another pair, for example to the other environment.",
		"Her iki anahtar da başka bir anahtar çiftine, örneğin diğer ortama ait.",
	}, Do: doOneEnvironment},

	"secret_key.is_api_key": {What: Text{
		"The API key was used as the secret key.",
		"Secret key yerine API anahtarı kullanılmış.",
	}, Do: Text{
		"Sign with the secret key.",
		"Secret key ile imzalayın.",
	}},
	"secret_key.space": {What: Text{
		"The secret key was used with extra white space around it, or without its own.",
		"Secret key, başında veya sonunda fazladan boşlukla (ya da kendi boşluğu olmadan) kullanılmış.",
	}, Do: doTrim},
	"secret_key.quotes": {What: Text{
		"The secret key was used with quotes around it.",
		"Secret key, etrafındaki tırnaklarla birlikte kullanılmış.",
	}, Do: doUnquote},
	"secret_key.other": {What: Text{
		"The secret key belongs to another pair, for example to the other environment.",
		"Secret key başka bir anahtar çiftine, örneğin diğer ortama ait.",
	}, Do: doOneEnvironment},
	"secret_key.empty": {What: Text{
		"The secret key was empty.",
		"Secret key boş.",
	}, Do: Text{
		"Check that the setting that holds the secret key is read.",
		"Secret key'in bulunduğu ayarın okunduğunu doğrulayın.",
	}},
	"secret_key.decoded": {What: Text{
		"The secret key was decoded from base64 or hex.",
		"Secret key'in base64 veya hex kodlaması çözülmüş.",
	}, Do: doKeepTheKey},
	"secret_key.encoded": {What: Text{
		"The secret key was encoded before it was used.",
		"Secret key kullanılmadan önce kodlanmış.",
	}, Do: doKeepTheKey},
	"secret_key.case": {What: Text{
		"The secret key differs in upper and lower case.",
		"Secret key'in büyük/küçük harfleri farklı.",
	}, Do: doKeepTheKey},
	"secret_key.prefix": {What: Text{
		`"sandbox-" was removed from the secret key or added to it.`,
		`Secret key'e "sandbox-" eklenmiş ya da ondan silinmiş.`,
	}, Do: doKeepTheKey},
	"secret_key.cut": {What: Text{
		"The first or the last character of the secret key is missing.",
		"Secret key'in ilk veya son karakteri eksik.",
	}, Do: doCopyTheKey},
	"secret_key.joined": {What: Text{
		"The secret key was joined with something else, such as the API key.",
		"Secret key, API anahtarı gibi başka bir değerle birleştirilmiş.",
	}, Do: doKeepTheKey},

	"random_key.header": {What: Text{
		"The random key in x-iyzi-rnd was signed, but Authorization has a different one.",
		"x-iyzi-rnd'deki rastgele anahtar imzalanmış; Authorization'daki ise farklı.",
	}, Do: doOneRandomKey},
	"random_key.none": {What: Text{
		"No random key was signed.",
		"Rastgele anahtar imzalanmamış.",
	}, Do: doOneRandomKey},
	"random_key.changed": {What: Text{
		"The random key was changed between signing and sending.",
		"Rastgele anahtar, imzalamayla gönderme arasında değişmiş.",
	}, Do: doOneRandomKey},
	"random_key.slash": {What: Text{
		`The random key contains "/".`,
		`Rastgele anahtarda "/" var.`,
	}, Do: Text{
		`Use only letters and digits: with a "/" it is ambiguous where the path begins.`,
		`Yalnızca harf ve rakam kullanın: "/" varsa yolun nerede başladığı belirsizleşir.`,
	}},

	"path.none": {What: Text{
		"The request has no path.",
		"İsteğin yolu (path) yok.",
	}, Do: doSignThePath},
	"path.query": {What: Text{
		`The path was signed with a query, the part that begins with "?".`,
		`Yol, "?" ile başlayan sorgu kısmıyla birlikte imzalanmış.`,
	}, Do: doSignThePath},
	"path.host": {What: Text{
		"The path was signed with the host, or as a whole URL.",
		"Yol, sunucu adıyla ya da tam URL olarak imzalanmış.",
	}, Do: doSignThePath},
	"path.slash": {What: Text{
		`The path was signed with a "/" at its end that was not sent, or without the one that was.`,
		`Yolun sonundaki "/" imzalanmış ama gönderilmemiş ya da gönderilmiş ama imzalanmamış.`,
	}, Do: doSignThePath},
	"path.first_slash": {What: Text{
		`The path was signed with fewer or more "/" at its beginning than were sent.`,
		`Yolun başındaki "/" sayısı, gönderilenle aynı değil.`,
	}, Do: doSignThePath},
	"path.unescaped": {What: Text{
		"The path was signed before it was escaped.",
		"Yol, kaçış (URL kodlama) uygulanmadan imzalanmış.",
	}, Do: doSignThePath},
	"path.escaped": {What: Text{
		"The path was escaped once more for signing than for sending.",
		"Yola imzalarken, gönderirken olduğundan bir kez fazla kaçış (URL kodlama) uygulanmış.",
	}, Do: doSignThePath},
	"path.case": {What: Text{
		"The path, or an escape in it, was signed in different letter case.",
		"Yol veya içindeki kaçışlar farklı büyük/küçük harflerle imzalanmış.",
	}, Do: doSignThePath},
	"path.left_out": {What: Text{
		"The path was not signed.",
		"Yol imzalanmamış.",
	}, Do: doSignThePath},
	"path.beginning": {What: Text{
		"The path was signed without its beginning, for example without the part that is in the base URL.",
		"Yol başı olmadan, örneğin temel adreste (base URL) duran kısmı olmadan imzalanmış.",
	}, Do: doSignThePath},
	"path.template": {What: Text{
		"The path was signed with a placeholder such as {requestId}, where the sent one has the id.",
		"Yol, gönderilen kimlik (id) yerine {requestId} gibi bir yer tutucuyla imzalanmış.",
	}, Do: doSignThePath},
	"path.end": {What: Text{
		"The path was signed without its end, for example without the id.",
		"Yol sonu olmadan, örneğin sondaki kimlik (id) olmadan imzalanmış.",
	}, Do: doSignThePath},

	"body.left_out": {What: Text{
		"The body was sent but not signed.",
		"Gövde gönderilmiş ama imzalanmamış.",
	}, Do: doSignWhatIsSent},
	"body.placeholder": {What: Text{
		"A placeholder such as {} or null was signed instead of the body.",
		"Gövde yerine {} veya null gibi bir değer imzalanmış.",
	}, Do: doSignNothing},
	"body.other_placeholder": {What: Text{
		"An empty body was signed in one form and sent in another, such as {} and null.",
		"Boş gövde, {} ve null gibi iki farklı biçimde imzalanıp gönderilmiş.",
	}, Do: doSignWhatIsSent},
	"body.newline": {What: Text{
		"The body was signed with different line breaks, or with different white space at its beginning or end.",
		"Gövde farklı satır sonlarıyla ya da başında veya sonunda farklı boşluklarla imzalanmış.",
	}, Do: doSignWhatIsSent},
	"body.compact": {What: Text{
		"The body was signed without white space.",
		"Gövde boşluksuz hâliyle imzalanmış.",
	}, Do: doSignWhatIsSent},
	"body.spaced": {What: Text{
		`The body was signed with a space after each "," or ":", as Python's json.dumps writes it.`,
		`Gövde, Python'daki json.dumps'ın yazdığı gibi "," veya ":" sonrasında boşlukla imzalanmış.`,
	}, Do: doSignWhatIsSent},
	"body.indented": {What: Text{
		"The body was signed pretty-printed.",
		"Gövde girintili (pretty print) hâliyle imzalanmış.",
	}, Do: doSignWhatIsSent},
	"body.escapes_raw": {What: Text{
		`The body was signed without escapes such as \u00e7 or \/.`,
		`Gövde, \u00e7 veya \/ gibi kaçışlar olmadan imzalanmış.`,
	}, Do: doSignWhatIsSent},
	"body.escapes_ascii": {What: Text{
		`The body was signed with \uXXXX for letters such as ş, as Python's json.dumps writes it.`,
		`Gövde, ş gibi harfler Python'daki json.dumps'ın yazdığı gibi \uXXXX biçiminde kodlanarak imzalanmış.`,
	}, Do: doSignWhatIsSent},
	"body.escapes_php": {What: Text{
		`The body was signed with \/ for slashes, as PHP's json_encode writes it.`,
		`Gövde, PHP'deki json_encode'un yazdığı gibi / yerine \/ ile imzalanmış.`,
	}, Do: doSignWhatIsSent},
	"body.escapes_go": {What: Text{
		`The body was signed with \u003c, \u003e and \u0026 for <, > and &, ` +
			"as Go's json.Marshal and Java's Gson write them.",
		`Gövde, Go'daki json.Marshal ve Java'daki Gson gibi <, > ve & yerine ` +
			`\u003c, \u003e ve \u0026 yazılarak imzalanmış.`,
	}, Do: doSignWhatIsSent},
	"body.escapes_java": {What: Text{
		`The body was signed with \u003d and the like for =, ', <, > and &, as Java's Gson writes it.`,
		`Gövde, Java'daki Gson'un yazdığı gibi =, ', <, > ve & yerine \u003d gibi kaçışlarla imzalanmış.`,
	}, Do: doSignWhatIsSent},
	"body.escapes_dotnet": {What: Text{
		`The body was signed with \u0022, \u002B and the like, as .NET's System.Text.Json writes it.`,
		`Gövde, .NET'teki System.Text.Json'un yazdığı gibi \u0022 ve \u002B gibi kaçışlarla imzalanmış.`,
	}, Do: doSignWhatIsSent},
	"body.key_order": {What: Text{
		"The body was signed with its keys sorted.",
		"Gövde, anahtarları sıralanmış hâliyle imzalanmış.",
	}, Do: doSignWhatIsSent},
	"body.numbers": {What: Text{
		"The body was signed with numbers in another form, such as 100.0 for 100.",
		"Gövdedeki sayılar imzalanırken farklı yazılmış; örneğin 100 yerine 100.0.",
	}, Do: doSignWhatIsSent},
	"body.amounts_quoted": {What: Text{
		"The amounts are quoted in the signed body but not in the sent one, or the other way round.",
		"Tutarlar imzalanırken tırnak içinde, gönderilirken tırnaksız (ya da tersi).",
	}, Do: doSignWhatIsSent},
	"body.nulls": {What: Text{
		"The body was signed without its members that are null.",
		"Gövde, değeri null olan alanlar olmadan imzalanmış.",
	}, Do: doSignWhatIsSent},
	"body.charset": {What: Text{
		"The body was signed in a different character set.",
		"Gövde, gönderildiğinden farklı bir karakter kümesiyle imzalanmış.",
	}, Do: doUTF8},
	"body.encoded": {What: Text{
		"The body was encoded once more, as a JSON string, base64 or URL, before it was signed.",
		"Gövde imzalanmadan önce JSON metni, base64 veya URL olarak kodlanmış.",
	}, Do: doSignWhatIsSent},
	"body.encoded_twice": {What: Text{
		"The body was encoded as JSON a second time before it was sent.",
		"Gövde gönderilmeden önce ikinci kez JSON olarak kodlanmış.",
	}, Do: doSignWhatIsSent},

	"message.order": {What: Text{
		"The random key, the path and the body were joined in another order.",
		"Rastgele anahtar, yol ve gövde farklı bir sırayla birleştirilmiş.",
	}, Do: doMessage},
	"message.separator": {What: Text{
		"There is a separator between the random key, the path and the body.",
		"Rastgele anahtar, yol ve gövdenin arasına ayırıcı eklenmiş.",
	}, Do: doMessage},
	"message.method": {What: Text{
		"The HTTP method is part of the signed message.",
		"HTTP metodu da imzalanmış.",
	}, Do: doMessage},
	"message.api_key": {What: Text{
		"The API key is part of the signed message.",
		"API anahtarı da imzalanmış.",
	}, Do: doMessage},
	"message.secret_key": {What: Text{
		"The secret key is part of the signed message.",
		"Secret key imzalanan mesajın içine yazılmış.",
	}, Do: doMessage},
	"message.utf16": {What: Text{
		"The message was signed as UTF-16.",
		"Mesaj UTF-16 olarak imzalanmış.",
	}, Do: Text{
		"Take the message's bytes as UTF-8, for example with Encoding.UTF8 in .NET.",
		"Mesajın baytlarını UTF-8 olarak alın; örneğin .NET'te Encoding.UTF8 ile.",
	}},

	"algorithm.swapped": {What: Text{
		"The key and the message of the HMAC are swapped.",
		"HMAC'te anahtar ile mesaj yer değiştirmiş.",
	}, Do: doHMAC},
	"algorithm.hash": {What: Text{
		"The HMAC uses a hash other than SHA-256.",
		"HMAC, SHA-256 yerine başka bir özet (hash) algoritması kullanıyor.",
	}, Do: doHMAC},
	"algorithm.no_hmac": {What: Text{
		"The signature is a plain hash, not an HMAC.",
		"İmza, HMAC değil düz bir özet (hash).",
	}, Do: doHMAC},
	"algorithm.old": {What: Text{
		"The signature is the SHA-1 of iyzico's old scheme.",
		"İmza, iyzico'nun eski şemasındaki SHA-1 özeti.",
	}, Do: doHMAC},

	"signature.hex_case": {What: Text{
		"The signature is in upper case hex.",
		"İmza büyük harfli hex ile yazılmış.",
	}, Do: doHex},
	"signature.hex_separators": {What: Text{
		`The hex of the signature has "-", ":" or "0x" in it.`,
		`İmzanın hex metninde "-", ":" veya "0x" var.`,
	}, Do: doHex},
	"signature.hex_twice": {What: Text{
		"The signature is encoded in hex a second time.",
		"İmza ikinci kez hex ile kodlanmış.",
	}, Do: doHex},
	"signature.base64": {What: Text{
		"The signature is in base64.",
		"İmza base64 ile kodlanmış.",
	}, Do: doHex},
	"signature.base64url": {What: Text{
		"The base64 of the signature is URL-safe.",
		"İmzanın base64 kodlaması URL güvenli türden.",
	}, Do: doHex},
	"signature.base64_padding": {What: Text{
		"The base64 of the signature has no padding.",
		"İmzanın base64 metninde dolgu (=) yok.",
	}, Do: doHex},
	"signature.base64_lines": {What: Text{
		"The base64 of the signature contains line breaks.",
		"İmzanın base64 metninde satır sonu var.",
	}, Do: doHex},
	"signature.base64_of_hex": {What: Text{
		"The signature is the base64 of its hex.",
		"İmza, hex metninin base64 hâli.",
	}, Do: doHex},
	"signature.base64_twice": {What: Text{
		"The signature is in base64 twice.",
		"İmza base64 ile iki kez kodlanmış.",
	}, Do: doHex},
	"signature.raw": {What: Text{
		"The signature's bytes are not encoded.",
		"İmzanın baytları kodlanmamış.",
	}, Do: doHex},
	"signature.space": {What: Text{
		"The signature has white space around it.",
		"İmzanın başında veya sonunda boşluk var.",
	}, Do: doHex},
	"signature.quotes": {What: Text{
		"The signature has quotes around it.",
		"İmzanın etrafında tırnak var.",
	}, Do: doHex},
	"signature.percent": {What: Text{
		"The signature is percent-encoded.",
		"İmza yüzde (URL) kodlamasından geçmiş.",
	}, Do: doHex},
}
