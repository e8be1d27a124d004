// Returned, corrected, sent again; withdrawn; declined.

import { day, holds, same } from '../day.mjs';
import { body, header, mails } from '../papers.mjs';
import * as story from '../story.mjs';

const WORKS = '○○ポンプ場設備更新工事（差戻し）';
const WORDS = '工期の終わりが契約書と違うようです。\nご確認ください。';

const TABLE = {
  returned: { step: '差戻す',
    netdesk: ['差戻し（ご確認のお願い）', '神奈川支店からのお願い', '工期の終わりが契約書と違うようです。', '申込内容を直す'],
    office: ['差戻し中', 'お客様の訂正を待っています', '工期の終わりが契約書と違うようです。'],
    mail: [WORKS, '工期の終わりが契約書と違うようです。', '受付番号'] },
  again: { step: '直して、もう一度申し込む',
    netdesk: ['送信済', '{受付番号}'],
    office: ['新着', '{受付番号}', '2027/03/30'] },
  withdrawn: { step: '取り下げる',
    netdesk: ['取下げ', '送信済（2回目）', '!取り下げる'],
    office: ['取下げ', '取り下げられた申込です'] },
  declined: { step: '謝絶する',
    netdesk: ['お引き受けできません', '限度額を超えるため'],
    office: ['謝絶', '限度額を超えるため'] },
};

await day(async d => {
  const [contractor, clerk, approver] = [await d.window(), await d.window(), await d.window()];
  let id;
  const row = (name, works = WORKS) => d.row(TABLE[name], {
    netdesk: async () => { await contractor.go(`/netdesk/applications/${id}/status`); return contractor.text(); },
    office: async () => { await clerk.go(`/office/applications/${id}`); return clerk.text(); },
    mail: async () => mails(works).map(({ raw }) => `${header(raw, 'Subject')}\n${body(raw)}`).join('\n') || 'なし',
  });
  await story.signIn(contractor, 'netdesk', 'minato.soumu');
  await story.signIn(clerk, 'office', 'kanagawa.clerk');
  await story.signIn(approver, 'office', 'kanagawa.approver');

  d.step('returned with words');
  id = await story.apply(contractor, story.example(WORKS));
  d.facts.受付番号 = (await contractor.text()).match(/R\d+-\d{6}/)[0];
  await clerk.go(`/office/applications/${id}`);
  await clerk.press('審査を開始する');
  await clerk.fill('お知らせの言葉', '契約書の写しもお送りください。');
  await clerk.press('お知らせを出す');
  await clerk.touch('お客様に直していただくとき');
  await clerk.press('差戻す');
  same(clerk.status, 422, 'returning without words');
  await d.check(clerk, '案件／言葉のない差戻し');
  await clerk.fill('お客様への言葉', WORDS);
  await clerk.press('差戻す');
  await clerk.expect('お客様へ差し戻しました');
  await mailed(() => mails(WORKS).length === 1);
  await row('returned');
  await d.check(contractor, '状況／差戻し');
  await d.check(clerk, '案件／差戻し中');
  await contractor.go('/netdesk/status');
  await contractor.expect('ご確認をお願いしている申込が', 'お知らせ 20');
  await d.check(contractor, '状況の一覧');
  await contractor.go('/netdesk/');
  await contractor.expect(WORKS, '弊社からのお知らせ', '契約書の写しもお送りください。');
  await d.check(contractor, '全体トップ／お待ちしていること');

  d.step('corrected and sent again');
  await contractor.go(`/netdesk/applications/${id}/status`);
  await contractor.press('申込内容を直す');
  await contractor.expect('申込の訂正（再送信）', '契約書の写しもお送りください。', '工期の終わりが契約書と違うようです。', d.facts.受付番号);
  same(await contractor.value('工期の終わり'), '2027-03-31', 'what was sent is all there');
  await d.check(contractor, '保証申込／差戻された申込');
  await contractor.fill('工期の終わり', '2027-03-30');
  await contractor.press('申込内容を確認する');
  await d.check(contractor, '申込確認／訂正');
  same(await story.send(contractor), id, 'the same application');
  await row('again');

  d.step('withdrawn before examination');
  await contractor.go(`/netdesk/applications/${id}/status`);
  await contractor.press('取り下げる');
  await contractor.expect('この申込を取り下げますか', '元に戻せません');
  await d.check(contractor, '取下げの確認');
  await contractor.press('取り下げずに戻る');
  await contractor.expect('送信済');
  await contractor.press('取り下げる');
  await contractor.press('取り下げる');
  await row('withdrawn');
  await d.check(contractor, '状況／取下げ');
  await d.check(clerk, '案件／取下げ');

  d.step('declined, both products with a reason');
  id = await story.apply(contractor, story.example(`${WORKS}（謝絶）`));
  await story.examine(clerk, id);
  await approver.go(`/office/applications/${id}`);
  await approver.touch('お引き受けできないとき');
  await approver.press('謝絶する');
  same(approver.status, 422, 'declining without a reason');
  await d.check(approver, '案件／理由のない謝絶');
  for (const product of ['前払金保証', '契約保証']) await approver.tickIn('/decline', product);
  await approver.fill('理由', '限度額を超えるため、お引き受けできません。');
  await approver.press('謝絶する');
  await row('declined', `${WORKS}（謝絶）`);
  await d.check(contractor, '状況／お引き受けできません');
  await d.check(clerk, '案件／謝絶');

  d.step('the approval is taken back');
  id = await story.apply(contractor, story.example(`${WORKS}（承認の取消し）`));
  await story.examine(clerk, id);
  await story.approve(approver, id);
  await approver.touch('承認を取り消すとき');
  for (const product of ['前払金保証', '契約保証']) await approver.tickIn('/approval-withdrawal', product);
  await approver.press('承認を取り消す');
  await approver.expect('の承認を取り消しました', '承認待ち');
  await approver.fill('お知らせの言葉', '書類を確認しています。');
  await approver.press('お知らせを出す');
  await contractor.go(`/netdesk/applications/${id}/status`);
  await contractor.expect('弊社からお客様へのお知らせ', '書類を確認しています。', '審査中');
  await d.check(contractor, '状況／お知らせ');
  holds(!mails(`${WORKS}（承認の取消し）`).length, 'no mail before issue');
});

async function mailed(there) {
  for (let tries = 0; tries < 100 && !there(); tries++) await new Promise(resolve => setTimeout(resolve, 100));
}
