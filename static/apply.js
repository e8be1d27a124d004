/* 保証申込：発注者のきまりの答えを、入力の途中で知らせます。判断はいつもサーバーがします。 */
(() => {
  'use strict';
  const at = id => document.getElementById(id);
  const form = document.querySelector('form[data-advice]');
  if (!form) return;

  // 欄の下の答え。なければ作り、消えたら片づける
  const say = (name, told) => {
    const field = at('f-' + name), row = field?.closest('.row');
    if (!row) return;
    let box = at('s-' + name);
    if (!told) { box?.remove(); return; }
    if (!box) {
      box = document.createElement('div');
      box.id = 's-' + name;
      box.innerHTML = '<svg class="i" aria-hidden="true"><use/></svg><p></p>';
      row.querySelector('.inline, .picks, .radios').after(box);
      const own = row.getAttribute('role') === 'radiogroup' ? row : field;
      own.setAttribute('aria-describedby', [own.getAttribute('aria-describedby'), box.id].filter(Boolean).join(' '));
    }
    box.className = `says says--${told.tone}`;
    box.querySelector('use').setAttribute('href', '#i-' + told.icon);
    const words = box.querySelector('p');
    if (words.textContent !== told.words) words.textContent = told.words;
  };
  const card = (name, told) => {
    const note = at(`n-${name}-2`), pick = note?.closest('.pick');
    if (!pick || !told) return;
    pick.classList.toggle('pick--no', told.barred);
    note.textContent = told.words;
  };

  // 電子保証の可否が決まる日付は、要るときだけ「請負工事の情報」に立つ
  const works = form.querySelector('[data-rows=works]'), bid = form.querySelector('[data-rows=bid]');
  const ask = (name, needed) => {
    const row = at('f-' + name)?.closest('.row');
    if (!row || !works || !bid || works.contains(row) === needed) return;
    const had = document.activeElement, aside = form.querySelector('[data-aside]');
    if (needed) at('f-jv_name').closest('.row').before(row);
    else if (name === 'award_date') at('f-bid_method').closest('.row').after(row);
    else aside.append(row);
    aside.hidden = !aside.querySelector('.row');
    bid.querySelector(`[data-above=${name}]`)?.remove();
    if (had && had !== document.body) had.focus({ preventScroll: true });
  };

  // 年度ごとの表：工期から年度の名前が決まり、届かない年度はたたむ
  const years = told => document.querySelectorAll('#t-years tbody tr').forEach((tr, i) => {
    if (!told[i]) return;
    const [words, spare] = told[i];
    tr.querySelector('th').textContent = words;
    tr.querySelectorAll('label').forEach((label, j) => { label.textContent = words + ['の出来高予定額', 'の支払限度額'][j]; });
    tr.hidden = spare;
  });
  const open = (id, when) => { const box = at(id); if (box && when) box.open = true; };
  form.addEventListener('change', e => {
    if (e.target.name === 'obligation') open('t-years', e.target.value !== 'none');
    if (e.target.name === 'jv_name') open('t-jv', e.target.value.trim() !== '');
  });

  const mark = (name, needed) => {
    const field = at('f-' + name), row = field?.closest('.row'), badge = row?.querySelector('.req, .opt');
    if (!badge) return;
    badge.className = needed ? 'req' : 'opt';
    badge.textContent = needed ? '必須' : '任意';
    if (row.getAttribute('role') !== 'radiogroup') field.required = needed;
    else if (needed) row.setAttribute('aria-required', 'true');
    else row.removeAttribute('aria-required');
  };

  const book = told => {
    const box = form.querySelector('[data-book]'), list = box.querySelector('dl');
    box.hidden = !told;
    if (!told) return;
    box.querySelector('p').textContent = told.body;
    list.replaceChildren(...told.facts.map(words => {
      const line = document.createElement('div');
      line.append(...['dt', 'dd'].map((tag, i) => Object.assign(document.createElement(tag), { textContent: words[i] })));
      return line;
    }));
  };

  let turn = 0;
  const look = async () => {
    const mine = ++turn;
    try {
      const res = await fetch(form.dataset.advice, { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual', headers: { accept: 'application/json' } });
      if (!res.ok) return;
      const told = await res.json();
      if (mine !== turn) return;
      for (const [name, words] of Object.entries(told.says)) say(name, words);
      for (const [name, words] of Object.entries(told.cards)) card(name, words);
      for (const [name, words] of Object.entries(told.limits)) { const el = at('q-' + name)?.querySelector('.lim'); if (el) el.textContent = words; }
      for (const [name, ids] of Object.entries(told.bases)) { const el = at('f-' + name); if (el) el.dataset.ratio = ids; }
      document.dispatchEvent(new Event('ratios'));
      years(told.years);
      for (const [name, needed] of Object.entries(told.asks)) ask(name, needed);
      for (const [name, needed] of Object.entries(told.needs)) mark(name, needed);
      if (!document.querySelector('.errs li')) for (const [name, [kind, words]] of Object.entries(told.tabs)) {
        const st = form.querySelector(`[data-tab=${name}] .st`);
        if (st) { st.className = 'st st--' + kind; st.textContent = words; }
      }
      book(told.book);
    } catch { /* 答えは保存のときにも出ます */ }
  };
  form.addEventListener('change', look);
})();
