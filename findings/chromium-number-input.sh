#!/usr/bin/env bash
# Chromium 156 (Debian 12, driven by puppeteer-core 25.16.0): a number field takes 48250,75 for 4825075
#
# Expected: <input type=number> refuses a comma, or reads it as the decimal mark, above all on a page with lang="tr".
# Seen:     in an English browser the comma is dropped as it is typed or pasted, and 4825075 is valid. The page's
#           language changes nothing. 1.250,00 becomes 1.25.
# Meaning:  an approval page or a balance field with type=number makes amounts a hundredfold, or a thousandth.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chromium=$(command -v chromium || command -v google-chrome)
npm install --silent --no-audit --no-fund --ignore-scripts puppeteer-core@25.16.0 >/dev/null

cat >run.js <<'JS'
const puppeteer = require('puppeteer-core');
(async () => {
  const args = process.getuid() === 0 ? ['--no-sandbox', '--lang=en-US'] : ['--lang=en-US'];
  const browser = await puppeteer.launch({ executablePath: process.argv[2], args });
  const page = await browser.newPage();
  for (const lang of ['en', 'tr']) {
    await page.setContent(`<html lang="${lang}"><input id="amount" type="number" step="0.01">`);
    for (const typed of ['48250.75', '48250,75', '1.250,00']) {
      await page.evaluate(() => { amount.value = ''; amount.focus(); });
      await page.keyboard.type(typed);
      const [value, valid] = await page.evaluate(() => [amount.valueAsNumber, amount.validity.valid]);
      await page.evaluate(() => { amount.value = ''; });
      await page.keyboard.sendCharacter(typed);
      const pasted = await page.evaluate(() => amount.valueAsNumber);
      console.log(`lang=${lang}: ${typed} typed is ${value}, valid ${valid}; pasted it is ${pasted}`);
    }
  }
  await browser.close();
})();
JS
HOME=$dir node run.js "$chromium" >seen
diff -u - seen <<'OUTPUT'
lang=en: 48250.75 typed is 48250.75, valid true; pasted it is 48250.75
lang=en: 48250,75 typed is 4825075, valid true; pasted it is 4825075
lang=en: 1.250,00 typed is 1.25, valid true; pasted it is 1.25
lang=tr: 48250.75 typed is 48250.75, valid true; pasted it is 48250.75
lang=tr: 48250,75 typed is 4825075, valid true; pasted it is 4825075
lang=tr: 1.250,00 typed is 1.25, valid true; pasted it is 1.25
OUTPUT
