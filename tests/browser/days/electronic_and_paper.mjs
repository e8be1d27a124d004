// 前払金保証 electronic and 契約保証 on paper, of the same works.

import { bare } from '../browser.mjs';
import { day, holds, same } from '../day.mjs';
import { CERTIFICATE, agree, body, header, mails, paper, rows } from '../papers.mjs';
import * as story from '../story.mjs';

const WORKS = '△△配水管布設替工事（紙と電子）';

const TABLE = {
  checked: { step: '申込内容を確認する',
    netdesk: ['電子保証(認証キーを含む)', '証書(紙)', '郵送', '20,000,000円', '5,000,000円'] },
  sent: { step: 'この内容で申し込む',
    netdesk: ['送信済', '電子保証', '証書(紙)'],
    office: ['新着', '証書(紙)'],
    mail: ['なし'] },
  issued: { step: '発行する',
    netdesk: ['発行済', '{前払番号}', '{契約番号}'],
    office: ['発行済', '{前払番号}', '{契約番号}', '証書を印刷する'],
    mail: ['電子保証（認証キー）発行完了のお知らせ', '{前払番号}', '前払金保証', '!{契約番号}', '!契約保証'] },
  key: { step: '前払金保証の詳細',
    netdesk: ['電子保証履歴一覧', 'この工事の契約保証（{契約番号}）は証書（紙）です。', '原本を発注者へ提出してください。'] },
  paper: { step: '契約保証の詳細',
    netdesk: ['保証契約の詳細', '証書（紙）', '認証キーはありません', '保証証書受取', '郵送', '神奈川支店', '同じ工事の前払金保証（{前払番号}）は電子保証です。', '!認証キー：'] },
  original: { step: '証書を印刷する',
    pdf: ['保証証書', '（契約保証）', 'みらい建設業保証株式会社', '取扱箇所', '!写し', '!再印刷', '!書面）の発行は行わない'] },
  again: { step: '証書をもう一度印刷する',
    pdf: ['再印刷', '保証証書', '（契約保証）', '!写し'],
    office: ['印刷', '再印刷'] },
  shut: { step: '紙の番号で証書を確認する（D-Sure）',
    dsure: ['証書を開けませんでした', '保証契約番号または認証キーが正しくありません'] },
};

await day(async d => {
  const [contractor, clerk, approver, town] = [await d.window(), await d.window(), await d.window(), await d.window()];
  let netdesk, office, pdf = '';
  const places = {
    netdesk: async () => { if (netdesk) await contractor.go(netdesk); return contractor.text(); },
    office: async () => { await approver.go(office); return approver.text(); },
    dsure: () => town.text(),
    mail: async () => mails(WORKS).map(({ raw }) => `${header(raw, 'Subject')}\n${body(raw)}`).join('\n') || 'なし',
    pdf: () => pdf,
  };
  const row = name => d.row(TABLE[name], places);
  await story.signIn(contractor, 'netdesk', 'minato.soumu');
  await story.signIn(clerk, 'office', 'kanagawa.clerk');
  await story.signIn(approver, 'office', 'kanagawa.approver');

  d.step('without 保証証書受取 the paper is refused');
  const application = story.example(WORKS);
  application.contract = { ...application.contract, form: story.PAPER };
  await contractor.go('/netdesk/applications/new');
  await story.fillIn(contractor, application);
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'the answer');
  await contractor.expect('保証証書受取で「窓口」または「郵送」を選んでください');
  await contractor.choose('保証証書受取', '郵送');
  await contractor.press('申込内容を確認する');
  await row('checked');
  await d.check(contractor, '申込確認／紙と電子');
  const id = await story.send(contractor);
  await d.check(contractor, '送信完了／紙と電子');
  netdesk = `/netdesk/applications/${id}/status`;
  office = `/office/applications/${id}`;
  await row('sent');

  d.step('issued');
  await story.examine(clerk, id);
  await story.approve(approver, id);
  await story.issue(approver, id);
  const number = await story.numbers(contractor, id);
  d.facts = { 前払番号: number['前払金保証'], 契約番号: number['契約保証'] };
  await row('issued');
  await d.check(approver, '案件／発行済（紙と電子）');
  same(mails(WORKS).length, 1, 'mails');

  d.step('the details');
  netdesk = `/netdesk/guarantees/${d.facts.前払番号}`;
  await row('key');
  await d.check(contractor, '電子保証履歴一覧／もう一つは紙');
  netdesk = `/netdesk/guarantees/${d.facts.契約番号}`;
  await row('paper');
  await contractor.expect('この発注者への提出', '提出先 総務部契約検査課', '時期 契約を結ぶとき');
  await d.check(contractor, '保証契約の詳細／証書（紙）');
  same((await contractor.fetch(`${netdesk}/key-notice.pdf`)).status, 404, 'a paper guarantee has no key notice');

  d.step('the paper is printed in the Office');
  await approver.go(office);
  const first = await approver.post(await approver.action('証書を印刷する'));
  same(first.status, 200, 'the print');
  pdf = paper(first.body, '証書（紙）');
  await row('original');
  agree(rows(pdf, CERTIFICATE.slice(0, 9)), {
    保証契約番号: d.facts.契約番号, 被保証者: application.obligee, '保証金額（総額）': '5,000,000円', 保証期限: '令和09年03月31日', 工事名: WORKS, '請負金額（総額）': '50,000,000円', 工期: '令和08年07月01日～令和09年03月31日', 請負契約日: '令和08年07月01日',
  }, 'the paper');
  const second = await approver.post(await approver.action('証書を印刷する'));
  pdf = paper(second.body, '証書（紙・再印刷）');
  office = `/office/guarantees/${d.facts.契約番号}`;
  await row('again');
  await d.check(approver, '保証契約／証書（紙）');

  d.step('D-Sure knows no paper');
  const key = await story.keyOf(contractor, d.facts.前払番号);
  await story.open(town, d.facts.契約番号, key);
  await row('shut');
  await story.open(town, d.facts.前払番号, key);
  await town.expect('内容を確認できました');
  holds(!bare(await town.text()).includes(bare(d.facts.契約番号)), 'the session sees one guarantee only');
});
