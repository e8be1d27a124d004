// The worked example of the leaflets, from sign-in to D-Sure.

import { bare } from '../browser.mjs';
import { day, given, holds, same } from '../day.mjs';
import { CERTIFICATE, NOTICE, agree, body, header, mails, paper, rows } from '../papers.mjs';
import * as story from '../story.mjs';

// The days share one world: no name may be found by a search for another.
const WORKS = `○○浄水場${given.script === false ? '（画面の動きなし）' : given.width === 390 ? '（携帯）' : ''}△△修繕工事`;
const letters = () => mails(WORKS);

// The words expected at each place after each step; 「!」: must not be there; {…}: known by then.
const TABLE = {
  drafted: { step: '下書き保存',
    netdesk: ['下書きを保存しました', '手続状況', '下書き'],
    office: ['条件に合う申込はありません'],
    mail: ['なし'] },
  checked: { step: '申込内容を確認する',
    netdesk: ['まだ送信していません', '神奈川県内広域水道企業団 企業長', WORKS, '50,000,000円', '20,000,000円', '40.0', '5,000,000円', '10.0', '○○銀行　××支店', '再預託を利用しない', '一括納付', '電子保証(認証キーを含む)', 'soumu@minato.example', '保証期限', '令和09年03月31日', '神奈川支店'],
    office: ['条件に合う申込はありません'],
    mail: ['なし'] },
  sent: { step: 'この内容で申し込む',
    netdesk: ['送信済', '発行時に決定', '20,000,000円', '5,000,000円', '審査が始まるまでは、取り下げられます'],
    office: ['新着', 'みなと建設株式会社', '神奈川県内広域水道企業団 企業長', '50,000,000円', '20,000,000', '5,000,000', '未採番', '一括納付の契約あり', '○○銀行　××支店'],
    mail: ['なし'] },
  taken: { step: '審査を開始する',
    netdesk: ['審査中', '発行時に決定', 'この画面からは取り下げられません'],
    office: ['審査中', '神奈川 審 が審査しています'],
    mail: ['なし'] },
  passed: { step: '承認に回す',
    netdesk: ['審査中', '発行時に決定'],
    office: ['承認待ち', '承認するか決めます'],
    mail: ['なし'] },
  approved: { step: '承認する',
    netdesk: ['承認済', '発行時に決定'],
    office: ['承認済', '発行します', '神奈川 承'],
    mail: ['なし'] },
  issued: { step: '発行する',
    netdesk: ['発行済', '{前払番号}', '{契約番号}'],
    office: ['発行済', '{前払番号}', '{契約番号}', '!{前払キー}', '!{契約キー}'],
    mail: ['電子保証（認証キー）発行完了のお知らせ', WORKS, '前払金保証', '契約保証', '{前払番号}', '{契約番号}', '認証キーはこのメールに記載していません', '!{前払キー}', '!{契約キー}'] },
  shown: { step: '保証契約一覧 → 詳細',
    netdesk: ['電子保証履歴一覧', '電子保証概要', '認証キー', '※発注者にお知らせください。', '印刷', '印刷方法について', '電子保証情報（履歴情報）', '電子保証発行日時', '選択', '{前払番号}', WORKS, '神奈川県内広域水道企業団 企業長', '50,000,000 円', '20,000,000 円', '○○銀行　××支店', 'この工事の契約保証（{契約番号}）には、別の認証キーがあります。', '総務部契約検査課', 'まだありません'] },
  notice: { step: '認証キーのお知らせ（印刷）',
    pdf: ['電子保証にかかる「認証キー」のお知らせ', '保証確認サービス（D-Sure）', '①電子契約システムへのアップロード', '②電子メールに添付して送信', '【発注者様へのお願い】', 'みらい建設業保証株式会社', '神奈川支店', '045-000-0000', '平日 9:00～17:00', '{前払キー}', '!{契約キー}'] },
  looked: { step: '証書を確認する（D-Sure）',
    dsure: ['電子証書の確認', '内容を確認できました', '発行者の署名は有効で', '保証証書', '前払金保証', '保証証書（書面）の発行は行わない', '電子的な取扱となります', '{前払番号}', 'みなと建設株式会社', '神奈川県横浜市見本区港町1番1号', '代表取締役　湊 一郎', '神奈川県内広域水道企業団 企業長', '20,000,000　円', '令和09年03月31日', WORKS, '50,000,000　円', '令和08年07月01日　～　令和09年03月31日', '○○銀行　××支店', '当会社は、前払金保証約款に基づき上記のとおり保証契約を締結し、その責に任じます。', '取締役社長　見本 太郎', '取扱箇所', 'TEL：045-000-0000', 'FAX：045-100-0000', '!{前払キー}', '!{契約番号}'],
    netdesk: ['{前払番号}', '!まだありません'],
    office: ['{前払番号}', '発行済'] },
  copied: { step: 'PDF（写し）',
    pdf: ['写し', '保証証書', '（前払金保証）', '保証証書（書面）の発行は行わない', '電子的な取扱となります', '取扱箇所', 'みらい建設業保証株式会社', '取締役社長　見本 太郎', '!{前払キー}'] },
  other: { step: '契約保証の証書を確認する（D-Sure）',
    dsure: ['契約保証', '{契約番号}', '5,000,000　円', '当会社は、契約保証約款に基づき上記のとおり保証契約を締結し、その責に任じます。', '!預託金融機関', '!{前払番号}'],
    pdf: ['保証証書', '（契約保証）', '写し', '!預託金融機関'] },
};

await day(async d => {
  const [contractor, clerk, approver, town] = [await d.window(), await d.window(), await d.window(), await d.window()];
  let id, netdesk, office = `/office/applications?view=all&q=${encodeURIComponent(WORKS)}`, pdf = '';
  const places = {
    netdesk: async () => { if (netdesk) await contractor.go(netdesk); return contractor.text(); },
    office: async () => { await approver.go(office); return approver.text(); },
    dsure: () => town.text(),
    mail: async () => letters().map(({ raw }) => `${header(raw, 'Subject')}\n${body(raw)}`).join('\n') || 'なし',
    pdf: () => pdf,
  };
  const row = name => d.row(TABLE[name], places);

  d.step('three people sign in');
  await contractor.go('/netdesk/');
  await contractor.at(/^\/netdesk\/login/);
  await d.check(contractor, 'ネットデスク／ログイン');
  await story.signIn(contractor, 'netdesk', 'minato.soumu');
  await contractor.expect('ようこそ、', 'みなと建設株式会社');
  await d.check(contractor, 'ネットデスク／全体トップ');
  await clerk.go('/office/applications');
  await clerk.at(/^\/office\/login/);
  await d.check(clerk, '保証業務／ログイン');
  await story.signIn(clerk, 'office', 'kanagawa.clerk');
  await d.check(clerk, '保証業務／申込の一覧');
  await story.signIn(approver, 'office', 'kanagawa.approver');

  d.step('the form');
  const application = story.example(WORKS);
  await contractor.press('保証申込を作成する');
  await contractor.at('/netdesk/applications/new');
  await d.check(contractor, '保証申込／空');
  await story.fillIn(contractor, application);
  await d.check(contractor, '保証申込／記入');
  await contractor.press('下書き保存');
  await contractor.at(/^\/netdesk\/applications\/[0-9a-f-]{36}$/);
  await row('drafted');
  same(await contractor.value('落札決定日'), '2026-07-01', 'the award date came back');
  await contractor.press('申込内容を確認する');
  await row('checked');
  await d.check(contractor, '保証申込／申込確認');

  d.step('sent');
  id = await story.send(contractor);
  await d.check(contractor, '保証申込／送信完了');
  netdesk = `/netdesk/applications/${id}/status`;
  await clerk.go(`/office/applications?q=${encodeURIComponent(WORKS)}`);
  await clerk.expect(WORKS, 'みなと建設株式会社', '新着');
  office = `/office/applications/${id}`;
  await row('sent');
  await d.check(contractor, '状況／送信済');
  await d.check(approver, '案件／新着（承認者）');

  d.step('examined');
  await clerk.go(office);
  await d.check(clerk, '案件／新着（審査）');
  await clerk.press('審査を開始する');
  await row('taken');
  await d.check(contractor, '状況／審査中');
  await d.check(clerk, '案件／審査中');
  await story.passOn(clerk);
  await row('passed');
  await d.check(clerk, '案件／承認待ち（審査した人）');
  await d.check(approver, '案件／承認待ち');

  d.step('approved and issued');
  await story.approve(approver, id);
  await row('approved');
  await d.check(approver, '案件／承認済');
  await d.check(contractor, '状況／承認済');
  await story.issue(approver, id);
  const number = await story.numbers(contractor, id);
  d.facts = { 前払番号: number['前払金保証'], 契約番号: number['契約保証'] };
  for (const one of Object.values(d.facts)) holds(/^35075-\d{5}M$/.test(one), `the number is ${one}`);
  d.facts.前払キー = await story.keyOf(contractor, d.facts.前払番号);
  d.facts.契約キー = await story.keyOf(contractor, d.facts.契約番号);
  holds(d.facts.前払キー !== d.facts.契約キー, 'each guarantee has a key of its own');
  await row('issued');
  await d.check(contractor, '状況／発行済');
  await d.check(approver, '案件／発行済');

  d.step('the mails');
  same(letters().length, 2, 'one mail for each electronic guarantee');
  for (const { raw } of letters()) {
    same(header(raw, 'Subject'), '電子保証（認証キー）発行完了のお知らせ', 'the subject');
    holds(header(raw, 'To').includes('soumu@minato.example'), 'the mail goes to the address of the form');
    holds(/^<.+@.+>$/.test(header(raw, 'Message-ID')), 'the mail has a Message-ID');
  }
  const reader = await d.window();
  await reader.go('/demo/mail');
  await reader.expect('電子保証（認証キー）発行完了のお知らせ');
  // Other days' letters arrive at the same time: this day's own stands in the list, too.
  const letter = `/demo/mail/${letters()[0].name}`;
  holds(await reader.run(`[...document.links].some(link => link.pathname === ${JSON.stringify(letter)})`), 'the list leads to the mail');
  await reader.go(letter);
  await reader.expect(WORKS, '認証キーはこのメールに記載していません');
  const eml = await reader.fetch(await reader.href('.eml を保存'));
  holds(letters().some(({ raw }) => raw === eml.body.toString()), 'the .eml is the caught mail, byte for byte');
  const link = body(eml.body.toString()).match(/https?:\/\/\S+/)[0];
  await contractor.go(link);
  await contractor.expect('電子保証履歴一覧', WORKS);

  d.step('the list, the key, the notice');
  await contractor.go('/netdesk/guarantees');
  await d.check(contractor, '保証契約一覧／保証申込');
  await contractor.press('電子保証（認証キー）', { within: '一覧の切替' });
  await contractor.expect(d.facts.前払番号, WORKS, 'ページ目を表示しています');
  await d.check(contractor, '保証契約一覧／電子保証（認証キー）');
  await contractor.press('詳細', { within: d.facts.前払番号 });
  netdesk = `/netdesk/guarantees/${d.facts.前払番号}`;
  await contractor.at(netdesk);
  await row('shown');
  await d.check(contractor, '電子保証履歴一覧');
  const notice = await contractor.fetch(await contractor.href('印刷', { within: '認証キー' }));
  same([notice.status, notice.headers.get('content-type'), notice.headers.get('cache-control')], [200, 'application/pdf', 'no-store'], 'the key notice');
  pdf = paper(notice.body, '認証キーのお知らせ');
  await row('notice');
  agree(rows(pdf, NOTICE), { 工事名: WORKS, 受注者名: 'みなと建設株式会社（JVの場合は代表者）', '商品（保証区分）': '前払金保証', 保証契約番号: d.facts.前払番号, 認証キー: d.facts.前払キー }, 'the key notice');

  d.step('the certificate on screen');
  const certificate = await contractor.opens('選択', { within: '電子保証の履歴' });
  await certificate.at(new RegExp(`^/netdesk/guarantees/${d.facts.前払番号}/certificates/1`));
  await certificate.expect('お客さまに代わり', '保証証書（書面）の発行は行わない', '印刷', '閉じる');
  await d.check(certificate, '保証証書（ネットデスク）', { print: 1 });
  const wanted = {
    保証契約番号: d.facts.前払番号, 保証契約者: '神奈川県横浜市見本区港町1番1号みなと建設株式会社代表取締役湊一郎', 被保証者: '神奈川県内広域水道企業団企業長',
    '保証金額（総額）': '20,000,000円', 保証期限: '令和09年03月31日', 工事名: WORKS, '請負金額（総額）': '50,000,000円', 工期: '令和08年07月01日～令和09年03月31日', 請負契約日: '令和08年07月01日', 預託金融機関: '○○銀行××支店',
  };
  agree(rows(await certificate.text(), CERTIFICATE), wanted, 'the certificate on screen');
  const own = await contractor.fetch(`/netdesk/guarantees/${d.facts.前払番号}/certificates/1.pdf`);
  agree(rows(paper(own.body, '証書（ネットデスク）'), CERTIFICATE), wanted, 'the certificate as PDF');

  d.step('D-Sure');
  await town.go('/dsure/');
  await d.check(town, 'D-Sure／入口');
  await story.open(town, d.facts.前払番号, d.facts.前払キー);
  await town.at(/^\/dsure\/certificates\/1/);
  office = `/office/guarantees/${d.facts.前払番号}`;
  await row('looked');
  await d.check(town, 'D-Sure／保証証書（前払金保証）', { print: 1 });
  await d.check(approver, '保証契約（保証業務）');
  agree(rows(await town.text(), CERTIFICATE), wanted, 'the certificate at D-Sure');
  const copy = await town.fetch(await town.href('PDF（写し）'));
  pdf = paper(copy.body, '証書（D-Sure・前払金保証）');
  await row('copied');
  agree(rows(pdf, CERTIFICATE), wanted, 'the copy as PDF');
  const envelope = await town.fetch(await town.href('署名付きファイル（JSON）'));
  holds(JSON.parse(envelope.body), 'the signed envelope is JSON');

  d.step('the other guarantee of the same works');
  await story.open(town, d.facts.契約番号.replace('-', '').slice(0, 10), d.facts.契約キー.replace(/(....)/g, '$1 ').trim());
  const second = await town.fetch(await town.href('PDF（写し）'));
  pdf = paper(second.body, '証書（D-Sure・契約保証）');
  await row('other');
  await d.check(town, 'D-Sure／保証証書（契約保証）', { print: 1 });
  const { 預託金融機関: _, ...nine } = { ...wanted, 保証契約番号: d.facts.契約番号, '保証金額（総額）': '5,000,000円' };
  agree(rows(pdf, CERTIFICATE.slice(0, 9)), nine, 'the copy of the second as PDF');

  d.step('everybody signs out');
  await town.press('ログアウト');
  await town.at(/^\/dsure\//);
  await town.go('/dsure/certificates/1');
  await town.lacks(WORKS);
  await contractor.press('ログアウト');
  await contractor.go(netdesk);
  await contractor.at(/^\/netdesk\/login/);
  await approver.press('ログアウト');
  await approver.go(`/office/applications/${id}`);
  await approver.at(/^\/office\/login/);
});
