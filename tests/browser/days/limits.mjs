// One yen over four tenths, and a guarantee below one tenth, for an obligee whose rates are known.

import { day, same } from '../day.mjs';
import * as story from '../story.mjs';

const WORKS = '市道7号線側溝改修工事（限度額）';

const TABLE = {
  over: { step: '13,420,001円と3,350,000円で確認する', netdesk: ['確認が必要な項目が2件あります', '前払金保証金額は、13,400,000円以下にしてください', '契約保証金額は、3,355,000円以上にしてください', '入力した内容はすべて残っています'] },
  all: { step: '口座とメールも違えて確認する', netdesk: ['確認が必要な項目が4件あります', '前払金保証金額は、13,400,000円以下にしてください', '預託金融機関(全角)を入力してください', '契約保証金額は、3,355,000円以上にしてください', 'メールアドレスは「名前@会社名」の形で'] },
  yen: { step: '13,400,001円で確認する', netdesk: ['確認が必要な項目が1件あります', '前払金保証金額は、13,400,000円以下にしてください', '1円多くなっています'] },
  right: { step: '13,400,000円と3,355,000円で確認する', netdesk: ['まだ送信していません', '入力は「みなと野　市長」です', '同じ内容の申込をすでに受け付けています（受付番号 {受付番号}）', '工期の終わりがすでに過ぎています', '13,400,000円', '3,355,000円'] },
};

await day(async d => {
  const contractor = await d.window();
  const row = name => d.row(TABLE[name], { netdesk: () => contractor.text() });
  await story.signIn(contractor, 'netdesk', 'minato.soumu');
  await story.apply(contractor, story.example(WORKS, { obligee: 'みなと野市長' }));
  d.facts.受付番号 = (await contractor.text()).match(/R\d+-\d{6}/)[0];

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

  d.step('everything to mend is said at once');
  await contractor.fill('預託金融機関(全角)', '');
  await contractor.fill('メールアドレス', 'soumu.minato.example');
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'the answer');
  await row('all');
  await d.check(contractor, '保証申込／要修正4件');
  await contractor.fill('預託金融機関(全角)', '○○銀行　××支店');
  await contractor.fill('メールアドレス', 'soumu@minato.example');

  d.step('the marks follow what is chosen');
  for (const [option, mark] of [['希望しない', '任意'], ['希望する', '必須']]) {
    await contractor.choose('電子保証発行完了のお知らせ', option);
    await soon(() => contractor.expect(`メールアドレス ${mark}`));
  }

  d.step('one yen over, right, and sent to nobody');
  await contractor.fill('前払金保証金額', '13,400,001');
  await contractor.fill('契約保証金額', '3,355,000');
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'the answer');
  await row('yen');
  await contractor.fill('前払金保証金額', '１３，４００，０００');
  await contractor.fill('発注者名', 'みなと野　市長');
  await contractor.fill('請負契約日', '2025-04-01');
  await contractor.fill('工期の始め', '2025-04-01');
  await contractor.fill('工期の終わり', '2025-09-30');
  await contractor.press('申込内容を確認する');
  await row('right');
  await d.check(contractor, '申込確認／ご確認ください');
  await contractor.press('入力に戻る');
  same(await contractor.value('お客様から弊社への連絡事項'), application.message, 'every character came back');
});

/** The script asks the server first: tries again for a while. */
async function soon(deed) {
  for (let tries = 0; ; tries++) {
    try { return await deed(); } catch (error) { if (tries === 50) throw error; }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
