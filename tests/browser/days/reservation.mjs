// 契約保証予約（入札ボンド）: applied for, printed, won, carried over, issued as a 契約保証 and seen in D-Sure.

import { bare } from '../browser.mjs';
import { day, given, holds, same } from '../day.mjs';
import { CERTIFICATE, agree, mails, paper, rows } from '../papers.mjs';
import * as story from '../story.mjs';

const WORKS = `見本駅前広場${given.width === 390 ? '（携帯）' : ''}整備工事`;
const ROWS = ['予約番号', '予約申込者', '発注者', '予約金額', '予約期限', '工事名', '予定請負金額', '予定工期', '入札日', '契約予定日'];

const TABLE = {
  refused: { step: '入札日なしで確認する', netdesk: ['入札日を入力してください', '契約予定日を入力してください'] },
  checked: { step: '申込内容を確認する',
    netdesk: ['契約保証予約', '予定請負金額 80,000,000 円', '契約予定日 令和09年01月20日', '予定工期', '入札日 令和8年12月18日', '予約金額 8,000,000 円', '予約期限 令和09年01月20日', '契約予定日と同じ日です', '!電子保証発行完了のお知らせ', '!預託金融機関'] },
  sent: { step: 'この内容で申し込む',
    netdesk: ['送信済', '契約保証予約', '予定請負金額'],
    office: ['新着', '契約保証予約', '予定請負金額', '入札日', '証書(紙)', '予約金額'],
    list: [WORKS, '予約', '未発行'], other: [`!${WORKS}`] },
  issued: { step: '発行する',
    netdesk: ['契約保証予約の詳細', '予約中', '{予約番号}', '落札した：契約保証を申し込む', '落札しなかったとき', '8,000,000 円', '!認証キーを発注者'],
    office: ['発行済', '{予約番号}', '証書を印刷する', '入札の結果は、まだ知らされていません'],
    mail: ['なし'],
    pdf: ['契約保証予約証書', '（入札ボンド）', '神奈川支店', 'ここに予約します', '契約保証の保証証書ではありません', '!写し', '!電子的な取扱'] },
  won: { step: '落札した：契約保証を申し込む',
    netdesk: ['契約保証予約', '{予約番号}', 'の内容を引き継いでいます', '予約の内容を引き継ぎました'] },
  again: { step: 'もう一度押す', netdesk: ['契約保証の申込を作成中です', '契約保証の申込の続きを書く'] },
  carried: { step: '契約保証の申込内容を確認する',
    netdesk: ['契約保証予約 {予約番号} から引き継いだ申込です', '契約保証', '7,700,000 円', '請負金額の10.0%', '電子保証(認証キーを含む)', '予定している'] },
  done: { step: '契約保証を発行する',
    netdesk: ['落札（契約保証へ）', '契約保証 {契約番号} を発行しました。', '契約保証の詳細を見る'],
    office: ['予約の結果', '落札：契約保証 {契約番号} を発行しました。'],
    dsure: ['契約保証', '{契約番号}', '7,700,000　円', WORKS, '!{予約番号}', '!預託金融機関'] },
};

await day(async d => {
  const [contractor, clerk, approver, town] = [await d.window(), await d.window(), await d.window(), await d.window()];
  let office, netdesk, pdf = '';
  const read = async address => { await contractor.go(address); return contractor.text(); };
  const row = name => d.row(TABLE[name], {
    netdesk: async () => { if (netdesk) await contractor.go(netdesk); return contractor.text(); },
    office: async () => { await approver.go(office); return approver.text(); },
    list: () => read('/netdesk/guarantees?tab=reservation'),
    other: () => read('/netdesk/guarantees?tab=application'),
    dsure: () => town.text(),
    mail: () => mails(WORKS).map(({ name }) => name).join('\n') || 'なし',
    pdf: () => pdf,
  });
  await story.signIn(contractor, 'netdesk', 'minato.soumu');
  await story.signIn(clerk, 'office', 'kanagawa.clerk');
  await story.signIn(approver, 'office', 'kanagawa.approver');

  d.step('the form of its own');
  await contractor.go('/netdesk/');
  await contractor.go('/netdesk/reservations/new');
  await contractor.expect('契約保証予約申込', '予定請負金額', '入札日');
  await contractor.lacks('前払金保証を申し込む', '入札の状況');
  await d.check(contractor, '契約保証予約申込／空');
  await contractor.fill('発注者名', 'みなと野市長');
  await contractor.fill('工事名', WORKS);
  await contractor.choose('工事／業務委託', '工事');
  await contractor.fill('予定請負金額', '8000万円');
  await contractor.fill('予定工期の始め', '2027-02-01');
  await contractor.fill('予定工期の終わり', '2027-09-30');
  await contractor.choose('前払金保証の申込み', '予定している');
  await contractor.fill('予約金額', '8,000,000');
  await contractor.fill('予約手数料支払方法', '一括納付');
  await contractor.fill('予約手数料請求先', '本社　総務部');
  await contractor.choose('手数料通知書(紙)について', '希望しない');
  await contractor.choose('予約証書受取', '窓口');
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'the answer');
  await row('refused');
  await d.check(contractor, '契約保証予約申込／誤り');
  await contractor.fill('入札日', '令和8年12月18日');
  await contractor.fill('契約予定日', 'R9.1.20');
  await contractor.press('申込内容を確認する');
  await contractor.at(/\/confirmation$/);
  await row('checked');
  await d.check(contractor, '申込確認／契約保証予約');
  const id = await story.send(contractor);
  await d.check(contractor, '送信完了／契約保証予約');
  netdesk = `/netdesk/applications/${id}/status`;
  office = `/office/applications/${id}`;
  await row('sent');
  await contractor.go('/netdesk/guarantees?tab=reservation');
  await d.check(contractor, '保証契約一覧／契約保証予約（入札ボンド）');
  await approver.go(office);
  await d.check(approver, '案件／契約保証予約');

  d.step('issued on paper');
  await story.through(clerk, approver, id);
  d.facts.予約番号 = (await story.numbers(contractor, id))['契約保証予約'];
  netdesk = `/netdesk/guarantees/${d.facts.予約番号}`;
  office = `/office/guarantees/${d.facts.予約番号}`;
  await approver.go(office);
  const print = await approver.post(await approver.action('証書を印刷する'));
  pdf = paper(print.body, '契約保証予約証書');
  await row('issued');
  agree(rows(pdf, ROWS), { 予約番号: d.facts.予約番号, 発注者: 'みなと野市長', 予約金額: '8,000,000円', 予約期限: '令和09年01月20日', 工事名: WORKS, 予定請負金額: '80,000,000円', 予定工期: '令和09年02月01日～令和09年09月30日', 入札日: '令和08年12月18日', 契約予定日: '令和09年01月20日' }, 'the paper');
  await d.check(contractor, '契約保証予約の詳細／予約中');
  await d.check(approver, '保証契約（保証業務）／契約保証予約');

  d.step('the bid is won');
  await contractor.press('落札した：契約保証を申し込む');
  netdesk = '';
  await row('won');
  const draft = (await contractor.path()).split('/').pop();
  await d.check(contractor, '保証申込／予約からの引き継ぎ');
  same([await contractor.value('発注者名'), await contractor.value('工事名'), await contractor.value('請負金額（総額）'), await contractor.value('契約保証金額')], ['みなと野市長', WORKS, '80,000,000', '8,000,000'], 'what is carried over');
  netdesk = `/netdesk/guarantees/${d.facts.予約番号}`;
  await row('again');
  await d.check(contractor, '契約保証予約の詳細／契約保証を作成中');
  await contractor.press('契約保証の申込の続きを書く');
  holds((await contractor.path()).endsWith(draft), 'the same draft');
  netdesk = '';
  await contractor.fill('請負金額（総額）', '77,000,000');
  await contractor.choose('契約保証/保証証書の形式について', story.ELECTRONIC);
  await contractor.fill('契約保証金額', '7,700,000', { within: '契約保証' });
  await contractor.press('申込内容を確認する');
  await contractor.at(/\/confirmation$/);
  await row('carried');
  same(await story.send(contractor), draft, 'the carried-over draft is sent');
  await approver.go(`/office/applications/${draft}`);
  await approver.expect('契約保証予約', d.facts.予約番号, 'から引き継いだ申込です');
  await d.check(approver, '案件／予約からの契約保証');
  await story.through(clerk, approver, draft);
  d.facts.契約番号 = (await story.numbers(contractor, draft))['契約保証'];
  const key = await story.keyOf(contractor, d.facts.契約番号);
  await story.open(town, d.facts.契約番号, key);
  netdesk = `/netdesk/guarantees/${d.facts.予約番号}`;
  await row('done');
  await d.check(contractor, '契約保証予約の詳細／落札');
  const copy = await town.fetch(await town.href('PDF（写し）'));
  agree(rows(paper(copy.body, '証書（予約からの契約保証）'), CERTIFICATE.slice(0, 9)), { 保証契約番号: d.facts.契約番号, 被保証者: 'みなと野市長', '保証金額（総額）': '7,700,000円', 工事名: WORKS, 請負契約日: '令和09年01月20日' }, 'the certificate');
  holds(bare(await town.text()).includes(bare(WORKS)), 'D-Sure shows the works');
});
