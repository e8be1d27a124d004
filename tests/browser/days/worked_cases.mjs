// Worked cases a person would notice on the screen: T3, T22, T11, T17.

import { day, holds, same } from '../day.mjs';
import * as story from '../story.mjs';

const WORKS = '見本大橋補修工事（見本の計算）';

const TABLE = {
  t3: { step: '20,020,000円と20,000,001円：どちらも40.0%と表示され、どちらも超えている',
    netdesk: ['前払金保証金額は、20,000,000円以下にしてください', '請負金額の10分の4', '入力した内容はすべて残っています', '40.0%'] },
  t22over: { step: '低入札：前払6,100,000円と契約8,999,999円',
    netdesk: ['前払金保証金額は、6,000,000円以下にしてください', '10分の2・低入札', '契約保証金額は、9,000,000円以上にしてください', '10分の3・低入札', '1円足りません'] },
  t22: { step: '低入札：6,000,000円と9,000,000円',
    netdesk: ['まだ送信していません', '6,000,000円', '9,000,000円', '20.0', '30.0', '低入札価格調査の対象'] },
  t11over: { step: '請負金額を36,000,000円へ：2,000,000円を返す',
    netdesk: ['前払金20,000,000円が、変更後の請負金額の10分の5（18,000,000円）を2,000,000円超えています', '2,000,000円を返還し', '18,000,000円以下'] },
  t11: { step: '保証金額も18,000,000円へ',
    netdesk: ['変更の前と後', '50,000,000円', '36,000,000円', '20,000,000円', '18,000,000円', '50.0%'] },
  t11fine: { step: '請負金額を42,000,000円へ：返すものはない',
    netdesk: ['前払金保証の変更手続きは不要です', '!超えています'] },
  t17: { step: '電子の保証を紙へ変えようとする',
    netdesk: ['同じ保証契約の変更では、証書の形式を変えられません', '電子保証(認証キーを含む)のままお申し込みください'] },
};

await day(async d => {
  const [contractor, clerk, approver] = [await d.window(), await d.window(), await d.window()];
  const row = name => d.row(TABLE[name], { netdesk: () => contractor.text() });
  await story.signIn(contractor, 'netdesk', 'minato.soumu');
  await story.signIn(clerk, 'office', 'kanagawa.clerk');
  await story.signIn(approver, 'office', 'kanagawa.approver');
  const application = story.example(WORKS, { obligee: 'みなと野市長', awardDate: undefined });
  application.contract = undefined;

  d.step('T3: forty per cent on the screen is not forty per cent');
  await contractor.go('/netdesk/applications/new');
  await story.fillIn(contractor, application);
  for (const amount of ['20,020,000', '20,000,001']) {
    await contractor.fill('前払金保証金額', amount);
    await contractor.press('申込内容を確認する');
    same(contractor.status, 422, amount);
    await row('t3');
  }
  await d.check(contractor, 'T3');

  d.step('T22: a low-price bid');
  await contractor.go('/netdesk/applications/new');
  const low = story.example(`${WORKS}・低入札`, { obligee: 'みなと野市長', awardDate: undefined, price: '30,000,000' });
  low.prepayment.amount = '6,100,000';
  low.contract.amount = '8,999,999';
  await story.fillIn(contractor, low);
  await contractor.tick('対象である');
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'over and under');
  await row('t22over');
  await contractor.fill('前払金保証金額', '6,000,000');
  await contractor.fill('契約保証金額', '9,000,000', { within: '契約保証' });
  await contractor.press('申込内容を確認する');
  await contractor.at(/\/confirmation$/);
  await row('t22');
  await d.check(contractor, 'T22');

  d.step('one guarantee of 20,000,000');
  const id = await story.apply(contractor, application);
  await story.through(clerk, approver, id);
  const home = `/netdesk/guarantees/${(await story.numbers(contractor, id))['前払金保証']}`;
  const ask = async fields => {
    await contractor.go(`${home}/change`);
    for (const [label, value] of Object.entries(fields)) await contractor.fill(label, value);
    await contractor.fill('変更契約日', '2026-07-02');
    await contractor.fill('変更の理由', '設計変更による減額');
    await contractor.press('変更の内容を確認する');
  };

  d.step('T11: a lower price');
  await ask({ '請負金額（総額）': '42,000,000' });
  same(contractor.status, 422, 'nothing to change');
  await row('t11fine');
  await ask({ '請負金額（総額）': '36,000,000' });
  same(contractor.status, 422, 'something to return');
  await row('t11over');
  await d.check(contractor, 'T11／返還が要る');

  d.step('T17: the form of the certificate is posted past the page');
  await contractor.expect('変わらないところ', '同じ保証契約の変更では、証書の形式を変えられません。');
  await contractor.run(`(() => {
    const box = document.createElement('input');
    Object.assign(box, { type: 'hidden', name: 'prepayment_form', value: 'paper' });
    document.querySelector('main form').append(box);
  })()`);
  await contractor.fill('前払金保証金額', '18,000,000');
  await contractor.press('変更の内容を確認する');
  same(contractor.status, 409, 'paper for an electronic guarantee');
  await row('t17');
  await d.check(contractor, 'T17');

  d.step('T11: lowered to a half');
  await ask({ '請負金額（総額）': '36,000,000', 前払金保証金額: '18,000,000' });
  await contractor.at(/\/change\/confirmation$/);
  await row('t11');
  await d.check(contractor, 'T11');
  holds((await contractor.text()).includes('保証料の差'), 'the fee falls with the amount');
});
