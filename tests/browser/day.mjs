// One day lived in the browser: its windows, its steps with the words expected, its count of pages.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Browser, bare } from './browser.mjs';
import { hold } from './rules.mjs';

/** What the test names in its last argument: { base, mails, output, width, script }. */
export const given = JSON.parse(process.argv[2] || '{}');

class Day {
  /** What the words of a table's braces stand for. */
  facts = {};
  pages = [];
  findings = [];

  window(options = {}) {
    return this.browser.window({ width: given.width || 1280, script: given.script !== false, ...options });
  }

  /** Says where the day is; a failure names it. */
  step(words) {
    this.now = words;
    process.stdout.write(`  ${words}\n`);
  }

  /** Holds a page in this state against every rule and keeps its picture. */
  async check(window, state, options = {}) {
    if (given.rules !== false) {
      const findings = await hold(window, options);
      this.findings.push(...findings.map(words => `「${state}」 ${words}`));
      this.pages.push({ state, path: await window.path() });
    }
    await window.shot(state);
    if (given.rules !== false && given.width !== 390) await window.shot(state, 390);
  }

  /**
   * One row of a day's table: every column names the words expected at its place.
   * `places` answers for a column with the text read there.
   */
  async row(row, places) {
    for (const [column, words] of Object.entries(row)) {
      if (column === 'step' || !words) continue;
      const text = await places[column](), read = bare(text);
      for (const template of words) {
        const word = template.replace(/\{([^}]+)\}/g, (_, name) => {
          if (this.facts[name] === undefined) throw new Error(`the table names {${name}}, which is not known yet`);
          return this.facts[name];
        });
        const unwanted = word.startsWith('!'), wanted = bare(unwanted ? word.slice(1) : word);
        if (read.includes(wanted) === unwanted) throw new Error(`${column} ${unwanted ? 'says' : 'does not say'} 「${unwanted ? word.slice(1) : word}」 after 「${row.step}」. It says:\n${text.slice(0, 3000)}`);
      }
    }
  }
}

/** Lives a day; ends the process with its outcome. */
export async function day(live) {
  const started = Date.now(), one = new Day();
  mkdirSync(given.output, { recursive: true });
  one.browser = await Browser.start(given.base, given.output);
  let failure;
  try {
    await live(one);
  } catch (error) {
    failure = error;
    for (const [at, window] of one.browser.windows.entries()) {
      await window.shot(`failed-${at + 1}`).catch(() => {});
    }
  }
  const complaints = [...new Set(one.browser.complaints())];
  await one.browser.close();
  writeFileSync(path.join(given.output, 'pages.json'), JSON.stringify({ pages: one.pages, findings: one.findings, complaints }, null, 1));
  if (failure) console.log(`at 「${one.now}」: ${failure.stack || failure}`);
  for (const words of one.findings) console.log(`rule broken: ${words}`);
  for (const words of complaints) console.log(`console: ${words}`);
  console.log(`pages: ${one.pages.length} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  process.exitCode = failure || one.findings.length || complaints.length ? 1 : 0;
}

/** Fails unless the two are equal. */
export function same(found, wanted, what) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}

export function holds(truth, what) {
  if (!truth) throw new Error(what);
}
