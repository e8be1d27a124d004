// A consulting contract of two fiscal years, done by two companies: prepayment and contract guarantee,
// then a midterm prepayment with its 認定調書, through to D-Sure.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { day, given, holds, same } from '../day.mjs';
import { CERTIFICATE, NOTICE, agree, mails, paper, rows } from '../papers.mjs';
import * as story from '../story.mjs';

const WORKS = `見本川橋梁詳細設計業務委託${given.script === false ? '（画面の動きなし）' : ''}`;
const JV = 'みなと・やまと設計共同企業体';

const TABLE = {
  typed: { step: '年度ごとの金額を入力して保存する',
    netdesk: ['令和8年度', '令和9年度', '出来高予定額の合計は120,000,000円（請負金額と同じです）。', '今年度（令和8年度）は、出来高予定額40,000,000円・支払限度額36,000,000円です。', '前払金保証金額は、今年度対象額40,000,000円の30.0%です。', '保証期限は令和9年3月31日、契約保証の保証期限は令和10年2月29日です。', '構成員は2社、出資比率の合計は100%です。'] },
  checked: { step: '申込内容を確認する',
    netdesk: ['業務委託', '債務負担行為', '令和8年度（今年度）', '出来高予定額 40,000,000 円', '支払限度額 36,000,000 円', JV, '代表者　みなと建設株式会社', '出資比率 60%', '株式会社やまと土木', '出資比率 40%', '今年度対象額の30.0%', '請負金額の10.0%', '前払金保証の保証期限 令和09年03月31日', '契約保証の保証期限 令和10年02月29日'] },
  sent: { step: 'この内容で申し込む',
    office: ['業務委託', JV, 'みなと建設株式会社　60%', '株式会社やまと土木　40%', '債務負担行為', '令和8年度（今年度）　出来高予定額 40,000,000円　支払限度額 36,000,000円', '保証期限 2027/03/31', '保証期限 2028/02/29', '今年度対象額の30.0%'] },
  issued: { step: '発行する',
    netdesk: ['電子保証概要（前払金保証）', JV, '株式会社やまと土木　40%', WORKS, '中間前払金保証を申し込む', 'この工事の契約保証（{契約番号}）には、別の認証キーがあります。'],
    mail: [WORKS, '前払金保証', '契約保証'] },
  begun: { step: '中間前払金保証を申し込む',
    netdesk: ['前払金保証の内容を引き継ぎました', '中間前払金を請求できる最初の日は、令和8年10月8日', '今年度の工期351日のうち176日が過ぎた翌日', '目安 8,000,000円（10分の2、前払金と合わせて10分の6まで）'] },
  midterm: { step: '中間前払金保証の申込内容を確認する',
    netdesk: ['中間前払金保証', '{前払番号}', '受け取った前払金の額 12,000,000 円', '請求できる最初の日：令和8年10月8日', '条件1 はい', '条件4 はい', '8,000,000 円', '保証期限 令和09年03月31日', 'まだ添付していません', '10MBまで'] },
  attached: { step: '認定調書を添付する',
    netdesk: ['認定調書を添付しました', '認定調書（見本）.pdf', '差し替える認定調書（PDF）'] },
  examined: { step: '申し込んで審査する',
    office: ['中間前払金保証', '前払金保証の保証契約番号 {前払番号}', '受け取った前払金 12,000,000円', '請求できる最初の日 令和8年10月8日', '工期の2分の1を過ぎている：はい', '認定調書（見本）.pdf', '8,000,000円'] },
  looked: { step: '証書を確認する（D-Sure）',
    dsure: ['保証証書', '中間前払金保証', '{中間番号}', JV, '8,000,000　円', '令和09年03月31日', WORKS, '120,000,000　円', '預託金融機関', '内容を確認できました', '!{前払番号}'],
    mail: ['中間前払金保証', '{中間番号}', '!{中間キー}'],
    pdf: ['電子保証にかかる「認証キー」のお知らせ', '中間前払金保証', '{中間キー}', 'みなと建設株式会社', `!${JV}`] },
};

await day(async d => {
  const [contractor, clerk, approver, town] = [await d.window(), await d.window(), await d.window(), await d.window()];
  let office, pdf = '';
  const row = name => d.row(TABLE[name], {
    netdesk: () => contractor.text(),
    office: async () => { await approver.go(office); return approver.text(); },
    dsure: () => town.text(),
    mail: () => mails(WORKS).map(({ raw }) => raw.includes('base64') ? Buffer.from(raw.split(/\r?\n\r?\n/).slice(1).join(''), 'base64').toString() : raw).join('\n') || 'なし',
    pdf: () => pdf,
  });
  await story.signIn(contractor, 'netdesk', 'minato.soumu');
  await story.signIn(clerk, 'office', 'nagano.clerk');
  await story.signIn(approver, 'office', 'nagano.approver');

  d.step('the form with its tables');
  const application = story.example(WORKS, {
    obligee: '駒ヶ根市長', kind: '業務委託', price: '120,000,000', contractDate: '2026-04-10', from: '2026-04-15', to: '2028-02-29', awardDate: undefined, branch: '長野支店',
    prepayment: { form: story.ELECTRONIC, amount: '12,000,000', bank: '見本銀行　港町支店', redeposit: '再預託を利用しない', fee: '一括納付', bill: '本社　総務部', statement: '希望しない' },
    contract: { form: story.ELECTRONIC, amount: '12,000,000', fee: '一括納付', bill: '本社　総務部', statement: '希望しない' },
  });
  await contractor.go('/netdesk/applications/new');
  await story.fillIn(contractor, application);
  await contractor.fill('JV名', JV);
  await contractor.fill('JVの代表者', 'みなと建設株式会社');
  // With script the table opens by itself.
  const opened = id => contractor.run(`document.getElementById('t-${id}').open`);
  if (given.script !== false) {
    holds(await opened('jv'), 'the table of members opens with the JV\'s name');
    await d.check(contractor, '保証申込／構成員の表');
  } else await contractor.touch('構成員と出資比率を入力する');
  await contractor.fill('構成員1の会社名', 'みなと建設株式会社');
  await contractor.fill('構成員1の出資比率', '６０％');
  await contractor.fill('構成員2の会社名', '株式会社やまと土木');
  await contractor.fill('構成員2の出資比率', '40');
  await contractor.choose('複数年度の契約', '債務負担行為');
  if (given.script !== false) holds(await opened('years'), 'the table of years opens with the choice');
  else await contractor.touch('年度ごとの金額を入力する');
  const year = (at, cell) => contractor.run(`document.querySelectorAll('#t-years tbody tr')[${at}].querySelectorAll('label')[${cell}].textContent`);
  for (const [at, scheduled, ceiling] of [[0, '40,000,000', '36,000,000'], [1, '8,000万円', '84,000,000']]) {
    await contractor.fill(await year(at, 0), scheduled);
    await contractor.fill(await year(at, 1), ceiling);
  }
  await contractor.fill('今年度対象額', '40,000,000', { within: '前払金保証' });
  await contractor.press('下書き保存');
  await contractor.at(/^\/netdesk\/applications\/[0-9a-f-]{36}$/);
  await row('typed');
  await d.check(contractor, '保証申込／債務負担行為とJV');
  same(await contractor.value('令和9年度の出来高予定額'), '8,000万円', 'what was typed stays');

  d.step('a fault beside each cell');
  await contractor.fill('構成員2の出資比率', '半分');
  await contractor.fill('令和9年度の支払限度額', 'たくさん');
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'the answer');
  await contractor.beside('構成員2の出資比率', '株式会社やまと土木の出資比率');
  await contractor.beside('令和9年度の支払限度額', '2年度目の支払限度額');
  await d.check(contractor, '保証申込／表の誤り');
  await contractor.fill('構成員2の出資比率', '40');
  await contractor.fill('令和9年度の支払限度額', '84,000,000');
  await contractor.press('申込内容を確認する');
  await row('checked');
  await d.check(contractor, '申込確認／債務負担行為とJV');

  d.step('through the branch');
  const id = await story.send(contractor);
  office = `/office/applications/${id}`;
  await row('sent');
  await d.check(approver, '案件／債務負担行為とJV');
  await story.through(clerk, approver, id);
  const number = await story.numbers(contractor, id);
  d.facts = { 前払番号: number['前払金保証'], 契約番号: number['契約保証'] };
  await contractor.go(`/netdesk/guarantees/${d.facts.前払番号}`);
  await row('issued');
  await d.check(contractor, '電子保証履歴一覧／JV');

  d.step('the midterm prepayment is begun');
  await contractor.press('中間前払金保証を申し込む');
  await row('begun');
  const draft = (await contractor.path()).split('/').pop();
  same([await contractor.value('前払金保証の保証契約番号'), await contractor.value('受け取った前払金の額'), await contractor.value('工事名'), await contractor.value('構成員2の会社名')], [d.facts.前払番号, '12,000,000', WORKS, '株式会社やまと土木'], 'what is carried over');
  await d.check(contractor, '保証申込／中間前払金保証');
  await contractor.fill('認定日', '2026-10-20');
  for (const one of ['1', '2', '3', '4']) await contractor.run(`document.querySelectorAll('[id^=f-midterm_condition]')[${one - 1}].checked || document.querySelectorAll('[id^=f-midterm_condition]')[${one - 1}].click()`);
  await contractor.fill('今年度対象額', '40,000,000', { within: '中間前払金保証' });
  await contractor.fill('中間前払金保証金額', '8,000,000', { within: '中間前払金保証' });
  await contractor.press('申込内容を確認する');
  await contractor.at(/\/confirmation$/);
  await row('midterm');
  await d.check(contractor, '申込確認／認定調書がまだない');

  d.step('the 認定調書');
  await contractor.press('この内容で申し込む');
  same(contractor.status, 422, 'the answer');
  await contractor.expect('認定調書（PDF）を添付してください。');
  await d.check(contractor, '申込確認／認定調書の誤り');
  const file = path.join(given.output, '認定調書（見本）.pdf');
  const text = path.join(given.output, '認定調書.txt');
  writeFileSync(text, '認定調書');
  writeFileSync(file, '%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\nxref\n0 1\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n');
  await contractor.upload('認定調書（PDF）', text);
  await contractor.press('添付する');
  await contractor.expect('PDFではないファイルです');
  await contractor.upload('認定調書（PDF）', file);
  await contractor.press('添付する');
  await row('attached');
  await d.check(contractor, '申込確認／認定調書を添付');
  same(await story.send(contractor), draft, 'the draft that was begun is sent');
  office = `/office/applications/${draft}`;
  await row('examined');
  await d.check(approver, '案件／中間前払金保証');
  const sent = await approver.fetch(await approver.href('認定調書（見本）.pdf'));
  same([sent.status, sent.headers.get('content-disposition').split(';')[0], sent.headers.get('x-content-type-options')], [200, 'attachment', 'nosniff'], 'the record is saved, never opened');
  holds(sent.body.toString().startsWith('%PDF-1.7'), 'the record is the file');
  await story.through(clerk, approver, draft);

  d.step('D-Sure');
  d.facts.中間番号 = (await story.numbers(contractor, draft))['中間前払金保証'];
  d.facts.中間キー = await story.keyOf(contractor, d.facts.中間番号);
  pdf = paper((await contractor.fetch(`/netdesk/guarantees/${d.facts.中間番号}/key-notice.pdf`)).body, '認証キーのお知らせ（中間）');
  agree(rows(pdf, NOTICE), { 工事名: WORKS, 受注者名: 'みなと建設株式会社（JVの場合は代表者）', '商品（保証区分）': '中間前払金保証', 保証契約番号: d.facts.中間番号 }, 'the key notice');
  await story.open(town, d.facts.中間番号, d.facts.中間キー);
  await row('looked');
  await d.check(town, 'D-Sure／保証証書（中間前払金保証）', { print: 1 });
  const copy = await town.fetch(await town.href('PDF（写し）'));
  agree(rows(paper(copy.body, '証書（中間前払金保証）'), CERTIFICATE), {
    保証契約番号: d.facts.中間番号, 被保証者: '駒ヶ根市長', '保証金額（総額）': '8,000,000円', 保証期限: '令和09年03月31日', 工事名: WORKS, '請負金額（総額）': '120,000,000円', 工期: '令和08年04月15日～令和10年02月29日', 預託金融機関: '見本銀行港町支店',
  }, 'the copy');
});
