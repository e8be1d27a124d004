// The whole application without a mouse: Tab, letters, Space, arrows, Enter.

import { day, holds, same } from '../day.mjs';
import * as story from '../story.mjs';

const WORKS = '○○中継ポンプ場更新工事（キーボード）';

await day(async d => {
  const window = await d.window();
  const label = () => window.ask(`(e => e === document.body ? '' : (e.type === 'radio' ? find.bare(e.closest('[role=radiogroup], fieldset')?.getAttribute('aria-labelledby')?.split(' ').map(id => document.getElementById(id)?.textContent).join('') || '') + '：' : '') + find.named(e))(document.activeElement)`);
  const place = () => window.run(`(e => e.closest('[role=group]')?.querySelector('h3')?.textContent.trim() || '')(document.activeElement)`);
  const tab = () => window.key('Tab', 9);
  const space = () => window.key(' ', 32, { code: 'Space', text: ' ' });
  const enter = () => window.key('Enter', 13, { code: 'Enter', text: '\r' });
  const type = text => window.cdp('Input.insertText', { text });
  /** Tabs on until the focus stands on what is named, in the product's part where one is. */
  const reach = async (words, product = '') => {
    for (let stops = 0; stops < 150; stops++) {
      await tab();
      if ((await label()).startsWith(words.replace(/\s/g, '')) && (!product || await place() === product)) return;
    }
    throw new Error(`the Tab key does not reach 「${words}」 ${product}`);
  };
  const arrow = async (words, key = 'ArrowDown', code = 40) => {
    for (let tries = 0; tries < 6; tries++) {
      if ((await label()).includes(words.replace(/\s/g, '')) && await window.run('document.activeElement.checked')) return;
      await window.key(key, code);
    }
    throw new Error(`the arrows do not reach 「${words}」`);
  };

  d.step('sign-in');
  await window.go('/netdesk/login');
  await reach('ログインID');
  await type('minato.soumu');
  await reach('パスワード');
  await type(story.PASSWORD);
  await window.leads(enter);
  if ((await window.text()).includes('同意して利用を始める')) {
    await reach('利用規約に同意します');
    await space();
    await reach('同意して利用を始める');
    await window.leads(enter);
  }
  await reach('保証申込を作成する');
  await window.leads(enter);
  await window.at('/netdesk/applications/new');

  d.step('the form');
  await tab();
  same(await label(), '本文へ進む', 'the first stop');
  await enter();
  await reach('発注者名');
  await type('神奈川県内広域水道企業団 企業長');
  await window.key('Escape', 27);
  await reach('工事名');
  await type(WORKS);
  await reach('工事／業務委託');
  await space();
  await arrow('工事');
  for (const [words, text] of [['請負金額', '50,000,000'], ['請負契約日', '2026-07-01'], ['工期の始め', '2026-07-01'], ['工期の終わり', '2027-03-31']]) {
    await reach(words);
    await type(text);
  }
  await reach('落札決定日');
  await type('2026-07-01');
  for (const [product, amount] of [['前払金保証', '20,000,000'], ['契約保証', '5,000,000']]) {
    await reach('', product);
    if (!await window.run('document.activeElement.checked')) await space();
    await reach('保証証書の形式について', product);
    await space();
    await arrow(story.ELECTRONIC);
    await reach(`${product}金額`, product);
    await type(amount);
    if (product === '前払金保証') {
      await reach('預託金融機関', product);
      await type('○○銀行　××支店');
    }
    await reach(`${product}料請求先`, product);
    for (let tries = 0; tries < 4 && await window.run('document.activeElement.selectedOptions[0].text') !== '本社　総務部'; tries++) await window.key('ArrowDown', 40);
    same(await window.run('document.activeElement.selectedOptions[0].text'), '本社　総務部', 'the list by arrows');
  }
  d.step('from the form to the done page');
  await reach('申込内容を確認する');
  await window.leads(enter);
  await window.at(/\/confirmation$/);
  await window.expect(WORKS, '20,000,000円', '5,000,000円');
  await reach('この内容で申し込む');
  await window.leads(enter);
  await window.expect('申し込みました');
  await d.check(window, '送信完了／キーボードだけ');

  d.step('the help pop-up opens and closes by key');
  await window.go('/netdesk/applications/new');
  await reach('?「メールアドレス」の説明を開く');
  await enter();
  holds(await window.run('!!document.querySelector("[popover]:popover-open")'), 'the explanation opens');
  await window.key('Escape', 27);
  holds(await window.run('!document.querySelector("[popover]:popover-open")'), 'Escape closes it');
});
