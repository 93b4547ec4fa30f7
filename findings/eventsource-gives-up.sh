#!/usr/bin/env bash
# Chromium 156 (Debian 12) and a server in Node 20: one 502 ends a live page's EventSource for good
#
# Expected: EventSource reconnects by itself after any failure; that is what it is for.
# Seen:     it does after a connection that breaks. After a single 429, 502 or 503, such as a proxy's during a
#           restart, it is closed (readyState 2) and never asks again, although the server answers right afterwards.
# Meaning:  a page that shows payouts live stands still, and shows yesterday's state as today's, until it is reloaded.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chromium=$(command -v chromium || command -v google-chrome)
npm install --silent --no-audit --no-fund --ignore-scripts puppeteer-core@25.16.0 >/dev/null

cat >run.js <<'JS'
const http = require('http');
const puppeteer = require('puppeteer-core');

let opened = 0, failure = 0, whenOpened = () => {}, whenFailed = () => {};
const server = http.createServer((request, response) => {
  if (request.url !== '/events') return response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>live</p>');
  if (failure) { // once
    response.writeHead(failure).end();
    failure = 0;
    return whenFailed();
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('retry: 10\ndata: 1\n\n');
  whenOpened(response);
});

(async () => {
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
  const browser = await puppeteer.launch({ executablePath: process.argv[2], args });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  for (const status of [0, 429, 502, 503]) {
    const first = new Promise(resolve => { whenOpened = resolve; });
    await page.evaluate(() => { window.live?.close(); window.live = new EventSource('/events'); });
    const stream = await first;
    const again = new Promise(resolve => { whenOpened = () => resolve('is open again'); });
    failure = status;
    stream.destroy();
    const gaveUp = page.waitForFunction(() => live.readyState === EventSource.CLOSED, { timeout: 20000 })
      .then(() => 'gave up', () => 'neither');
    console.log(status ? `one ${status}:` : 'a cut:', await Promise.race([again, gaveUp]));
  }
  await browser.close();
  process.exit(0);
})();
JS
HOME=$dir node run.js "$chromium" >seen
diff -u - seen <<'OUTPUT'
a cut: is open again
one 429: gave up
one 502: gave up
one 503: gave up
OUTPUT
