// An administrator's registers: branches, staff, contractors with their users, obligees, number blocks,
// jobs; each as a list, as a form, with mistakes and afterwards. And the account, help and errors of staff.

import { day, same } from '../day.mjs';
import { body, mails } from '../papers.mjs';
import * as story from '../story.mjs';

/** The link of an invitation that went to this address. */
async function invited(address) {
  for (let tries = 0; tries < 100; tries++) {
    const [letter] = mails('/office/invitations/').filter(({ raw }) => raw.includes(address));
    if (letter) return body(letter.raw).match(/https?:\/\/\S+\/office\/invitations\/\S+/)[0];
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`no invitation reached ${address}`);
}

await day(async d => {
  const window = await d.window();

  d.step('the door of the Office');
  await window.go('/office/login');
  await d.check(window, '保証業務／ログイン（空）');
  await window.press('ログイン');
  same(window.status, 422, 'nothing typed');
  await d.check(window, '保証業務／ログイン（誤り）');
  await window.go('/office/help');
  await d.check(window, '保証業務／ヘルプ（ログイン前）');
  await story.signIn(window, 'office', 'honsha.admin');

  d.step('branches');
  await window.go('/office/admin/branches');
  await window.expect('神奈川支店', '045-000-0000');
  await d.check(window, '支店');
  await window.press('支店を登録する');
  await d.check(window, '支店の登録');
  await window.press('登録する');
  same(window.status, 422, 'nothing typed');
  await window.beside('支店名', '支店名を入力してください。');
  await d.check(window, '支店の登録／誤り');
  await window.fill('支店名', '静岡支店');
  await window.fill('電話', '054-000-0000');
  await window.fill('FAX', '054-100-0000');
  await window.fill('メールアドレス', 'shizuoka@mirai.example');
  await window.fill('受付時間', '平日 9:00～17:00');
  await window.press('登録する');
  await window.expect('静岡支店', '054-000-0000');
  await window.press('変更：静岡支店');
  await d.check(window, '支店の変更');

  d.step('number blocks');
  await window.go('/office/admin/blocks');
  await d.check(window, '番号ブロック');
  await window.press('割り当てる');
  same(window.status, 422, 'nothing typed');
  await d.check(window, '番号ブロック／誤り');
  await window.fill('番号ブロック', '36901');
  await window.fill('支店', '静岡支店');
  await window.press('割り当てる');
  await window.expect('36901', '静岡支店');

  d.step('staff');
  await window.go('/office/admin/staff');
  await window.expect('kanagawa.clerk', '神奈川支店');
  await d.check(window, '職員');
  await window.press('職員を招待する');
  await d.check(window, '職員の招待');
  await window.press('招待する');
  same(window.status, 422, 'nothing typed');
  await d.check(window, '職員の招待／誤り');
  await window.fill('ログインID', 'shizuoka.clerk');
  await window.fill('氏名', '静岡 審');
  await window.fill('メールアドレス', 'clerk@shizuoka.example');
  await window.fill('所属', '静岡支店');
  await window.choose('役割', '審査');
  await window.press('招待する');
  await window.expect('shizuoka.clerk');
  await window.press('変更：shizuoka.clerk');
  await d.check(window, '職員の変更／招待中');
  const link = await invited('clerk@shizuoka.example');
  const newcomer = await d.window();
  await newcomer.go(link);
  await d.check(newcomer, '保証業務／招待');
  await newcomer.fill('新しいパスワード', '短い');
  await newcomer.press('パスワードを設定');
  same(newcomer.status, 422, 'a short password');
  await newcomer.fill('新しいパスワード', 'a long and plain sentence 26');
  await newcomer.fill('新しいパスワード（確認）', 'a long and plain sentence 26');
  await newcomer.press('パスワードを設定');
  await newcomer.go(link);
  await d.check(newcomer, '保証業務／使い終わったリンク');
  await story.signIn(newcomer, 'office', 'shizuoka.clerk', 'a long and plain sentence 26');
  await newcomer.expect('静岡支店');
  await d.check(newcomer, '申込の一覧／まだありません');
  await newcomer.go('/office/guarantees');
  await d.check(newcomer, '保証契約／まだありません');
  same(await newcomer.go('/office/admin/staff'), 404, 'a page of administrators');
  await d.check(newcomer, '保証業務／権限がありません');
  same(await newcomer.go('/office/nothing'), 404, 'no such page');
  await d.check(newcomer, '保証業務／ありません');
  await window.go(await window.path());
  await d.check(window, '職員の変更');
  await window.press('ログインを停止する');
  await d.check(window, '職員の変更／停止中');

  d.step('contractors and their users');
  await window.go('/office/admin/contractors');
  await d.check(window, 'お客様');
  await window.go('/office/admin/contractors?q=ありません');
  await d.check(window, 'お客様／なし');
  await window.go('/office/admin/contractors/new');
  await d.check(window, 'お客様の登録');
  await window.press('登録する');
  same(window.status, 422, 'nothing typed');
  await d.check(window, 'お客様の登録／誤り');
  await window.go('/office/admin/contractors');
  await window.press('開く：みなと建設株式会社');
  await d.check(window, 'お客様の変更');
  await window.press('利用者を招待する');
  await d.check(window, 'お客様の利用者の招待');

  d.step('obligees, each rule book in full');
  await window.go('/office/admin/obligees');
  await window.expect('みなと野市', '松原村');
  await d.check(window, '発注者ときまり');
  const books = await window.run(`[...new Set([...document.querySelectorAll('main a[href^="/office/admin/obligees/"]')].map(e => e.getAttribute('href')))]`);
  for (const book of books) {
    same(await window.go(book), 200, book);
    await d.check(window, `発注者のきまり／${(await window.run('document.querySelector("h1").textContent')).trim()}`);
  }

  d.step('jobs, the account, every help');
  await window.go('/office/admin/jobs');
  await d.check(window, '処理の記録');
  await window.go('/office/account');
  await d.check(window, '保証業務／アカウント');
  await window.go('/office/account/password');
  await window.press('パスワードを変更する');
  same(window.status, 422, 'nothing typed');
  await d.check(window, '保証業務／パスワードの変更（誤り）');
  await window.go('/office/help');
  await d.check(window, '保証業務／ヘルプ');
  const topics = await window.run(`[...new Set([...document.querySelectorAll('main a[href^="/office/help/"]')].map(e => e.getAttribute('href').split('#')[0]))]`);
  for (const topic of topics) {
    same(await window.go(topic), 200, topic);
    await d.check(window, `保証業務／ヘルプ／${topic.split('/').pop()}`);
  }
});
