// The README's rule for a new town: 「公告日が2027-04-01以降の業務委託、前払3/10、1万円未満切捨て」, kept in the
// Office and answered to a contractor.

import { day, same } from '../day.mjs';
import * as story from '../story.mjs';

const TOWN = '新見本町';

await day(async d => {
  const [admin, contractor] = [await d.window(), await d.window()];
  await story.signIn(admin, 'office', 'honsha.admin');
  await story.signIn(contractor, 'netdesk', 'minato.soumu');

  d.step('the town is registered');
  await admin.go('/office/admin/obligees');
  await admin.press('発注者を登録する');
  await admin.fill('発注者', TOWN);
  await admin.fill('被保証者', `${TOWN}長`);
  await d.check(admin, '発注者の登録');
  await admin.press('登録する');
  await admin.expect(`${TOWN}を登録しました。`, '版1の作成');
  await d.check(admin, '発注者のきまり／版1の作成');

  d.step('a rule that cannot be read');
  await admin.choose('電子保証への対応', '対応している');
  await admin.run("document.querySelectorAll('details').forEach(part => { part.open = true; })");
  await admin.fill('前払金（業務委託）', '3割ほど');
  await admin.press('影響を確かめる');
  same(admin.status, 422, 'three tenths or so');
  await d.check(admin, '発注者のきまり／誤り');

  d.step('the rule');
  await admin.run("document.querySelectorAll('details').forEach(part => { part.open = true; })");
  const first = '対象 1';
  await admin.tick('業務委託', true, { within: first });
  await admin.tick('前払金保証', true, { within: first });
  await admin.fill('基準になる日', '公告日', { within: first });
  await admin.fill('この日から', '令和9年4月1日', { within: first });
  await admin.fill('前払金（業務委託）', '3/10');
  await admin.fill('端数', '1万円未満切捨て');
  await admin.fill('どこで確かめたか', '町の案内　令和9年');
  await admin.fill('確かめた日', '2026-07-01');
  await admin.press('影響を確かめる');
  same(admin.status, 200, 'the preview');
  await admin.expect('受付中の申込への影響', '公告日', '10分の3', '1万円未満切捨て');
  await d.check(admin, '発注者のきまり／影響');
  await admin.press('この内容で登録する');
  await admin.expect('版1', '業務委託', '10分の3', '1万円未満切捨て');
  await d.check(admin, '発注者のきまり／登録のあと');

  d.step('a contractor is held to it');
  const application = story.example('見本橋詳細設計業務委託（新見本町）', {
    obligee: `${TOWN}長`, kind: '業務委託', price: '12,345,600', contractDate: '2027-04-15', from: '2027-04-15', to: '2028-03-31', awardDate: undefined,
  });
  application.contract = undefined;
  application.prepayment.amount = '3,703,680';
  await contractor.go('/netdesk/applications/new');
  await story.fillIn(contractor, application);
  await contractor.fill('公告日', '2027-04-01');
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'not cut off');
  await contractor.expect('3,700,000円', '1万円未満切捨て');
  await contractor.fill('前払金保証金額', '3,700,000');
  await contractor.press('申込内容を確認する');
  await contractor.at(/\/confirmation$/);
  await contractor.expect('まだ送信していません', '3,700,000 円', '30.0%');
  await contractor.go(`/netdesk/obligees?q=${encodeURIComponent(TOWN)}`);
  await contractor.expect(TOWN);
});
