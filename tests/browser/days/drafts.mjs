// Drafts survive; a double click and the Back button make one application; an ended session gives the text back.

import { day, holds, same } from '../day.mjs';
import { growOld } from '../papers.mjs';
import * as story from '../story.mjs';

const WORKS = '○○調整池護岸工事';

await day(async d => {
  const contractor = await d.window();
  await story.signIn(contractor, 'netdesk', 'minato.soumu');

  d.step('a draft is kept, listed, continued');
  await contractor.go('/netdesk/applications/new');
  await contractor.fill('工事名', `${WORKS}（下書き）`);
  await contractor.fill('請負金額（総額）', '4千万円');
  await contractor.press('下書き保存');
  await contractor.expect('下書きを保存しました');
  await d.check(contractor, '保証申込／下書き');
  const draft = await contractor.path();
  await contractor.go('/netdesk/drafts');
  await contractor.expect(`${WORKS}（下書き）`, '港町三丁目汚水管布設工事');
  await d.check(contractor, '下書き');
  await contractor.press(`${WORKS}（下書き）`);
  await contractor.at(draft);
  same(await contractor.value('請負金額（総額）'), '4千万円', 'what was typed');

  d.step('a section is emptied');
  await contractor.press('請負工事の情報をクリア');
  await contractor.expect('請負工事の情報をクリアし、下書きを保存しました。');
  same(await contractor.value('工事名'), '', 'the emptied field');
  await contractor.fill('工事名', `${WORKS}（下書き）`);
  await contractor.press('下書き保存');

  d.step('two tabs: the second does not overwrite the first');
  const second = await contractor.tab();
  await second.go(draft);
  await contractor.fill('請負金額（総額）', '41,000,000');
  await contractor.press('下書き保存');
  await second.fill('請負金額（総額）', '42,000,000');
  await second.press('下書き保存');
  same(second.status, 409, 'the answer');
  await second.expect('ほかの画面で先に保存されました', '41,000,000', '42,000,000');
  await d.check(second, '保証申込／ほかの画面で先に保存');
  await second.close();

  d.step('deleted');
  await contractor.go('/netdesk/drafts');
  await contractor.press(`削除：${WORKS}（下書き）`);
  await contractor.expect('この下書きを削除しますか');
  await d.check(contractor, '下書きの削除の確認');
  await contractor.press('削除する');
  await contractor.go('/netdesk/drafts');
  await contractor.lacks(`${WORKS}（下書き）`);
  same(await contractor.go(draft), 404, 'the deleted draft');

  d.step('a double click, the Back button');
  const sent = async () => {
    await contractor.go('/netdesk/status');
    return (await contractor.text()).split(`${WORKS}（二度押し）`).length - 1;
  };
  const before = await sent();
  await story.compose(contractor, story.example(`${WORKS}（二度押し）`));
  const check = await contractor.path();
  await contractor.press('この内容で申し込む', { twice: true });
  await contractor.expect('申し込みました');
  const id = (await contractor.path()).split('/')[3];
  await contractor.back();
  if (/\/confirmation$/.test(await contractor.path())) {
    // The page of before, out of the browser's memory: pressing again must lead to the same application.
    await contractor.press('この内容で申し込む').catch(() => {});
  }
  await contractor.go(check);
  await contractor.at(`/netdesk/applications/${id}/status`);
  same(await sent() - before, 1, 'applications made');

  d.step('the session ends while typing');
  const application = story.example(`${WORKS}（時間切れ）`);
  const writer = await d.window();
  await story.signIn(writer, 'netdesk', 'minato.keiri');
  await writer.go('/netdesk/applications/new');
  await story.fillIn(writer, application);
  growOld('minato.keiri');
  await writer.press('下書き保存');
  await writer.expect('もう一度ログインしてください', `「${application.works}」の入力をお預かりしました`, 'お預かりの期限');
  await d.check(writer, 'ログイン／入力をお預かり');
  await writer.fill('ログインID', 'minato.keiri');
  await writer.fill('パスワード', story.PASSWORD);
  await writer.press('ログイン');
  await writer.expect('入力内容を戻しました。まだ送信していません。');
  await d.check(writer, '保証申込／戻った入力');
  for (const [label, value] of [['発注者名', application.obligee], ['工事名', application.works], ['前払金保証金額', '20,000,000'], ['落札決定日', '2026-07-01']]) {
    same(await writer.value(label), value, `${label} came back`);
  }
  same(await writer.chosen('前払金保証/保証証書の形式について'), story.ELECTRONIC, 'the chosen form came back');
  await writer.press('申込内容を確認する');
  await writer.at(/\/confirmation$/);

  d.step('who may write, but not send');
  await writer.expect('では送信できません');
  await writer.lacks('この内容で申し込む');
  await d.check(writer, '申込確認／送信できない役割');

  d.step("another company's draft is not there");
  const stranger = await d.window();
  await story.signIn(stranger, 'netdesk', 'yamato.soumu');
  same(await stranger.go(await writer.path()), 404, "another company's application");
  await stranger.expect('ページが見つかりません');
  holds(!(await stranger.text()).includes(WORKS), 'nothing of it is told');
  await d.check(stranger, 'ほかの会社の申込（ありません）');
});
