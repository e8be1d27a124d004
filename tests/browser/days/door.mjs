// The demo's own pages: three doors, and the mails that were caught.

import { day, holds } from '../day.mjs';

await day(async d => {
  d.step('the three doors');
  const window = await d.window();
  await window.go('/');
  await window.expect('デモの入口', 'akashi-demo-2026', 'minato.soumu', 'kanagawa.clerk', 'ネットデスクを開く', '保証業務を開く', '保証確認サービスを開く');
  await d.check(window, 'デモの入口');
  d.step('the mails');
  await window.press('受信箱を開く');
  await window.expect('デモの受信箱', '電子保証（認証キー）発行完了のお知らせ');
  await d.check(window, 'デモの受信箱');
  // The first mail of the demo's own stories; other days send theirs meanwhile.
  await window.go(await window.run(`document.querySelector('a[href^="/demo/mail/000001-"]').getAttribute('href')`));
  await window.expect('差出人', '宛先', 'soumu@minato.example', '市道12号線舗装修繕工事', '認証キーはこのメールに記載していません');
  await d.check(window, 'デモの受信箱／一通');
  const raw = await window.fetch(await window.href('.eml を保存'));
  holds(raw.headers.get('content-type').startsWith('message/rfc822'), 'the mail is not a complete .eml');
  d.step('an address that does not exist');
  for (const address of ['/netdesk/nothing', '/office/nothing', '/dsure/nothing']) {
    await window.go(address);
    holds(window.status === 404, `the answer was ${window.status}`);
    await window.expect('ページが見つかりません');
    await d.check(window, `ありません${address}`);
  }
});
