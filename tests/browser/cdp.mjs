// Chromium's DevTools protocol over a pipe: a process, commands and events. Nothing else is needed.

import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const FLAGS = [
  '--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-extensions', '--disable-dev-shm-usage',
  '--no-default-browser-check', '--lang=ja', '--remote-debugging-pipe',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The first browser found on PATH. */
function program() {
  for (const folder of (process.env.PATH || '').split(':')) {
    for (const name of NAMES) {
      const file = path.join(folder, name);
      try { accessSync(file, constants.X_OK); return file; } catch { /* not here */ }
    }
  }
  throw new Error('Chromium is not installed (Debian: apt-get install chromium)');
}

/** A running Chromium with a fresh profile. */
export class Chromium {
  #process; #profile; #last = 0; #rest = ''; #waiting = new Map(); #ears = new Set();

  static async start() {
    const chromium = new Chromium();
    await chromium.#start();
    return chromium;
  }

  async #start() {
    this.#profile = mkdtempSync(path.join(tmpdir(), 'akashi-chromium-'));
    // Its sandbox refuses root; everybody else keeps it.
    const root = process.getuid() === 0 ? ['--no-sandbox'] : [];
    this.#process = spawn(program(), [...FLAGS, ...root, `--user-data-dir=${this.#profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      env: { ...process.env, TZ: 'Asia/Tokyo', LANG: 'C.UTF-8' },
    });
    const gone = reason => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`Chromium ended: ${reason}`));
      this.#waiting.clear();
    };
    this.#process.on('error', error => gone(error.message));
    this.#process.on('exit', code => gone(`exit ${code}`));
    this.#process.stdio[3].on('error', () => {});
    this.#process.stdio[4].setEncoding('utf8');
    this.#process.stdio[4].on('data', data => this.#read(data));
    await this.send('Browser.getVersion');
  }

  #read(data) {
    this.#rest += data;
    for (let end; (end = this.#rest.indexOf('\0')) >= 0;) {
      const message = JSON.parse(this.#rest.slice(0, end));
      this.#rest = this.#rest.slice(end + 1);
      const waiting = this.#waiting.get(message.id);
      if (waiting) {
        this.#waiting.delete(message.id);
        if (message.error) waiting.reject(new Error(`${waiting.method}: ${message.error.message}`));
        else waiting.resolve(message.result);
      } else {
        for (const ear of [...this.#ears]) ear(message);
      }
    }
  }

  /** One command; to a page where a session is given. */
  send(method, params = {}, sessionId = undefined) {
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      this.#waiting.set(id, { resolve, reject, method });
      this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** Hears every event; the answer stops hearing. */
  hear(ear) {
    this.#ears.add(ear);
    return () => this.#ears.delete(ear);
  }

  async close() {
    const ended = new Promise(resolve => this.#process.once('exit', resolve));
    this.send('Browser.close').catch(() => {});
    const late = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(late);
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
