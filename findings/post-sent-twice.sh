#!/usr/bin/env bash
# Chromium 156 and curl 7.88 (Debian 12): a POST that was read and not answered is sent again, unasked
#
# Expected: a POST whose connection is closed without a response is an error, as in Go: it may have been carried out.
# Seen:     on a connection that was used before, both write it a second time, whole, and report the second response
#           as the only one. On a fresh connection curl reports an error (exit status 52).
# Meaning:  "the button was clicked once" and "the script ran once" do not mean that one request arrived.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chromium=$(command -v chromium || command -v google-chrome)
npm install --silent --no-audit --no-fund --ignore-scripts puppeteer-core@25.16.0 >/dev/null

cat >run.js <<'JS'
const net = require('net');
const { promisify } = require('util');
const execFile = promisify(require('child_process').execFile);
const puppeteer = require('puppeteer-core');

// The server reads every POST to its end. It closes the connection of each but the last of two without a response.
let posts = 0;
const server = net.createServer(connection => {
  let received = '';
  connection.on('error', () => {});
  connection.on('data', data => {
    received += data;
    for (;;) {
      const end = received.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      if (end < 0 || received.length < end + 4 + length) return;
      const post = received.startsWith('POST');
      received = received.slice(end + 4 + length);
      if (post && ++posts === 1) return connection.destroy();
      connection.write('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok');
    }
  });
});

(async () => {
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const say = (who, result) => { console.log(`${who}: ${result}, POST arrived ${posts} times`); posts = 0; };

  const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
  const browser = await puppeteer.launch({ executablePath: process.argv[2], args });
  const page = await browser.newPage();
  await page.goto(url);
  await page.evaluate(() => fetch('/').then(response => response.text()));
  say('chromium fetch, used connection', await page.evaluate(() =>
    fetch('/pay', { method: 'POST', body: '{}' }).then(response => response.status, error => error.message)));
  await browser.close();

  const curl = (...flags) => execFile('curl', ['-sS', '-o', '/dev/null', ...flags]).then(r => r.stdout, e => `exit ${e.code}`);
  say('curl, used connection', await curl(url, '--next', '-sS', '-o', '/dev/null', '-w', '%{http_code}', '-d', '{}', url));
  say('curl, fresh connection', await curl('-d', '{}', url));
  server.close();
  process.exit(0);
})();
JS
HOME=$dir node run.js "$chromium" >seen
diff -u - seen <<'OUTPUT'
chromium fetch, used connection: 200, POST arrived 2 times
curl, used connection: 200, POST arrived 2 times
curl, fresh connection: exit 52, POST arrived 1 times
OUTPUT
