// What a document says and how it is made (poppler), and what a mail says.

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bare } from './browser.mjs';
import { given, holds, same } from './day.mjs';

/** The rows of a certificate in their order (契約保証: without the last). */
export const CERTIFICATE = ['保証契約番号', '保証契約者', '被保証者', '保証金額（総額）', '保証期限', '工事名', '請負金額（総額）', '工期', '請負契約日', '預託金融機関'];
/** The rows of the key notice. */
export const NOTICE = ['工事名', '受注者名', '商品（保証区分）', '保証契約番号', '認証キー'];

/** A PDF: kept as test output, one A4, every font embedded and cut, copyable. Answers with its text. */
export function paper(bytes, name) {
  holds(bytes.subarray(0, 5).toString() === '%PDF-', `${name} is no PDF: ${bytes.subarray(0, 200)}`);
  const file = path.join(given.output, `${name.replaceAll('/', '_')}.pdf`);
  writeFileSync(file, bytes);
  const tool = (program, ...more) => execFileSync(program, more, { encoding: 'utf8' });
  const info = tool('pdfinfo', file);
  same(info.match(/^Pages:\s+(\d+)/m)?.[1], '1', `${name}: pages`);
  const [, wide, high] = info.match(/^Page size:\s+([\d.]+) x ([\d.]+)/m) || [];
  holds(Math.abs(wide - 595.28) < 1 && Math.abs(high - 841.89) < 1, `${name} is not A4: ${wide} x ${high}`);
  holds(/^Title:\s+\S/m.test(info), `${name} has no title`);
  const fonts = tool('pdffonts', file).trim().split('\n').slice(2);
  holds(fonts.length > 0, `${name} has no fonts`);
  for (const font of fonts) {
    // …, emb, sub, uni, object, generation
    const [embedded, cut, unicode] = font.trim().split(/\s+/).slice(-5);
    same([embedded, cut, unicode], ['yes', 'yes', 'yes'], `${name}: embedded, subset, copyable: ${font}`);
  }
  return tool('pdftotext', '-layout', '-enc', 'UTF-8', file, '-');
}

/** The rows a document says: what stands behind each label, without white space. */
export function rows(text, labels) {
  const found = {}, read = bare(text);
  let at = 0;
  const starts = labels.map(label => {
    const start = read.indexOf(bare(label), at);
    holds(start >= 0, `the document has no row 「${label}」:\n${text}`);
    at = start + bare(label).length;
    return start;
  });
  labels.forEach((label, index) => {
    found[label] = read.slice(starts[index] + bare(label).length, starts[index + 1]);
  });
  return found;
}

/** Every row must begin with what is expected; white space is not compared. */
export function agree(found, wanted, name) {
  for (const [label, value] of Object.entries(wanted)) {
    holds(found[label] !== undefined, `${name} has no row 「${label}」`);
    holds(found[label].startsWith(bare(value)), `${name}, ${label}: 「${found[label]}」, not 「${bare(value)}」`);
  }
}

/** One header of a mail, unfolded and decoded (RFC 2047, UTF-8). */
export function header(raw, name) {
  const head = raw.split(/\r?\n\r?\n/)[0].replace(/\r?\n[ \t]+/g, ' ');
  const line = head.split(/\r?\n/).find(one => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  if (!line) return '';
  return line.slice(name.length + 1).trim()
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, way, words) => way.toLowerCase() === 'b'
      ? Buffer.from(words, 'base64').toString('latin1')
      : words.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))))
    .replace(/[\u0080-\u00ff]+/g, bytes => Buffer.from(bytes, 'latin1').toString('utf8'));
}

/** The text of a mail of one part. */
export function body(raw) {
  const [head, ...rest] = raw.split(/\r?\n\r?\n/), text = rest.join('\n\n');
  if (/^content-transfer-encoding:\s*base64/im.test(head)) return Buffer.from(text.replace(/\s+/g, ''), 'base64').toString('utf8');
  if (/^content-transfer-encoding:\s*quoted-printable/im.test(head)) {
    return Buffer.from(text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString('utf8');
  }
  return text;
}

/** Every mail whose text holds the words, as the catcher keeps them on disk. */
export function mails(words) {
  return readdirSync(given.mails).filter(name => name.endsWith('.eml')).sort()
    .map(name => ({ name, raw: readFileSync(path.join(given.mails, name), 'utf8') }))
    .filter(mail => bare(body(mail.raw)).includes(bare(words)));
}

/** Lets the newest session of a login grow old, as half an hour at the coffee machine does. */
export function growOld(login, minutes = 31) {
  const folder = readFileSync(path.join(given.mails, '../pg/postmaster.pid'), 'utf8').split('\n')[4];
  const programs = readdirSync('/usr/lib/postgresql').map(version => `/usr/lib/postgresql/${version}/bin/psql`);
  const psql = programs.concat('psql').find(file => { try { execFileSync(file, ['--version']); return true; } catch { return false; } });
  const order = `update sessions set seen_at = seen_at - interval '${minutes} minutes' where token_sha256 = (select token_sha256 from sessions join accounts on accounts.id = account_id where login = '${login}' order by sessions.created_at desc limit 1)`;
  same(execFileSync(psql, ['-h', folder, '-U', 'akashi', '-d', 'akashi', '-Atc', order], { encoding: 'utf8' }).trim(), 'UPDATE 1', 'the session grows old');
}
