// What every page must keep, at every width, in every state: axe's rules and our own.

import { readFileSync } from 'node:fs';
import { SCREENS } from './browser.mjs';

const AXE = readFileSync(new URL('./vendor/axe.min.js', import.meta.url), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const POLICY = ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"];

/** Measures the page (runs inside it). Names of elements are for the finding's words. */
const probe = () => {
  const all = selector => [...document.querySelectorAll(selector)];
  const seen = e => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    return box.width > 1 && box.height > 1 && style.visibility !== 'hidden' && style.display !== 'none' && !e.closest('[popover]:not(:popover-open), [hidden], .vh');
  };
  const name = e => `<${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ''}${e.getAttribute('class') ? `.${e.getAttribute('class').trim().replace(/\s+/g, '.')}` : ''}> ${(e.textContent || e.value || '').trim().replace(/\s+/g, ' ').slice(0, 40)}`;
  const found = {};
  const must = (rule, good, words = '') => { if (!good) (found[rule] ||= []).push(String(words)); };
  const none = (rule, list) => { if (list.length) found[rule] = [...(found[rule] || []), ...list.map(name)]; };
  const size = e => parseFloat(getComputedStyle(e).fontSize);

  must('lang', document.documentElement.lang.startsWith('ja'));
  must('title', /｜/.test(document.title) && document.title.length >= 8, document.title);
  must('one-h1', all('h1').length === 1, all('h1').length);
  const levels = all('h1,h2,h3,h4,h5,h6').filter(seen).map(h => Number(h.tagName[1]));
  must('heading-order', levels.every((level, at) => at === 0 || level - levels[at - 1] <= 1), levels.join(' '));
  must('skip-link', document.querySelector('a[href="#main"]') && document.querySelector('main#main'));
  none('inline-style', all('[style]'));
  none('inline-handler', all('*').filter(e => [...e.attributes].some(one => one.name.startsWith('on'))));
  none('inline-script', all('script:not([src])'));
  none('foreign-host', all('script[src],link[rel=stylesheet],img[src]').filter(e => { const url = e.src || e.href; return url && !url.startsWith('data:') && new URL(url).origin !== location.origin; }));
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (over > 0) {
    const wide = all('body *').filter(e => seen(e) && e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5 && !e.closest('.scroll'));
    must('overflow', false, `${over} px; ${wide.slice(0, 3).map(name).join(' | ')}`);
  }

  const texts = all('body *').filter(e => seen(e) && [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  none('text-under-12px', texts.filter(e => size(e) < 12));
  const small = texts.filter(e => size(e) < 13).length / Math.max(1, texts.length);
  must('small-text-share', small <= 0.15, small.toFixed(3));
  const prose = texts.filter(e => e.tagName === 'P' && e.textContent.trim().length > 40);
  none('line-height', prose.filter(e => parseFloat(getComputedStyle(e).lineHeight) / size(e) < 1.495));
  if (innerWidth > 800) none('line-length', prose.filter(e => Math.round(e.getBoundingClientRect().width / size(e)) > 50));

  const target = e => {
    const box = e.getBoundingClientRect(), after = getComputedStyle(e, '::after'), label = e.closest('label')?.getBoundingClientRect();
    const halo = after.content !== 'none' && after.position === 'absolute' ? [parseFloat(after.width) || 0, parseFloat(after.height) || 0] : [0, 0];
    return [Math.max(box.width, halo[0], label?.width || 0), Math.max(box.height, halo[1], label?.height || 0)];
  };
  const controls = all('button, select, textarea, input:not([type=hidden]), a.btn, nav a, summary').filter(seen);
  none('target-under-24px', controls.filter(e => Math.min(...target(e)) < 23.99));
  const fields = all('input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select, textarea').filter(seen);
  none('unlabelled', fields.filter(e => !(e.labels?.length || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby'))));
  none('placeholder', fields.filter(e => e.placeholder?.trim()));
  none('type-number', fields.filter(e => e.type === 'number'));
  none('disabled', all('button:disabled, input:disabled, select:disabled').filter(seen));

  const invalid = all('[aria-invalid=true]');
  none('error-not-linked', invalid.filter(e => !(e.getAttribute('aria-describedby') || '').split(/\s+/).some(id => document.getElementById(id)?.classList.contains('err'))));
  must('error-summary', !invalid.length || (document.querySelector('.errs a[href^="#"]') && document.title.startsWith('エラー')), document.title);
  // A summary's link must lead to something.
  none('error-link-dead', all('.errs a[href^="#"]').filter(e => !document.getElementById(decodeURIComponent(e.getAttribute('href').slice(1)))));
  none('table-unnamed', all('table').filter(e => !e.caption || !e.querySelector('th[scope]')));
  if (innerWidth > 768) none('figures-not-right', all('td.num:not(.l)').filter(e => seen(e) && getComputedStyle(e).textAlign !== 'right'));
  none('blank-noopener', all('a[target=_blank]').filter(e => !/noopener/.test(e.rel)));
  const main = all('.btn--main').filter(seen);
  if (main.length > 1) none('main-buttons', main);
  // The terms of use are a contract; everywhere else these words scold.
  const scolding = texts.filter(e => !e.closest('.terms')).map(e => [...e.childNodes].filter(node => node.nodeType === 3).map(node => node.data).join('')).join('\n').match(/不正な|無効な値|禁止|入力エラーです|失敗しました。$/gm) || [];
  must('words', !scolding.length, scolding.join(' '));
  const ids = all('[id]').map(e => e.id), twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  must('id-twice', !twice.length, twice.join(' '));
  return found;
};

/** Walks over everything a Tab key reaches: is the ring there, is the place in view? (inside the page) */
const walk = () => {
  const found = {};
  const say = (rule, e) => (found[rule] ||= []).push(`<${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ''}> ${(e.textContent || e.name || '').trim().replace(/\s+/g, ' ').slice(0, 40)}`);
  const stops = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')].filter(e => {
    if (e.tabIndex < 0 || e.disabled) return false;
    if (e.type === 'radio') {
      const group = [...document.getElementsByName(e.name)].filter(one => one.form === e.form);
      if (e !== (group.find(one => one.checked) || group[0])) return false;
    }
    return e.checkVisibility({ visibilityProperty: true });
  });
  for (const e of stops) {
    e.focus();
    if (document.activeElement !== e) { say('focus-refused', e); continue; }
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) say('focus-without-ring', e);
    const x = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 2), y = box.y + box.height / 2;
    const top = y > 0 && y < innerHeight ? document.elementFromPoint(x, y) : null;
    const good = top && (e === top || e.contains(top) || top.contains(e) || (e.labels && [...e.labels].some(label => label.contains(top))));
    if (!good && !(box.height > innerHeight)) say('focus-hidden', e);
  }
  document.activeElement?.blur();
  scrollTo(0, 0);
  return { stops: stops.length, found };
};

/** One real Tab, so that the browser takes what follows for a keyboard's work. */
async function keyboard(window) {
  for (let tries = 0; tries < 20; tries++) {
    await window.run('document.activeElement?.blur(); scrollTo(0, 0)');
    await window.key('Tab', 9);
    if (await window.run('document.activeElement !== document.body && document.activeElement.matches(":focus-visible")')) return;
  }
}

/** Holds the window's page against every rule at three widths. Answers with findings. */
export async function hold(window, { print = 0 } = {}) {
  const findings = [], where = await window.path();
  const say = (width, rule, words) => findings.push(`${where} at ${width}: ${rule}${words ? ` — ${words}` : ''}`);
  const policy = window.headers['content-security-policy'] || '';
  if (!POLICY.every(words => policy.includes(words)) || /unsafe/.test(policy)) say('every width', 'csp', policy || 'no policy');
  // Without script the state is checked all the same: the page's own scripts do not come back by this.
  if (!window.script) await window.cdp('Emulation.setScriptExecutionDisabled', { value: false });
  for (const width of Object.keys(SCREENS).map(Number).sort((a, b) => b - a)) {
    await window.size(width);
    await window.run('new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))');
    for (const [rule, list] of Object.entries(await window.run(`(${probe})()`))) say(width, rule, list.slice(0, 4).join(' | '));
    // As tall as the page: what a bar at the screen's edge covers is the walk's business, below.
    await window.size(width, await window.run('document.documentElement.scrollHeight') + 200);
    if (!await window.run('!!window.axe')) await window.run(AXE);
    const broken = await window.run(`axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(TAGS)} }, resultTypes: ['violations'] }).then(told => told.violations.map(one => one.id + ' (' + one.impact + '): ' + one.nodes.slice(0, 3).map(node => node.target.join(' ') + (node.any[0]?.message ? ' [' + node.any[0].message + ']' : '')).join(' | ')))`);
    for (const words of broken) say(width, 'axe', words);
    await window.size(width);
    await keyboard(window);
    const { stops, found } = await window.run(`(${walk})()`);
    if (!stops) say(width, 'no-tab-stop', '');
    for (const [rule, list] of Object.entries(found)) say(width, rule, list.slice(0, 4).join(' | '));
  }
  if (print) {
    const { data } = await window.cdp('Page.printToPDF', { preferCSSPageSize: true, printBackground: false });
    const pages = (Buffer.from(data, 'base64').toString('latin1').match(/\/Type\s*\/Page[^s]/g) || []).length;
    if (pages !== print) say('print', 'pages', `${pages}, not ${print}`);
  }
  await window.size(window.width);
  if (!window.script) await window.cdp('Emulation.setScriptExecutionDisabled', { value: true });
  return findings;
}
