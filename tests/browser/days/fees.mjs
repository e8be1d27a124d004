// A fee table is proposed by one person and decided by another; what fees show on every screen that has them.

import { day, same } from '../day.mjs';
import { paper } from '../papers.mjs';
import * as story from '../story.mjs';

await day(async d => {
  const admin = await d.window();
  const approver = await d.window();
  const contractor = await d.window();
  await story.signIn(admin, 'office', 'honsha.admin');
  await story.signIn(approver, 'office', 'honsha.approver');
  await story.signIn(contractor, 'netdesk', 'minato.soumu');

  d.step('the tables in force');
  await admin.go('/office/fee-tables');
  await admin.expect('保証料率表', 'DEMO（実際の料率ではありません）', '適用中');
  await d.check(admin, '保証料率表');
  await admin.go('/office/fee-tables/new/contract');
  await d.check(admin, '保証料率表の提案');

  d.step('a proposal with mistakes');
  await admin.fill('適用開始日', '来年の春');
  await admin.fill('下限', '4,000,000', { within: '区分2' });
  await admin.press('提案する');
  same(admin.status, 422, 'the answer');
  await admin.expect('前の行と重なっています。', '適用開始日');
  await d.check(admin, '保証料率表の提案／誤り');

  d.step('one bracket more');
  await admin.press('行をふやす');
  same(admin.status, 200, 'more rows');
  await admin.expect('区分8');
  await admin.fill('料率表の名前', 'DEMO 2030年度');
  await admin.fill('適用開始日', '令和12年4月1日');
  await admin.fill('下限', '5,000,000', { within: '区分2' });
  await admin.fill('定額', '0', { within: '区分2' });
  await admin.press('提案する');
  same(admin.status, 422, 'a falling edge');
  await admin.expect('金額が1円ふえると保証料が5,000円下がります。');
  await d.check(admin, '保証料率表の提案／下がる境目');
  await admin.tick('保証料が下がる境目があることを確かめました。このままでよい。');
  await admin.press('提案する');
  await admin.expect('契約保証の料率表　版2', '承認待ち', 'あなたが提案しました。');
  await d.check(admin, '保証料率表／承認待ち');
  const table = await admin.path();

  d.step('the second person');
  await approver.go(table);
  await approver.expect('承認するか決める', '変わる');
  await d.check(approver, '保証料率表／承認する人');
  await approver.press('承認する');
  same(approver.status, 422, 'the edge is not confirmed');
  await approver.tick('保証料が下がる境目があることを確かめました。このままでよい。');
  await approver.press('承認する');
  await approver.expect('版2を承認しました。', '適用予定');

  d.step('months and refunds');
  await admin.go('/office/fee-months');
  await admin.expect('一括納付', '月の途中');
  await d.check(admin, '一括納付');
  await admin.go(await admin.run(`document.querySelector('main td a').getAttribute('href')`));
  await admin.expect('まだ終わっていない月です。', 'みなと建設株式会社');
  await d.check(admin, '一括納付／月の途中');
  await admin.go('/office/fee-refunds');
  await admin.expect('お返しする保証料はありません。');
  await d.check(admin, '保証料の返還');

  d.step('what the contractor finds');
  await contractor.go('/netdesk/fees');
  await contractor.expect('保証料計算書一覧', '22,080円', '16,775円', '一括納付（締め前）', 'DEMO');
  await d.check(contractor, '保証料計算書一覧');
  const answer = await contractor.fetch(await contractor.run(`document.querySelector('a[href*="fee-statements"]').getAttribute('href')`));
  const statement = paper(answer.body, '保証料計算書').replace(/\s/g, '');
  for (const words of ['みなと建設株式会社御中', '保証料計算書', '非課税', '計算の内訳', 'DEMO']) same(statement.includes(words), true, words);
});
