// One guarantee, led through 新規 → 変更ー1 → 訂正 → 変更ー2 → 変更取消 → a new key → 解約 on three sites.

import { bare } from '../browser.mjs';
import { day, holds, same } from '../day.mjs';
import { body, header, mails, paper } from '../papers.mjs';
import * as story from '../story.mjs';

const WORKS = '△△浄水場□□改良工事（一生）';
const RIGHT = '△△浄水場□□改良工事（一生・訂正）';

const TABLE = {
  born: { step: '新規の発行',
    netdesk: ['電子保証履歴一覧', '発行済', '新規', '変更の申込', '!変更ー1'],
    clerk: ['新規', 'いま有効', '訂正を起案する', '解約を起案する'],
    office: ['新規', 'いま有効', '!起案する', '30,000円'],
    dsure: ['内容を確認できました', '新規（変更はありません）', '20,000,000', '令和09年03月31日'],
    mail: ['電子保証（認証キー）発行完了のお知らせ', '新規', '{番号}', '!{キー}'],
    pdf: ['{番号}', '{キー}', '!変更ー'] },
  needless: { step: '請負金額だけの変更（T9）',
    netdesk: ['前払金保証の変更手続きは不要です', '証書の注2'] },
  asked: { step: '変更の内容を確認する（T10）',
    netdesk: ['変更の前と後', '50,000,000円', '62,000,000円', '20,000,000円', '24,800,000円', '40.0%', '認証キーは新規発行時のものから変わりません', '追加の前払金は、変更の証書が届いてから'] },
  examined: { step: '変更を審査する',
    office: ['変更の前と後', '変更ー1になります', 'もとの証書', '50,000,000円', '62,000,000円', '20,000,000円', '24,800,000円', '5,760円を追加でいただきます', '変更のもとの証書'] },
  first: { step: '変更ー1の発行',
    netdesk: ['新規', '変更ー1', '62,000,000', '24,800,000'],
    clerk: ['変更ー1', 'いま有効', '変更取消を起案する', '5,760円'],
    dsure: ['変更ー1', '前の版から変わったところ', '24,800,000', '62,000,000', '20,000,000'],
    mail: ['対象　　　　　　：変更ー1', '認証キーは新規発行時のものから変わりません', '!{キー}'],
    pdf: ['変更ー1', '{番号}', '{キー}'] },
  claimed: { step: '保証金の試算（T28）',
    office: ['保証金の試算', '24,800,000円', '＋ 1,000,000円', '－ 6,000,000円', '19,800,000円'] },
  corrected: { step: '新規の訂正（T13）',
    netdesk: ['新規', '変更ー1', '訂正または変更取消された履歴があります', '!一生・訂正）・訂正'],
    office: ['訂正済', '訂正後（', '「新規」の訂正', '完了'],
    dsure: ['取り下げられた版', '新規', '訂正により取下げ', '24,800,000'],
    mail: ['!訂正'],
    pdf: ['（一生・訂正）', '20,000,000', '令和09年03月31日', '写し'] },
  second: { step: '工期の延長（T12）で変更ー2',
    netdesk: ['変更ー2'],
    dsure: ['変更ー2', '令和09年06月30日', '令和09年03月31日'],
    mail: ['対象　　　　　　：変更ー2'],
    pdf: ['変更ー2', '{番号}'] },
  cancelled: { step: '変更ー2の取消（T14）',
    netdesk: ['新規', '変更ー1', '!変更ー2'],
    office: ['変更ー2', '変更取消', '「変更ー2」の変更取消'],
    dsure: ['変更ー1', '最新の版です', '変更取消により取下げ', '令和09年03月31日', '!令和09年06月30日'],
    mail: ['変更取消のお知らせ', '「変更ー2」を取り消しました'],
    pdf: ['変更ー1', '24,800,000', '令和09年03月31日', '!令和09年06月30日'] },
  asked_key: { step: '認証キーの再発行を頼む',
    netdesk: ['ご依頼を受け付けています', 'メールを誤って送った'],
    office: ['ご依頼を受け付けています', 'メールを誤って送った', '再発行する'] },
  renewed: { step: '認証キーの再発行',
    netdesk: ['再発行しました', 'から新しい認証キー'],
    mail: ['認証キー再発行のお知らせ', 'これまでの認証キーは使えなくなりました', '!{キー}', '!{新キー}'],
    pdf: ['{新キー}', '!{キー}', '認証キー再発行', 'これより前のお知らせの認証キーは使えません'] },
  ended: { step: '解約（T15）',
    netdesk: ['解約', 'この保証契約は解約されています', '!変更の申込の続き'],
    office: ['解約', '!訂正を起案する', '!解約を起案する'],
    dsure: ['この保証契約は解約されています', '解約されています', '解約日'],
    mail: ['保証契約の解約のお知らせ', '解約日'],
    fees: ['返還', '{番号}'] },
  after: { step: '解約のあとの変更',
    netdesk: ['いまは変更を申し込めません', 'この保証契約は解約されています'] },
};

await day(async d => {
  const [contractor, clerk, approver, town] = [await d.window(), await d.window(), await d.window(), await d.window()];
  let netdesk, office, pdf = '', known = 0;
  const places = {
    netdesk: async () => { if (netdesk) await contractor.go(netdesk); return contractor.text(); },
    clerk: async () => { await clerk.go(office); return clerk.text(); },
    office: async () => { await approver.go(office); return approver.text(); },
    dsure: async () => { await town.go(`/dsure/certificates/${d.facts.版}`); return town.text(); },
    // Only the letters of this step.
    mail: async () => { const all = mails(d.facts.番号 ? bare(d.facts.番号) : WORKS); return all.slice(known).map(({ raw }) => `${header(raw, 'Subject')}\n${body(raw)}`).join('\n') || 'なし'; },
    pdf: () => pdf,
    fees: async () => { await contractor.go('/netdesk/fees'); return contractor.text(); },
  };
  const notice = async name => { pdf = paper((await contractor.fetch(`/netdesk/guarantees/${d.facts.番号}/key-notice.pdf`)).body, name); };
  const copy = async (seq, name) => { pdf = paper((await town.fetch(`/dsure/certificates/${seq}.pdf`)).body, name); };
  const row = async name => { await d.row(TABLE[name], places); known = mails(d.facts.番号 ? bare(d.facts.番号) : WORKS).length; };
  const until = async (window, address, words) => {
    for (const end = Date.now() + 20000; Date.now() < end;) {
      await window.go(address);
      if ((await window.text()).includes(words)) return;
      await new Promise(resolve => setTimeout(resolve, 300));
    }
    throw new Error(`${address} does not say 「${words}」 within 20 s`);
  };
  await story.signIn(contractor, 'netdesk', 'minato.soumu');
  await story.signIn(clerk, 'office', 'kanagawa.clerk');
  await story.signIn(approver, 'office', 'kanagawa.approver');

  d.step('born');
  const application = story.example(WORKS);
  delete application.contract;
  const id = await story.apply(contractor, { ...application, contract: undefined });
  await clerk.go(`/office/applications/${id}`);
  await clerk.press('審査を開始する');
  await clerk.tickIn('/approval-request', '前払金保証');
  await clerk.press('承認に回す');
  await approver.go(`/office/applications/${id}`);
  await approver.tickIn('/approval', '前払金保証');
  await approver.press('承認する');
  await approver.tickIn('/issue', '前払金保証');
  await approver.press('発行する');
  await story.settled(approver, id);
  const number = (await story.numbers(contractor, id))['前払金保証'];
  const key = await story.keyOf(contractor, number);
  d.facts = { 番号: number, キー: key, 版: 1 };
  [netdesk, office] = [`/netdesk/guarantees/${number}`, `/office/guarantees/${number}`];
  await story.open(town, number, key);
  await notice('認証キーのお知らせ（新規）');
  await row('born');
  await d.check(approver, '保証契約／新規');

  d.step('a price that changes alone needs nothing');
  await contractor.go(netdesk);
  await contractor.press('変更の申込');
  await d.check(contractor, '変更の申込');
  const home = netdesk;
  const ask = async fields => {
    await contractor.go(`${home}/change`);
    for (const [label, value] of Object.entries(fields)) await contractor.fill(label, value);
    await contractor.fill('変更契約日', '2026-07-01');
    await contractor.fill('変更の理由', '設計変更による増額');
    await contractor.press('変更の内容を確認する');
  };
  netdesk = '';
  await ask({ '請負金額（総額）': '62,000,000' });
  same(contractor.status, 422, 'a change that is not needed');
  await row('needless');
  await d.check(contractor, '変更の申込／手続き不要');

  d.step('price and prepayment up: 変更ー1');
  await ask({ '請負金額（総額）': '62,000,000', 前払金保証金額: '24,800,000' });
  await contractor.at(/\/change\/confirmation$/);
  await row('asked');
  await d.check(contractor, '変更の確認');
  const sendChange = async () => {
    await contractor.press('この内容で変更を申し込む');
    await contractor.at(/\/submission$/);
    return (await contractor.path()).split('/')[3];
  };
  const issueChange = async change => {
    await clerk.go(`/office/applications/${change}`);
    await clerk.press('審査を開始する');
    await clerk.tickIn('/approval-request', '前払金保証');
    await clerk.press('承認に回す');
    await approver.go(`/office/applications/${change}`);
    await approver.tickIn('/approval', '前払金保証');
    await approver.press('承認する');
    await approver.tickIn('/issue', '前払金保証');
    await approver.press('発行する');
    await story.settled(approver, change);
  };
  const change = await sendChange();
  await d.check(contractor, '送信完了／変更');
  office = `/office/applications/${change}`;
  await row('examined');
  await d.check(approver, '案件／変更');
  await issueChange(change);
  [netdesk, office] = [home, `/office/guarantees/${number}`];
  d.facts.版 = 2;
  await notice('認証キーのお知らせ（変更ー1）');
  await row('first');
  await d.check(contractor, '電子保証履歴一覧／変更ー1');
  await town.go('/dsure/certificates/2');
  await d.check(town, 'D-Sure／変更ー1');

  d.step('what could be claimed if the works ended now');
  await approver.go(office);
  await approver.press('保証金を試算する');
  await d.check(approver, '保証金の試算');
  await approver.fill('ほかに支払われた額', '100万円');
  await approver.press('試算する');
  same(approver.status, 422, 'nothing said of what was built');
  await d.check(approver, '保証金の試算／誤り');
  await approver.fill('出来高に相当する代価', '600万円');
  await approver.press('試算する');
  const back = office;
  office = await approver.run('location.pathname + location.search');
  await row('claimed');
  office = back;
  await d.check(approver, '保証金の試算／結果');

  d.step('a correction of the first certificate');
  const propose = async (link, fields, reason) => {
    await clerk.go(office);
    await clerk.press(link);
    for (const [label, value] of Object.entries(fields)) await clerk.fill(label, value);
    await clerk.fill(reason, '支店の誤記のため');
  };
  await propose('訂正を起案する（新規）', { 工事名: RIGHT }, '訂正の理由');
  await d.check(clerk, '訂正の起案');
  await clerk.press('起案する');
  await clerk.go(office);
  await clerk.expect('承認待ち', RIGHT);
  await clerk.lacks('承認する（');
  await approver.go('/office/acts');
  await approver.expect('訂正', number, '承認待ち');
  await d.check(approver, '訂正・変更取消・解約');
  await approver.go(office);
  await d.check(approver, '保証契約／訂正の承認');
  const decide = async () => {
    await approver.go(office);
    await approver.press('承認する');
    await until(approver, office, '完了');
    for (const end = Date.now() + 20000; Date.now() < end && /承認待ち|手続中/.test(await approver.text());) await approver.go(office);
  };
  await decide();
  await copy(3, '証書の写し（訂正）');
  await row('corrected');
  await town.go('/dsure/certificates/1');
  same(town.status, 410, 'the corrected version');
  await town.expect('取り下げられた版です', 'いま有効な版を見る');
  await d.check(town, 'D-Sure／取り下げられた版');
  await contractor.go(`${home}/certificates/3`);
  await contractor.expect(RIGHT);

  d.step('an extension: 変更ー2');
  await contractor.go(`${home}/change`);
  await contractor.fill('工期の終わり', '2027-06-30');
  await contractor.fill('変更契約日', '2026-07-01');
  await contractor.fill('変更の理由', '工期の延長');
  await contractor.press('変更の内容を確認する');
  await contractor.at(/\/change\/confirmation$/);
  await issueChange(await sendChange());
  d.facts.版 = 4;
  await notice('認証キーのお知らせ（変更ー2）');
  await row('second');

  d.step('変更ー2 is cancelled');
  await propose('変更取消を起案する（変更ー2）', {}, '変更取消の理由');
  await d.check(clerk, '変更取消の起案');
  await clerk.press('起案する');
  await decide();
  d.facts.版 = 2;
  await copy(2, '証書の写し（取消のあと）');
  await row('cancelled');
  await d.check(town, 'D-Sure／変更取消のあと');
  await d.check(approver, '保証契約／訂正と変更取消のあと');

  d.step('the past, as it was');
  await approver.fill('この日時の状態', '2026/07/01');
  await approver.press('見る');
  await approver.expect('まだ発行されていません');
  await approver.fill('この日時の状態', 'きのう');
  await approver.press('見る');
  await approver.expect('日時');

  d.step('a new key');
  await contractor.go(home);
  await contractor.touch('認証キーの再発行を依頼する');
  await contractor.fill('再発行の理由', 'メールを誤って送った');
  await contractor.press('再発行を依頼する');
  await row('asked_key');
  await approver.press('再発行する');
  await until(contractor, home, '再発行しました');
  const fresh = await story.keyOf(contractor, number);
  holds(fresh !== key, 'the key is another one');
  d.facts.新キー = fresh;
  await notice('認証キーのお知らせ（再発行）');
  await row('renewed');
  await d.check(contractor, '電子保証履歴一覧／再発行のあと');
  await town.go('/dsure/certificates/2');
  await town.lacks('24,800,000');
  await story.open(town, number, key);
  await town.expect('証書を開けませんでした');
  await story.open(town, number, fresh);
  await town.expect('内容を確認できました');

  d.step('the end');
  await clerk.go(office);
  await clerk.press('解約を起案する');
  await clerk.fill('解約の理由', '請負契約の解除');
  await d.check(clerk, '解約の起案');
  await clerk.press('起案する');
  await decide();
  await row('ended');
  await d.check(contractor, '電子保証履歴一覧／解約');
  await d.check(town, 'D-Sure／解約');
  await d.check(approver, '保証契約／解約');
  netdesk = `${home}/change`;
  await row('after');
  await d.check(contractor, '変更の申込／解約のあと');
});
