/* 小さな追加の動き。無くても、どの画面の仕事もできます。判断はいつもサーバーがします。 */
(() => {
  'use strict';
  const at = id => document.getElementById(id);
  const all = (q, f) => document.querySelectorAll(q).forEach(f);
  const half = s => s.replace(/[！-～]/g, c => String.fromCharCode(c.charCodeAt(0) - 0xFEE0)).replace(/　/g, ' ');
  const keep = (key, value) => { try { if (value !== undefined) localStorage.setItem(key, value); return localStorage.getItem(key); } catch { return null; } };

  // 金額：読めないときは null
  const part = s => {
    let sum = 0;
    for (const [c, n] of [['千', 1000], ['百', 100], ['十', 10]]) {
      const m = s.match(new RegExp(`^(\\d*(?:\\.\\d+)?)${c}`));
      if (m) { sum += (m[1] === '' ? 1 : Number(m[1])) * n; s = s.slice(m[0].length); }
    }
    return s === '' ? sum : /^\d+(\.\d+)?$/.test(s) ? sum + Number(s) : NaN;
  };
  const toYen = raw => {
    let s = half(raw || '').replace(/[,、，\s円¥￥]/g, '').replace(/[〇一二三四五六七八九]/g, c => '〇一二三四五六七八九'.indexOf(c));
    if (s === '') return null;
    let sum = 0;
    for (const [c, n] of [['億', 1e8], ['万', 1e4]]) {
      const k = s.indexOf(c);
      if (k > 0) { sum += part(s.slice(0, k)) * n; s = s.slice(k + 1); }
    }
    if (s !== '') sum += part(s);
    return Number.isSafeInteger(sum) ? sum : null;
  };
  const yenWords = n => {
    const oku = Math.floor(n / 1e8), man = Math.floor(n % 1e8 / 1e4), rest = n % 1e4, f = x => x.toLocaleString('ja-JP');
    return n < 1e4 ? '' : `${oku ? f(oku) + '億' : ''}${man ? f(man) + '万' : ''}${rest ? f(rest) : ''}円`;
  };

  // 日付：どの書き方も読み、二つの暦で返す
  const toDate = raw => {
    const s = half(raw || '').replace(/\s/g, '').replace(/元/g, '1').toUpperCase();
    let m = s.match(/^(\d{4})(\d\d)(\d\d)$/) || s.match(/^(\d{4})[年\/.\-](\d{1,2})[月\/.\-](\d{1,2})日?$/), y;
    if (m) y = Number(m[1]);
    else {
      m = s.match(/^(令和|平成|[RH])?(\d{1,2})[年\/.\-](\d{1,2})[月\/.\-](\d{1,2})日?$/);
      if (!m) return null;
      y = Number(m[2]) + (/^(平成|H)$/.test(m[1] || '') ? 1988 : 2018);
      m = [0, 0, m[3], m[4]];
    }
    const d = new Date(Date.UTC(y, m[2] - 1, m[3]));
    return d.getUTCMonth() === m[2] - 1 && y >= 1989 ? d : null;
  };
  const dateWords = d => {
    const y = d.getUTCFullYear(), md = `${d.getUTCMonth() + 1}月${d.getUTCDate()}日`, reiwa = d >= Date.UTC(2019, 4, 1);
    const n = y - (reiwa ? 2018 : 1988);
    return `${reiwa ? '令和' : '平成'}${n === 1 ? '元' : n}年${md}（${y}年${md}・${'日月火水木金土'[d.getUTCDay()]}）`;
  };

  const reads = { yen: v => { const n = toYen(v); return n === null ? '' : yenWords(n); }, date: v => { const d = toDate(v); return d ? dateWords(d) : ''; } };
  const ratio = el => {
    const box = at('q-' + el.name), n = toYen(el.value);
    const base = el.dataset.ratio.split(' ').map(id => toYen(at(id)?.value)).find(v => v > 0);
    if (!box) return;
    const p = n === null || !base ? null : Math.round(n * 1000 / base) / 10;
    box.querySelector('output').textContent = p === null ? '―' : `${p.toFixed(1)}%`;
    box.querySelector('meter').value = p ?? 0;
  };
  const ratios = () => all('[data-ratio]', ratio);
  document.addEventListener('ratios', ratios);
  all('[data-read]', out => {
    const el = at('f-' + out.id.slice(2)), read = () => { out.textContent = reads[out.dataset.read](el.value); };
    if (!el) return;
    // 変換中（IME）は動かさない
    el.addEventListener('input', e => { if (!e.isComposing) { read(); ratios(); } });
    el.addEventListener('compositionend', () => { read(); ratios(); });
    if (out.textContent === '') read();
    if (out.dataset.read === 'yen') el.addEventListener('blur', () => {
      if (/^[\d０-９,，]+$/.test(el.value)) { const n = toYen(el.value); if (n !== null) el.value = n.toLocaleString('ja-JP'); }
    });
  });

  // 「申し込む」を切ると、その欄をたたむ（値は残る）
  all('[data-folds]', el => {
    const fold = () => { const b = at(el.dataset.folds); if (b) b.hidden = !el.checked; };
    el.addEventListener('change', fold);
    if (!at(el.dataset.folds)?.querySelector('.err')) fold();
  });

  // ページ内の区分：いま見ている区分を示す
  const tabs = [...document.querySelectorAll('.tabs--stick a')];
  if (tabs.length && 'IntersectionObserver' in window) {
    const seen = new Map(), io = new IntersectionObserver(es => {
      es.forEach(e => seen.set('#' + e.target.id, e.isIntersecting));
      const now = tabs.find(a => seen.get(a.hash));
      if (now) tabs.forEach(a => a === now ? a.setAttribute('aria-current', 'true') : a.removeAttribute('aria-current'));
    }, { rootMargin: '-90px 0px 0px 0px' });
    tabs.forEach(a => { const s = at(a.hash.slice(1)); if (s) io.observe(s); });
  }

  // JS が要るボタンは、ここで現れる
  all('[data-copy]', b => {
    if (!navigator.clipboard) return;
    b.hidden = false;
    b.addEventListener('click', async () => {
      try { await navigator.clipboard.writeText(b.dataset.copy); } catch { return; }
      const l = b.querySelector('[data-copy-label]'), live = document.querySelector('[data-live]'), t = l.textContent;
      if (t === 'コピーしました') return;
      l.textContent = 'コピーしました';
      if (live) live.textContent = b.dataset.copied || 'コピーしました';
      setTimeout(() => { l.textContent = t; if (live) live.textContent = ''; }, 4000);
    });
  });
  all('[data-print]', b => { b.hidden = false; b.addEventListener('click', () => window.print()); });

  // ログインの終わり：5分前に知らせ、「続ける」で延ばす
  const root = document.documentElement, box = at('session'), shared = 'akashi-until-' + root.dataset.site;
  let until = 0, over = false;
  const lasts = s => { if (s > 0) { until = Date.now() + s * 1000; over = false; keep(shared, until); } };
  const clock = t => { const d = new Date(t); return `${d.getHours()}時${String(d.getMinutes()).padStart(2, '0')}分`; };
  const heard = res => lasts(Number(res.headers.get('x-session-left')));
  if (box && root.dataset.sessionLeft) {
    const words = box.querySelector('[data-session-words]'), first = words.innerHTML;
    const more = box.querySelector('[data-session-more]'), close = box.querySelector('[data-session-close]');
    const say = (t, again) => { words.textContent = t; more.hidden = !again; close.hidden = false; };
    lasts(Number(root.dataset.sessionLeft));
    const look = () => {
      until = Math.max(until, Number(keep(shared)) || 0);
      const left = until - Date.now();
      if (left <= 0) {
        if (!over) { over = true; say('時間がたったため、ログアウトしました。画面の入力はここに残っています。送信するとログインの画面になり、ログインのあと続きに戻ります。', false); if (!box.open) box.showModal(); }
      } else if (left <= 300000) {
        if (!box.open && !over && !box.dataset.put) { words.innerHTML = first; words.querySelector('[data-session-clock]').textContent = clock(until); more.hidden = false; close.hidden = true; box.showModal(); }
      } else { delete box.dataset.put; if (box.open && !over) box.close(); }
    };
    more.addEventListener('click', async () => {
      try {
        const res = await fetch(root.dataset.sessionKeep, { method: 'POST', redirect: 'manual' });
        if (!res.ok) throw 0;
        heard(res);
        if (until - Date.now() > 300000) box.close(); else say('一回のログインで使える時間の終わりが近いため、これより延ばせません。入力中の内容は保存してください。', false);
      } catch { say('通信できませんでした。入力内容はこの画面に残っています。もう一度「続ける」を押してください。', true); }
    });
    const put = () => { box.dataset.put = '1'; };
    close.addEventListener('click', () => box.close());
    box.addEventListener('close', () => { if (until - Date.now() <= 300000) put(); });
    setInterval(look, 10000);
    document.addEventListener('visibilitychange', look);
    look();
  }

  // 自動の下書き保存：最後の変更から10秒後
  const saving = new Map();
  all('form[data-autosave]', f => {
    const live = f.querySelector('[data-saved]') || f.querySelector('[role=status]');
    let timer = 0, dirty = false;
    const say = t => { if (live && live.textContent !== t) live.textContent = t; };
    const save = async () => {
      clearTimeout(timer);
      if (!dirty || f.dataset.sent || saving.has(f)) return;
      dirty = false;
      const body = new URLSearchParams(new FormData(f));
      const job = (async () => {
        const res = await fetch(f.dataset.autosave, { method: 'POST', body, redirect: 'manual', keepalive: body.toString().length < 60000, headers: { accept: 'application/json' } });
        if (res.type === 'opaqueredirect') { say('ログインの時間が切れました。入力はこの画面に残っています。「下書き保存」を押してログインしてください。'); return; }
        const told = /json/.test(res.headers.get('content-type') || '') ? await res.json() : {};
        if (!res.ok) { say(told.words || '自動で下書き保存できませんでした。入力内容はこの画面に残っています。もう一度「下書き保存」を押してください。'); return; }
        heard(res);
        for (const [k, v] of Object.entries(told.fields || {})) if (f.elements[k]) f.elements[k].value = v;
        if (told.action) f.setAttribute('action', told.action);
        if (told.autosave) f.dataset.autosave = told.autosave;
        if (told.page) history.replaceState(null, '', told.page);
        say(`${clock(Date.now())}に自動で下書き保存しました`);
      })().catch(() => { dirty = true; say('通信できませんでした。入力内容はこの画面に残っています。もう一度「下書き保存」を押してください。'); });
      saving.set(f, job);
      await job;
      saving.delete(f);
    };
    const later = () => { dirty = true; clearTimeout(timer); timer = setTimeout(save, 10000); };
    f.addEventListener('input', later);
    f.addEventListener('change', later);
    addEventListener('pagehide', save);
  });

  // 二度押し：最初の一回だけ送る
  const undo = [];
  all('form[method=post]', f => f.addEventListener('submit', e => {
    if (f.dataset.sent) { e.preventDefault(); return; }
    if (saving.has(f)) { e.preventDefault(); saving.get(f).then(() => setTimeout(() => f.requestSubmit(e.submitter))); return; }
    f.dataset.sent = '1';
    const b = e.submitter, t = b?.textContent;
    if (b) {
      b.setAttribute('aria-disabled', 'true');
      if (!b.children.length && b.matches('.btn--main')) b.textContent = '送信しています…';
    }
    const back = () => { delete f.dataset.sent; if (b) { b.removeAttribute('aria-disabled'); if (!b.children.length) b.textContent = t; } };
    undo.push(back);
    setTimeout(back, 8000);
  }));
  addEventListener('pageshow', e => { if (e.persisted) undo.splice(0).forEach(f => f()); });

  // 待つ画面：変わったら読み込み直す
  all('[data-wait]', el => {
    const end = Date.now() + 5000, look = async () => {
      try { const res = await fetch(el.dataset.wait, { redirect: 'manual' }); if (res.status === 200) { location.reload(); return; } } catch { /* もう一度見に行く */ }
      if (Date.now() < end) setTimeout(look, 200); else el.textContent = el.dataset.waitOver || el.textContent;
    };
    look();
  });

  at('errs')?.focus();
})();
