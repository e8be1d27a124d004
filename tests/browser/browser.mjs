// Windows that a person uses: go, fill, choose, press, read. Real keys and real clicks.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Chromium } from './cdp.mjs';

const FINDING = readFileSync(new URL('./finding.js', import.meta.url), 'utf8');
const PATIENCE = 20000;
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
const quoted = value => JSON.stringify(value);

/** Words without white space: how a page breaks its lines is not what is compared. */
export const bare = text => text.replace(/[\s\u200b]+/g, '');

/** Heights of a desk, a phone, and a small phone. */
export const SCREENS = { 1280: { height: 900, mobile: false }, 390: { height: 844, mobile: true }, 320: { height: 640, mobile: true } };

/** A Chromium for one day; each window has cookies of its own. */
export class Browser {
  static async start(base, output) {
    mkdirSync(output, { recursive: true });
    const browser = new Browser();
    Object.assign(browser, { base, output, chromium: await Chromium.start(), windows: [], inFront: new Map() });
    return browser;
  }

  async window({ width = 1280, script = true } = {}) {
    const { browserContextId } = await this.chromium.send('Target.createBrowserContext');
    const window = await Window.open(this, browserContextId, { width, script });
    this.windows.push(window);
    return window;
  }

  /** What any window's console complained about. */
  complaints() {
    return this.windows.flatMap(window => window.complaints);
  }

  close() {
    return this.chromium.close();
  }
}

/** One window (a tab with its own cookies, or a second tab beside another). */
export class Window {
  #marks = 0;
  complaints = [];
  status = 0;
  headers = {};

  static async open(browser, context, { width, script }) {
    const { targetId } = await browser.chromium.send('Target.createTarget', { url: 'about:blank', browserContextId: context });
    return Window.attach(browser, context, targetId, { width, script });
  }

  static async attach(browser, context, targetId, { width, script }) {
    const window = new Window();
    Object.assign(window, { browser, context, targetId, width, script });
    const { sessionId } = await browser.chromium.send('Target.attachToTarget', { targetId, flatten: true });
    window.session = sessionId;
    browser.chromium.hear(message => { if (message.sessionId === sessionId) window.#hear(message); });
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await window.cdp(`${domain}.enable`);
    if (!script) await window.cdp('Emulation.setScriptExecutionDisabled', { value: true });
    await window.size(width);
    browser.inFront.set(context, targetId);
    return window;
  }

  cdp(method, params = {}) {
    return this.browser.chromium.send(method, params, this.session);
  }

  #hear({ method, params }) {
    if (method === 'Network.responseReceived' && params.type === 'Document' && params.frameId === this.targetId) {
      this.status = params.response.status;
      this.headers = Object.fromEntries(Object.entries(params.response.headers).map(([name, value]) => [name.toLowerCase(), value]));
    }
    if (method === 'Runtime.exceptionThrown') {
      const { exceptionDetails: what } = params;
      this.complaints.push(`exception: ${what.exception?.description || what.text}`);
    }
    // Refused input (4xx) is part of the days; everything else a console says is a fault.
    if (method === 'Log.entryAdded' && /warning|error/.test(params.entry.level) && !/status of 4\d\d/.test(params.entry.text)) {
      this.complaints.push(`${params.entry.source}: ${params.entry.text.slice(0, 300)} ${params.entry.url || ''}`);
    }
  }

  /** A second tab with the same cookies. */
  async tab() {
    const window = await Window.open(this.browser, this.context, this);
    this.browser.windows.push(window);
    return window;
  }

  async close() {
    this.browser.inFront.delete(this.context);
    await this.browser.chromium.send('Target.closeTarget', { targetId: this.targetId });
  }

  /** Among tabs of the same cookies only the one in front is drawn. */
  async front() {
    if (this.browser.inFront.get(this.context) === this.targetId) return;
    this.browser.inFront.set(this.context, this.targetId);
    await this.cdp('Page.bringToFront');
  }

  async size(width, height = SCREENS[width].height) {
    await this.cdp('Emulation.setDeviceMetricsOverride', { width, deviceScaleFactor: 1, ...SCREENS[width], height });
  }

  /** Evaluates in the page. */
  async run(expression) {
    const answer = await this.cdp('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description?.split('\n')[0] || answer.exceptionDetails.text);
    return answer.result.value;
  }

  /** Evaluates with the finder at hand, as `find`. */
  async ask(expression) {
    return this.run(`(() => { if (!window.akashiFind) ${FINDING} const find = window.akashiFind; return ${expression}; })()`);
  }

  /** Does something that leads to another page, and waits until that page stands. */
  async leads(deed) {
    // A page out of the browser's memory brings an older mark along.
    const mark = ++this.#marks;
    await this.run(`document.akashiLeft = ${mark}`);
    await deed();
    const end = Date.now() + PATIENCE;
    for (;;) {
      const there = await this.run(`document.akashiLeft !== ${mark} && document.readyState === "complete" && location.href !== "about:blank"`).catch(() => false);
      if (there) break;
      if (Date.now() > end) throw new Error(`nothing happened for ${PATIENCE / 1000} s at ${await this.path()}`);
      await pause(15);
    }
  }

  /** Opens an address of the site. */
  async go(address) {
    const url = new URL(address, this.browser.base).href;
    await this.leads(async () => {
      const { errorText } = await this.cdp('Page.navigate', { url });
      if (errorText) throw new Error(`${url} has no page to show: ${errorText}`);
    });
    return this.status;
  }

  reload() {
    return this.leads(() => this.cdp('Page.reload'));
  }

  /** The browser's own Back button. */
  back() {
    return this.leads(async () => {
      const { currentIndex, entries } = await this.cdp('Page.getNavigationHistory');
      await this.cdp('Page.navigateToHistoryEntry', { entryId: entries[currentIndex - 1].id });
    });
  }

  path() {
    return this.run('location.pathname + location.search');
  }

  /** What a reader sees. */
  text() {
    // Between two pages there is no body yet.
    return this.run('document.body?.innerText ?? ""');
  }

  title() {
    return this.run('document.title');
  }

  /** Where an element is after it was brought into view; it must be on top there. */
  async #aim(finder) {
    await this.front();
    const spot = await this.ask(`(() => {
      const e = ${finder};
      e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
      const box = [...e.getClientRects()].find(one => one.width > 0 && one.height > 0) || e.getBoundingClientRect();
      const x = box.x + box.width / 2, y = box.y + box.height / 2;
      const top = document.elementFromPoint(x, y);
      const label = e.labels?.[0];
      const good = top && (e.contains(top) || top.contains(e) || label?.contains(top));
      return { x, y, over: good ? null : (top ? top.outerHTML.slice(0, 120) : 'nothing') };
    })()`);
    if (spot.over) throw new Error(`${finder} is covered by ${spot.over} at ${await this.path()}`);
    return spot;
  }

  async #click(finder, count = 1) {
    // An answer from the server may push the page about: press where it has come to rest.
    let spot = await this.#aim(finder);
    for (let tries = 0, before; tries < 10 && (!before || before.x !== spot.x || before.y !== spot.y); tries++) {
      before = spot;
      await pause(15);
      spot = await this.#aim(finder);
    }
    const { x, y } = spot;
    for (let pressed = 1; pressed <= count; pressed++) {
      await this.cdp('Input.dispatchMouseEvent', { type: 'mousePressed', x, y, button: 'left', clickCount: pressed });
      await this.cdp('Input.dispatchMouseEvent', { type: 'mouseReleased', x, y, button: 'left', clickCount: pressed });
    }
  }

  #pressable(words, within) {
    return `find.pick(${quoted(within || '')}, 'button, a[href], input[type=submit], summary', ${quoted(words)})`;
  }

  /** Presses a button or link that leads on; `within` names the part of the page. */
  press(words, { within, twice = false } = {}) {
    return this.leads(() => this.#click(this.#pressable(words, within), twice ? 2 : 1));
  }

  /** Presses what stays on the page. */
  async touch(words, { within } = {}) {
    await this.#click(this.#pressable(words, within));
    await pause(60);
  }

  /** Presses a link that opens a tab, and answers with that tab. */
  async opens(words, { within } = {}) {
    let found;
    const stop = this.browser.chromium.hear(({ method, params }) => {
      if (method === 'Target.targetCreated' && params.targetInfo.openerId === this.targetId) found = params.targetInfo.targetId;
      // noopener links tell no opener: the new page of the same cookies it is.
      if (method === 'Target.targetCreated' && params.targetInfo.type === 'page' && params.targetInfo.browserContextId === this.context && params.targetInfo.targetId !== this.targetId) found ??= params.targetInfo.targetId;
    });
    await this.browser.chromium.send('Target.setDiscoverTargets', { discover: true });
    found = undefined;
    await this.#click(this.#pressable(words, within));
    const end = Date.now() + PATIENCE;
    while (!found && Date.now() < end) await pause(20);
    stop();
    await this.browser.chromium.send('Target.setDiscoverTargets', { discover: false });
    if (!found) throw new Error(`「${words}」 opened no tab`);
    const window = await Window.attach(this.browser, this.context, found, this);
    this.browser.windows.push(window);
    while (Date.now() < end && !await window.run('document.readyState === "complete" && location.href !== "about:blank"').catch(() => false)) await pause(20);
    // Its first answer came before we listened.
    await window.reload();
    return window;
  }

  /** The address a link leads to. */
  href(words, { within } = {}) {
    return this.ask(`${this.#pressable(words, within)}.getAttribute('href')`);
  }

  #field(label, within) {
    return `find.pick(${quoted(within || '')}, 'input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea, select', ${quoted(label)})`;
  }

  /** Types into a field, or chooses an option of a list, by its label. */
  async fill(label, value, { within } = {}) {
    const field = this.#field(label, within);
    if (await this.ask(`${field}.tagName`) === 'SELECT') {
      await this.ask(`(() => {
        const e = ${field}, option = [...e.options].find(one => find.bare(one.text) === find.bare(${quoted(value)}));
        if (!option) throw new Error('no option 「' + ${quoted(value)} + '」; there is: ' + [...e.options].map(one => one.text).join(' / '));
        e.value = option.value;
        e.dispatchEvent(new Event('input', { bubbles: true })); e.dispatchEvent(new Event('change', { bubbles: true }));
      })()`);
      return;
    }
    await this.#aim(field);
    await this.ask(`(() => { const e = ${field}; e.focus(); e.select(); })()`);
    if (value === '') await this.key('Backspace', 8);
    else await this.cdp('Input.insertText', { text: value });
    await this.ask(`${field}.blur()`);
  }

  /** Sets a field's value without typing, for texts too long to type. */
  paste(label, value, { within } = {}) {
    return this.ask(`(${this.#field(label, within)}).value = ${quoted(value)}`);
  }

  /** Chooses a file on this machine. */
  async upload(label, file, { within } = {}) {
    const field = `find.pick(${quoted(within || '')}, 'input[type=file]', ${quoted(label)})`;
    await this.ask(`(() => { document.querySelectorAll('[data-akashi-file]').forEach(e => delete e.dataset.akashiFile); ${field}.dataset.akashiFile = '1'; })()`);
    const { root } = await this.cdp('DOM.getDocument');
    const { nodeId } = await this.cdp('DOM.querySelector', { nodeId: root.nodeId, selector: '[data-akashi-file]' });
    await this.cdp('DOM.setFileInputFiles', { nodeId, files: [file] });
  }

  /** What stands in a field. */
  value(label, { within } = {}) {
    return this.ask(`(e => e.tagName === 'SELECT' ? e.selectedOptions[0].text : e.value)(${this.#field(label, within)})`);
  }

  /** Chooses among radios by the words beside them, within the group of that name. */
  async choose(group, option) {
    const radio = `find.pick(${quoted(group)}, 'input[type=radio]', ${quoted(option)})`;
    for (let tries = 0; tries < 3 && !await this.ask(`${radio}.checked`); tries++) await this.#click(`(${radio}.labels[0] || ${radio})`);
    if (!await this.ask(`${radio}.checked`)) throw new Error(`「${option}」 of 「${group}」 could not be chosen`);
  }

  /** The chosen radio's words. */
  chosen(group) {
    return this.ask(`(e => e ? find.named(e) : '')([...find.within(${quoted(group)}).querySelectorAll('input[type=radio]')].find(e => e.checked))`);
  }

  #box(words, within) {
    return `find.pick(${quoted(within || '')}, 'input[type=checkbox]', ${quoted(words)})`;
  }

  /** Ticks or clears a box. */
  async tick(words, on = true, { within } = {}) {
    const box = this.#box(words, within);
    for (let tries = 0; tries < 3 && await this.ask(`${box}.checked`) !== on; tries++) await this.#click(`(${box}.labels[0] || ${box})`);
    if (await this.ask(`${box}.checked`) !== on) throw new Error(`「${words}」 could not be ticked`);
  }

  ticked(words, { within } = {}) {
    return this.ask(`${this.#box(words, within)}.checked`);
  }

  /** One key, pressed and let go. */
  async key(key, code = 0, more = {}) {
    await this.front();
    const words = { key, code: more.code || key, windowsVirtualKeyCode: code, ...more };
    await this.cdp('Input.dispatchKeyEvent', { type: words.text ? 'keyDown' : 'rawKeyDown', ...words });
    await this.cdp('Input.dispatchKeyEvent', { type: 'keyUp', ...words, text: undefined });
  }

  /** Every word must be read on the page. */
  async expect(...words) {
    const text = await this.text(), read = bare(text);
    const missing = words.flat().filter(word => !read.includes(bare(word)));
    if (missing.length) throw new Error(`${await this.path()} (${this.status}) does not say ${missing.map(word => `「${word}」`).join('')}. It says:\n${text.slice(0, 3000)}`);
  }

  /** No word may be read on the page. */
  async lacks(...words) {
    const read = bare(await this.text()), there = words.flat().filter(word => read.includes(bare(word)));
    if (there.length) throw new Error(`${await this.path()} says ${there.map(word => `「${word}」`).join('')} and must not`);
  }

  async at(address) {
    const here = await this.path();
    if (!(address instanceof RegExp ? address.test(here) : here === address)) throw new Error(`the page is ${here}, not ${address}`);
  }

  /** An answer fetched with this window's cookies, as a browser following a link would. */
  async fetch(address) {
    const url = new URL(address, this.browser.base);
    const { cookies } = await this.cdp('Network.getCookies', { urls: [url.href] });
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '), 'sec-fetch-site': 'same-origin' },
    });
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
  }

  /** The address the form of a button is sent to. */
  action(words, { within } = {}) {
    return this.ask(`${this.#pressable(words, within)}.form.getAttribute('action')`);
  }

  /** Sends a form that has no fields of its own, with this window's cookies. */
  async post(address, fields = {}) {
    const url = new URL(address, this.browser.base);
    const { cookies } = await this.cdp('Network.getCookies', { urls: [url.href] });
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '), origin: url.origin, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams(fields),
    });
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
  }

  /** The sentence of refusal must stand beside its field: a text field, or a group of choices. */
  async beside(label, ...words) {
    const field = await this.ask(`!!(() => { try { return ${this.#field(label)}; } catch { return null; } })()`);
    const own = field ? this.#field(label) : `find.within(${quoted(label)})`;
    const said = await this.ask(`(e => (e.getAttribute('aria-describedby') || '').split(/\\s+/).map(id => document.getElementById(id)).filter(one => one?.classList.contains('err')).map(one => one.textContent).join(' '))(${own})`);
    const missing = words.filter(word => !bare(said).includes(bare(word)));
    if (missing.length) throw new Error(`beside 「${label}」 stands 「${said}」, not ${missing.map(word => `「${word}」`).join('')}`);
  }

  /** Ticks the box of a product in the form that is sent to an address ending so. */
  async tickIn(action, words) {
    const box = `[...document.querySelectorAll('form[action$=${quoted(action)}] :is(input[type=checkbox], input[type=radio])')].find(e => e.labels[0].textContent.includes(${quoted(words)}))`;
    if (!await this.ask(`!!(${box})`)) return false;
    if (!await this.ask(`(${box}).checked`)) await this.#click(`(${box}).labels[0]`);
    return true;
  }

  /** A picture of the whole page, kept as `name`-width.png. */
  async shot(name, width = this.width) {
    if (width !== this.width) await this.size(width);
    const { cssContentSize: size } = await this.cdp('Page.getLayoutMetrics');
    const clip = { x: 0, y: 0, width, height: Math.min(Math.ceil(size.height), 6000), scale: 1 };
    const { data } = await this.cdp('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true, clip });
    const file = path.join(this.browser.output, `${name.replaceAll('/', '_')}-${width}${this.script ? '' : '-noscript'}.png`);
    writeFileSync(file, Buffer.from(data, 'base64'));
    if (width !== this.width) await this.size(this.width);
    return file;
  }
}
