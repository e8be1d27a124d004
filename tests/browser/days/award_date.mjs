// 神奈川県内広域水道企業団 takes e-guarantees for awards decided from 1 July 2026 on.

import { day, same } from '../day.mjs';
import * as story from '../story.mjs';

const WORKS = '○○送水管更生工事（落札決定日）';

const TABLE = {
  missing: { step: '落札決定日なしで確認する', netdesk: ['落札決定日を入力してください'] },
  before: { step: '2026-06-30 で確認する', netdesk: ['この発注者は電子保証の対象日', '令和8年7月1日', '証書(紙)をお選びください'] },
  after: { step: '2026-07-01 で確認する', netdesk: ['まだ送信していません', '令和08年07月01日', '電子保証の対象（令和8年7月1日以降）です'] },
  sent: { step: 'この内容で申し込む', netdesk: ['送信済'], office: ['新着', '2026/07/01'] },
};

await day(async d => {
  const [contractor, clerk] = [await d.window(), await d.window()];
  let netdesk, office;
  const row = name => d.row(TABLE[name], {
    netdesk: async () => { if (netdesk) await contractor.go(netdesk); return contractor.text(); },
    office: async () => { await clerk.go(office); return clerk.text(); },
  });
  await story.signIn(contractor, 'netdesk', 'minato.soumu');
  await story.signIn(clerk, 'office', 'kanagawa.clerk');
  await contractor.go('/netdesk/applications/new');
  await story.fillIn(contractor, story.example(WORKS, { awardDate: '' }));

  d.step('no award date');
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'the answer');
  await row('missing');
  await d.check(contractor, '保証申込／落札決定日なし');

  d.step('decided on 30 June');
  await contractor.fill('落札決定日', '2026-06-30');
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'the answer');
  await row('before');
  await contractor.beside('前払金保証/保証証書の形式について', '対象日');
  await contractor.beside('契約保証/保証証書の形式について', '対象日');
  await d.check(contractor, '保証申込／落札決定日が対象の前');

  d.step('decided on 1 July');
  await contractor.fill('落札決定日', '令和8年7月1日');
  await contractor.press('申込内容を確認する');
  await row('after');
  const id = await story.send(contractor);
  netdesk = `/netdesk/applications/${id}/status`;
  office = `/office/applications/${id}`;
  await row('sent');

  d.step('no electronic box where the date is typed too late, told while typing');
  await contractor.go('/netdesk/obligees');
  await contractor.expect('電子保証対応の発注者', '神奈川県内広域水道企業団', 'みなと野市');
  await d.check(contractor, '電子保証対応の発注者');
  await contractor.fill('発注者の名前', 'どこにもない町');
  await contractor.press('検索', { within: '発注者をさがす' });
  await contractor.expect('お探しの名前の発注者は登録されていません');
  await d.check(contractor, '電子保証対応の発注者／なし');
});
