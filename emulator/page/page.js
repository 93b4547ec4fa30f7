'use strict';
// The page reads the emulator's HTTP API and writes what came as text; it never writes HTML.

const lang = document.documentElement.lang;
const texts = JSON.parse(document.getElementById('texts').textContent);
const plural = new Intl.PluralRules(lang);
const when = new Intl.DateTimeFormat(lang, {day: 'numeric', month: 'short', year: 'numeric',
  hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'});
const integer = new Intl.NumberFormat(lang);
const seconds = new Intl.NumberFormat(lang, {useGrouping: false, maximumFractionDigits: 3});
const money = new Intl.NumberFormat(lang, {minimumFractionDigits: 2, maximumFractionDigits: 20});
const $ = id => document.getElementById(id);

function t(key, values = {}) {
  let text = texts[key] ?? key;
  if (typeof text === 'object') text = text[plural.select(values.n)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => typeof values[name] === 'number' ? integer.format(values[name]) : values[name]);
}

const time = ms => ms ? when.format(ms) : '';
const amount = text => text === undefined ? '' : money.format(text);
const sums = (payout, name) => payout.sums.map(sum => `${amount(sum[name])} ${sum.currency}`).join(' + ') || amount('0');

// plain returns a number as the API reads it, of one as a person writes it: 1250,5 or 1250.5, or as the page writes it,
// in Turkish 999.516.307,10. What both could be read in two ways, such as 10.000, the pattern of the field refuses.
function plain(text) {
  const last = Math.max(text.lastIndexOf(','), text.lastIndexOf('.'));
  if (last < 0) return text.trim();
  return (text.slice(0, last).replace(/[.,]/g, '') + '.' + text.slice(last + 1)).trim();
}

// field returns the element of root that shows a value, put writes one. Text that is there already is left alone, so
// that a selection and a screen reader's place survive the next second.
const field = (root, name) => root.querySelector(`[data-f="${name}"]`);
function put(root, name, text) {
  const at = typeof name === 'string' ? field(root, name) : name;
  text = String(text ?? '');
  if (at.textContent !== text) at.textContent = text;
  return at;
}
function attr(at, name, value) {
  if (at.getAttribute(name) !== value) at.setAttribute(name, value);
}
function show(at, visible) {
  if (at.hidden === visible) at.hidden = !visible;
}
function element(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

// list makes parent's children show these values, keeping the elements of those that it showed before.
function list(parent, values, key, template, fill) {
  const old = new Map(Array.from(parent.children, child => [child.dataset.key, child]));
  let at = parent.firstElementChild;
  for (const value of values) {
    const k = String(key(value));
    let child = old.get(k);
    old.delete(k);
    if (!child) {
      child = typeof template === 'string' ? $(template).content.firstElementChild.cloneNode(true) : template(value);
      child.dataset.key = k;
    }
    fill(child, value);
    if (child === at) at = at.nextElementSibling;
    else parent.insertBefore(child, at);
  }
  for (const child of old.values()) child.remove();
}

// bar draws parts side by side, each as wide as its share.
function bar(at, parts, describe) {
  const shown = parts.filter(part => part.share > 0);
  list(at, shown, part => part.name, part => element('span', 'part ' + fundsClass(part.name)), (child, part) => {
    child.style.flexGrow = part.share;
  });
  at.classList.toggle('void', shown.length === 0);
  if (describe) attr(at, 'aria-label', shown.map(describe).join(', ') || t('nothingLeft'));
}

// Talking to the emulator.

class Gone extends Error {}

async function call(path, method = 'GET', body) {
  const query = (path.includes('?') ? '&' : '?') + 'lang=' + lang;
  const response = await fetch(path + query, {
    method, cache: 'no-store', signal: AbortSignal.timeout(10000),
    body: body === undefined ? undefined : JSON.stringify(body),
    headers: body === undefined ? {} : {'Content-Type': 'application/json'},
  });
  if (response.status === 404) throw new Gone();
  const result = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(result.error);
  return result;
}

let toastTimer;
function toast(text, bad) {
  const at = $('toast');
  at.textContent = text;
  at.classList.toggle('bad', Boolean(bad));
  at.classList.add('shown');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => at.classList.remove('shown'), 4000);
}

// act does what a button is for, and shows what came of it at once.
async function act(done, path, method, body) {
  try {
    await call(path, method, body);
    toast(done);
  } catch (err) {
    toast(t('failed', {why: err.message}), true);
  }
  await refresh();
}

// What is shown where.

const size = {payouts: 8, requests: 12, items: 25};
const place = {payouts: 0, requests: 0, items: 0, status: '', currency: 'TRY', q: ''};

function route() {
  const [view, id] = location.hash.slice(1).split('/');
  try {
    if ((view === 'payout' || view === 'request') && id) return {view, id: decodeURIComponent(id)};
  } catch { /* not an address of this page */ }
  return {view: 'overview', id: ''};
}

function pager(name, total) {
  const at = $(name + '-pager'), pages = Math.max(1, Math.ceil(total / size[name]));
  if (place[name] >= pages) place[name] = pages - 1;
  show(at, pages > 1);
  if (at.childElementCount === 0) {
    const [back, on] = name === 'items' ? ['previous', 'next'] : ['newer', 'older'];
    const button = (text, step) => {
      const b = element('button', '', text);
      b.type = 'button';
      b.addEventListener('click', () => { place[name] += step; refresh(); });
      return b;
    };
    at.append(button(t(back), -1), element('span'), button(t(on), 1));
  }
  const [back, range, on] = at.children;
  const from = place[name] * size[name];
  back.disabled = from === 0;
  on.disabled = place[name] + 1 >= pages;
  put(range, range, t('range', {from: from + 1, to: Math.min(from + size[name], total), total}));
}

const fundsOrder = ['with the recipient', 'on the way', 'unsettled', 'back', 'stuck', 'not moved', 'never moved'];
const fundsClass = funds => funds.replaceAll(' ', '-');

// fundsOf returns where the money of items in a status is.
function fundsOf(status, payout) {
  switch (status) {
    case 'INIT': return 'not moved';
    case 'INVALID': case 'MASS_PAYOUT_CANCELED': return 'never moved';
    case 'SUCCESS': return 'with the recipient';
    case 'FAILED': return payout.status === 'INSUFFICIENT_BALANCE' ? 'never moved' : 'unsettled';
    case 'DEPOSIT_SUCCESS': return 'back';
    case 'DEPOSIT_FAIL': return 'stuck';
  }
  return 'on the way';
}

function fundsBar(at, funds, describe) {
  bar(at, fundsOrder.map(name => ({name, share: funds[name] ?? 0})),
    describe && (part => `${t('funds.' + part.name)}: ${integer.format(part.share)}`));
}

function pill(at, status) {
  put(at, at, status);
  attr(at, 'data-status', status);
}

function http(at, exchange) {
  put(at, at, exchange.httpStatus || '—');
  attr(at, 'data-verdict', exchange.verdict);
  attr(at, 'title', exchange.httpStatus ? `HTTP ${exchange.httpStatus}` : t('noResponse'));
}

// why says what came of a request beside its verdict: the refusal, the fault, the mistake.
function why(exchange) {
  const parts = [exchange.why];
  if (exchange.fault) parts.push(t('kind.' + exchange.fault));
  if (exchange.fault && !exchange.httpStatus) parts.push(t(exchange.afterEffect ? 'carriedOut' : 'notCarriedOut'));
  const said = parts.filter(Boolean).join('; ');
  return said && '· ' + said;
}

function showState(state) {
  put(document, 'clock', time(state.now));
  put(document, 'payouts-total', state.payouts ? integer.format(state.payouts) : '');
  put(document, 'requests-total', state.requests ? integer.format(state.requests) : '');
  for (const form of document.querySelectorAll('form[data-setting]')) {
    const input = form.elements.value, name = form.dataset.setting;
    const value = name === 'stage' ? seconds.format(state.stageMillis / 1000)
      : amount(name === 'balance' ? state.accounts[0].balance : state.commission);
    if (document.activeElement !== input && !input.dataset.typed && input.value !== value) input.value = value;
  }
  showLedger(state.accounts);
  showFaults(state.faults);
}

function showLedger(accounts) {
  const used = accounts.filter(account => account.currency === 'TRY' || account.moved);
  if (!used.some(account => account.currency === place.currency)) place.currency = used[0].currency;
  show($('currencies'), used.length > 1);
  list($('currencies'), used.length > 1 ? used : [], account => account.currency, account => {
    const b = element('button', 'chip', account.currency);
    b.type = 'button';
    b.addEventListener('click', () => { place.currency = account.currency; refresh(); });
    return b;
  }, (child, account) => attr(child, 'aria-pressed', String(account.currency === place.currency)));

  const account = used.find(account => account.currency === place.currency), at = $('overview');
  put(at, 'balance', amount(account.balance));
  put(at, 'currency', account.currency);
  const names = ['sent', 'reserved', 'unsettled', 'back', 'stuck'];
  bar(field(at, 'bar'), names.map(name => ({name, share: Number(account[name])})),
    part => `${t(part.name)}: ${amount(account[part.name])}`);
  for (const name of names) {
    const tile = at.querySelector(`[data-part="${name}"]`);
    put(tile, 'amount', amount(account[name]));
    tile.classList.toggle('zero', Number(account[name]) === 0);
    if (name === 'unsettled') show(tile, Number(account[name]) > 0);
  }
  for (const name of ['total', 'balance', 'reserved', 'sent', 'unsettled', 'stuck']) {
    put(at, 's-' + name, amount(account[name]));
    const term = at.querySelector(`[data-term="${name}"]`);
    if (term) show(term, Number(account[name]) > 0);
  }
  const verdict = put(at, 'adds-up', t(account.balanced ? 'balanced' : 'unbalanced'));
  verdict.classList.toggle('bad', !account.balanced);
}

function faultName(fault) {
  const known = Object.entries(faults).find(([, f]) => Object.entries(f).every(([name, value]) => fault[name] === value)
    && Boolean(f.afterEffect) === fault.afterEffect);
  return known ? t('fault.' + known[0]) : t('kind.' + fault.kind);
}

function showFaults(armed) {
  show($('armed-box'), armed.length > 0);
  list($('armed'), armed, fault => fault.id, 'armed-row', (child, fault) => {
    const what = `${fault.operation || t('anyCall')}: ${faultName(fault)}`;
    const left = fault.times - fault.struck;
    const often = fault.times < 0 ? t('always') : left > 1 ? `${integer.format(left)} ×` : t('once');
    put(child, 'what', what);
    put(child, 'how', often + ' · ' + (fault.struck ? t('struckTimes', {n: fault.struck}) : t('notStruck')));
    const close = child.querySelector('button');
    attr(close, 'aria-label', t('clear') + ': ' + what);
    close.onclick = () => act(t('done.clear'), 'faults/' + fault.id, 'DELETE');
  });
}

function showPayouts({payouts, total}) {
  show($('no-payouts'), total === 0 && !place.q);
  show($('no-payout-found'), total === 0 && Boolean(place.q));
  list($('payouts'), payouts, payout => payout.requestId, 'payout-row', (child, payout) => {
    attr(child.firstElementChild, 'href', '#payout/' + encodeURIComponent(payout.requestId));
    put(child, 'externalId', payout.externalId);
    put(child, 'total', sums(payout, 'total'));
    pill(field(child, 'status'), payout.status);
    const refused = payout.counts.INVALID ?? 0;
    put(child, 'items', t('items', {n: payout.items}) + (refused ? ' · ' + t('refusedItems', {n: refused}) : ''));
    put(child, 'time', time(payout.received));
    fundsBar(field(child, 'bar'), payout.funds);
  });
  pager('payouts', total);
}

function showRequests({requests, total}) {
  show($('no-requests'), total === 0 && !place.q);
  show($('no-request-found'), total === 0 && Boolean(place.q));
  list($('requests'), requests, exchange => exchange.id, 'request-row', (child, exchange) => {
    attr(child.firstElementChild, 'href', '#request/' + exchange.id);
    attr(child.firstElementChild, 'data-verdict', exchange.verdict);
    http(field(child, 'http'), exchange);
    put(child, 'operation', exchange.operation || t('otherPath'));
    put(child, 'client', exchange.client);
    put(child, 'time', time(exchange.at));
    put(child, 'verdict', t('verdict.' + exchange.verdict));
    put(child, 'why', why(exchange));
  });
  pager('requests', total);
}

function showPayout(payout, {items, total}) {
  const at = $('payout');
  $('heading').textContent = `${t('payout')} ${payout.externalId}`;
  put(at, 'externalId', payout.externalId);
  put(at, 'requestId', payout.requestId);
  pill(field(at, 'status'), payout.status);
  for (const name of ['total', 'paid', 'commission']) put(at, name, sums(payout, name));
  put(at, 'items', integer.format(payout.items));
  fundsBar(field(at, 'bar'), payout.funds, true);

  if (!payout.counts[place.status]) place.status = ''; // nothing is left in it
  const chips = [{status: '', count: payout.items}].concat(
    Object.entries(payout.counts).map(([status, count]) => ({status, count})));
  list($('payout-funds'), chips, chip => chip.status, chip => {
    const b = element('button', 'chip');
    b.type = 'button';
    if (chip.status) b.append(element('span', 'swatch'));
    b.append(element('span', '', chip.status || t('all')), element('span', 'n'));
    b.addEventListener('click', () => { place.status = chip.status; place.items = 0; refresh(); });
    return b;
  }, (child, chip) => {
    const swatch = child.querySelector('.swatch');
    if (swatch) swatch.className = 'swatch ' + fundsClass(fundsOf(chip.status, payout));
    put(child, child.lastElementChild, integer.format(chip.count));
    attr(child, 'aria-pressed', String(chip.status === place.status));
  });

  show($('no-item-found'), total === 0 && Boolean(place.q));
  list($('items'), items, item => item.referenceCode, 'item-row', (child, item) => {
    put(child, 'id', item.itemExternalId);
    put(child, 'recipientType', item.recipientType);
    put(child, 'recipient', item.recipient);
    put(child, 'amount', amount(item.amount));
    put(child, 'currency', item.currency);
    put(child, 'status', item.status);
    put(child, 'errors', item.errors.join('; '));
    field(child, 'swatch').className = 'swatch ' + fundsClass(item.funds);
    put(child, 'funds', t('funds.' + item.funds));
    const select = field(child, 'outcome');
    attr(select, 'aria-label', t('outcomeOf', {id: item.itemExternalId}));
    show(select, !item.ended);
    const outcome = item.outcome.join(' → ');
    if (!Array.from(select.options).some(option => option.value === outcome)) select.append(new Option(outcome));
    if (document.activeElement !== select) select.value = outcome;
    select.onchange = () => act(t('done.outcome', {id: item.itemExternalId, status: select.value}),
      'outcomes', 'POST', {itemExternalId: item.itemExternalId, statuses: select.value.split(' → ')});
  });
  pager('items', total);

  list($('timeline'), payout.timeline, event => event.status + event.at, 'event-row', (child, event) => {
    attr(child, 'data-status', event.expected ? 'expected' : event.status);
    put(child, 'time', time(event.at));
    put(child, 'event', event.expected ? t('event.next') : texts['event.' + event.status] ?? event.status);
    put(child, 'items', event.expected ? t('expected') : event.items ? t('items', {n: event.items}) : '');
  });
}

function showHeaders(at, headers) {
  const key = JSON.stringify(headers);
  if (at.dataset.key === key) return;
  at.dataset.key = key;
  at.replaceChildren(...headers.flatMap(({name, value}) => [element('dt', '', name), element('dd', '', value)]));
  if (headers.length === 0) at.append(element('dd', 'hint', t('noHeaders')));
}

// marked shows a text of parts, those that differ marked.
function marked(at, parts) {
  const key = JSON.stringify(parts);
  if (at.dataset.key === key) return;
  at.dataset.key = key;
  at.replaceChildren(...parts.map(part => element(part.differs ? 'mark' : 'span', part.part, part.text)));
}

function showRequest(exchange) {
  const at = $('request');
  $('heading').textContent = `${t('request')} ${exchange.id}`;
  put(at, 'id', exchange.id);
  put(at, 'method', exchange.method);
  put(at, 'target', exchange.target);
  http(field(at, 'http'), exchange);
  put(at, 'verdict', t('verdict.' + exchange.verdict));
  put(at, 'why', why(exchange));
  put(at, 'operation', exchange.operation || t('otherPath'));
  put(at, 'time', time(exchange.at));
  put(at, 'client', exchange.client || '—');
  showHeaders(field(at, 'requestHeaders'), exchange.headers);
  put(at, 'requestBody', exchange.body || t('noBody'));
  put(at, 'responseBody', exchange.response.body || (exchange.httpStatus ? t('noBody') : t('noResponse')));
  show(field(at, 'requestTruncated'), exchange.truncated);
  show(field(at, 'responseTruncated'), exchange.response.truncated);

  const signature = exchange.signature;
  show($('explained'), Boolean(signature));
  if (!signature) return;
  list($('mistakes'), signature.mistakes, mistake => mistake.code, 'mistake-row', (child, mistake) => {
    put(child, 'what', mistake.what);
    put(child, 'fix', mistake.do);
  });
  show($('unexplained'), signature.mistakes.length === 0);
  show($('was-signed'), signature.signed.length > 0);
  marked(field(at, 'signed'), signature.signed);
  marked(field(at, 'expected'), signature.expected);
}

let shown = '';
function view(name, id) {
  if (shown === name + id) return;
  const first = shown === '';
  shown = name + id;
  for (const section of document.querySelectorAll('main > .view')) section.hidden = section.id !== name;
  if (name === 'overview') $('heading').textContent = t('overview');
  document.title = `${$('heading').textContent} · ${t('title')}`;
  for (const a of document.querySelectorAll('.languages a')) a.hash = location.hash;
  if (first) return;
  window.scrollTo(0, 0);
  if (!document.querySelector('.controls').contains(document.activeElement)) $('heading').focus({preventScroll: true});
}

// refresh reads what the view needs. An older reading that comes back late is not shown.
let reading = 0;
async function refresh() {
  const mine = ++reading, {view: name, id} = route();
  const current = () => mine === reading;
  try {
    const asked = [call('state')];
    if (name === 'payout') {
      const path = 'payouts/' + encodeURIComponent(id);
      asked.push(call(path), call(`${path}/items?page=${place.items}&size=${size.items}&status=${encodeURIComponent(place.status)}&q=${encodeURIComponent(place.q)}`));
    } else if (name === 'request') {
      asked.push(call('requests/' + encodeURIComponent(id)));
    } else {
      const q = '&q=' + encodeURIComponent(place.q);
      asked.push(call(`payouts?page=${place.payouts}&size=${size.payouts}${q}`),
        call(`requests?page=${place.requests}&size=${size.requests}${q}`));
    }
    const [state, first, second] = await Promise.allSettled(asked);
    if (!current()) return;
    if (state.status === 'rejected') throw state.reason;
    showState(state.value);
    const failed = [first, second].find(result => result?.status === 'rejected');
    if (failed && failed.reason instanceof Gone) view('gone', id);
    else if (failed) throw failed.reason;
    else {
      if (name === 'payout') showPayout(first.value, second.value);
      else if (name === 'request') showRequest(first.value);
      else {
        showPayouts(first.value);
        showRequests(second.value);
      }
      view(name, id);
    }
    live(true);
  } catch (err) {
    if (current()) live(false);
  }
}

function live(yes) {
  $('live').classList.toggle('off', !yes);
  put($('live'), 'live', t(yes ? 'live' : 'offline'));
  document.body.dataset.ready = 'yes';
}

// The faults that a button stands for, as POST faults takes them.
const faults = {
  lost: {kind: 'cut', afterEffect: true},
  cut: {kind: 'cut'},
  rateLimited: {kind: 'rate-limited'},
  html: {kind: 'html'},
  slow: {kind: 'delay', delayMillis: 5000},
  notEnabled: {kind: 'refusal', errorCode: '2000'},
  unauthorized: {kind: 'refusal', status: 401},
  unprocessable: {kind: 'refusal', status: 422},
  stale: {kind: 'stale'},
  readLag: {kind: 'read-lag', afterEffect: true},
  otherPayout: {kind: 'other-payout', afterEffect: true},
  duplicate: {kind: 'duplicate', afterEffect: true},
  systemError: {kind: 'system-error'},
  failureWith200: {kind: 'failure-200'},
  truncated: {kind: 'truncated', afterEffect: true},
  redirect: {kind: 'redirect'},
};

for (const button of document.querySelectorAll('[data-fault]')) {
  button.addEventListener('click', () => {
    const fault = {...faults[button.dataset.fault], times: Number($('fault-times').value)};
    if ($('fault-operation').value) fault.operation = $('fault-operation').value;
    act(t('done.fault', {what: button.textContent}), 'faults', 'POST', fault);
  });
}
$('clear-all').addEventListener('click', () => act(t('done.clear'), 'faults', 'DELETE'));
$('advance').addEventListener('click', () => act(t('done.advance'), 'clock', 'POST', {stages: 1}));

for (const form of document.querySelectorAll('form[data-setting]')) {
  form.addEventListener('input', () => { form.elements.value.dataset.typed = 'yes'; });
  form.addEventListener('submit', event => {
    event.preventDefault();
    const value = plain(form.elements.value.value);
    const body = form.dataset.setting === 'stage' ? {stageMillis: Math.round(Number(value) * 1000)} : {[form.dataset.setting]: value};
    delete form.elements.value.dataset.typed;
    form.elements.value.blur();
    act(t('done.set'), 'settings', 'POST', body);
  });
}

// The search stays while a payout is opened: there it searches the items.
$('search').addEventListener('input', event => {
  Object.assign(place, {q: event.target.value.trim(), payouts: 0, requests: 0, items: 0, status: ''});
  refresh();
});

// The keys of the page, as its help lists them. None does anything while something is typed.
const keys = {
  '/': () => $('search').focus(),
  a: () => $('advance').click(),
  r: () => { $('recipients').open = true; $('recipients').querySelector('summary').focus(); },
  o: () => { location.hash = ''; },
};
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && event.target === $('search')) {
    $('search').value = '';
    $('search').dispatchEvent(new Event('input'));
  }
  const typing = event.target.closest('input, select, textarea, dialog') || $('reset-dialog').open;
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});

call('recipients').then(({recipients}) => list($('recipient-list'), recipients, to => to.digits, 'recipient-row', (child, to) => {
  put(child, 'iban', to.iban);
  put(child, 'what', to.refused ? `${t('refusedAtInit')}: ${to.refused}` : to.statuses.join(' → '));
}));

$('reset').addEventListener('click', () => { $('reset-dialog').returnValue = ''; $('reset-dialog').showModal(); });
$('reset-dialog').addEventListener('close', event => {
  if (event.target.returnValue === 'yes') act(t('done.reset'), 'reset', 'POST');
});

put(document, 'address', location.origin);
put(document, 'curl', `curl -s ${location.origin}${location.pathname}state`);

window.addEventListener('hashchange', () => {
  Object.assign(place, {items: 0, status: ''});
  refresh();
});

// watch shows every change as soon as it is made, and what only time changes within a second, while anybody looks.
const pause = ms => new Promise(done => setTimeout(done, ms));
async function watch() {
  for (;;) {
    const changed = call('state?wait=1000').catch(() => pause(1000));
    await refresh();
    await Promise.all([changed, pause(200)]);
    if (document.hidden) await new Promise(done => document.addEventListener('visibilitychange', done, {once: true}));
  }
}
watch();
