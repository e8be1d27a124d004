// The house's verbs as people do them: sign in, apply, send, examine, approve, issue, hand in, look.

import { holds } from './day.mjs';

export const PASSWORD = 'akashi-demo-2026';

const ELECTRONIC = '電子保証(認証キーを含む)';
const PAPER = '証書(紙)';
export { ELECTRONIC, PAPER };

/** The worked example of the leaflets: what minato.soumu types. */
export function example(works, more = {}) {
  return {
    works,
    obligee: '神奈川県内広域水道企業団 企業長',
    kind: '工事',
    price: '50,000,000',
    contractDate: '2026-07-01',
    from: '2026-07-01',
    to: '2027-03-31',
    awardDate: '2026-07-01',
    prepayment: { form: ELECTRONIC, amount: '20,000,000', bank: '○○銀行　××支店', redeposit: '再預託を利用しない', fee: '一括納付', bill: '本社　総務部', statement: '希望しない' },
    contract: { form: ELECTRONIC, amount: '5,000,000', fee: '一括納付', bill: '本社　総務部', statement: '希望しない' },
    branch: '神奈川支店',
    notify: '希望する',
    email: 'soumu@minato.example',
    ...more,
  };
}

/** Signs in on a site's own page. */
export async function signIn(window, site, login, password = PASSWORD) {
  await window.go(`/${site}/login`);
  await window.fill('ログインID', login);
  await window.fill('パスワード', password);
  await window.press('ログイン');
  // The first sign-in of a login asks for consent once; which day comes first is left open.
  if ((await window.text()).includes('同意して利用を始める')) {
    await window.tick('利用規約に同意します');
    await window.press('同意して利用を始める');
  }
}

/** Types the works and the guarantees into the form that stands in the window. */
export async function fillIn(window, application) {
  await window.fill('発注者名', application.obligee);
  await window.fill('工事名', application.works);
  await window.choose('工事／業務委託', application.kind);
  await window.fill('請負金額（総額）', application.price);
  await window.fill('請負契約日', application.contractDate);
  await window.fill('工期の始め', application.from);
  await window.fill('工期の終わり', application.to);
  for (const [name, product] of [['前払金保証', application.prepayment], ['契約保証', application.contract]]) {
    await window.tick(`${name}を申し込む`, !!product, { within: name });
    if (product) await fillProduct(window, name, product);
  }
  if (application.awardDate !== undefined) await window.fill('落札決定日', application.awardDate);
  await window.fill('申込送信先', application.branch);
  if (application.handover) await window.choose('保証証書受取', application.handover);
  await window.choose('電子保証発行完了のお知らせ', application.notify);
  await window.fill('メールアドレス', application.email);
  if (application.message) await window.fill('お客様から弊社への連絡事項', application.message);
}

async function fillProduct(window, name, product) {
  const within = name;
  await window.choose(`${name}/保証証書の形式について`, product.form);
  await window.fill(`${name}金額`, product.amount, { within });
  if (product.bank) await window.fill('預託金融機関(全角)', product.bank, { within });
  if (product.redeposit) await window.choose('再預託利用区分', product.redeposit);
  await window.fill(`${name}料支払方法`, product.fee, { within });
  await window.fill(`${name}料請求先`, product.bill, { within });
  await window.choose(`${name}/保証料計算書(紙)について`, product.statement);
}

/** A new form, filled in and brought to the check page. */
export async function compose(window, application) {
  await window.go('/netdesk/applications/new');
  await fillIn(window, application);
  await window.press('申込内容を確認する');
  await window.at(/\/confirmation$/);
}

/** Sends what the check page shows; answers with the application's id. */
export async function send(window) {
  await window.press('この内容で申し込む');
  await window.at(/^\/netdesk\/applications\/[0-9a-f-]{36}\/submission$/);
  await window.expect('申し込みました', '受付番号');
  return (await window.path()).split('/')[3];
}

/** Filled in, checked and sent. */
export async function apply(window, application) {
  await compose(window, application);
  return send(window);
}

/** The clerk takes the application up and passes everything on. */
export async function examine(clerk, id) {
  await clerk.go(`/office/applications/${id}`);
  await clerk.press('審査を開始する');
  await passOn(clerk);
}

export async function passOn(clerk) {
  for (const product of ['前払金保証', '契約保証']) await clerk.tickIn('/approval-request', product);
  await clerk.press('承認に回す');
}

export async function approve(approver, id) {
  await approver.go(`/office/applications/${id}`);
  for (const product of ['前払金保証', '契約保証']) await approver.tickIn('/approval', product);
  await approver.press('承認する');
}

/** Orders the issue and waits until every product is 発行済. */
export async function issue(approver, id) {
  await approver.go(`/office/applications/${id}`);
  for (const product of ['前払金保証', '契約保証']) await approver.tickIn('/issue', product);
  await approver.press('発行する');
  await settled(approver, id);
}

/** Waits for the worker. */
export async function settled(window, id) {
  for (const end = Date.now() + 20000; Date.now() < end;) {
    if (!(await window.text()).includes('発行手続中')) return;
    await new Promise(resolve => setTimeout(resolve, 300));
    await window.go(`/office/applications/${id}`);
  }
  throw new Error('the worker did not issue within 20 s');
}

/** Examined, approved and issued with every product in it. */
export async function through(clerk, approver, id) {
  await clerk.go(`/office/applications/${id}`);
  await clerk.press('審査を開始する');
  await clerk.press('承認に回す');
  await approver.go(`/office/applications/${id}`);
  await approver.press('承認する');
  await approver.press('発行する');
  await settled(approver, id);
}

/** The numbers of an application's guarantees, as its status page shows them: product → number. */
export async function numbers(window, id) {
  await window.go(`/netdesk/applications/${id}/status`);
  const found = await window.run(`Object.fromEntries([...document.querySelectorAll('table tbody tr')].map(tr => [tr.cells[0]?.textContent.trim(), (tr.textContent.match(/\\d{5}-\\d{5}[A-Z]/) || [''])[0]]).filter(([, number]) => number))`);
  holds(Object.keys(found).length > 0, 'the status page shows no number');
  return found;
}

/** The key as the detail page spells it for copying. */
export async function keyOf(window, number) {
  await window.go(`/netdesk/guarantees/${number}`);
  const key = await window.run(`document.querySelector('[data-copy]')?.dataset.copy || ''`);
  holds(/^[A-Za-z2-9]{12}$/.test(key), `no key on the page of ${number}`);
  return key;
}

/** D-Sure's sign-in. */
export async function open(window, number, key) {
  await window.go('/dsure/');
  await window.fill('保証契約番号', number);
  await window.fill('認証キー', key);
  await window.press('証書を確認する');
}
