// What stands around the main job: sign-in errors, account, users, help, terms, lists without hits, not found.

import { day, same } from '../day.mjs';
import { body, mails } from '../papers.mjs';
import * as story from '../story.mjs';

await day(async d => {
  const window = await d.window();

  d.step('signing in wrongly');
  await window.go('/netdesk/login');
  await window.press('ログイン');
  same(window.status, 422, 'nothing typed');
  await window.beside('ログインID', 'ログインIDを入力してください。');
  await window.beside('パスワード', 'パスワードを入力してください。');
  await d.check(window, 'ネットデスク／ログイン（空）');
  await story.signIn(window, 'netdesk', 'minato.soumu', 'akashi-demo-2025');
  await window.expect('ログインできませんでした', 'ログインIDかパスワードが違うか');
  same(await window.value('ログインID'), 'minato.soumu', 'the login is kept');
  same(await window.value('パスワード'), '', 'the password is not');
  await d.check(window, 'ネットデスク／ログイン（誤り）');

  d.step('every help page');
  await window.go('/netdesk/help');
  await d.check(window, 'ヘルプ（ログイン前）');
  await window.go('/netdesk/terms');
  await window.expect('利用規約');
  await d.check(window, '利用規約（ログイン前）');
  await story.signIn(window, 'netdesk', 'minato.soumu');
  await window.go('/netdesk/help');
  await d.check(window, 'ヘルプ');
  const topics = await window.run(`[...new Set([...document.querySelectorAll('main a[href^="/netdesk/help/"]')].map(e => e.getAttribute('href').split('#')[0]))]`);
  for (const topic of topics) {
    same(await window.go(topic), 200, topic);
    await d.check(window, `ヘルプ／${topic.split('/').pop()}`);
  }
  same(await window.go('/netdesk/help/nothing'), 404, 'no such help');
  await d.check(window, 'ヘルプ／ありません');
  await window.go('/netdesk/terms');
  await d.check(window, '利用規約');

  d.step('every help link leads to its own help');
  for (const page of ['/netdesk/', '/netdesk/applications/new', '/netdesk/drafts', '/netdesk/status', '/netdesk/guarantees', '/netdesk/obligees', '/netdesk/calculator', '/netdesk/invoices', '/netdesk/suggestions', '/netdesk/downloads', '/netdesk/questions', '/netdesk/account']) {
    await window.go(page);
    const help = await window.run(`document.querySelector('header a[href^="/netdesk/help"]')?.getAttribute('href') || ''`);
    same(await window.go(help || `no help link on ${page}`), 200, `the help of ${page}`);
  }

  d.step('what could be applied for next');
  await window.go('/netdesk/suggestions');
  await d.check(window, '保証申込のお勧め');
  await window.go('/netdesk/applications/new');
  await window.press('前の申込を写して作成する');
  await d.check(window, '前の申込を写して作成');
  await window.press('写して作成');
  await window.expect('前の申込の内容を写しました。');

  d.step('a claim for money in advance');
  await window.go('/netdesk/invoices');
  await d.check(window, '前払金請求書');
  await window.press('作成');
  await window.expect('証書から写すもの', '振込先');
  await d.check(window, '前払金請求書／作成');
  await window.press('請求書（PDF）を作る');
  same(window.status, 422, 'no account');
  await d.check(window, '前払金請求書／誤り');

  d.step('how a key is handed in, and that it went');
  await window.go('/netdesk/guarantees/35075-00001M');
  await window.press('提出の手順を開く');
  await window.expect('への提出の手順', '件名', '本文', 'お知らせ（PDF）を開く');
  await d.check(window, '提出の手順');
  await window.fill('提出した日', '令和20年1月1日');
  await window.press('提出しました');
  same(window.status, 422, 'a day to come');
  await d.check(window, '提出の手順／誤り');
  await window.fill('提出した日', new Date(Date.now() + 9 * 3600e3).toISOString().slice(0, 10));
  await window.press('提出しました');
  await window.expect('提出を記録しました。', 'に提出（', '提出した日を改める');
  await d.check(window, '提出の手順／提出した');

  d.step('what a guarantee would cost');
  await window.go('/netdesk/calculator');
  await d.check(window, '保証料計算');
  await window.press('計算する');
  same(window.status, 422, 'nothing typed');
  await d.check(window, '保証料計算／誤り');
  await window.fill('前払金保証金額', '2,000万');
  await window.fill('契約保証予約金額', '5,000,000');
  await window.press('計算する');
  await window.expect('30,000円', '非課税', '概算', 'うち消費税');
  await d.check(window, '保証料計算／結果');

  d.step('questions and answers');
  await window.go('/netdesk/questions');
  await d.check(window, 'Q&A');
  await window.fill('さがす言葉', '領収証　電子');
  await window.press('検索');
  await window.expect('検索結果：1件', '領収証は書面ですが');
  await d.check(window, 'Q&A／検索');
  await window.go('/netdesk/questions?q=xyzzy');
  await d.check(window, 'Q&A／ありません');

  d.step('the guarantees as files');
  await window.go('/netdesk/downloads');
  await d.check(window, '保証契約情報ダウンロード');
  await window.fill('期間（発行日）の始め', '令和9年1月1日');
  await window.fill('期間（発行日）の終わり', '令和8年1月1日');
  await window.press('件数を確かめる');
  same(window.status, 422, 'a period that ends before it begins');
  await d.check(window, '保証契約情報ダウンロード／誤り');
  await window.press('条件を消す');
  await window.press('件数を確かめる');
  await window.expect('CSV（UTF-8）', 'Excel（XLSX）', 'JSON');
  await d.check(window, '保証契約情報ダウンロード／ファイル');

  d.step('the account');
  await window.go('/netdesk/account');
  await window.expect('みなと建設株式会社', '湊 一郎', 'minato.keiri');
  await d.check(window, 'お客様情報');
  await window.press('パスワードを変更する');
  await d.check(window, 'パスワードの変更');
  await window.press('パスワードを変更する');
  same(window.status, 422, 'nothing typed');
  await d.check(window, 'パスワードの変更／誤り');

  d.step('a user is invited, and takes the seat');
  const login = 'minato.shinjin';
  await window.go('/netdesk/account');
  await window.press('利用者を招待する');
  await d.check(window, '利用者の招待');
  await window.press('招待する');
  same(window.status, 422, 'nothing typed');
  await d.check(window, '利用者の招待／誤り');
  await window.fill('ログインID', login);
  await window.fill('氏名', '新人 六郎');
  await window.fill('メールアドレス', 'shinjin@minato.example');
  await window.choose('役割', '閲覧');
  await window.press('招待する');
  await window.expect('新人 六郎 さんを登録しました');
  await window.press(`変更：${login}`);
  await d.check(window, '利用者の変更');
  let letters = [];
  for (let tries = 0; tries < 100 && !letters.length; tries++) {
    letters = mails('/netdesk/invitations/').filter(({ raw }) => raw.includes('shinjin@minato.example'));
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  const link = body(letters[0].raw).match(/https?:\/\/\S+\/netdesk\/invitations\/\S+/)[0];
  const newcomer = await d.window();
  await newcomer.go(link);
  await d.check(newcomer, '招待');
  await newcomer.fill('新しいパスワード', '短い');
  await newcomer.press('パスワードを設定');
  same(newcomer.status, 422, 'a short password');
  await d.check(newcomer, '招待／短いパスワード');
  await newcomer.fill('新しいパスワード', 'a long and plain sentence 26');
  await newcomer.fill('新しいパスワード（確認）', 'a long and plain sentence 26');
  await newcomer.press('パスワードを設定');
  await newcomer.go('/netdesk/login');
  await newcomer.fill('ログインID', login);
  await newcomer.fill('パスワード', 'a long and plain sentence 26');
  await newcomer.press('ログイン');
  await newcomer.expect('利用規約に同意します');
  await d.check(newcomer, '利用規約／同意');
  await newcomer.press('同意して利用を始める');
  same(newcomer.status, 422, 'without consent');
  await d.check(newcomer, '利用規約／同意していない');
  await newcomer.tick('利用規約に同意します');
  await newcomer.press('同意して利用を始める');
  await newcomer.expect('ようこそ、');
  await newcomer.lacks('保証申込を作成する');
  await d.check(newcomer, '全体トップ／閲覧の役割');
  await newcomer.go(link);
  await d.check(newcomer, '招待／使い終わったリンク');
  await newcomer.go('/netdesk/guarantees?tab=key');
  await newcomer.press('詳細');
  await newcomer.expect('認証キーを表示できません');
  await d.check(newcomer, '電子保証履歴一覧／閲覧の役割');
  await newcomer.go('/netdesk/applications/new');
  same(newcomer.status, 403, 'a page of a higher role');
  await d.check(newcomer, '権限がありません');

  d.step('the lists: searched, without hits, with a date that cannot be read');
  await window.go('/netdesk/guarantees?tab=key');
  await window.fill('工事名', '市道１２号');
  await window.press('検索', { within: '検索条件' });
  await window.expect('市道12号線舗装修繕工事', '全1ページ(1件)中の1ページ目を表示しています');
  await d.check(window, '保証契約一覧／検索');
  await window.fill('工事名', 'どこにもない工事');
  await window.press('検索', { within: '検索条件' });
  await window.expect('条件に合う電子保証はありません');
  await d.check(window, '保証契約一覧／なし');
  await window.fill('期間の始め', '2026-02-30');
  await window.press('検索', { within: '検索条件' });
  await window.beside('期間の始め', 'カレンダーにない日付');
  await d.check(window, '保証契約一覧／読めない日付');
  await window.fill('保証契約番号', '３５０７５ー００００１');
  await window.press('検索', { within: 'ピンポイント検索' });
  await window.expect('35075-00001M');
  await window.go('/netdesk/guarantees?tab=key');
  await window.fill('保証契約番号', '123');
  await window.press('検索', { within: 'ピンポイント検索' });
  await d.check(window, '保証契約一覧／読めない番号');

  d.step('not found, and not ours');
  for (const address of ['/netdesk/guarantees/35075-99999M', '/netdesk/guarantees/71001-00001H', '/netdesk/applications/01900000-0000-7000-8000-000000000005/status', '/netdesk/applications/no-id/status', '/netdesk/guarantees/35075-00001M/certificates/9']) {
    same(await window.go(address), 404, address);
    await window.expect('ページが見つかりません');
  }
  await d.check(window, 'ネットデスク／ありません');
});
