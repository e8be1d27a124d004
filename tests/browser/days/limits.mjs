// One yen over four tenths, and a guarantee below one tenth, for an obligee whose rates are known.

import { day, same } from '../day.mjs';
import * as story from '../story.mjs';

const WORKS = '市道7号線側溝改修工事（限度額）';

const TABLE = {
  over: { step: '13,420,001円と3,350,000円で確認する', netdesk: ['確認が必要な項目が2件あります', '前払金保証金額は、13,400,000円以下にしてください', '契約保証金額は、3,355,000円以上にしてください', '入力した内容はすべて残っています'] },
  yen: { step: '13,400,001円で確認する', netdesk: ['確認が必要な項目が1件あります', '前払金保証金額は、13,400,000円以下にしてください', '1円多くなっています'] },
  right: { step: '13,400,000円と3,355,000円で確認する', netdesk: ['まだ送信していません', '13,400,000円', '3,355,000円'] },
};

await day(async d => {
  const contractor = await d.window();
  const row = name => d.row(TABLE[name], { netdesk: () => contractor.text() });
  await story.signIn(contractor, 'netdesk', 'minato.soumu');

  d.step('nothing typed at all');
  await contractor.go('/netdesk/applications/new');
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'the answer');
  await contractor.expect('発注者名を入力してください', '工事名を入力してください', '請負金額（総額）を入力してください');
  await d.check(contractor, '保証申込／何も書かずに');

  d.step('nonsense');
  const application = story.example(WORKS, {
    obligee: 'みなと野市長', price: '33,550,000', awardDate: undefined, contractDate: '2026-07-01',
    message: '一行目\n二行目 神\u{FA19} 髙 \u{FA11} \u{20BB7} ㈱ ～',
  });
  application.prepayment.amount = '13,420,001';
  application.contract.amount = '3,350,000';
  await contractor.go('/netdesk/applications/new');
  await story.fillIn(contractor, { ...application, price: '12a', contractDate: '2026-02-30', from: '2027-03-31', to: '2026-07-01' });
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'the answer');
  await contractor.beside('請負金額（総額）', '12a');
  await contractor.beside('請負契約日', 'カレンダーにない日付');
  await d.check(contractor, '保証申込／読めない金額と日付');

  d.step('over the limit and below the floor');
  await contractor.fill('請負金額（総額）', application.price);
  await contractor.fill('請負契約日', application.contractDate);
  await contractor.fill('工期の始め', application.from);
  await contractor.fill('工期の終わり', application.to);
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'the answer');
  await row('over');
  await contractor.beside('前払金保証金額', '13,400,000円以下');
  await contractor.beside('契約保証金額', '3,355,000円以上');
  await d.check(contractor, '保証申込／限度額を超える');
  for (const [label, value] of [['発注者名', application.obligee], ['工事名', WORKS], ['請負金額（総額）', '33,550,000'], ['前払金保証金額', '13,420,001'], ['契約保証金額', '3,350,000'], ['預託金融機関(全角)', '○○銀行　××支店'], ['お客様から弊社への連絡事項', application.message]]) {
    same(await contractor.value(label), value, `${label} is kept`);
  }
  same(await contractor.chosen('前払金保証/保証証書の形式について'), story.ELECTRONIC, 'the chosen form is kept');

  d.step('one yen over, right, and sent to nobody');
  await contractor.fill('前払金保証金額', '13,400,001');
  await contractor.fill('契約保証金額', '3,355,000');
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'the answer');
  await row('yen');
  await contractor.fill('前払金保証金額', '１３，４００，０００');
  await contractor.press('申込内容を確認する');
  await row('right');
  await contractor.press('入力に戻る');
  same(await contractor.value('お客様から弊社への連絡事項'), application.message, 'every character came back');
});
