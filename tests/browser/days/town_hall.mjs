// D-Sure: forgiving in form, strict in substance; one answer for every "no".

import { day, holds, same } from '../day.mjs';
import * as story from '../story.mjs';

await day(async d => {
  const [contractor, other, town] = [await d.window(), await d.window(), await d.window()];
  await story.signIn(contractor, 'netdesk', 'minato.soumu');
  const number = '35075-00001M', key = await story.keyOf(contractor, number);
  await story.signIn(other, 'netdesk', 'yamato.soumu');
  const foreign = await story.keyOf(other, '35020-00001M');

  d.step('a right key first, so that this network is known');
  await story.open(town, number, key);
  await town.expect('内容を確認できました');

  d.step('what is no number and no key is said beside the field');
  await town.go('/dsure/');
  await town.press('証書を確認する');
  same(town.status, 422, 'nothing typed');
  await town.beside('保証契約番号', '保証契約番号を入力してください');
  await town.beside('認証キー', '認証キーを入力してください');
  await d.check(town, 'D-Sure／空');
  await story.open(town, '12345', 'abc');
  same(town.status, 422, 'too short');
  await d.check(town, 'D-Sure／読めない番号とキー');
  same(await town.value('保証契約番号'), '12345', 'the number is kept');
  same(await town.value('認証キー'), '', 'the key is not');

  d.step('every other "no" is one answer');
  const answers = [];
  const wrongCase = [...key].map(c => c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase()).join('');
  for (const [no, secret] of [[number, foreign], [number, wrongCase], ['35075-00002M', key], ['35075-99999M', key], ['35020-00001M', key]]) {
    await story.open(town, no, secret);
    await town.expect('証書を開けませんでした', '保証契約番号または認証キーが正しくありません');
    answers.push((await town.text()).replace(/\s+/g, ''));
  }
  holds(new Set(answers).size === 1, 'the answers differ');
  await d.check(town, 'D-Sure／開けません');

  d.step('forgiving in form');
  const wide = text => [...text].map(c => /[!-~]/.test(c) ? String.fromCharCode(c.charCodeAt(0) + 0xfee0) : c).join('');
  for (const [no, secret] of [[wide(number), wide(key)], ['35075ー00001', key.replace(/(....)/g, '$1-')], ['3507500001m', ` ${key.replace(/(....)/g, '$1　')}`], ['35075 00001', key]]) {
    await story.open(town, no, secret);
    await town.expect('内容を確認できました', number, '市道12号線舗装修繕工事');
  }

  d.step('one guarantee at a time; an old tab says so');
  const old = await town.tab();
  await old.go(await town.path());
  await story.open(town, '35020-00001M', foreign);
  await town.expect('見本橋橋梁補修工事');
  await old.reload();
  await old.lacks('見本橋橋梁補修工事');
  await d.check(old, 'D-Sure／先に開いていた証書');
  same(await town.go('/dsure/certificates/9'), 404, 'a version that does not exist');
  await d.check(town, 'D-Sure／ありません');

  d.step('help, sign-out, afterwards');
  await town.go('/dsure/help');
  await d.check(town, 'D-Sure／ヘルプ');
  await story.open(town, number, key);
  await town.press('ログアウト');
  await town.expect('ログアウトしました');
  await d.check(town, 'D-Sure／ログアウトしました');
  await town.go('/dsure/certificates/1');
  await town.lacks('市道12号線舗装修繕工事');
  await d.check(town, 'D-Sure／閲覧の終わり');
  const keys = await town.fetch('/dsure/keys.json');
  same(keys.status, 200, 'the public keys');
  holds(JSON.parse(keys.body), 'the public keys are JSON');

  d.step('the looks are visible to contractor and branch');
  await contractor.go(`/netdesk/guarantees/${number}`);
  await contractor.lacks('まだありません');
  await d.check(contractor, '電子保証履歴一覧／閲覧された');
});
