// 松原村 takes no electronic guarantee; on paper it works. Here the fee is paid before issue.

import { day, same } from '../day.mjs';
import { CERTIFICATE, agree, mails, paper, rows } from '../papers.mjs';
import * as story from '../story.mjs';

const WORKS = '松原村道見本線舗装工事';
const REFUSAL = '松原村は電子保証に対応していません。証書(紙)をお選びください。';

const TABLE = {
  refused: { step: '電子保証を選んで確認する', netdesk: [REFUSAL, '確認が必要な項目が'] },
  sent: { step: '証書(紙)で申し込む', netdesk: ['送信済', '証書(紙)', '8,000,000円'], office: ['新着', '証書(紙)', '松原村長'] },
  approved: { step: '承認する', netdesk: ['承認済（保証料のお支払い待ち）'], office: ['承認済', '入金確認が済んでいません'] },
  paid: { step: '入金確認', netdesk: ['承認済', '!お支払い待ち'], office: ['入金を確認', '14,400', '!入金確認が済んでいません'] },
  issued: { step: '発行する', netdesk: ['発行済', '{番号}'], office: ['発行済', '{番号}', '証書を印刷する'], mail: ['なし'] },
  printed: { step: '証書を印刷する', pdf: ['保証証書', '（前払金保証）', '長野支店', '!写し', '!書面）の発行は行わない'] },
};

await day(async d => {
  const [contractor, clerk, approver] = [await d.window(), await d.window(), await d.window()];
  let netdesk, office, pdf = '';
  const row = name => d.row(TABLE[name], {
    netdesk: async () => { if (netdesk) await contractor.go(netdesk); return contractor.text(); },
    office: async () => { await approver.go(office); return approver.text(); },
    mail: async () => mails(WORKS).map(({ name }) => name).join('\n') || 'なし',
    pdf: () => pdf,
  });
  await story.signIn(contractor, 'netdesk', 'yamato.soumu');
  await story.signIn(clerk, 'office', 'nagano.clerk');
  await story.signIn(approver, 'office', 'nagano.approver');

  d.step('electronic is refused');
  const application = story.example(WORKS, {
    obligee: '松原村長', price: '二千万', awardDate: undefined, branch: '長野支店', email: 'soumu@yamato.example',
    prepayment: { form: story.ELECTRONIC, amount: '８００万円', bank: '見本信用金庫　本店', redeposit: '再預託を利用しない', fee: '振込', bill: '本社', statement: '希望しない' },
    contract: null, notify: '希望しない', contractDate: '令和8年7月1日', from: 'R8.7.1', to: '20270331',
  });
  await contractor.go('/netdesk/applications/new');
  await story.fillIn(contractor, application);
  await contractor.press('申込内容を確認する');
  same(contractor.status, 422, 'the answer');
  await row('refused');
  await contractor.beside('前払金保証/保証証書の形式について', REFUSAL);
  await d.check(contractor, '保証申込／電子保証に対応していない発注者');
  same([await contractor.value('工事名'), await contractor.value('請負金額（総額）'), await contractor.value('前払金保証金額'), await contractor.value('工期の始め')], [WORKS, '二千万', '８００万円', 'R8.7.1'], 'everything typed is kept');

  d.step('on paper it is accepted');
  await contractor.choose('前払金保証/保証証書の形式について', story.PAPER);
  await contractor.choose('保証証書受取', '窓口');
  await contractor.press('申込内容を確認する');
  await contractor.expect('証書(紙)', '20,000,000円', '8,000,000円', '令和09年03月31日', '窓口');
  const id = await story.send(contractor);
  netdesk = `/netdesk/applications/${id}/status`;
  office = `/office/applications/${id}`;
  await row('sent');
  await story.examine(clerk, id);
  await story.approve(approver, id);
  await row('approved');
  await d.check(approver, '案件／承認済（保証料のお支払い待ち）');

  d.step('the fee');
  await clerk.go(office);
  await d.check(clerk, '案件／入金確認');
  await clerk.fill('入金の金額', '一万円と少し');
  await clerk.fill('入金の日', '2026-07-03');
  await clerk.press('入金確認');
  same(clerk.status, 422, 'the answer');
  await d.check(clerk, '案件／入金確認の誤り');
  await clerk.fill('入金の金額', '14,400');
  await clerk.press('入金確認');
  await row('paid');
  await story.issue(approver, id);
  d.facts.番号 = (await story.numbers(contractor, id))['前払金保証'];
  await row('issued');
  await contractor.go(`/netdesk/guarantees/${d.facts.番号}`);
  await contractor.expect('証書（紙）', '窓口', '提出先 総務課', '時期 前払金を請求するとき', '備考 証書(紙)の原本を提出します');
  await d.check(contractor, '保証契約の詳細／証書（紙・窓口）');
  await approver.go(office);
  const print = await approver.post(await approver.action('証書を印刷する'));
  pdf = paper(print.body, '証書（松原村）');
  await row('printed');
  agree(rows(pdf, CERTIFICATE), {
    保証契約番号: d.facts.番号, 保証契約者: '長野県長野市見本町2番2号株式会社やまと土木代表取締役大和二郎', 被保証者: '松原村長', '保証金額（総額）': '8,000,000円', 工事名: WORKS, '請負金額（総額）': '20,000,000円', 預託金融機関: '見本信用金庫本店',
  }, 'the paper');
});
